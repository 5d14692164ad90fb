"""Text that every vocabulary can take."""

from __future__ import annotations


def plain(text: str) -> str:
    """``text`` with each lone surrogate, which JSON can carry but UTF-8 cannot, as U+FFFD.

    Characters keep their places.
    """
    return text if text.isascii() else "".join("�" if 0xD800 <= ord(c) <= 0xDFFF else c for c in text)
