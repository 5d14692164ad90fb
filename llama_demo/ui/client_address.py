"""The network address of a caller, also behind a proxy."""

from __future__ import annotations

import ipaddress
import re
from itertools import takewhile

import gradio as gr
from starlette.requests import Request

_PORT = re.compile(r"^(?:\[(?P<six>.+)\](?::\d+)?|(?P<four>[\d.]+):\d+)$")
_SUBSCRIBER = 64
"""Bits of an IPv6 address that stand for a subscriber, who can choose the others freely (RFC 6177)."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_address(request: gr.Request | Request | None, *, behind_proxy: bool) -> str:
    """The caller's IPv4 address or IPv6 network; empty if unknown.

    Args:
        behind_proxy: trust ``X-Forwarded-For``. Each proxy appends the address that it was called from, and a
            client can send anything in front of these; so this is the last entry that is no proxy's, that is,
            not of a private network.
    """
    if request is None or request.client is None:
        return ""
    forwarded = ",".join(_lines(request, "x-forwarded-for")) if behind_proxy else ""
    hops = [_address(entry) for entry in reversed(forwarded.split(","))]
    proxies = sum(1 for _ in takewhile(lambda hop: hop is not None and not hop.is_global, hops))
    found = next(iter(hops[proxies:]), None) or _address(str(request.client.host))
    return str(request.client.host) if found is None else _network(found)


def _lines(request: gr.Request | Request, name: str) -> list[str]:
    """Every line of a header: a proxy may add one in place of appending to the last."""
    inner = request.request if isinstance(request, gr.Request) else request
    return [] if inner is None else inner.headers.getlist(name)


def _address(text: str) -> Address | None:
    text = text.strip()
    port = _PORT.match(text)
    try:
        return ipaddress.ip_address((port["six"] or port["four"]) if port else text)
    except ValueError:
        return None


def _network(address: Address) -> str:
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, _SUBSCRIBER), strict=False))
