"""The process of the window, started by :class:`llama_demo.window.process.WindowProcess`."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any

from llama_demo.window import toolkits
from llama_demo.window.state import SMALLEST, Screen, WindowState

try:
    webview: Any = import_module("webview")
except ImportError:  # it is optional
    webview = None

LINUX = sys.platform.startswith("linux")

_server = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)  # what a toolkit prints is for the log


def main() -> int:
    """Show the window until it is closed. Returns the exit code: 0, or 3 where no window can be shown."""
    messages = received()
    first = next(messages)
    sys.argv[0] = first["name"]  # by it the desktop knows which entry of its menu the window belongs to
    if LINUX and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        tell(unavailable="display")
        return 3
    if webview is None:
        tell(unavailable="package")
        return 3
    try:
        _show(first, messages)
    except webview.WebViewException:
        tell(unavailable="toolkit")
        return 3
    return 0


def received() -> Iterator[Mapping[str, Any]]:
    """The messages of the server's process, until it closes the stream or ends.

    They are read without ``sys.stdin``: a thread that waits in it holds its lock, which ends the interpreter
    with an error.
    """
    rest = b""
    while part := os.read(0, 65_536):
        *lines, rest = (rest + part).split(b"\n")
        yield from map(json.loads, lines)


def tell(**message: object) -> None:
    """Send a line to the server's process; it may have ended."""
    with suppress(OSError):
        print(json.dumps(message), file=_server, flush=True)


def _show(first: Mapping[str, Any], messages: Iterator[Mapping[str, Any]]) -> None:
    """The window and its life.

    Args:
        first: the first message of the server's process.
        messages: those that follow.
    """
    state = WindowState.of(first["state"])
    webview.settings["OPEN_EXTERNAL_LINKS_IN_BROWSER"] = True
    webview.settings["ALLOW_FILE_URLS"] = False
    window = webview.create_window(
        first["title"],
        html=first["html"],
        x=state.x,
        y=state.y,
        width=state.width,
        height=state.height,
        maximized=state.maximized,
        min_size=SMALLEST,
        background_color=first["colour"],
        text_select=True,
        zoomable=True,
    )

    def choose(renderer: str) -> None:
        """As soon as the toolkit is known."""
        webview.settings["ALLOW_DOWNLOADS"] = renderer not in (toolkits.QT, toolkits.GTK)  # done by prepare()

    def prepare() -> None:
        toolkits.prepare(window, webview.renderer)

    def leave() -> None:
        tell(state=toolkits.placement(window, webview.renderer, state).json)

    def follow() -> None:
        """In a thread of its own: what the server's process says next."""
        window.events.shown.wait()
        screens = [Screen(int(one.x), int(one.y), int(one.width), int(one.height)) for one in webview.screens]
        _fit(window, state, screens)
        tell(shown=True)
        for message in messages:
            if "url" in message:
                window.load_url(message["url"])
            else:
                window.load_html(message["html"])
        if window in webview.windows:
            window.destroy()

    window.events.initialized += choose
    window.events.before_show += prepare
    window.events.closing += leave
    threading.Thread(target=follow, daemon=True).start()
    webview.start(
        private_mode=False,
        storage_path=first["storage"],
        icon=first["icon"] if LINUX else None,
        localization=first["localization"],
    )


def _fit(window: Any, state: WindowState, screens: list[Screen]) -> None:
    """Bring a window back that was remembered on a screen that has gone."""
    fitted = state.fitted(screens)
    if state.maximized or fitted == state:
        return
    window.resize(fitted.width, fitted.height)
    window.move(screens[0].x + (screens[0].width - fitted.width) // 2, screens[0].y)


if __name__ == "__main__":
    sys.exit(main())
