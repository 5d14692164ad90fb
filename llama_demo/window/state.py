"""What the window remembers: its size and place, and the port of its page."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

SMALLEST = (380, 420)
"""Width and height of the window, in pixels."""

TITLE_BAR = 40
"""Pixels of the upper edge by which a window can be moved."""


@dataclass(frozen=True)
class Screen:
    """A screen of the desktop: its place and size in pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class WindowState:
    """Size and place of the window, in pixels, and the port of its page.

    Attributes:
        x: left edge; None leaves it to the desktop.
        y: upper edge, likewise.
        width: without the frame.
        height: without the frame.
        maximized: whether the window fills the screen; size and place are then those that it had before.
        port: what a browser keeps for a page, such as its language, it keeps by the page's port, too; 0 for
            any.
    """

    x: int | None = None
    y: int | None = None
    width: int = 1240
    height: int = 880
    maximized: bool = False
    port: int = 0

    @classmethod
    def of(cls, stored: object) -> WindowState:
        """The state that was stored as JSON; what cannot be used of it has its default."""
        known = {one.name: one.default for one in fields(cls)}
        values = dict(stored) if isinstance(stored, Mapping) else {}
        return cls(**{name: values[name] for name in known if _fits(name, values.get(name))})

    @property
    def json(self) -> dict[str, Any]:
        """Its fields."""
        return asdict(self)

    def fitted(self, screens: Sequence[Screen]) -> WindowState:
        """The same window where it can be seen and moved: a screen may have gone since.

        It is at most as large as the screen that its upper edge is on; without such a screen it has no place,
        and fits the first one.
        """
        if not screens:
            return self
        on = next((screen for screen in screens if self._can_be_moved_on(screen)), None)
        screen = on or screens[0]
        size = replace(self, width=min(self.width, screen.width), height=min(self.height, screen.height))
        return size if on else replace(size, x=None, y=None)

    def _can_be_moved_on(self, screen: Screen) -> bool:
        """Whether enough of the upper edge is on the screen to be taken hold of."""
        if self.x is None or self.y is None:
            return False
        seen = min(self.x + self.width, screen.x + screen.width) - max(self.x, screen.x)
        return seen >= 2 * TITLE_BAR and screen.y <= self.y <= screen.y + screen.height - TITLE_BAR


def _fits(name: str, value: object) -> bool:
    """Whether a stored value can be one of the field."""
    if name == "maximized":
        return isinstance(value, bool)
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    least, most = {
        "width": (SMALLEST[0], 20_000),
        "height": (SMALLEST[1], 20_000),
        "port": (1024, 65_535),
    }.get(name, (-50_000, 50_000))
    return least <= value <= most


def load(file: Path) -> WindowState:
    """The state in a file; that of the first start if there is none, or none that can be read."""
    try:
        return WindowState.of(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return WindowState()


def save(file: Path, state: WindowState) -> None:
    """Put the state into a file, whole or not at all. Where that cannot be done the window forgets it."""
    written = file.with_suffix(".new")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        written.write_text(json.dumps(state.json), encoding="utf-8")
        os.replace(written, file)
    except OSError:
        with suppress(OSError):
            written.unlink()
