"""Positions in texts: Python counts code points, JavaScript counts UTF-16 units."""

from __future__ import annotations


def units(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def code_points(text: str, unit: int) -> int:
    """The position of a UTF-16 unit in code points; the end if the text is shorter."""
    place = 0
    for number, character in enumerate(text):
        if place >= unit:
            return number
        place += 2 if character > "\uffff" else 1
    return len(text)
