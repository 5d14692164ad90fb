"""The address that a request comes from, also where a proxy stands between."""

from __future__ import annotations

import ipaddress

import gradio as gr
from starlette.requests import Request


def client_address(request: gr.Request | Request | None, *, behind_proxy: bool) -> str:
    """The caller's address; empty if it is not known.

    Args:
        behind_proxy: believe ``X-Forwarded-For``. A client can begin that list as it likes, and each proxy
            adds at its end whom it heard from, so the last public address is the one to believe.
    """
    if request is None or request.client is None:
        return ""
    if behind_proxy:
        for entry in reversed(request.headers.get("x-forwarded-for", "").split(",")):
            if _public(entry.strip()):
                return entry.strip()
    return str(request.client.host)


def _public(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).is_global
    except ValueError:
        return False
