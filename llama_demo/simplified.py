"""Traditional Chinese characters as simplified ones."""

from __future__ import annotations

from functools import cache

from llama_demo.settings import ASSETS


def simplified(text: str) -> str:
    """The text with each traditional character as the simplified one; the length stays the same."""
    return text if text.isascii() else text.translate(_characters())


@cache
def _characters() -> dict[int, str]:
    """Code points of traditional characters and their simplified ones, for :meth:`str.translate`."""
    lines = (ASSETS / "search" / "simplified.txt").read_text(encoding="utf-8").splitlines()
    pairs = "".join(line for line in lines if not line.startswith("#"))
    return str.maketrans(dict(zip(pairs[::2], pairs[1::2], strict=True)))
