"""A connection for one request, that any thread can cut."""

from __future__ import annotations

import socket
import threading
from contextlib import ExitStack, suppress
from typing import Any

import httpx2

from llama_demo.errors import InputError
from llama_demo.hub.remote_address import is_private

CONNECT_SECONDS = 10.0
"""Until a connection stands."""

_OPENED = ("connection.connect_tcp.complete", "connection.start_tls.complete")


class CutConnection:
    """Sends one request and reads its response.

    A thread that waits for a byte is woken by :meth:`cut`: the socket is shut down, which the server notices.
    Redirects are not followed, so that a key goes to no other host.

    Args:
        public: refuse to send anything to a private address, whatever the name of the server meant before.
        seconds: without a byte after which the server is taken not to answer.
    """

    def __init__(self, *, public: bool, seconds: float) -> None:
        self._public = public
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._opened = ExitStack()
        self.is_cut = threading.Event()
        timeout = httpx2.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
        # Behind a proxy the address that is connected to would be the proxy's.
        self._client = httpx2.Client(timeout=timeout, follow_redirects=False, trust_env=not public)
        self._opened.enter_context(self._client)

    def open(self, method: str, url: str, *, json: object, headers: dict[str, str]) -> httpx2.Response:
        """The response, of which nothing but the head is read."""
        sent = self._client.stream(method, url, json=json, headers=headers, extensions={"trace": self._trace})
        return self._opened.enter_context(sent)

    def cut(self) -> None:
        """End the request, from whichever thread."""
        self.is_cut.set()
        with self._lock:
            held = self._socket
        if held is not None:
            with suppress(OSError):
                socket.socket.shutdown(held, socket.SHUT_RDWR)  # below TLS, which would say goodbye first

    def close(self) -> None:
        """Give back what the request held."""
        self._opened.close()

    def _trace(self, name: str, info: dict[str, Any]) -> None:
        if name not in _OPENED:
            return
        stream = info["return_value"]
        place = stream.get_extra_info("server_addr")
        if self._public and is_private(str(place[0])):
            raise InputError("backend_private")
        with self._lock:
            self._socket = stream.get_extra_info("socket")
