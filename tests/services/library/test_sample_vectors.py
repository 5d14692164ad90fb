"""The vectors that come with the samples are those that the bundled models give of them today."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.sample_vectors import texts_of_samples
from llama_demo.catalogue import search_models
from llama_demo.services.library.embedders import PROBE
from llama_demo.services.library.sample_vectors import SAMPLE_VECTORS, SampleVectors, read_sample_vectors
from llama_demo.services.library.text_encoder import LocalEncoder
from llama_demo.services.models import Models
from llama_demo.settings import ASSETS

LARGEST = 600_000
EVERY = {"embedder": 1}
"""Which texts are embedded again, by model: all of them by the quick one, every fortieth by the deep one."""


@pytest.fixture(scope="module")
def models() -> Models:
    """Those that come with the program."""
    return Models(sorted((ASSETS / "models").iterdir()), device="cpu")


@pytest.fixture(scope="module")
def made() -> SampleVectors:
    """The file."""
    return read_sample_vectors()


def test_both_models_have_embedded_every_chunk(models: Models, made: SampleVectors) -> None:
    """If not: ``python -m bench.sample_vectors``."""
    wanted = [name for name in search_models(models.entries("search")) if name]
    assert sorted(made.vectors) == sorted(wanted)
    texts = texts_of_samples(models.encoder("embedder"))
    assert len(texts) == len(made.places)
    for name in wanted:
        encoder = LocalEncoder(models.encoder(name))
        probe = made.probe(name)
        assert probe is not None
        assert float(encoder.vectors([PROBE])[0] @ probe) > 0.999
        some = texts[:: EVERY.get(name, 40)]
        found = made.find(name, some)
        assert all(vector is not None for vector in found)
        np.testing.assert_allclose(encoder.vectors(some, "passage"), np.stack(found), atol=4e-3)  # type: ignore[arg-type]


def test_the_file_is_small() -> None:
    """Everyone who gets the program gets it."""
    assert Path(SAMPLE_VECTORS).stat().st_size < LARGEST
