"""Names of uploaded files for programs, in place of the paths where the files lie on the server.

Gradio answers an upload with paths, which programs send back in their calls.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PREFIX = "uploads/"


def names_of(answer: bytes, folder: Path) -> bytes:
    """Gradio's answer to an upload, with a name in place of each path in the folder."""
    try:
        paths = json.loads(answer)
    except ValueError:
        return answer
    if not isinstance(paths, list):
        return answer
    return json.dumps([_name(path, folder.resolve()) for path in paths]).encode()


def with_paths(value: Any, folder: Path) -> Any:
    """A value of a call, with the path in place of the name of each file."""
    if isinstance(value, list):
        return [with_paths(each, folder) for each in value]
    if not isinstance(value, dict):
        return value
    path = value.get("path")
    if isinstance(path, str) and path.startswith(PREFIX):
        # Gradio checks that the path lies in the folder.
        return {**value, "path": str(folder / path.removeprefix(PREFIX))}
    return value


def _name(path: object, folder: Path) -> object:
    if not isinstance(path, str) or not Path(path).resolve().is_relative_to(folder):
        return path
    return PREFIX + Path(path).resolve().relative_to(folder).as_posix()
