"""Vectors of texts: in order, whatever the batches, and those of the reference with real weights."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers

from llama_demo.engine.embedding import EmbeddingEngine, load_sentence_network
from llama_demo.engine.pooling import SentenceSettings, first, last, mean, read_sentence_settings
from llama_demo.errors import CheckpointError, InputError
from llama_demo.tasks.embed import embed, load_sentence_encoder
from tests import minilm
from tests.model.random_encoders import encoder, marian

CPU = torch.device("cpu")


def engine(folder: Path, pooling: str = "mean", **options: bool) -> EmbeddingEngine:
    network = load_sentence_network(folder, pooling, device=CPU, dtype=torch.float32)
    return EmbeddingEngine(network, **options)


def texts(*lengths: int) -> list[list[int]]:
    generator = torch.Generator().manual_seed(2)
    return [torch.randint(5, 150, (length,), generator=generator).tolist() for length in lengths]


@pytest.mark.parametrize("architecture", ["BertModel", "XLMRobertaModel"])
def test_order_and_batches_change_nothing(architecture: str) -> None:
    """Each text gets its own vector, alone or sorted among a hundred others."""
    run = engine(encoder(architecture).folder)
    many = texts(*(1 + (7 * i) % 60 for i in range(100)))
    together = run.embed(many)
    assert together.shape == (100, 48)
    for i in (0, 1, 17, 99):
        np.testing.assert_allclose(run.embed([many[i]])[0], together[i], atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)


def test_nothing_in_nothing_out() -> None:
    """No texts, and a text without tokens, are no errors; too long a text is."""
    run = engine(encoder("BertModel").folder)
    assert run.embed([]).shape == (0, 48)
    found = run.embed([[], *texts(4)])
    assert np.abs(found[0]).max() == 0
    assert np.abs(found[1]).max() > 0
    with pytest.raises(InputError) as caught:
        run.embed(texts(67))
    assert caught.value.key == "sentence_too_long"


def test_poolings() -> None:
    """Mean, first and last see tokens, never padding."""
    hidden = torch.arange(12.0).view(2, 3, 2)
    mask = torch.tensor([[True, True, False], [True, True, True]])
    assert mean(hidden, mask).tolist() == [[1.0, 2.0], [8.0, 9.0]]
    assert first(hidden, mask).tolist() == [[0.0, 1.0], [6.0, 7.0]]
    assert last(hidden, mask).tolist() == [[2.0, 3.0], [10.0, 11.0]]
    assert mean(hidden, None)[1].tolist() == [8.0, 9.0]


def test_a_translator_makes_no_vectors() -> None:
    """A folder of another kind is refused by name."""
    with pytest.raises(CheckpointError) as caught:
        engine(marian().folder)
    assert caught.value.key == "family_other_use"


def modules(folder: Path, kinds: Sequence[tuple[str, str]], pooling: dict[str, object]) -> Path:
    entries = [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (kind, path) in enumerate(kinds)
    ]
    (folder / "modules.json").write_text(json.dumps(entries))
    (folder / "1_Pooling").mkdir(exist_ok=True)
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    return folder


def test_sentence_files_decide(tmp_path: Path) -> None:
    """Pooling in both spellings, normalisation, length and prompts come from the folder."""
    assert read_sentence_settings(tmp_path) == SentenceSettings()
    cls = {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}
    folder = modules(tmp_path, [("Transformer", ""), ("Pooling", "1_Pooling")], cls)
    assert read_sentence_settings(folder) == SentenceSettings(pooling="cls", normalise=False)
    (tmp_path / "sentence_bert_config.json").write_text('{"max_seq_length": 32, "do_lower_case": true}')
    (tmp_path / "config_sentence_transformers.json").write_text(
        '{"prompts": {"query": "Q: "}, "default_prompt_name": "query"}'
    )
    steps = [("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize")]
    assert read_sentence_settings(
        modules(tmp_path, steps, {"pooling_mode": "lasttoken"})
    ) == SentenceSettings("lasttoken", True, 32, True, {"query": "Q: "}, "query")


@pytest.mark.parametrize(
    ("kinds", "pooling", "key"),
    [
        ([("Transformer", ""), ("Dense", "1_Pooling")], {}, "config_unsupported"),
        ([("Pooling", "1_Pooling")], {"pooling_mode_max_tokens": True}, "config_unsupported"),
        (
            [("Pooling", "1_Pooling")],
            {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": True},
            "config_unsupported",
        ),
        ([("Pooling", "../1_Pooling")], {"pooling_mode": "mean"}, "file_broken"),
        ([("Pooling", "elsewhere")], {}, "file_missing"),
    ],
)
def test_sentence_files_that_ask_for_more(
    tmp_path: Path, kinds: list[tuple[str, str]], pooling: dict[str, object], key: str
) -> None:
    """What is not built, or points out of the folder, is refused rather than guessed."""
    with pytest.raises(CheckpointError) as caught:
        read_sentence_settings(modules(tmp_path, kinds, pooling))
    assert caught.value.key == key


def test_real_weights_give_the_references_vectors() -> None:
    """MiniLM: ids and vectors as from ``transformers`` with mean pooling and normalisation."""
    sentences = [
        "A llama stands in the Andes.",
        "",
        "Ein Satz auf Deutsch, mit Umlauten: äöü ß.",
        "我喜欢机器学习。",
        "The quick brown fox jumps over the lazy dog. " * 60,
        "Émigré naïve café — “quotes”, 3.14 and e-mail@example.org",
        "🦙 emoji ¿qué?",
    ]
    tokenizer = transformers.AutoTokenizer.from_pretrained(minilm.folder())
    reference = transformers.BertModel.from_pretrained(minilm.folder()).eval()
    batch = tokenizer(sentences, padding=True, truncation=True, max_length=256, return_tensors="pt")
    with torch.inference_mode():
        hidden = reference(**batch).last_hidden_state
    shares = batch["attention_mask"][..., None].float()
    theirs = torch.nn.functional.normalize((hidden * shares).sum(1) / shares.sum(1), dim=-1)
    encoder_ = load_sentence_encoder(minilm.folder(), device="cpu")
    ours = embed(encoder_, sentences)
    np.testing.assert_allclose(ours.vectors, theirs.numpy(), atol=1e-4)
    assert ours.cut == (False, False, False, False, True, False, False)
    for sentence, row, mask in zip(sentences, batch["input_ids"], batch["attention_mask"], strict=True):
        pieces = encoder_.tokenizer.pieces([sentence])[0].cut(0, encoder_.longest)
        assert list(encoder_.tokenizer.frame.one(pieces).ids) == row[mask.bool()].tolist()
