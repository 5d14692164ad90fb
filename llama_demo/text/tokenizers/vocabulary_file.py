"""Reading the small JSON files that lie beside a vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from llama_demo.errors import CheckpointError
from llama_demo.model_file import read_json


def read_ids(path: Path, *, needed: Sequence[str] = ()) -> dict[str, int]:
    """A ``vocab.json``: ids by piece.

    Raises:
        CheckpointError: the file is missing, holds something else, or lacks a piece that is needed.
    """
    ids = read_json(path)
    if not ids or not all(isinstance(i, int) and not isinstance(i, bool) and i >= 0 for i in ids.values()):
        raise CheckpointError("file_broken", file=path.name, detail="not a list of pieces with their ids")
    if missing := [piece for piece in needed if piece not in ids]:
        raise CheckpointError("file_broken", file=path.name, detail=f"lacks {', '.join(missing)}")
    return ids
