"""Questions with their passages, from the sources of ``docs/training.md``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from llama_demo.training.corpus import held_out, read_json, read_records, read_rows
from llama_demo.training.generator.stories import clean, clean_chinese, sections

# Of what may be trained on, one passage in so many is kept back to measure "no answer".
CALIBRATION_SHARE = 20
# Characters of a passage cut from a long text.
_SECTION = 700


@dataclass(frozen=True)
class Passage:
    """A text that questions refer to.

    Attributes:
        article: what it belongs to; passages of one article are about the same thing.
    """

    text: str
    article: str


@dataclass(frozen=True)
class Question:
    """A question that its passage answers.

    Attributes:
        spans: where the answers begin and end in the passage's text, as different people marked them.
    """

    text: str
    passage: Passage
    spans: tuple[tuple[int, int], ...]

    @property
    def answers(self) -> tuple[str, ...]:
        """The reference answers."""
        return tuple(self.passage.text[start:end] for start, end in self.spans)


def read_squad(path: Path) -> list[Question]:
    """CMRC 2018 and DRCD."""
    found = []
    for article in read_json(path)["data"]:
        name = article.get("title") or article["id"]
        for paragraph in article["paragraphs"]:
            passage = Passage(paragraph["context"], str(name))
            for asked in paragraph["qas"]:
                marked = [_near(passage.text, a["text"], int(a["answer_start"])) for a in asked["answers"]]
                spans = tuple(dict.fromkeys(span for span in marked if span is not None))
                if spans and asked["question"].strip():
                    found.append(Question(asked["question"], passage, spans))
    return found


def read_qamr(path: Path) -> list[Question]:
    """QAMR: questions on single sentences."""
    return [
        Question(record["question"], Passage(record["context"], record["context"]), (span,))
        for record in read_records(path)
        if (span := _near(record["context"], record["answer"], 0)) is not None
    ]


def read_fairytales(path: Path, splits: Iterable[str]) -> list[Question]:
    """FairytaleQA, those questions whose answer stands in the section word by word."""
    found = []
    for record in read_records(path):
        if record["split"] not in splits:
            continue
        text = record["context"]
        marked = (_near(text, answer.strip(" ."), 0) for answer in record["answers"])
        spans = tuple(dict.fromkeys(span for span in marked if span is not None and span[1] - span[0] > 1))
        if spans:
            found.append(Question(record["question"], Passage(text, record["story"]), spans))
    return found


def _near(text: str, answer: str, place: int) -> tuple[int, int] | None:
    """The occurrence of ``answer`` nearest to ``place``; case is ignored if there is no exact one."""
    for where, what in ((text, answer), (text.lower(), answer.lower())):
        places = [found.start() for found in re.finditer(re.escape(what), where)] if what.strip() else []
        if places:
            start = min(places, key=lambda each: abs(each - place))
            return start, start + len(answer)
    return None


@dataclass(frozen=True)
class Corpus:
    """All training data.

    Attributes:
        questions: by source, with people's answers.
        texts: passages by language, for cloze questions and vectors.
        pairs: Chinese and English that say the same.
    """

    questions: dict[str, list[Question]]
    texts: dict[str, list[Passage]]
    pairs: list[tuple[str, str]]


# How each source of questions is read: what is trained on, and what is held out.
TRAINING: dict[str, Callable[[Path], list[Question]]] = {
    "drcd": lambda qa: read_squad(qa / "DRCD_dev_simp.json.xz"),
    "cmrc": lambda qa: read_squad(qa / "cmrc2018_dev.json.xz"),
    "qamr": lambda qa: read_qamr(qa / "qamr_dev.jsonl.xz"),
    "fairytales": lambda qa: read_fairytales(qa / "fairytaleqa.jsonl.xz", ("train",)),
}
HELD_OUT: dict[str, Callable[[Path], list[Question]]] = {
    "DRCD_test": lambda qa: read_squad(qa / "DRCD_test_simp.json.xz"),
    "cmrc_trial": lambda qa: read_squad(qa / "cmrc2018_trial.json.xz"),
    "qamr_test": lambda qa: read_qamr(qa / "qamr_test.jsonl.xz"),
    "fairytales_test": lambda qa: read_fairytales(qa / "fairytaleqa.jsonl.xz", ("test",)),
}


def read_questions(data: Path) -> dict[str, list[Question]]:
    """What a reader is trained on, without the part that is kept back for calibration."""
    return {
        name: [each for each in read(data / "qa") if not _kept_back(each)] for name, read in TRAINING.items()
    }


def read_corpus(data: Path) -> Corpus:
    """The questions of :func:`read_questions` with all other texts and pairs."""
    questions = read_questions(data)
    texts = {"en": list(_english(data)), "zh": list(_chinese(data))}
    for asked in questions.values():
        for passage in dict.fromkeys(each.passage for each in asked):
            texts["zh" if _is_chinese(passage.text) else "en"].append(passage)
    return Corpus(questions, texts, list(_pairs(data)))


def read_calibration(data: Path) -> dict[str, list[Question]]:
    """The part that is kept back, by source."""
    return {name: [each for each in read(data / "qa") if _kept_back(each)] for name, read in TRAINING.items()}


def read_held_out(data: Path) -> dict[str, list[Question]]:
    """What the published figures are measured on, by its name."""
    return {name: read(data / "qa") for name, read in HELD_OUT.items()}


def _kept_back(question: Question) -> bool:
    return held_out(question.passage.article, share=CALIBRATION_SHARE)


def _is_chinese(text: str) -> bool:
    return re.search(r"[一-鿿]", text) is not None


def _english(data: Path) -> Iterator[Passage]:
    stories = data / "stories"
    for number, record in enumerate(read_records(stories / "tinystories.train.jsonl.xz")):
        if number % 4 == 0:
            yield Passage(clean(record["text"]), f"tinystories {number}")
    for record in read_records(stories / "fairytales.jsonl.xz"):
        if record["split"] != "test" and not held_out(record["title"], share=CALIBRATION_SHARE):
            for part in sections(clean(record["text"]), _SECTION):
                yield Passage(part, record["title"])
    for name in ("ntrex128", "tico19"):
        sentences = [row[0] for row in read_rows(data / "parallel" / f"{name}.en-zh.train.tsv.xz")]
        yield from _groups(name, sentences, " ")


def _chinese(data: Path) -> Iterator[Passage]:
    for number, record in enumerate(read_records(data / "stories" / "tiny-chinese-stories.train.jsonl.xz")):
        if number % 2 == 0:
            yield Passage(clean_chinese(record["text"]), f"stories {number}")
    for name in ("ntrex128", "tico19"):
        sentences = [row[1] for row in read_rows(data / "parallel" / f"{name}.en-zh.train.tsv.xz")]
        yield from _groups(name, sentences, "")


def _groups(name: str, sentences: list[str], between: str) -> Iterator[Passage]:
    """News come sentence by sentence: eight neighbours make a passage."""
    for start in range(0, len(sentences), 8):
        yield Passage(between.join(sentences[start : start + 8]), f"{name} {start}")


def _pairs(data: Path) -> Iterator[tuple[str, str]]:
    for name in ("tatoeba", "tatoeba2", "wiktionary-examples", "ntrex128", "tico19"):
        for row in read_rows(data / "parallel" / f"{name}.en-zh.train.tsv.xz"):
            yield row[1], row[0]
    for row in read_rows(data / "parallel" / "cedict.zh-en.tsv.xz"):
        gloss = re.sub(r"\([^)]*\)", "", row[3].split("/")[0])
        yield row[0], gloss
