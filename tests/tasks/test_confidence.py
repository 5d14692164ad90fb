"""How far an answer can be trusted: the numbers in a reader's folder, and what they make of a margin."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from llama_demo.errors import CheckpointError
from llama_demo.tasks.confidence import CONFIDENCE_FILE, TERMS, UNFITTED, Scale, read_scales

READER = Path(__file__).parents[2] / "assets" / "models" / "reader"
FITTED = {"found": 0.5, "right": [0.1] * TERMS, "holds": [0.2] * TERMS, "least": -1}


def test_other_peoples_readers_are_used_unfitted(tmp_path: Path) -> None:
    """Their folders have no such file."""
    assert read_scales(tmp_path) is UNFITTED


def test_each_way_has_its_own_numbers(tmp_path: Path) -> None:
    """As they stand in the file."""
    told = {"text": FITTED, "library": FITTED | {"found": 0.75}}
    (tmp_path / CONFIDENCE_FILE).write_text(json.dumps(told), encoding="utf-8")
    assert read_scales(tmp_path) == {
        "text": Scale(0.5, (0.1,) * TERMS, (0.2,) * TERMS, -1.0),
        "library": Scale(0.75, (0.1,) * TERMS, (0.2,) * TERMS, -1.0),
    }


@pytest.mark.parametrize(
    "told",
    [
        {"text": FITTED},
        {"text": FITTED, "library": FITTED | {"right": [0.1] * (TERMS - 1)}},
        {"text": FITTED, "library": FITTED | {"holds": ["much"] * TERMS}},
        {"text": FITTED, "library": FITTED | {"found": None}},
        {"text": FITTED, "library": 5},
    ],
)
def test_numbers_that_do_not_fit_are_refused(tmp_path: Path, told: dict[str, Any]) -> None:
    """A reader with half of its numbers would trust its answers wrongly."""
    (tmp_path / CONFIDENCE_FILE).write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(CheckpointError, match="file_broken"):
        read_scales(tmp_path)


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    """With a sentence of ours, not with the parser's."""
    (tmp_path / CONFIDENCE_FILE).write_text('{"text": ', encoding="utf-8")
    with pytest.raises(CheckpointError, match="file_broken"):
        read_scales(tmp_path)


@pytest.mark.parametrize("folder", [Path("nowhere"), READER])
@pytest.mark.parametrize("way", sorted(UNFITTED))
def test_a_larger_margin_is_trusted_more(folder: Path, way: str) -> None:
    """Of the bundled reader and of one that nobody measured."""
    scale = read_scales(folder)[way]
    shares = [scale.right_at(np.array([1.0, margin, 0.0, 0.0, 0.0])) for margin in (-8.0, 0.0, 4.0, 12.0)]
    assert all(less < more for less, more in pairwise(shares))
    assert 0 < shares[0] < shares[-1] < 1
