"""The sources of checkpoints: the hub, a mirror, and that of the operator."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

HUB, MIRROR, OWN = "hub", "mirror", "own"
ADDRESSES: Mapping[str, str] = {HUB: "https://huggingface.co", MIRROR: "https://hf-mirror.com"}
LOOPBACK = ("localhost", "127.0.0.1", "::1")
VARIABLE = "HF_ENDPOINT"
"""The variable by which an operator names a source; read where ``huggingface_hub`` reads it, too."""


@dataclass(frozen=True)
class Endpoint:
    """A source of checkpoints.

    Attributes:
        chosen: whether the next download uses it.
        trusted: whether it may see the operator's access token.
    """

    name: str
    address: str
    chosen: bool = False
    trusted: bool = True


def endpoints(chosen: str = "") -> tuple[Endpoint, ...]:
    """All sources. Unless another is chosen, that of the variable is, or else the hub."""
    own, known = os.environ.get(VARIABLE, "").strip().rstrip("/"), dict(ADDRESSES)
    named = _known_as(own) if own else HUB
    if named == OWN:
        known[OWN] = own
    chosen = chosen if chosen in known else named
    return tuple(
        Endpoint(name, address, chosen=name == chosen, trusted=_is_trusted(address))
        for name, address in known.items()
    )


def without_login(address: str) -> str:
    """An address without the name and the password that it may hold, to be shown."""
    scheme, separator, rest = address.rpartition("://")
    place, slash, path = rest.partition("/")
    return f"{scheme}{separator}{place.rpartition('@')[2]}{slash}{path}"


def _known_as(address: str) -> str:
    """The name of a source by its host, however its address is written."""
    hosts = {_host(known): name for name, known in ADDRESSES.items()}
    return hosts.get(_host(address), OWN)


def _is_trusted(address: str) -> bool:
    """Whether the access token may be sent there: to no mirror, and outside this machine by TLS alone."""
    encrypted = address.lower().startswith("https://")
    return _known_as(address) != MIRROR and (encrypted or _host(address) in LOOPBACK)


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:
        return ""
