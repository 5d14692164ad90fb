"""Embedding as the search uses it: texts in, vectors out, whatever the texts."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from llama_demo.errors import CheckpointError
from llama_demo.model.static import StaticConfig
from llama_demo.tasks.embed import SentenceEncoder, embed, knows, load_sentence_encoder
from tests import deep_embedder, minilm
from tests.text.tokenizers.spm import trained


@pytest.fixture(scope="module")
def real() -> SentenceEncoder:
    """MiniLM with its own weights."""
    return load_sentence_encoder(minilm.folder(), device="cpu")


def test_like_is_near_like(real: SentenceEncoder) -> None:
    """The point of it: a paraphrase is nearer than another topic."""
    vectors = embed(
        real, ["How do I get my money back?", "Refunds are paid within a week.", "Llamas live in Peru."]
    ).vectors
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


def test_long_texts_are_cut_and_it_is_told(real: SentenceEncoder) -> None:
    """What is behind the model's reach is left out, visibly."""
    found = embed(real, ["short", "long " * 400, "long " * 500])
    assert found.cut == (False, True, True)
    np.testing.assert_allclose(found.vectors[1], found.vectors[2], atol=1e-5)


def test_odd_texts(real: SentenceEncoder) -> None:
    """Empty, blank, lone surrogates, none at all: vectors of length 1, or no rows."""
    found = embed(real, ["", "   ", "\ud800", "a\x00b"])
    np.testing.assert_allclose(np.linalg.norm(found.vectors, axis=1), 1.0, atol=1e-5)
    assert embed(real, []).vectors.shape == (0, 384)


def test_which_words_it_knows(real: SentenceEncoder) -> None:
    """Signs and what has no piece of its own are no words."""
    known = {text: knows(real, text) for text in ("the llama", "12", "🦙", "?!", "🦙 tea", "", " ", "\ud800")}
    assert [text for text, one in known.items() if one] == ["the llama", "12", "🦙 tea"]


def test_the_mark_of_a_blank_is_no_word(tmp_path: Path) -> None:
    """XLM-R's pieces put one in front of an unknown character, whose place it has."""
    encoder = load_sentence_encoder(deep_embedder.made(tmp_path / "deep"), device="cpu")
    assert [text for text in ("𓃰 ?!", "🛸", "羊驼", "🛸 tea", "?! …") if knows(encoder, text)] == [
        "羊驼",
        "🛸 tea",
    ]


def static(folder: Path) -> Path:
    torch.manual_seed(0)
    config = StaticConfig(2_000, 16)
    tensors = {"embedding.weight": torch.randn(2_000, 16), "token_weights": torch.rand(2_000)}
    save_file(tensors, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(config.to_json()))
    (folder / "tokenizer.model").write_bytes(trained(byte_fallback=True))
    return folder


def test_static_embeddings_and_roles(tmp_path: Path) -> None:
    """A bag of vectors with our own vocabulary; prompts of the folder stand in front by role."""
    (static(tmp_path) / "config_sentence_transformers.json").write_text('{"prompts": {"query": "query: "}}')
    steps = [{"type": "x.StaticEmbedding", "path": ""}, {"type": "x.Normalize", "path": "1_Normalize"}]
    (tmp_path / "modules.json").write_text(json.dumps(steps))
    encoder = load_sentence_encoder(tmp_path, device="cpu")
    plain, asked, other = (
        embed(encoder, ["llama"], role=role).vectors[0] for role in ("", "query", "nothing known")
    )
    by_hand = embed(encoder, ["query: llama"]).vectors[0]
    np.testing.assert_allclose(asked, by_hand)
    np.testing.assert_allclose(plain, other)
    assert not np.allclose(plain, asked)
    assert np.abs(embed(encoder, [""]).vectors).max() == 0


def test_a_foreign_vocabulary_is_refused(tmp_path: Path) -> None:
    """More ids than rows: two models were mixed."""
    (static(tmp_path) / "config.json").write_text(json.dumps(StaticConfig(20, 16).to_json()))
    tensors = {"embedding.weight": torch.randn(20, 16), "token_weights": torch.rand(20)}
    save_file(tensors, tmp_path / "model.safetensors")
    with pytest.raises(CheckpointError) as caught:
        load_sentence_encoder(tmp_path)
    assert caught.value.key == "tokenizer_misfit"
