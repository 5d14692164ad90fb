"""Small SentencePiece models, trained on the spot."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import sentencepiece

from tests.text.scripts import strings


@cache
def trained(size: int = 900, *, kind: str = "unigram", **options: Any) -> bytes:
    """A unigram (or ``bpe``) model of the strings in ten scripts."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([text for text in strings() if text.strip()]),
        model_writer=model,
        vocab_size=size,
        model_type=kind,
        hard_vocab_limit=False,
        minloglevel=2,
        num_threads=1,
        **options,
    )
    return model.getvalue()
