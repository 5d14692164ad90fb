"""Loaded by Python at the start of the app under test: refuses to reach other machines, and records it."""

import os
import sys
from pathlib import Path

LOCAL = ("127.0.0.1", "::1", "localhost", "0.0.0.0", "")


def refuse(event: str, arguments: tuple) -> None:
    """An audit hook: sees every connection and look-up of names, whichever library makes it."""
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if host is None:
        return
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name not in LOCAL:
        with Path(os.environ["OFFLINE_RECORD"]).open("a") as record:
            record.write(f"{event} {name}\n")
        raise OSError(f"no network in this test: {name}")


if "OFFLINE_RECORD" in os.environ:
    sys.addaudithook(refuse)
