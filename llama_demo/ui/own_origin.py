"""Whether a request comes from a page of this server."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}
_SCHEMES = {"ws": "http", "wss": "https"}

Origin = tuple[str, str, int]
"""Scheme, host in lower case, and port (RFC 6454)."""


def is_own(origin: str, *, scheme: str, host: str, allowed: Collection[str] = ()) -> bool:
    """Compare scheme, host and port: another port of the same machine is another site.

    Args:
        origin: the ``Origin`` header.
        scheme: of the request; a proxy that ends TLS tells it by ``X-Forwarded-Proto``.
        host: the ``Host`` header.
        allowed: further origins of this server, for a proxy that passes on another ``Host``.
    """
    page = _origin(origin)
    if page is None:
        return False
    return page == _origin(f"{_SCHEMES.get(scheme, scheme)}://{host}") or page in map(_origin, allowed)


def _origin(address: str) -> Origin | None:
    """The origin of an address; None if it is malformed or has another scheme than http and https."""
    try:
        parts = urlsplit(address)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None
