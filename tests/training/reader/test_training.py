"""Training the reader: questions, windows, cloze questions, scores, and a few steps of the real loop."""

from __future__ import annotations

import json
import lzma
import random
from pathlib import Path
from typing import Any

import pytest
import torch

from llama_demo.model.layers import StackConfig
from llama_demo.model.reader import OverlapReader, ReaderConfig
from llama_demo.tasks.read import load_reader, read
from llama_demo.training.cloze import cloze
from llama_demo.training.reader import data as reader_data
from llama_demo.training.reader.answer_scores import best_scores, f1
from llama_demo.training.reader.corpus import Corpus, Passage, Question, read_corpus
from llama_demo.training.reader.data import (
    Examples,
    PieceCache,
    ReaderExample,
    covering,
    padded,
    without_answer,
)
from llama_demo.training.reader.evaluation import hard_passages
from llama_demo.training.reader.training import Recipe, span_loss, train_reader
from llama_demo.training.reader.word_vectors import factorise
from tests.training.clocks import every_step

NAMES = ("Anna", "Boris", "Carla", "David", "Elena", "Felix", "Greta", "Henry")
PLACES = ("Paris", "London", "Rome", "Berlin", "Madrid", "Vienna", "Oslo", "Prague")
NAMES_ZH = ("小明", "小红", "小华", "小李", "小王", "小张", "小陈", "小赵")
REST_ZH = "那里的天气常常很好，大家都喜欢。他有三个朋友，都是老师。"
PLACES_ZH = ("北京", "上海", "广州", "杭州", "南京", "成都", "西安", "天津")


def question(text: str, passage: str, answer: str, article: str = "") -> Question:
    start = passage.index(answer)
    return Question(text, Passage(passage, article or passage), ((start, start + len(answer)),))


def corpus_of(size: int = 8) -> Corpus:
    english = [
        question(
            f"Where does {a} live?",
            f"{a} lives in {b}. The weather there is often very good. {c} was born in the year 1950.",
            b,
        )
        for a, b, c in zip(NAMES[:size], PLACES, NAMES[::-1], strict=False)
    ]
    chinese = [
        question(
            f"{a}住在哪里？",
            f"{a}住在{b}。{REST_ZH}",
            b,
            "城市",
        )
        for a, b in zip(NAMES_ZH[:size], PLACES_ZH, strict=False)
    ]
    questions = {"drcd": chinese, "cmrc": chinese, "qamr": english, "fairytales": english}
    texts = {"en": [each.passage for each in english] * 8, "zh": [each.passage for each in chinese] * 8}
    pairs = list(zip(NAMES_ZH, NAMES, strict=True)) + list(zip(PLACES_ZH, PLACES, strict=True))
    return Corpus(questions, texts, pairs)


@pytest.fixture(scope="module")
def encoder() -> PieceCache:
    return PieceCache(reader_data.build_vocabulary(corpus_of(), 130))


def text_of(encoder: PieceCache, ids: tuple[int, ...]) -> str:
    return str(encoder.pieces._processor.decode([i for i in ids if i > reader_data.END]))


def test_an_examples_place_holds_the_answer(encoder: PieceCache) -> None:
    """Whatever the window, first and last piece are the answer's; without one both point to the mark."""
    examples = Examples(corpus_of(), encoder)
    dice = random.Random(2)
    answers = {each.lower() for each in (*PLACES, *PLACES_ZH)}
    kinds = set()
    for _ in range(300):
        example = examples.draw(reader_data.CLOZE_STEPS, dice)
        kinds.add(example.start > 0)
        assert len(example.ids) == len(example.types) <= 384
        assert (example.start == 0) == (example.end == 0)
        if example.start:
            assert set(example.types[example.start : example.end + 1]) == {1}
            found = text_of(encoder, example.ids[example.start : example.end + 1]).strip()
            asked = text_of(encoder, example.ids[: example.types.index(1)])
            if asked.startswith("where does") or asked.endswith("住在哪里?"):
                assert found in answers
    assert kinds == {True, False}


def test_a_step_always_gets_the_same_batches(encoder: PieceCache) -> None:
    """A resumed run sees what it would have seen without the interruption."""
    there, back = Examples(corpus_of(), encoder), Examples(corpus_of(), encoder)
    for step in (700, 3):
        mine = reader_data.batches_at(step, there, rows=12, tokens=300)
        other = reader_data.batches_at(step, back, rows=12, tokens=300)
        assert len(mine) == len(other) > 1
        assert sum(len(batch.ids) for batch in mine) == 12
        for one, two in zip(mine, other, strict=True):
            assert torch.equal(one.ids, two.ids)
            assert torch.equal(one.spans, two.spans)


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


def test_words_in_like_places_get_like_vectors() -> None:
    """Counted vectors put words with the same neighbours, and translations, side by side."""
    dice = random.Random(1)
    texts = [
        (dice.choice((1, 2)), 10, 11) if dice.random() < 0.5 else (dice.choice((3, 4)), 12, 13)
        for _ in range(400)
    ]
    vectors = factorise(texts, [((5,), (1,))] * 20, vocab_size=16, width=6)
    units = torch.nn.functional.normalize(vectors, dim=1)
    assert units[1] @ units[2] > units[1] @ units[3] + 0.3
    assert vectors.isfinite().all()
    assert vectors[15].norm() > 0  # never seen


def test_padding_and_the_question_are_no_places_for_an_answer() -> None:
    """A question in a batch with a longer one weighs as much as alone."""
    torch.manual_seed(5)
    model = OverlapReader(ReaderConfig(40, StackConfig(1, 16, 2, 24, "gelu"), 64)).eval()
    short = ReaderExample((2, 5, 3, 6, 7, 3), (0, 0, 0, 1, 1, 1), 3, 4)
    long = ReaderExample((2, 5, 3, *range(6, 26), 3), (0, 0, 0, *[1] * 21), 0, 0)
    with torch.no_grad():
        alone = [span_loss(model, padded([each])).item() for each in (short, long)]
        together = span_loss(model, padded([short, long])).item()
    assert together == pytest.approx(sum(alone) / 2, abs=0.02)  # bfloat16 products


def write_data(data: Path) -> None:
    """The sources' files, tiny."""
    corpus = corpus_of()

    def squad(questions: list[Question]) -> dict[str, Any]:
        return {
            "data": [
                {
                    "id": str(i),
                    "paragraphs": [
                        {
                            "context": each.passage.text,
                            "qas": [
                                {
                                    "question": each.text,
                                    "answers": [{"text": each.answers[0], "answer_start": each.spans[0][0]}],
                                }
                            ],
                        }
                    ],
                }
                for i, each in enumerate(questions)
            ]
        }

    english, chinese = corpus.questions["qamr"], corpus.questions["drcd"]
    files: dict[str, list[Any]] = {
        "qa/DRCD_dev_simp.json": [squad(chinese)],
        "qa/cmrc2018_dev.json": [squad(chinese)],
        "qa/qamr_dev.jsonl": [
            {"context": q.passage.text, "question": q.text, "answer": q.answers[0]} for q in english
        ],
        "qa/fairytaleqa.jsonl": [
            {
                "split": "train",
                "story": q.text,
                "context": q.passage.text,
                "question": q.text,
                "answers": list(q.answers),
            }
            for q in english
        ],
        "stories/tinystories.train.jsonl": [{"text": q.passage.text} for q in english],
        "stories/fairytales.jsonl": [
            {"title": q.text, "split": "train", "text": q.passage.text} for q in english
        ],
        "stories/tiny-chinese-stories.train.jsonl": [{"text": q.passage.text} for q in chinese],
    }
    for name, records in files.items():
        write_lines(data / f"{name}.xz", [json.dumps(record, ensure_ascii=False) for record in records])
    rows = [f"{one}\t{other}" for other, one in corpus.pairs]
    for name in ("tatoeba", "tatoeba2", "wiktionary-examples", "ntrex128", "tico19"):
        write_lines(data / "parallel" / f"{name}.en-zh.train.tsv.xz", rows)
    words = [f"{word}\t{word}\tpin1\t{gloss}/more" for word, gloss in corpus.pairs]
    write_lines(data / "parallel" / "cedict.zh-en.tsv.xz", words)


def write_lines(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with lzma.open(path, "wt", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def test_training_learns_from_a_folder(tmp_path: Path) -> None:
    """The command's own path, from files to a folder that the app loads; then on from that folder."""
    data, out = tmp_path / "data", tmp_path / "out"
    write_data(data)
    assert read_corpus(data).questions["fairytales"]
    config = ReaderConfig(130, StackConfig(1, 32, 2, 64, "gelu"), 128, pad_id=reader_data.PAD)
    recipe = Recipe(config, rows=8, tokens=600)
    settings: dict[str, Any] = {"recipe": recipe, "report": lambda _: None}
    progress = train_reader(data, out, minutes=4 / 60, clock=every_step(0.1), **settings)
    assert progress.losses[-1][1] < progress.losses[0][1]
    reader = load_reader(out / "model", device="cpu", dtype="float32")
    found = read(reader, "Where does Anna live?", [corpus_of().texts["en"][0].text])
    assert found.answers
    again = train_reader(
        data, tmp_path / "more", minutes=2 / 60, start_from=out / "model", clock=every_step(0.1), **settings
    )
    assert again.losses[0][1] < progress.losses[0][1]
