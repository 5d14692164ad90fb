"""The SentencePiece vocabulary of a run: learned once, then kept beside its checkpoints."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import sentencepiece


def kept_vocabulary(
    out: Path, start_from: Path | None, build: Callable[[], bytes], report: Callable[[str], None]
) -> bytes:
    """The serialized SentencePiece model of a run in ``out``.

    Args:
        start_from: a model folder whose vocabulary is taken instead.
        build: learns a new one; called if the run has none yet.
    """
    if start_from is not None:
        return (start_from / "tokenizer.model").read_bytes()
    kept = out / "tokenizer.model"
    if not kept.exists():
        report("learning the vocabulary")
        out.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(build())
    return kept.read_bytes()


def train_sentencepiece(texts: Iterable[str], **options: Any) -> bytes:
    """Train a SentencePiece model (Kudo and Richardson 2018, arXiv:1808.06226); returns it serialized.

    Args:
        options: of ``SentencePieceTrainer.train``.
    """
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts), model_writer=model, minloglevel=2, **options
    )
    return model.getvalue()
