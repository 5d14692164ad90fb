"""The entry of the app in the start menu: a desktop entry, a bundle of macOS, or a shortcut of Windows.

Nothing is packed: the entry starts this Python in this folder, with the flags that were given when it was
made. It belongs to the user alone, so no administrator is needed.

Sources: the Desktop Entry Specification (freedesktop.org), Apple's "Information Property List", the ICNS
and ICO formats, whose pictures may be PNG files.
"""

from __future__ import annotations

import os
import plistlib
import shlex
import shutil
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from llama_demo.window.process import NAME


@dataclass(frozen=True)
class Shortcut:
    """What an entry says and starts.

    Attributes:
        title: of the app.
        comments: a line on what it is, by the code of the language; the first is for all other languages.
        command: the program and its arguments, with absolute paths.
        folder: to start it in.
        icons: the folder of ``icon-512.png`` and ``icon-192.png``.
    """

    title: str
    comments: Mapping[str, str]
    command: Sequence[str]
    folder: Path
    icons: Path


def install(shortcut: Shortcut) -> Path:
    """Put the entry into the start menu, in place of an earlier one. Returns where it is.

    Raises:
        OSError: it cannot be written, or Windows refuses it.
    """
    place = entry()
    place.parent.mkdir(parents=True, exist_ok=True)
    if sys.platform == "darwin":
        _write_bundle(place, shortcut)
    elif sys.platform == "win32":
        _write_link(place, shortcut)
    else:
        place.write_text(desktop_entry(shortcut), encoding="utf-8")
    return place


def remove() -> bool:
    """Take the entry out of the start menu. Returns whether there was one.

    Raises:
        OSError: it cannot be deleted.
    """
    place = entry()
    if place.is_dir():
        shutil.rmtree(place)
        return True
    was_there = place.exists()
    place.unlink(missing_ok=True)
    place.with_suffix(".ico").unlink(missing_ok=True)
    return was_there


def entry() -> Path:
    """Where the entry of this user is on this platform."""
    if sys.platform == "darwin":
        return Path.home() / "Applications" / "llama demo.app"
    if sys.platform == "win32":
        roaming = os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming"
        return Path(roaming) / "Microsoft" / "Windows" / "Start Menu" / "Programs" / "llama demo.lnk"
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "applications" / f"{NAME}.desktop"


def desktop_entry(shortcut: Shortcut) -> str:
    """The file of a Linux desktop."""
    (_, comment), *others = shortcut.comments.items()
    lines = (
        "[Desktop Entry]",
        "Type=Application",
        f"Name={_value(shortcut.title)}",
        f"Comment={_value(comment)}",
        *(f"Comment[{code}]={_value(text)}" for code, text in others),
        f"Exec={_value(' '.join(map(_argument, shortcut.command)))}",
        f"Path={_value(str(shortcut.folder))}",
        f"Icon={_value(str(shortcut.icons / 'icon-512.png'))}",
        "Terminal=false",
        "Categories=Education;ArtificialIntelligence;",
        "StartupNotify=true",
        f"StartupWMClass={NAME}",
    )
    return "\n".join(lines) + "\n"


def _value(text: str) -> str:
    """A text as the value of a key: a backslash begins an escape sequence, and a line ends it."""
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _argument(text: str) -> str:
    """An argument of ``Exec``: quoted, with the characters escaped that are special within quotes."""
    for special in '\\"`$':
        text = text.replace(special, f"\\{special}")
    return '"{}"'.format(text.replace("%", "%%"))


def _write_bundle(place: Path, shortcut: Shortcut) -> None:
    """An application of macOS: a folder with a script and what the Finder wants to know of it."""
    contents = place / "Contents"
    for part in ("MacOS", "Resources"):
        (contents / part).mkdir(parents=True, exist_ok=True)
    (contents / "Info.plist").write_bytes(
        plistlib.dumps(
            {
                "CFBundleName": shortcut.title,
                "CFBundleIdentifier": f"org.{NAME}",
                "CFBundleExecutable": NAME,
                "CFBundleIconFile": "icon.icns",
                "CFBundlePackageType": "APPL",
                "CFBundleInfoDictionaryVersion": "6.0",
                "NSHighResolutionCapable": True,
            }
        )
    )
    (contents / "Resources" / "icon.icns").write_bytes(icns((shortcut.icons / "icon-512.png").read_bytes()))
    script = contents / "MacOS" / NAME
    folder, command = shlex.quote(str(shortcut.folder)), shlex.join(shortcut.command)
    script.write_text(f"#!/bin/sh\ncd {folder} && exec {command}\n", encoding="utf-8")
    script.chmod(0o755)


def _write_link(place: Path, shortcut: Shortcut) -> None:
    """A shortcut of Windows, by the shell's own object. Values go by the environment, so none is quoted.

    It starts the Python with a console, minimized: what goes wrong before there is a window is read there.
    """
    icon = place.with_suffix(".ico")
    icon.write_bytes(ico((shortcut.icons / "icon-192.png").read_bytes(), 192))
    program, *arguments = shortcut.command
    values = {
        "LINK": str(place),
        "PROGRAM": program,
        "ARGUMENTS": subprocess.list2cmdline(arguments),
        "FOLDER": str(shortcut.folder),
        "ICON": str(icon),
        "COMMENT": next(iter(shortcut.comments.values())),
    }
    script = (
        "$ErrorActionPreference = 'Stop'; "
        "$link = (New-Object -ComObject WScript.Shell).CreateShortcut($env:LINK); "
        "$link.TargetPath = $env:PROGRAM; $link.Arguments = $env:ARGUMENTS; "
        "$link.WorkingDirectory = $env:FOLDER; $link.IconLocation = $env:ICON; "
        "$link.Description = $env:COMMENT; $link.WindowStyle = 7; $link.Save()"
    )
    system = Path(os.environ.get("SYSTEMROOT", r"C:\Windows"))
    shell = system / "System32" / "WindowsPowerShell" / "v1.0" / "powershell.exe"
    done = subprocess.run(  # noqa: S603  (a program of the system, and a script of ours)
        [str(shell), "-NoProfile", "-NonInteractive", "-Command", script],
        env={**os.environ, **values},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise OSError((done.stderr.strip() or f"exit code {done.returncode}").splitlines()[0])


def icns(png: bytes) -> bytes:
    """An icon of macOS of one picture of 512 x 512 pixels."""
    return b"icns" + struct.pack(">I", len(png) + 16) + b"ic09" + struct.pack(">I", len(png) + 8) + png


def ico(png: bytes, size: int) -> bytes:
    """An icon of Windows of one square picture, of less than 256 pixels."""
    return (
        struct.pack("<HHH", 0, 1, 1) + struct.pack("<BBBBHHII", size, size, 0, 0, 1, 32, len(png), 22) + png
    )
