"""A server in OpenAI's form that answers as it is told to, over real HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.http_server import SilentHandler, http_server


@dataclass(frozen=True)
class Reply:
    """One response.

    Attributes:
        lines: of the body, each sent at once.
        whole: whether the body ends as it should, and is not cut off.
        hang: seconds of silence behind the lines.
    """

    status: int = 200
    lines: Sequence[str] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    whole: bool = True
    hang: float = 0.0


@dataclass
class FaultyServer:
    """A server.

    Attributes:
        replies: in their order; the last one is repeated.
        seen: path, headers and body of each request.
        left: set when a client has left while the server was silent.
    """

    url: str
    replies: list[Reply]
    seen: list[tuple[str, Mapping[str, str], Any]] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)


def chat_event(text: str = "", ended: str | None = None, **more: Any) -> str:
    """An event of a stream of chat completions."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": ended, **more}
    return "data: " + json.dumps({"id": "1", "created": 0, "model": "m", "choices": [choice]}) + "\n\n"


def failure(status: int, message: str = "", **headers: str) -> Reply:
    """An error in OpenAI's form."""
    return Reply(status, [json.dumps({"error": {"message": message}})], headers)


@contextmanager
def faulty_server(*replies: Reply) -> Iterator[FaultyServer]:
    """Serve on loopback during the block."""
    with http_server(_Handler) as server:
        state = FaultyServer(f"{server.url}/v1", list(replies))
        server.state = state
        yield state


class _Handler(SilentHandler):
    def do_GET(self) -> None:
        self._reply(None)

    def do_POST(self) -> None:
        self._reply(json.loads(self.body()))

    def _reply(self, body: Any) -> None:
        state: FaultyServer = self.server.state  # type: ignore[assignment]
        state.seen.append((self.path, dict(self.headers), body))
        reply = state.replies.pop(0) if len(state.replies) > 1 else state.replies[0]
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for line in reply.lines:
            self._send(line)
        if reply.hang:
            self.connection.settimeout(reply.hang)
            try:
                if not self.connection.recv(1):
                    state.left.set()
            except OSError:
                pass
        if reply.whole:
            self.wfile.write(b"0\r\n\r\n")
        self.close_connection = True

    def _send(self, line: str) -> None:
        data = line.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()
