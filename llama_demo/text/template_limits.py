"""How much a template may use: steps, seconds, characters, items."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any

LONGEST_TEXT = 4_000_000  # characters of one value or of the result; the longest prompt has 200,000
MOST_ITEMS = 200_000  # of one value, those within its items included
MOST_TEXT = 16 * LONGEST_TEXT  # characters of all values made along the way
MOST_STEPS = 1_000_000
MOST_SECONDS = 2.0
_DEEPEST = 50  # lists within lists
_MOST_BITS = 4096  # of a whole number

# A width in a format makes a long text out of a short one.
_WIDTH = re.compile(r"%[^%a-zA-Z]*(\d{3,}|\*)")


class TemplateStoppedError(Exception):
    """The template took too long or made too much."""


class Budget(threading.local):
    """What one rendering has used, on its thread."""

    steps = 0
    text = 0
    until = 0.0

    def start(self) -> None:
        """Begin anew."""
        self.steps, self.text, self.until = 0, 0, time.monotonic() + MOST_SECONDS

    def spend(self, value: object) -> None:
        """Count a step that made ``value``."""
        self.steps += 1
        if self.steps > MOST_STEPS or time.monotonic() > self.until:
            raise TemplateStoppedError("it does not come to an end")
        if isinstance(value, str):
            self.text += len(value)
            if len(value) > LONGEST_TEXT or self.text > MOST_TEXT:
                raise TemplateStoppedError("it makes too long a text")
        else:
            measure(value)


def measure(value: object) -> int:
    """Characters in ``value``, in its items, in theirs, and so on.

    Raises:
        TemplateStoppedError: they are too many, or the items are, or they lie too deep. A list of ten
            lists of ten lists ... is small in memory and endless to write.
    """
    characters = items = 0
    waiting: list[tuple[object, int]] = [(value, 0)]
    while waiting:
        part, depth = waiting.pop()
        if isinstance(part, str):
            characters += len(part)
        elif isinstance(part, Mapping):
            items += 2 * len(part)
            waiting += [(each, depth + 1) for pair in part.items() for each in pair]
        elif isinstance(part, list | tuple | set | frozenset):
            items += len(part)
            waiting += [(each, depth + 1) for each in part]
        if characters > LONGEST_TEXT or items > MOST_ITEMS or depth > _DEEPEST:
            raise TemplateStoppedError("it makes too large a value")
    return characters


def check_join(values: Iterable[Any], between: object) -> list[Any]:
    """The values, if they can be joined; this and the next ones raise as :func:`measure`."""
    items = list(values)
    check_length(measure(items) + len(str(between)) * len(items))
    return items


def check_replace(text: str, old: str, new: str) -> None:
    """Before ``text.replace(old, new)``."""
    check_length(len(text) + text.count(str(old)) * len(str(new)))


def check_format(form: str, values: object) -> None:
    """Before ``form % values``."""
    if _WIDTH.search(form):
        raise TemplateStoppedError("it pads a text too far")
    check_length(len(form) + form.count("%") * (measure(values) + 100))


def check_product(operator: str, left: Any, right: Any) -> None:
    """Before ``left * right`` and ``left ** right``."""
    if operator == "*":
        for value, times in ((left, right), (right, left)):
            if isinstance(value, str | list | tuple) and isinstance(times, int):
                check_length((measure(value) + 20 * len(value)) * max(times, 0))
    if isinstance(left, int) and isinstance(right, int):
        bits = left.bit_length() * right if operator == "**" else left.bit_length() + right.bit_length()
        if bits > _MOST_BITS:
            raise TemplateStoppedError("it makes too large a number")


def check_length(characters: int) -> None:
    """Before a text of so many characters is made."""
    if characters > LONGEST_TEXT:
        raise TemplateStoppedError("it makes too long a text")
