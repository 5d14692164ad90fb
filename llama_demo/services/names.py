"""Names of documents and collections, cleaned for display in one line."""

from __future__ import annotations

import regex

LONGEST_NAME = 120
"""Characters."""

# Not allowed in a name: control characters and bidirectional controls.
_UNFIT = regex.compile(r"[\p{C}\u2028\u2029]+")


def one_line(text: str) -> str:
    """The text as one line, without invisible characters."""
    return " ".join(_UNFIT.sub(" ", text).split())


def file_name(name: str) -> str:
    """A file's name for display: without folders, and at most :data:`LONGEST_NAME` characters."""
    parts = [
        part for part in _UNFIT.sub(" ", name).replace("\\", "/").split("/") if part not in ("", ".", "..")
    ]
    whole = "/".join(parts).strip()
    return whole if len(whole) <= LONGEST_NAME else f"{whole[: LONGEST_NAME - 12]}…{whole[-11:]}"
