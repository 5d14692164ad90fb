"""Where characters stand: Python counts code points, the scripts of a page count UTF-16 units."""

from __future__ import annotations


def units(text: str) -> int:
    """The length of a text as the browser counts it."""
    return len(text) + sum(character > "\uffff" for character in text)


def code_points(text: str, unit: int) -> int:
    """The place in a text that the browser calls ``unit``; the end if the text is shorter."""
    place = 0
    for number, character in enumerate(text):
        if place >= unit:
            return number
        place += 2 if character > "\uffff" else 1
    return len(text)
