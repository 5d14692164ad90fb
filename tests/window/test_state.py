"""What the window remembers."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_demo.window.state import Screen, WindowState, load, save

SCREEN = Screen(0, 0, 1920, 1080)
SECOND = Screen(1920, 0, 1280, 1024)


def test_a_window_comes_back_where_it_was(tmp_path: Path) -> None:
    """With the port, by which the browser keeps its language."""
    state = WindowState(100, 50, 900, 700, True, 41_000)
    save(tmp_path / "window" / "state.json", state)
    assert load(tmp_path / "window" / "state.json") == state


@pytest.mark.parametrize(
    "written", [None, "", "{", "[]", '"x"', '{"width": "wide", "x": 1e9, "maximized": 1}']
)
def test_what_cannot_be_read_is_a_first_start(tmp_path: Path, written: str | None) -> None:
    """A damaged file stops nobody."""
    file = tmp_path / "state.json"
    if written is not None:
        file.write_text(written)
    assert load(file) == WindowState()


def test_one_bad_value_costs_no_other(tmp_path: Path) -> None:
    """A window of no height is not what somebody left."""
    (tmp_path / "state.json").write_text('{"width": 800, "height": 1, "x": 5, "port": 80}')
    assert load(tmp_path / "state.json") == WindowState(x=5, width=800)


def test_a_folder_that_cannot_be_written_to_stops_nobody(tmp_path: Path) -> None:
    """The window then forgets its place."""
    (tmp_path / "window").write_text("a file in the place of the folder")
    save(tmp_path / "window" / "state.json", WindowState())


@pytest.mark.parametrize(
    ("x", "y", "screens", "seen"),
    [
        (100, 50, (SCREEN,), True),
        (2000, 50, (SCREEN, SECOND), True),
        (2000, 50, (SCREEN,), False),  # the second screen was unplugged
        (1900, 50, (SCREEN,), False),  # hardly anything to take hold of
        (-600, 50, (SCREEN,), True),
        (100, -30, (SCREEN,), False),  # its title bar is above the screen
        (None, None, (SCREEN,), False),
    ],
)
def test_a_window_is_not_lost_beside_the_screens(
    x: int | None, y: int | None, screens: tuple[Screen, ...], seen: bool
) -> None:
    """What can no longer be taken hold of has no place, and so gets one."""
    fitted = WindowState(x, y, 900, 700).fitted(screens)
    assert (fitted.x, fitted.y) == ((x, y) if seen else (None, None))


def test_a_window_is_no_larger_than_its_screen() -> None:
    """That of a laptop, after one of a desk."""
    fitted = WindowState(0, 0, 3000, 2000).fitted((SCREEN,))
    assert (fitted.width, fitted.height) == (1920, 1080)
