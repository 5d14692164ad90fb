"""The status line of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from llama_demo.errors import DemoError
from llama_demo.ui import markup

ANNOUNCE_EVERY = 5.0
"""Seconds between two announcements of a growing text; a screen reader speaks each of them."""


class Announcer:
    """The status line of one run, changed rarely enough for screen readers.

    Args:
        unsaved: whether the run is not in the history; when it is over, it can be saved after all.
        clock: seconds.
    """

    def __init__(self, *, unsaved: bool, clock: Callable[[], float] = monotonic) -> None:
        self._unsaved = unsaved
        self._clock = clock
        self._last = clock()
        self._line = ""

    def line(
        self, info: Mapping[str, Any], *, waiting: int, warning: DemoError | None, quotes: int = 0
    ) -> str:
        """The line after this update; the same as before if there is nothing new."""
        if quotes:
            key = "status.quoted.one" if quotes == 1 else "status.quoted"
            return self.ending(key, warning=warning, sentences=quotes)
        reason = info.get("finish_reason")
        if reason:
            return self.ending(f"status.{reason}", warning=warning, tokens=info.get("tokens", 0))
        due = self._clock() - self._last >= ANNOUNCE_EVERY
        if due and info.get("tokens"):
            self._last = self._clock()
            self._line = said("status.so_far", warning=warning, tokens=info["tokens"])
        elif waiting:
            self._line = said("status.waiting", warning=warning, before=waiting)
        elif not self._line or "status-waiting" in self._line:
            self._line = said("status.started", warning=warning)
        return self._line

    def ending(self, key: str, *, warning: DemoError | None, **values: object) -> str:
        """The line of a run that is over."""
        return said(key, warning=warning, unsaved=self._unsaved, **values)


def said(key: str, *, warning: DemoError | None = None, unsaved: bool = False, **values: object) -> str:
    """A status line: the text of ``key``, and the warning, if any.

    Below an ``unsaved`` line the style sheet shows the button that saves the runs after all.
    """
    return markup.render(
        "status.html",
        kind=key.removeprefix("status.").replace(".", "-"),
        sentence=markup.words(key, **values),
        warning=markup.error_notice(warning) if warning else "",
        unsaved=unsaved,
    )


def silent() -> str:
    """An empty status line."""
    return markup.render("status.html", kind="idle", sentence="", warning="", unsaved=False)
