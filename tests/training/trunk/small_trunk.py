"""A pretrained encoder as the Hub has them, tiny and with random weights."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path

import sentencepiece
import torch
import transformers

from llama_demo.training.trunk.vocabulary import MARKS

WIDTH = 32


def train_vocabulary(texts: Sequence[str], size: int, *, marks_first: bool) -> bytes:
    """A unigram model, with ids as XLM-R's has them or beginning with :data:`MARKS`."""
    model = io.BytesIO()
    ids = {"bos_id": 0, "pad_id": 1, "eos_id": 2, "unk_id": 3}
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_writer=model,
        model_type="unigram",
        vocab_size=size,
        character_coverage=1.0,
        normalization_rule_name="nmt_nfkc",
        hard_vocab_limit=False,
        minloglevel=2,
        **(ids if marks_first else {}),
    )
    return model.getvalue()


def write_encoder(folder: Path, vocabulary: bytes, *, marks_first: bool) -> transformers.BertModel:
    """Its folder; returns the reference."""
    torch.manual_seed(3)
    pieces = sentencepiece.SentencePieceProcessor(model_proto=vocabulary).get_piece_size()
    config = transformers.BertConfig(
        vocab_size=pieces if marks_first else pieces + 2,
        hidden_size=WIDTH,
        num_hidden_layers=3,
        num_attention_heads=4,
        intermediate_size=48,
        max_position_embeddings=512,
        pad_token_id=MARKS.index("<pad>"),
    )
    model = transformers.BertModel(config).eval()
    model.save_pretrained(folder)
    (folder / "sentencepiece.bpe.model").write_bytes(vocabulary)
    assert json.loads((folder / "config.json").read_text())["model_type"] == "bert"
    return model
