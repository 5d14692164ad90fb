"""The process of the window, where it cannot show one: that needs a screen, see docs/desktop.md."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from llama_demo.settings import ASSETS
from llama_demo.window.process import Appearance, WindowProcess
from llama_demo.window.state import WindowState

APPEARANCE = Appearance("llama demo", "<p>…</p>", "#faf8f4", ASSETS / "icons" / "icon-512.png", {})


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a screen")
def test_without_a_screen_there_is_no_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As over SSH: nothing waits, and the reason is known. What was remembered stays."""
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    state = WindowState(width=700)
    window = WindowProcess(APPEARANCE, state, tmp_path)
    assert not window.open("http://127.0.0.1:1/")
    assert window.unavailable == "display"
    window.close()
    assert window.ended.is_set()
    assert window.state == state


def test_a_process_that_ends_at_once_is_no_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with a Qt that lacks a library of the system: it ends its process without a word to this one."""
    monkeypatch.setattr(sys, "executable", "/bin/false" if sys.platform != "win32" else "where.exe")
    window = WindowProcess(APPEARANCE, WindowState(), tmp_path)
    assert not window.open("http://127.0.0.1:1/")
    assert window.unavailable == "failed"
    window.close()
