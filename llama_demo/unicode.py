"""Text as UTF-8 can hold it."""

from __future__ import annotations


def replace_lone_surrogates(text: str) -> str:
    """The text with surrogate pairs joined to their character and each lone surrogate as U+FFFD.

    JSON and JavaScript can carry half of a pair; UTF-8, and with it SQLite and every vocabulary, cannot.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
