"""Names that visitors give to things, fit to be shown in a line."""

from __future__ import annotations

import regex

LONGEST_NAME = 120
"""Characters."""

# What a name is not to hold: control characters, and signs that turn the reading order.
_UNFIT = regex.compile(r"[\p{C}\u2028\u2029]+")


def one_line(text: str) -> str:
    """The text as one line without anything in it that cannot be seen."""
    return " ".join(_UNFIT.sub(" ", text).split())


def file_name(name: str) -> str:
    """A file's name as it is shown: without its drive or a way out of its folder, and not too long."""
    parts = [
        part for part in _UNFIT.sub(" ", name).replace("\\", "/").split("/") if part not in ("", ".", "..")
    ]
    whole = "/".join(parts).strip()
    return whole if len(whole) <= LONGEST_NAME else f"{whole[: LONGEST_NAME - 12]}…{whole[-11:]}"
