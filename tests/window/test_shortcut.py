"""The entry in the start menu."""

from __future__ import annotations

import plistlib
import subprocess
import sys
from pathlib import Path

import pytest

from llama_demo.settings import ASSETS
from llama_demo.window import shortcut
from llama_demo.window.shortcut import Shortcut, desktop_entry, ico

PRINTING = "import sys; print(sys.argv[1:])"
ARGUMENTS = ["a b", 'quo"te', "back\\slash", "$HOME", "`id`", "100 %", "中文", "it's", ""]


def made(folder: Path, *arguments: str) -> Shortcut:
    return Shortcut(
        "llama demo",
        {"en": "A model", "zh_CN": "模型"},
        [sys.executable, "-c", PRINTING, *arguments],
        folder,
        ASSETS / "icons",
    )


@pytest.mark.skipif(sys.platform == "win32", reason="read by sh")
def test_a_desktop_entry_starts_the_command_with_every_argument(tmp_path: Path) -> None:
    """Data folders have blanks and worse in their names.

    Read as the specification says: the escapes of a value first, then quotes as in a shell, then ``%``.
    """
    entry = desktop_entry(made(tmp_path, *ARGUMENTS))
    values = dict(line.split("=", 1) for line in entry.splitlines() if "=" in line)
    command = values["Exec"].replace("\\\\", "\\").replace("%%", "%")
    assert subprocess.check_output(["sh", "-c", command], text=True, encoding="utf-8").strip() == str(
        ARGUMENTS
    )
    assert values["Comment[zh_CN]"] == "模型"
    assert Path(values["Icon"]).is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="a script of sh")
def test_a_bundle_starts_the_command_with_every_argument(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And says what the Finder asks for."""
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setenv("HOME", str(tmp_path))
    place = shortcut.install(made(tmp_path, *ARGUMENTS))
    information = plistlib.loads((place / "Contents" / "Info.plist").read_bytes())
    script = place / "Contents" / "MacOS" / information["CFBundleExecutable"]
    assert subprocess.check_output([script], text=True, encoding="utf-8").strip() == str(ARGUMENTS)
    icon = (place / "Contents" / "Resources" / information["CFBundleIconFile"]).read_bytes()
    assert icon[:4] == b"icns"
    assert int.from_bytes(icon[4:8], "big") == len(icon)
    assert shortcut.remove()
    assert not place.exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the folder of a Linux desktop")
def test_an_entry_is_installed_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the folder that the desktop reads, for this user alone."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert not shortcut.remove()
    place = shortcut.install(made(tmp_path))
    assert place == tmp_path / "applications" / "llama-demo.desktop"
    assert place.read_text(encoding="utf-8").startswith("[Desktop Entry]\n")
    assert shortcut.remove()
    assert not place.exists()


def test_an_icon_of_windows_holds_the_picture() -> None:
    """At the offset and of the length that its directory names."""
    png = (ASSETS / "icons" / "icon-192.png").read_bytes()
    icon = ico(png, 192)
    length, offset = int.from_bytes(icon[14:18], "little"), int.from_bytes(icon[18:22], "little")
    assert icon[offset : offset + length] == png
