"""The status line of a run."""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from typing import Any

from llama_demo.errors import DemoError
from llama_demo.ui import markup

ANNOUNCE_EVERY = 5.0
"""Seconds between two announcements while a text is written; a screen reader reads each of them out."""


class Announcer:
    """The status line of one run: it tells what happens, seldom enough to be listened to.

    Args:
        unsaved: the run is not in the history; once it has ended, it can be saved after all.
    """

    def __init__(self, *, unsaved: bool) -> None:
        self._unsaved = unsaved
        self._last = monotonic()
        self._line = ""

    def line(
        self, info: Mapping[str, Any], *, waiting: int, warning: DemoError | None, quotes: int = 0
    ) -> str:
        """The line after this update of the text; the same one as before if there is nothing new to say."""
        if quotes:
            key = "status.quoted.one" if quotes == 1 else "status.quoted"
            return self.ending(key, warning=warning, sentences=quotes)
        reason = info.get("finish_reason")
        if reason:
            return self.ending(f"status.{reason}", warning=warning, tokens=info.get("tokens", 0))
        due = monotonic() - self._last >= ANNOUNCE_EVERY
        if due and info.get("tokens"):
            self._last = monotonic()
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
    """A status line: the text of ``key``, and a warning if something went wrong beside it.

    The style sheet offers to save what is shown after all below a line that is ``unsaved``.
    """
    return markup.render(
        "status.html",
        kind=key.removeprefix("status.").replace(".", "-"),
        sentence=markup.words(key, **values),
        warning=markup.problem(warning) if warning else "",
        unsaved=unsaved,
    )


def silent() -> str:
    """The status line when there is nothing to tell."""
    return markup.render("status.html", kind="idle", sentence="", warning="", unsaved=False)
