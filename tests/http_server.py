"""A server on loopback for the time of a block, and a handler that answers with whole bodies, in silence."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_POLLING = 0.02
"""Seconds after which it notices that it is to end."""


class SilentServer(ThreadingHTTPServer):
    """A server that says nothing about a client that left.

    Attributes:
        url: its address.
        state: what its handlers share.
    """

    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler], *, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.state: object = None

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


class SilentHandler(BaseHTTPRequestHandler):
    """Keeps the connection, and prints nothing."""

    protocol_version = "HTTP/1.1"
    server: SilentServer

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""

    def answer(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        """A whole response; a request for the head gets no body."""
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def body(self) -> bytes:
        """What came with the request, as a whole or in chunks."""
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        pieces = []
        while size := int(self.rfile.readline(), 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)


@contextmanager
def http_server(handler: type[BaseHTTPRequestHandler], *, port: int = 0) -> Iterator[SilentServer]:
    """Serve during the block, on a free port unless one is named."""
    with SilentServer(handler, port=port) as server:
        threading.Thread(target=server.serve_forever, args=[_POLLING], daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
