"""The addresses at which a server can be reached."""

from __future__ import annotations

import ipaddress
import socket

import ifaddr

from llama_demo.settings import EVERY_ADDRESS


def addresses_of(host: str) -> tuple[str, ...]:
    """What ``host`` listens on: itself, or every address of this machine; loopback first.

    Link-local IPv6 addresses are left out: a browser cannot open them, since they need a zone.
    """
    if host not in EVERY_ADDRESS:
        return (host,)
    loopback = "::1" if host == "::" else "127.0.0.1"
    version = 6 if host == "::" else 4
    found = {
        ipaddress.ip_address(one.ip if isinstance(one.ip, str) else one.ip[0])
        for adapter in ifaddr.get_adapters()
        for one in adapter.ips
        if one.is_IPv4 or version == 6
    }
    usable = [one for one in found if not one.is_loopback and not (one.version == 6 and one.is_link_local)]
    return (loopback, *sorted(map(str, usable)))


def names_of(host: str) -> tuple[str, ...]:
    """Names of a Host header for ``host``: its addresses, and this machine's name if it is every address."""
    own = () if host not in EVERY_ADDRESS else (name := socket.gethostname().lower(), f"{name}.local")
    return (*addresses_of(host), *own)
