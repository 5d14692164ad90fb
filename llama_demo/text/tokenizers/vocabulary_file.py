"""Reading the small JSON files that lie beside a vocabulary."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from llama_demo.errors import CheckpointError


def read_json_object(path: Path) -> dict[str, Any]:
    """A JSON object; empty if there is no such file.

    Raises:
        CheckpointError: the file is broken.
    """
    if not path.exists():
        return {}
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as exc:
        raise CheckpointError("file_broken", file=path.name, detail=str(exc)) from exc
    if not isinstance(settings, dict):
        raise CheckpointError("file_broken", file=path.name, detail="not a JSON object")
    return settings


def read_ids(path: Path, *, needed: Sequence[str] = ()) -> dict[str, int]:
    """A ``vocab.json``: ids by piece.

    Raises:
        CheckpointError: the file is missing, holds something else, or lacks a piece that is needed.
    """
    if not path.exists():
        raise CheckpointError("file_missing", folder=str(path.parent), file=path.name)
    ids = read_json_object(path)
    if not ids or not all(isinstance(i, int) and not isinstance(i, bool) and i >= 0 for i in ids.values()):
        raise CheckpointError("file_broken", file=path.name, detail="not a list of pieces with their ids")
    if missing := [piece for piece in needed if piece not in ids]:
        raise CheckpointError("file_broken", file=path.name, detail=f"lacks {', '.join(missing)}")
    return ids


def read_bytes(path: Path) -> bytes:
    """A file's content.

    Raises:
        CheckpointError: it is missing or cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError as exc:
        raise CheckpointError("file_missing", folder=str(path.parent), file=path.name) from exc
    except OSError as exc:
        raise CheckpointError("file_broken", file=path.name, detail=str(exc)) from exc
