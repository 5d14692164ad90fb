"""Addresses of other servers, and which of them a public server may not call."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from llama_demo.errors import InputError

LONGEST_ADDRESS = 1_000
"""Characters."""


def checked_address(address: str) -> str:
    """The base URL of a server, without a slash at its end.

    Raises:
        InputError: ``backend_address``; it is no HTTP address, or one with a name, a password, a query.
    """
    address = address.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or len(address) > LONGEST_ADDRESS or not _is_plain(address, parts):
        raise InputError("backend_address")
    return address.removesuffix("/chat/completions").removesuffix("/completions")


def refuse_private(address: str) -> None:
    """Refuse a server in a private network, by every address that its name has.

    Raises:
        InputError: ``backend_private``, or ``backend_unknown_host`` for a name without an address.
    """
    parts = urlsplit(address)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or parts.scheme, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as exc:
        raise InputError("backend_unknown_host") from exc
    if any(is_private(str(place[0])) for *_, place in found):
        raise InputError("backend_private")


def is_private(address: str) -> bool:
    """Whether an IP address is reached from within a network alone: loopback, private, link-local."""
    found = ipaddress.ip_address(address.partition("%")[0])
    inner = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return not (inner or found).is_global or (inner or found).is_multicast


def _is_plain(address: str, parts: SplitResult) -> bool:
    extra = parts.username or parts.password or parts.query or parts.fragment
    return parts.scheme in ("http", "https") and not extra and address.isprintable() and " " not in address
