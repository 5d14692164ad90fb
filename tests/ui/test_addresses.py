"""The addresses that are printed and answered."""

from __future__ import annotations

import ipaddress
import socket

from llama_demo.ui.addresses import addresses_of, names_of


def test_one_address_is_itself() -> None:
    """Nothing of the machine is added to it."""
    assert addresses_of("192.168.1.5") == names_of("192.168.1.5") == ("192.168.1.5",)


def test_every_address_is_that_of_each_interface() -> None:
    """Loopback first; a server that listens on all of them is reached at each."""
    first, *others = addresses_of("0.0.0.0")
    assert first == "127.0.0.1"
    assert all(ipaddress.ip_address(one).version == 4 for one in others)
    with socket.create_server(("0.0.0.0", 0)) as server:
        for one in (first, *others):
            socket.create_connection((one, server.getsockname()[1]), timeout=10).close()
    assert socket.gethostname().lower() in names_of("0.0.0.0")
