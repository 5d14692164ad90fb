"""Files of model folders, which may come from anybody.

Only regular files are opened: reading a named pipe waits for ever, reading a device may not end.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from llama_demo.errors import CheckpointError


def check_regular(path: Path) -> None:
    """Check that a file, or what a link leads to, is an ordinary one.

    Raises:
        CheckpointError: ``file_missing``, or ``file_broken`` for a folder, a pipe, a device or a socket.
    """
    try:
        exists, regular = path.exists(), path.is_file()
    except OSError as exc:
        raise CheckpointError("file_broken", file=path.name, detail=str(exc.strerror)) from exc
    if not exists:
        raise CheckpointError("file_missing", folder=str(path.parent), file=path.name)
    if not regular:
        raise CheckpointError("file_broken", file=path.name, detail="not a regular file")


def read_bytes(path: Path) -> bytes:
    """A file's content.

    Raises:
        CheckpointError: it is missing, cannot be read, or is no regular file.
    """
    check_regular(path)
    try:
        return path.read_bytes()
    except OSError as exc:
        raise CheckpointError("file_broken", file=path.name, detail=str(exc)) from exc


def read_text(path: Path) -> str:
    """A file's text, in UTF-8; raises as :func:`read_bytes`, and for other bytes."""
    try:
        return read_bytes(path).decode("utf-8")
    except UnicodeDecodeError as exc:
        raise CheckpointError("file_broken", file=path.name, detail=str(exc)) from exc


def read_json_value(path: Path) -> Any:
    """Any JSON value; raises as :func:`read_text`, and for what is no JSON."""
    try:
        return json.loads(read_text(path))
    except (ValueError, RecursionError) as exc:
        raise CheckpointError("file_broken", file=path.name, detail=str(exc)) from exc


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object; raises as :func:`read_json_value`, and for any other value."""
    content = read_json_value(path)
    if not isinstance(content, dict):
        raise CheckpointError("file_broken", file=path.name, detail="not a JSON object")
    return content


def read_optional_json(path: Path) -> dict[str, Any]:
    """A JSON object, empty if there is no such file; raises as :func:`read_json`."""
    return read_json(path) if path.exists() else {}


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file; whoever reads it meanwhile, or after a crash, finds the old one or the new one.

    Raises:
        OSError: the disk is full, or the folder cannot be written.
    """
    beside = path.with_name(f"{path.name}.new")
    beside.write_text(json.dumps(value, indent=1), encoding="utf-8")
    os.replace(beside, path)
