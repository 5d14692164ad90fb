"""How large a model is, told by its configuration alone."""

from __future__ import annotations

from math import prod
from pathlib import Path

from llama_demo.engine.weights import read_json
from llama_demo.model.families import family_of


def count_parameters(folder: Path) -> int:
    """Numbers that the model of ``folder`` has learnt.

    Raises:
        CheckpointError: the ``config.json`` is missing, broken or not supported.
    """
    config = read_json(folder / "config.json")
    family = family_of(config)
    parts = family.parts(family.config(config))
    return sum(prod(part.shape) for group in parts.values() for part in group)
