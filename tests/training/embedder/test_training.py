"""Training the embedder: pairs, batches, the loss, and a few steps of the real command on a small corpus."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sentencepiece
import torch

from llama_demo.model.static import StaticConfig, StaticEmbedding
from llama_demo.tasks import search
from llama_demo.tasks.embed import embed, load_sentence_encoder
from llama_demo.tasks.search import SearchCandidate
from llama_demo.training.embedder import data as embedder_data
from llama_demo.training.embedder import training as embedder
from llama_demo.training.embedder.data import EmbedderBatches, TextPair
from llama_demo.training.embedder.retrieval import by_words, fused, rank, words
from llama_demo.training.loop import TrainingRun, train
from llama_demo.training.optimiser import OptimiserName
from tests.training.clocks import every_step

ENGLISH = ("cat", "dog", "bird", "horse", "book", "water", "mountain", "flower")
SIZE = 54  # pieces
CHINESE = ("猫", "狗", "鸟", "马", "书", "水", "山", "花")


@pytest.fixture(scope="module")
def pairs() -> dict[str, list[TextPair]]:
    def both(a: int, b: int) -> TextPair:
        return f"我看见{CHINESE[a]}在{CHINESE[b]}旁边。", f"I see a {ENGLISH[a]} by the {ENGLISH[b]}."

    kinds: dict[str, list[TextPair]] = {name: [] for name in embedder_data.SHARES}
    kinds["translations"] = [both(a, b) for a in range(8) for b in range(8)]
    kinds["dictionary"] = list(zip(CHINESE, ENGLISH, strict=True))
    return kinds


@pytest.fixture(scope="module")
def vocabulary(pairs: dict[str, list[TextPair]]) -> bytes:
    return embedder_data.build_vocabulary(pairs, SIZE)


@pytest.fixture(scope="module")
def batches(pairs: dict[str, list[TextPair]], vocabulary: bytes) -> EmbedderBatches:
    return EmbedderBatches(pairs, sentencepiece.SentencePieceProcessor(model_proto=vocabulary))


def test_a_step_always_gets_the_same_batch(batches: EmbedderBatches) -> None:
    """A resumed run sees what it would have seen without the interruption."""
    one, other = batches.at(5), batches.at(5)
    assert torch.equal(one.one[0], other.one[0])
    assert torch.equal(one.other[1], other.other[1])


def test_a_text_that_stands_twice_is_no_counterexample(vocabulary: bytes) -> None:
    """Two questions about one passage must not push it away from either."""
    pieces = sentencepiece.SentencePieceProcessor(model_proto=vocabulary)
    asked = embedder_data.encode_side(["cat", "dog", "bird"], pieces)
    passages = embedder_data.encode_side(
        ["I see a cat by the dog.", "I see a cat by the dog.", "book"], pieces
    )
    batch = embedder_data.batch(asked, passages, np.arange(3), np.random.default_rng(0))
    assert batch.same.tolist() == [[False, True, False], [True, False, False], [False, False, False]]


def test_no_text_is_left_without_pieces(batches: EmbedderBatches) -> None:
    """Pieces are left out at random, but never all of a short text."""
    for step in range(20):
        for ids, starts in (batches.at(step).one, batches.at(step).other):
            ends = torch.cat((starts[1:], torch.tensor([len(ids)])))
            assert (ends > starts).all()


def test_vectors_of_eight_bits_say_the_same() -> None:
    """What is shipped differs from what was trained by rounding alone."""
    torch.manual_seed(0)
    model = StaticEmbedding(StaticConfig(vocab_size=50, width=32))
    torch.nn.init.normal_(model.embedding.weight, std=0.1)
    ids, starts = torch.randint(0, 50, (30,)), torch.tensor([0, 10, 20])
    small = embedder.quantized(model)
    alike = torch.nn.functional.cosine_similarity(model(ids, starts), small(ids, starts))
    assert (alike > 0.999).all()


def test_a_run_learns_and_leaves_a_model_that_loads(
    tmp_path: Path, pairs: dict[str, list[TextPair]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From pairs to a folder: translations end up near each other, and the table is small."""
    monkeypatch.setattr(embedder_data, "read_training", lambda data: pairs)
    monkeypatch.setattr(embedder_data, "read_kept_back", lambda data: {"pairs": pairs["translations"]})
    recipe = embedder.EmbedderRecipe(StaticConfig(vocab_size=SIZE, width=32))
    progress = embedder.train_embedder(
        tmp_path,
        tmp_path / "run",
        minutes=1.0,
        recipe=recipe,
        report=lambda line: None,
        clock=every_step(0.2),
    )
    assert progress.measured[-1][1]["pairs"] < 2.0 < np.log(64)
    folder = tmp_path / "run" / "model"
    encoder = load_sentence_encoder(folder, device="cpu")
    chinese, english = (embed(encoder, [pair[i] for pair in pairs["translations"]]).vectors for i in (0, 1))
    # "A by B" and "B by A" have the same pieces, so only those with the same things can be told.
    assert rank(chinese @ english.T, range(64)).first_five > 90
    assert json.loads((folder / "abilities.json").read_text())["abilities"] == ["embed"]
    again = embedder.train_embedder(
        tmp_path,
        tmp_path / "more",
        minutes=0.01,
        start_from=folder,
        recipe=recipe,
        report=lambda line: None,
        clock=every_step(0.2),
    )
    assert again.measured[-1][1]["pairs"] < progress.measured[-1][1]["pairs"] + 0.3


@pytest.mark.parametrize(("optimiser", "names"), [("adamw", ["AdamW"]), ("muon", ["AdamW", "Muon"])])
def test_the_chosen_optimiser_trains(
    tmp_path: Path,
    pairs: dict[str, list[TextPair]],
    monkeypatch: pytest.MonkeyPatch,
    optimiser: OptimiserName,
    names: list[str],
) -> None:
    """``--optimiser`` decides what moves the vectors; both lower the loss."""
    used: list[torch.optim.Optimizer] = []

    def recorded(
        model: StaticEmbedding, optimisers: list[torch.optim.Optimizer], run: TrainingRun, **rest: Any
    ) -> Any:
        used.extend(optimisers)
        return train(model, optimisers, run, **rest)

    monkeypatch.setattr(embedder_data, "read_training", lambda data: pairs)
    monkeypatch.setattr(embedder_data, "read_kept_back", lambda data: {"pairs": pairs["translations"]})
    monkeypatch.setattr(embedder, "train", recorded)
    progress = embedder.train_embedder(
        tmp_path,
        tmp_path / "run",
        minutes=0.2,
        recipe=embedder.EmbedderRecipe(StaticConfig(vocab_size=SIZE, width=32)),
        optimiser=optimiser,
        report=lambda line: None,
        clock=every_step(0.2),
    )
    assert [type(one).__name__ for one in used] == names
    assert progress.measured[-1][1]["pairs"] < np.log(64)


def test_dictionary_entries_come_in_both_ways_of_writing(tmp_path: Path) -> None:
    """Traditional characters get vectors too, and what only refers to other entries is left out."""
    folder = tmp_path / "parallel"
    folder.mkdir()
    line = "图书馆\t圖書館\ttu2 shu1 guan3\tlibrary/CL:家[jia1]/place with books (large)"
    with lzma.open(folder / "cedict.zh-en.tsv.xz", "wt", encoding="utf-8") as file:
        file.write(line + "\n")
    found = list(embedder_data.dictionary_pairs(tmp_path))
    assert ("图书馆", "library") in found
    assert ("圖書館", "图书馆") in found
    assert ("图书馆", "place with books") in found
    assert not any("CL:" in meaning for _, meaning in found)


def test_search_by_words_prefers_rare_words_and_short_texts() -> None:
    """The figures compare meaning with BM25, so that has to be right."""
    assert words("The cat's 北京大学") == ["the", "cat's", "北京", "京大", "大学"]
    texts = ["the cat sat", "the dog sat", "the dog sat and sat and looked at the sea for hours"]
    scores = by_words(["the dog"], texts)[0]
    assert scores[1] > scores[2] > scores[0] > 0


def test_ties_help_nobody() -> None:
    """A search that scores everything alike finds nothing."""
    ranking = rank(np.zeros((4, 10), dtype=np.float32), [0, 1, 2, 3])
    assert (ranking.first, ranking.first_five) == (0.0, 0.0)


def test_both_ways_together_rank_as_the_app_does() -> None:
    """The published figures are those of the search that people use."""
    dice = np.random.default_rng(0)
    found, alike = (dice.random((1, 6), dtype=np.float32) * scale for scale in (8, 1))
    candidates = [SearchCandidate(i, float(alike[0, i]), float(found[0, i])) for i in range(6)]
    app = search.fused(candidates, search.fitted(), mean=float(alike.mean()), deviation=float(alike.std()))
    assert fused(found, alike, search.fitted())[0] == pytest.approx(app, rel=1e-4)
