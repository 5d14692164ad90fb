"""The picture of a run."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from llama_demo.training.checkpoint import TrainingProgress
from llama_demo.training.curve import draw

FULL = TrainingProgress(
    step=40,
    tokens=2_000_000,
    losses=[(1_000_000, 3.0), (2_000_000, 2.5)],
    measured=[(1_000_000, {"English": 3.2}), (2_000_000, {"English": 2.7})],
)


@pytest.mark.parametrize("progress", [FULL, TrainingProgress()])
def test_a_run_is_drawn_within_its_frame(progress: TrainingProgress) -> None:
    """Well-formed, every point inside, and every line named; a run without steps is an empty frame."""
    root = ElementTree.fromstring(draw(progress))
    lines = root.findall("{*}polyline")
    assert len(lines) == (2 if progress.losses else 0)
    for line in lines:
        for point in line.attrib["points"].split():
            x, y = map(float, point.split(","))
            assert 46 <= x <= 560
            assert 14 <= y <= 226
    texts = {text.text for text in root.findall("{*}text")}
    assert not progress.losses or {"training", "English, held out"} <= texts
