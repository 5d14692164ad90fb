"""Extractive reading: windows, spans, several answers, and no answer."""

from __future__ import annotations

import shutil
from itertools import combinations
from pathlib import Path

import pytest
import torch
import transformers

from llama_demo.errors import InputError
from llama_demo.tasks.read import Reader, load_reader, read
from tests import minilm
from tests.model.random_encoders import BERT


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small reader with random weights and a real vocabulary."""
    folder = tmp_path_factory.mktemp("reader")
    torch.manual_seed(0)
    model = transformers.BertForQuestionAnswering(transformers.BertConfig(**{**BERT, "vocab_size": 30_522}))
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(std=0.2)
    model.save_pretrained(folder)
    shutil.copy(minilm.folder() / "vocab.txt", folder)
    return folder


@pytest.fixture(scope="module")
def reader(folder: Path) -> Reader:
    return load_reader(folder, device="cpu")


PASSAGE = "Llamas are large animals. They came from the Andes some 4,000 years ago, 真的!"


@torch.inference_mode()
def test_the_best_span_is_the_references(folder: Path, reader: Reader) -> None:
    """Score and place of the likeliest span, from the reference's own logits, by trying every span."""
    reference = transformers.BertForQuestionAnswering.from_pretrained(folder).eval()
    tokenizer = transformers.BertTokenizer.from_pretrained(folder)
    batch = tokenizer("Where from?", PASSAGE, return_tensors="pt", return_offsets_mapping=True)
    offsets = batch.pop("offset_mapping")[0].tolist()
    logits = reference(**batch)
    begin = batch["token_type_ids"][0].tolist().index(1)
    end = batch["input_ids"].size(1) - 1
    best = max(
        ((logits.start_logits[0, i] + logits.end_logits[0, j]).item(), i, j)
        for i in range(begin, end)
        for j in range(i, min(end, i + 40))
    )
    found = read(reader, "Where from?", [PASSAGE], best=1)
    answer = found.answers[0]
    assert answer.score == pytest.approx(best[0], abs=1e-4)
    assert (answer.start, answer.end) == (offsets[best[1]][0], offsets[best[2]][1])
    assert found.nothing_score == pytest.approx(
        (logits.start_logits[0, 0] + logits.end_logits[0, 0]).item(), abs=1e-4
    )


def test_answers_are_places_in_their_passages(reader: Reader) -> None:
    """Text, start and end agree; answers do not overlap; probabilities are some."""
    passages = [PASSAGE, "Alpacas are smaller. " * 30, ""]
    found = read(reader, "Where do they come from?", passages, best=5)
    assert 1 <= len(found.answers) <= 5
    for answer in found.answers:
        assert passages[answer.passage][answer.start : answer.end] == answer.text
        assert answer.text == answer.text.strip()
    assert [a.score for a in found.answers] == sorted((a.score for a in found.answers), reverse=True)
    assert 0 < sum(a.probability for a in found.answers) + found.nothing_probability <= 1
    for one, other in combinations(found.answers, 2):
        assert one.passage != other.passage or one.end <= other.start or other.end <= one.start


def test_a_long_passage_is_read_to_its_end(reader: Reader) -> None:
    """Windows cover everything: a passage's last words can be an answer."""
    filler = "one two three four five six seven eight nine ten " * 40
    alone = read(reader, "Which animal?", ["vicuña"], best=1).answers[0]
    ends = {a.end for a in read(reader, "Which animal?", [filler + "vicuña"], best=50).answers}
    assert alone.text == "vicuña"
    assert max(ends) > len(filler) * 0.9


def test_nothing_to_read(reader: Reader) -> None:
    """Without passages, or with empty ones, there is no answer and no error."""
    for passages in ([], [""], ["   ", "\n"]):
        assert read(reader, "Who?", passages).answers == ()
        assert read(reader, "Who?", passages).nothing_probability == 1.0


def test_questions_that_cannot_be_read(reader: Reader) -> None:
    """Empty, or so long that no passage fits beside it."""
    for question, key in (("  ", "question_empty"), ("why " * 40, "sentence_too_long")):
        with pytest.raises(InputError) as caught:
            read(reader, question, [PASSAGE])
        assert caught.value.key == key


def test_odd_passages(reader: Reader) -> None:
    """Lone surrogates keep their place, so that answers behind them are cut out rightly."""
    text = "\ud800 The Andes \udfff are high."
    for answer in read(reader, "What is high?", [text], best=3).answers:
        assert text[answer.start : answer.end] == answer.text
