"""Scoring leaves the model to others between its turns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from llama_demo.engine.engine import Engine
from llama_demo.model.llama import Llama
from llama_demo.services.models import Models
from llama_demo.tasks.score import BATCH_TOKENS, score_texts

ASSETS = Path(__file__).parents[2] / "assets"


class CountingEngine(Engine):
    """Counts the turns that work took."""

    turns = 0

    def run(self, work: Callable[[Llama], Any]) -> Any:
        self.turns += 1
        return super().run(work)


def test_many_sentences_take_many_turns() -> None:
    """Texts that others generate get a token after each; the scores do not depend on the batches."""
    writer = Models(sorted((ASSETS / "models").iterdir())).writer()
    engine = CountingEngine(writer.engine.model)
    texts = ["The cat sat on the mat. " * count for count in (20, 1, 20, 5, 20, 20)]
    scores = score_texts(replace(writer, engine=engine), texts)
    turns = engine.turns
    assert turns >= sum(len(writer.tokenizer.encode(text)) for text in texts) / BATCH_TOKENS > 1
    for text, score in zip(texts, scores, strict=True):
        assert score_texts(writer, [text]) == [pytest.approx(score, rel=1e-3)]
    engine.close()
