"""The window as the server's process sees it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from llama_demo.window.state import WindowState

ROOT = Path(__file__).resolve().parents[2]

PATIENCE = 30.0
"""Seconds that a window may take until it is on the screen: a cold disk reads a toolkit slowly."""

FAREWELL = 5.0
"""Seconds that a window may take to close."""

NAME = "llama-demo"
"""By which a desktop knows the windows of the app, and its entry in the menu."""


@dataclass(frozen=True)
class Appearance:
    """How a window looks before it has a page.

    Attributes:
        title: of the window.
        html: what it shows until then.
        colour: of its ground, as ``#rrggbb``.
        icon: a PNG file.
        localization: texts of the dialogs, by the keys of pywebview.
    """

    title: str
    html: str
    colour: str
    icon: Path
    localization: Mapping[str, str]


class WindowProcess:
    """A window, from its start on: it may turn out that there can be none.

    Attributes:
        ended: set when the window is closed, or could not be shown.
        unavailable: why it could not: ``package`` (pywebview is not installed), ``toolkit`` (none of the
            desktop was found), ``display`` (there is no screen), ``failed`` (its process ended; see the log)
            or ``late``. Empty until that is known.
        state: where it was when it was closed; until then where it was at the start.

    Args:
        appearance: what to show at once.
        state: size and place.
        folder: what the window's browser keeps, and its log.
    """

    def __init__(self, appearance: Appearance, state: WindowState, folder: Path) -> None:
        self.ended = threading.Event()
        self.unavailable = ""
        self.state = state
        self.log = folder / "window.log"
        self._shown = threading.Event()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603  (this Python, and a module of ours)
                [sys.executable, "-m", __package__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                cwd=ROOT,
                env={"PYWEBVIEW_LOG": "ERROR", **os.environ, "PYTHONUTF8": "1"},
            )
        self._say(
            name=NAME,
            title=appearance.title,
            html=appearance.html,
            colour=appearance.colour,
            icon=str(appearance.icon),
            localization=dict(appearance.localization),
            state=state.json,
            storage=str(folder / "browser"),
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def open(self, url: str) -> bool:
        """Show a page. False if there is no window, and ``unavailable`` says why, or if it was closed."""
        return self._show(url=url)

    def show(self, html: str) -> bool:
        """Show a text; False as in :meth:`open`."""
        return self._show(html=html)

    def close(self) -> None:
        """Close the window, if that has not been done, and wait until its process has ended."""
        try:
            assert self._process.stdin is not None
            self._process.stdin.close()
        except OSError:
            pass
        try:
            self._process.wait(FAREWELL)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.ended.wait(FAREWELL)

    def _show(self, **page: str) -> bool:
        if not self._shown.wait(PATIENCE):
            self.unavailable = self.unavailable or "late"
        if self.unavailable or self.ended.is_set():
            return False
        self._say(**page)
        return True

    def _say(self, **message: object) -> None:
        """Send a line; the process may have ended."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()
        except OSError:
            pass

    def _listen(self) -> None:
        """In a thread: what the window's process says, until it ends."""
        assert self._process.stdout is not None
        was_shown = False
        for line in self._process.stdout:
            message = json.loads(line)
            if "shown" in message:
                was_shown = True
                self._shown.set()
            elif "unavailable" in message:
                self.unavailable = str(message["unavailable"])
            elif "state" in message:  # it was closed, perhaps before it could say that it was shown
                was_shown = True
                self.state = WindowState.of(message["state"])
        if not was_shown:
            self.unavailable = self.unavailable or "failed"
        self.ended.set()
        self._shown.set()
