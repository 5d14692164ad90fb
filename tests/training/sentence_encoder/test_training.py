"""Tuning the sentence encoder: batches, the loss, and a few steps of the real command on tiny sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
import transformers

from llama_demo.engine.checkpoint import load_model
from llama_demo.model.bert import Bert
from llama_demo.model_file import read_json
from llama_demo.tasks.embed import embed, load_sentence_encoder
from llama_demo.text.tokenizers.encoder_vocabulary import load_pieces
from llama_demo.training.sentence_encoder.data import KINDS, batch_at, batch_of
from llama_demo.training.sentence_encoder.training import (
    SentenceEncoderRecipe,
    TunedTexts,
    contrast,
    export,
    train_sentence_encoder,
)
from tests.training.clocks import every_step
from tests.training.reader.small_sources import corpus_of

PAIRS = [(each.text, each.passage.text) for each in corpus_of().questions["qamr"]]
RECIPE = SentenceEncoderRecipe(fixed_layers=1, rate=3e-3, longest=160, tokens=600)


def bert(folder: Path) -> Bert:
    return load_model(folder, Bert, device=torch.device("cpu"), dtype=torch.float32).model


def test_a_question_is_never_pushed_away_from_what_answers_it() -> None:
    """A passage stands in a batch once, and one that the same question asks for is no counterexample."""
    batch = batch_of([("where?", "here"), ("who?", "here"), ("where?", "there")])
    assert batch.passages == ["here", "there"]
    assert batch.right.tolist() == [0, 0, 1]
    assert batch.barred.tolist() == [[False, True], [False, False], [True, False]]


def test_a_step_always_gets_the_same_batch_with_neighbours() -> None:
    """A resumed run sees what it would have seen, other paragraphs of an article among it."""
    pairs = {name: [(f"{name} {i}?", f"{name} {i // 2}") for i in range(600)] for name in KINDS}
    for step in range(12):
        one, again = batch_at(step, pairs), batch_at(step, pairs)
        assert one.queries == again.queries
        name = one.queries[0].rpartition(" ")[0]
        kind = KINDS[name]
        assert len(one.queries) <= kind.pairs
        asked = {int(query.rpartition(" ")[2][:-1]) for query in one.queries}
        if kind.neighbours > 1:
            assert sum(number + kind.stride in asked for number in asked) > len(asked) / 3


def test_a_texts_vector_is_the_apps_own(trunk: Path, tmp_path: Path) -> None:
    """Whatever is kept from an earlier step and however texts are batched: the exported model agrees."""
    model = bert(trunk).eval()
    texts = TunedTexts(model, load_pieces(trunk, model.config.vocab_size), RECIPE)
    passages = [passage for _, passage in PAIRS]
    first, again = (texts.vectors(passages, "passage") for _ in range(2))
    assert torch.allclose(first, again, atol=1e-6)
    export(model, trunk, tmp_path)
    encoder = load_sentence_encoder(tmp_path, device="cpu", dtype="float32")
    expected = torch.from_numpy(embed(encoder, passages, role="passage").vectors)
    assert torch.allclose(first, expected, atol=2e-3)  # norms and biases are stored in bfloat16


def test_only_the_upper_layers_are_tuned(trunk: Path) -> None:
    """Embeddings and lower layers get no gradient; each upper parameter does."""
    model = bert(trunk).train()
    texts = TunedTexts(model, load_pieces(trunk, model.config.vocab_size), RECIPE)
    contrast(texts, batch_of(PAIRS), 0.05).backward()
    upper = {id(parameter) for parameter in texts.tuned}
    for name, parameter in model.named_parameters():
        assert (parameter.grad is not None) == (id(parameter) in upper), name


def test_training_learns_from_a_folder(trunk: Path, tmp_path: Path) -> None:
    """The command's own path, from a pretrained encoder to a folder; then on from that."""
    data = trunk.parent / "data"
    settings: dict[str, Any] = {"recipe": RECIPE, "report": lambda _: None, "clock": every_step(0.1)}
    progress = train_sentence_encoder(data, tmp_path / "out", minutes=40 / 60, start_from=trunk, **settings)
    assert progress.losses[-1][1] < progress.losses[0][1]
    model = load_sentence_encoder(tmp_path / "out" / "model", device="cpu", dtype="float32")
    queries, passages = ([pair[i] for pair in PAIRS] for i in (0, 1))
    scores = embed(model, queries, role="query").vectors @ embed(model, passages, role="passage").vectors.T
    assert (scores.argmax(axis=1) == range(len(PAIRS))).mean() > 0.5  # 0.125 by chance


@pytest.mark.parametrize("role", ["query", "passage"])
@torch.inference_mode()
def test_transformers_reads_what_is_exported(trunk: Path, tmp_path: Path, role: str) -> None:
    """With the prompts of the folder and the mean of all tokens, the vectors are the same."""
    export(bert(trunk), trunk, tmp_path)
    tokenizer = transformers.AutoTokenizer.from_pretrained(tmp_path)
    theirs = transformers.AutoModel.from_pretrained(tmp_path).eval()
    text = PAIRS[0][1]
    prompt = read_json(tmp_path / "config_sentence_transformers.json")["prompts"][role]
    hidden = theirs(**tokenizer(prompt + text, return_tensors="pt")).last_hidden_state
    expected = torch.nn.functional.normalize(hidden.mean(dim=1), dim=-1)
    ours = load_sentence_encoder(tmp_path, device="cpu", dtype="float32")
    found = torch.from_numpy(embed(ours, [text], role=role).vectors)
    assert torch.allclose(found, expected, atol=1e-5)
