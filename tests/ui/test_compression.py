"""What a browser takes decides how it is sent."""

from __future__ import annotations

import gzip

import brotli
import pytest

from llama_demo.ui.compression import compressed, encoding_of


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=1.0", "br"),
        ("identity", ""),
        ("", ""),
    ],
)
def test_the_smaller_encoding_is_taken(accepted: str, encoding: str) -> None:
    """Of those that the browser names."""
    assert encoding_of(accepted) == encoding


def test_what_is_packed_can_be_unpacked() -> None:
    """By both."""
    text = b"llama " * 1000
    assert brotli.decompress(compressed(text, "br")) == text
    assert gzip.decompress(compressed(text, "gzip", best=True)) == text
