"""Messages between the app and the worker that reads files: a header in JSON, then bytes."""

from __future__ import annotations

import json
import struct
from typing import IO, Any

_SIZES = struct.Struct(">IQ")
MOST_BYTES = 512 * 1024**2
"""Of the header, and of the data."""


def encoded(header: dict[str, Any]) -> bytes:
    """A header as bytes."""
    return json.dumps(header).encode("utf-8", "replace")


def send(pipe: IO[bytes], head: bytes, data: bytes = b"") -> None:
    """Write a message.

    Args:
        head: of :func:`encoded`.

    Raises:
        OSError: the other side is gone.
    """
    pipe.write(_SIZES.pack(len(head), len(data)) + head)
    pipe.write(data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    """Read a message.

    Raises:
        EOFError: the other side is gone.
        ValueError: this is no message, or has more than :data:`MOST_BYTES`.
    """
    head, size = _SIZES.unpack(_exactly(pipe, _SIZES.size))
    if max(head, size) > MOST_BYTES:
        raise ValueError("message too long")
    header = json.loads(_exactly(pipe, head))
    if not isinstance(header, dict):
        raise ValueError("no header")
    return header, _exactly(pipe, size)


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data
