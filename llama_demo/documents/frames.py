"""Messages between the app and the worker that reads files: a header in JSON, then bytes."""

from __future__ import annotations

import json
import struct
from typing import IO, Any

_SIZES = struct.Struct(">IQ")


def send(pipe: IO[bytes], header: dict[str, Any], data: bytes = b"") -> None:
    """Write a message.

    Raises:
        OSError: the other side is gone.
    """
    head = json.dumps(header).encode("utf-8", "replace")
    pipe.write(_SIZES.pack(len(head), len(data)) + head)
    pipe.write(data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    """Read a message.

    Raises:
        EOFError: the other side is gone.
    """
    head, size = _SIZES.unpack(_exactly(pipe, _SIZES.size))
    header: dict[str, Any] = json.loads(_exactly(pipe, head))
    return header, _exactly(pipe, size)


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data
