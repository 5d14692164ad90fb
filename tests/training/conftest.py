"""What tests of several trainings share."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_demo.training.trunk.cutting import make_trunk
from tests.training.reader.small_sources import TEXTS, write_data
from tests.training.trunk.small_trunk import train_vocabulary, write_encoder


@pytest.fixture(scope="session")
def trunk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pretrained encoder's, random, cut to the vocabulary of the tiny sources in ``data`` beside it."""
    base = tmp_path_factory.mktemp("encoder")
    write_data(base / "data")
    write_encoder(base / "original", train_vocabulary(TEXTS, 160, marks_first=True), marks_first=True)
    make_trunk(
        base / "original",
        base / "data",
        base / "trunk",
        pieces=160,
        layers=2,
        positions=160,
        report=lambda _: None,
    )
    return base / "trunk"
