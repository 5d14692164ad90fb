"""Messages between the app and the worker arrive whole, and a false one is an error."""

from __future__ import annotations

import io
import struct

import pytest

from llama_demo.documents.frames import MOST_BYTES, encoded, receive, send


def test_a_message_arrives_as_it_was_sent() -> None:
    """One after the other, with characters of all kinds and halves of them."""
    pipe = io.BytesIO()
    messages = [({"text": "灯塔 \ud83d"}, b"\x00\xff"), ({}, b"")]
    for header, data in messages:
        send(pipe, encoded(header), data)
    pipe.seek(0)
    assert [receive(pipe) for _ in messages] == messages
    with pytest.raises(EOFError):
        receive(pipe)


@pytest.mark.parametrize(
    "message",
    [
        struct.pack(">IQ", 2, 2**60) + b"{}",
        struct.pack(">IQ", MOST_BYTES + 1, 0),
        struct.pack(">IQ", 2, 0) + b"[]",
        struct.pack(">IQ", 2, 0) + b"{{",
    ],
)
def test_a_false_message_is_an_error(message: bytes) -> None:
    """A worker that a file has taken over can send whatever it likes."""
    with pytest.raises(ValueError):  # noqa: PT011  (of json, too)
        receive(io.BytesIO(message))
