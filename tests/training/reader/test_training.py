"""Tuning the reader: questions, windows, cloze questions, scores, and a few steps of the real loop."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers

from llama_demo.model.bert import BertConfig, BertSpans
from llama_demo.model.layers import StackConfig
from llama_demo.settings import ASSETS
from llama_demo.tasks.read import load_reader, read
from llama_demo.text.dictionary import Dictionary
from llama_demo.text.tokenizers.encoder_vocabulary import load_pieces
from llama_demo.training.cloze import cloze
from llama_demo.training.reader import data as reader_data
from llama_demo.training.reader.answer_scores import best_scores, f1
from llama_demo.training.reader.code_switching import CodeSwitcher
from llama_demo.training.reader.corpus import Passage, read_corpus
from llama_demo.training.reader.data import (
    Examples,
    PieceCache,
    ReaderExample,
    covering,
    padded,
    without_answer,
)
from llama_demo.training.reader.evaluation import hard_passages
from llama_demo.training.reader.training import ReaderRecipe, export, fix, load_start, span_loss, train_reader
from llama_demo.training.trunk.vocabulary import PAD
from tests.training.clocks import every_step
from tests.training.reader.small_sources import PLACES, PLACES_ZH, corpus_of, question


@pytest.fixture(scope="module")
def encoder(trunk: Path) -> PieceCache:
    return PieceCache(load_pieces(trunk, 160), pad_id=PAD, longest=160)


SWITCHER = CodeSwitcher(Dictionary(ASSETS / "dictionary" / "cedict.zip"))


def text_of(encoder: PieceCache, ids: tuple[int, ...]) -> str:
    return str(encoder._tokenizer._fast.decode(list(ids), skip_special_tokens=True))


def test_an_examples_place_holds_the_answer(encoder: PieceCache) -> None:
    """Whatever the window, first and last piece are the answer's; without one both point to the mark."""
    examples = Examples(corpus_of().questions, encoder)
    dice = random.Random(2)
    kinds = set()
    for _ in range(300):
        example = examples.draw(dice)
        kinds.add(example.start > 0)
        assert len(example.ids) == len(example.types)
        assert (example.start == 0) == (example.end == 0)
        if example.start:
            assert set(example.types[example.start : example.end + 1]) == {1}
            found = text_of(encoder, example.ids[example.start : example.end + 1])
            assert any(answer in found for answer in (*PLACES, *PLACES_ZH))
    assert kinds == {True, False}


def test_a_step_always_gets_the_same_batches(encoder: PieceCache) -> None:
    """A resumed run sees what it would have seen without the interruption."""
    there, back = (Examples(corpus_of().questions, encoder, SWITCHER) for _ in range(2))
    for step in (700, 3):
        mine = reader_data.batches_at(step, there, rows=12, tokens=300)
        other = reader_data.batches_at(step, back, rows=12, tokens=300)
        assert len(mine) == len(other) > 1
        assert sum(len(batch.ids) for batch in mine) == 12
        for one, two in zip(mine, other, strict=True):
            assert torch.equal(one.ids, two.ids)
            assert torch.equal(one.spans, two.spans)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Where does Anna sleep?", ("哪里", "Anna")),
        ("那位医生住在哪里？", ("where", "doctor")),
        ("How many books did Anna buy in 1950?", ("多少", "Anna", "1950")),
    ],
)
def test_a_switched_question_asks_in_the_other_language(text: str, words: tuple[str, ...]) -> None:
    """Question words and common words come through; names and numbers stay as they are."""
    found = [SWITCHER.switched(text, random.Random(seed)) for seed in range(8)]
    assert all(any(word in each for each in found) for word in words), found


def test_the_answer_is_gone_from_a_hard_passage() -> None:
    """Cut out with its whole sentence; nothing is made where the answer stands elsewhere too."""
    asked = corpus_of().questions["qamr"][0]
    cut = without_answer(asked)
    assert cut is not None
    assert "Paris" not in cut.text
    assert cut.text.strip().startswith("The weather")
    twice = question("Where?", f"{asked.passage.text} Nobody has ever left Paris since then.", "Paris")
    assert without_answer(twice) is None


def test_hard_passages_do_not_answer() -> None:
    """Another paragraph of the article, or the same one without the answer."""
    for asked, passage in hard_passages(corpus_of().questions["drcd"], 8):
        answers = [q.answers[0] for q in corpus_of().questions["drcd"] if q.text == asked]
        assert answers[0] not in passage


@pytest.mark.parametrize("language", ["en", "zh"])
def test_cloze_questions_ask_for_a_phrase_of_their_passage(language: str) -> None:
    """A question mark, and an answer that does not stand in the question as a whole."""
    lines = (Path(__file__).parent / "reader_questions.jsonl").read_text(encoding="utf-8").splitlines()
    texts = dict.fromkeys(json.loads(line)["passage"] for line in lines)
    passages = [Passage(text, text) for text in texts if text.isascii() == (language == "en")]
    dice = random.Random(4)
    made = [cloze(passage, language, dice) for passage in passages for _ in range(6)]
    found = [each for each in made if each is not None]
    assert len(found) > 10
    for each in found:
        assert each.text[-1] in "?？"
        assert len(each.answers[0]) < 4 or each.answers[0].lower() not in each.text.lower()


def test_pieces_that_touch_the_answer_are_its_span(encoder: PieceCache) -> None:
    """An answer that begins within a piece still has a place."""
    pieces = encoder.passage("Anna lives in Paris.")
    first, last = covering(pieces, 15, 18)
    assert pieces.offsets[first][0] <= 15
    assert pieces.offsets[last][1] >= 18


@pytest.mark.parametrize(
    ("found", "answer", "exact", "near"),
    [
        ("the Grey Mountains.", "Grey Mountains", 1.0, 1.0),
        ("in the Grey Mountains", "Grey Mountains", 0.0, 0.8),
        ("《海上的茶》", "海上的茶", 1.0, 1.0),
        ("1683年", "1683年间", 0.0, 0.8),
        ("水", "火", 0.0, 0.0),
        ("", "fire", 0.0, 0.0),
    ],
)
def test_scores(found: str, answer: str, exact: float, near: float) -> None:
    """Exact match and F1 as SQuAD and CMRC count them, by hand."""
    assert best_scores(found, [answer, "something else"]) == pytest.approx((exact, near))
    assert f1(found, answer) == pytest.approx(near)


def test_padding_and_the_question_are_no_places_for_an_answer() -> None:
    """A question in a batch with a longer one weighs as much as alone."""
    torch.manual_seed(5)
    config = BertConfig(40, StackConfig(1, 16, 2, 24, "gelu", "post"), 64, 2, first_position=0, pad_id=PAD)
    model = BertSpans(config).eval()
    short = ReaderExample((0, 5, 2, 6, 7, 2), (0, 0, 0, 1, 1, 1), 3, 4)
    long = ReaderExample((0, 5, 2, *range(6, 26), 2), (0, 0, 0, *[1] * 21), 0, 0)
    with torch.no_grad():
        alone = [span_loss(model, padded([each], PAD)).item() for each in (short, long)]
        together = span_loss(model, padded([short, long], PAD)).item()
    assert together == pytest.approx(sum(alone) / 2, abs=1e-4)


def test_training_learns_from_a_folder(trunk: Path, tmp_path: Path) -> None:
    """The command's own path, from a pretrained encoder to a folder that the app loads; then on from that."""
    data, out = trunk.parent / "data", tmp_path / "out"
    assert read_corpus(data).questions["fairytales"]
    recipe = ReaderRecipe(rows=8, tokens=600, fixed_layers=1, rate=3e-3)
    settings: dict[str, Any] = {"recipe": recipe, "report": lambda _: None, "clock": every_step(0.1)}
    progress = train_reader(data, out, minutes=12 / 60, start_from=trunk, **settings)
    assert progress.losses[-1][1] < progress.losses[0][1]
    reader = load_reader(out / "model", device="cpu", dtype="float32")
    found = read(reader, "Where does Anna live?", [corpus_of().texts["en"][0].text])
    assert found.answers
    settings["clock"] = every_step(0.1)
    again = train_reader(data, tmp_path / "more", minutes=2 / 60, start_from=out / "model", **settings)
    assert again.losses[0][1] < progress.losses[0][1]


def test_what_is_fixed_comes_out_as_it_went_in(trunk: Path, tmp_path: Path) -> None:
    """Embeddings and the first layers are stored as they were, since the trunk was rounded already."""
    model = load_start(trunk)
    tuned = {id(parameter) for parameter in fix(model, 1)}
    export(model, trunk, tmp_path)
    loaded = dict(load_start(tmp_path).named_parameters())
    assert len(tuned) < len(loaded)
    for name, parameter in model.named_parameters():
        assert id(parameter) in tuned or torch.equal(parameter, loaded[name]), name


@torch.inference_mode()
def test_transformers_reads_what_is_exported(trunk: Path, tmp_path: Path) -> None:
    """The same ids for a question with its passage, and the same logits."""
    model = load_start(trunk)
    export(model, trunk, tmp_path)
    asked = corpus_of().questions["drcd"][0]
    tokenizer = transformers.AutoTokenizer.from_pretrained(tmp_path)
    theirs = transformers.AutoModelForQuestionAnswering.from_pretrained(tmp_path).eval()
    encoded = tokenizer(asked.text, asked.passage.text, return_tensors="pt")
    pieces = load_pieces(tmp_path, model.config.vocab_size)
    framed = pieces.frame.two(*pieces.pieces([asked.text, asked.passage.text]))
    assert encoded["input_ids"][0].tolist() == list(framed.ids)
    assert encoded["token_type_ids"][0].tolist() == list(framed.types)
    expected = theirs(**encoded)
    found = load_start(tmp_path)(torch.tensor([framed.ids]), None, torch.tensor([framed.types]))[0]
    assert torch.allclose(found[:, 0], expected.start_logits[0], atol=1e-4)
    assert torch.allclose(found[:, 1], expected.end_logits[0], atol=1e-4)
