"""The app in a window of its own: what it shows while the app starts, and what happens without one."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from llama_demo.errors import DemoError, SettingsError
from llama_demo.settings import ASSETS, Settings, terminal_language
from llama_demo.ui import launch, markup
from llama_demo.ui.guard import GuardedApp
from llama_demo.ui.page import TITLE
from llama_demo.ui.texts import LANGUAGES, TAGS, Texts, catalogue
from llama_demo.ui.theme import DARK, LIGHT
from llama_demo.window import shortcut
from llama_demo.window import state as window_state
from llama_demo.window.process import PATIENCE, Appearance, WindowProcess
from llama_demo.window.shortcut import Shortcut
from llama_demo.window.state import WindowState

Running = Callable[[Settings], AbstractContextManager[GuardedApp]]


def serve_in_window(settings: Settings, running: Running) -> None:
    """Serve the page to a window until that is closed, or the program is told to end.

    Where there can be no window the page opens in the browser, and a sentence says why.

    Args:
        settings: those of the start.
        running: serves the page during its block.

    Raises:
        DemoError: whatever makes it impossible to start; the window says so too, until it is closed.
    """
    texts = catalogue(terminal_language(settings))
    folder = settings.data_folder / "window"
    stored = window_state.load(folder / "state.json")
    settings = with_port(settings, stored)
    window = WindowProcess(_appearance(texts), stored, folder)
    port = stored.port
    try:
        with running(settings) as app:
            port = urlsplit(app.entrance).port or 0
            if window.open(app.entrance):
                launch.wait_for_end(window.ended)
            elif window.unavailable:
                window.close()
                print(why_no_window(texts, window, app.entrance), flush=True)
                webbrowser.open(app.entrance)
                launch.wait_for_end()
    except Exception as exc:
        sentence = texts.error(exc) if isinstance(exc, DemoError) else texts("window.unexpected")
        if window.show(message(texts, sentence, title=texts("window.failed"), problem=True)):
            window.ended.wait()
        raise
    finally:
        window.close()
        window_state.save(folder / "state.json", replace(window.state, port=port))


def change_shortcut(settings: Settings, command: Sequence[str]) -> str:
    """Put the app into the start menu, or take it out.

    Args:
        settings: which of the two.
        command: by which this program was started. The entry starts the same with ``--window``, in the
            folder that is the current one.

    Returns:
        What to print.

    Raises:
        SettingsError: ``shortcut_needs_window`` or ``shortcut_failed``.
    """
    texts = catalogue(terminal_language(settings))
    try:
        if settings.remove_shortcut:
            return texts("launch.shortcut_removed" if shortcut.remove() else "launch.shortcut_none")
        if find_spec("webview") is None:
            packages = ASSETS.parent / "requirements-window.txt"
            raise SettingsError(
                "shortcut_needs_window", command=f"{sys.executable} -m pip install -r {packages}"
            )
        kept = [one for one in command if one not in ("--install-shortcut", "--window")]
        made = Shortcut(
            title=TITLE,
            comments={TAGS[code].replace("-", "_"): catalogue(code)("window.comment") for code in LANGUAGES},
            command=[*kept, "--window"],
            folder=Path.cwd(),
            icons=ASSETS / "icons",
        )
        return texts("launch.shortcut", path=shortcut.install(made))
    except OSError as exc:
        raise SettingsError("shortcut_failed", detail=str(exc)) from exc


def with_port(settings: Settings, stored: WindowState) -> Settings:
    """The settings with the port of the window: the one that was given, else that of last time, else any.

    A browser keeps what it remembers for a page by its port too.
    """
    if "port" in settings.model_fields_set:
        return settings
    again = settings.model_copy(update={"port": stored.port})
    try:
        launch.free_port(again)
    except SettingsError:
        return settings.model_copy(update={"port": 0})
    return again


def why_no_window(texts: Texts, window: WindowProcess, address: str) -> str:
    """The sentence for the terminal."""
    known = {"address": address, "log": window.log, "seconds": int(PATIENCE)}
    return texts(f"launch.window.{window.unavailable}", **known)


def message(texts: Texts, sentence: str, *, title: str = TITLE, problem: bool = False) -> str:
    """A page of the window that needs no server, as HTML."""
    tag = TAGS[texts.language]
    return markup.render(
        "window.html", tag=tag, title=title, sentence=sentence, problem=problem, light=LIGHT, dark=DARK
    )


def _appearance(texts: Texts) -> Appearance:
    return Appearance(
        title=TITLE,
        html=message(texts, texts("window.starting")),
        colour=LIGHT["paper"],
        icon=ASSETS / "icons" / "icon-512.png",
        localization={
            "global.saveFile": texts("window.save"),
            "linux.openFile": texts("window.open_file"),
            "linux.openFiles": texts("window.open_files"),
            "linux.openFolder": texts("window.open_folder"),
        },
    )
