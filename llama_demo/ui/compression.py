"""Content encodings of what is served: Brotli where the browser takes it, else gzip."""

from __future__ import annotations

import gzip

import brotli  # type: ignore[import-untyped]

ENCODINGS = ("br", "gzip")
"""The better one first."""

_QUICK = {"br": 5, "gzip": 5}
_BEST = {"br": 11, "gzip": 9}


def encoding_of(accepted: str) -> str:
    """The encoding for a browser with this Accept-Encoding; empty if it takes none of them."""
    names = [one.partition(";")[0].strip() for one in accepted.split(",")]
    return next((encoding for encoding in ENCODINGS if encoding in names), "")


def compressed(content: bytes, encoding: str, *, best: bool = False) -> bytes:
    """The content in an encoding of :data:`ENCODINGS`.

    Args:
        best: make it as small as possible, a tenth smaller, which takes Brotli 30 times as long.
    """
    level = (_BEST if best else _QUICK)[encoding]
    if encoding == "br":
        return bytes(brotli.compress(content, quality=level))
    return gzip.compress(content, level, mtime=0)
