"""How well segmenters find the ends of sentences, by language.

Usage::

    pip install pysbd syntok nupunkt blingfire sentence-splitter spacy
    python -m bench.sentences

A segmenter whose library is not installed is left out. ``bench/sentence_ends`` holds the sentences, a line
each: a blank line ends a passage, ``\\n`` is a line break. Sentences of a passage are joined by blanks, in
Chinese by nothing, unless the next one begins with a line break. Every other passage was kept aside while the
rules were written.
"""

from __future__ import annotations

import argparse
import importlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import regex

from llama_demo.text.sentences import split_sentences

DATA = Path(__file__).parent / "sentence_ends"
LANGUAGES = ("zh", "en", "de", "fr", "es")

Segmenter = Callable[[str], list[str]]
"""The sentences of a text."""


@dataclass(frozen=True)
class Passage:
    """Sentences and the text that they make."""

    text: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Score:
    """Counts over passages; the end of a passage does not count as a boundary."""

    passages: int = 0
    exact: int = 0
    right: int = 0
    found: int = 0
    wanted: int = 0

    @property
    def f1(self) -> float:
        """Of boundaries, in percent."""
        return 200 * self.right / max(self.found + self.wanted, 1)


def read_passages(language: str) -> list[Passage]:
    """The passages of a language."""
    content = (DATA / f"{language}.txt").read_text(encoding="utf-8")
    return [_passage(block.splitlines(), "" if language == "zh" else " ") for block in content.split("\n\n")]


def _passage(lines: Sequence[str], blank: str) -> Passage:
    sentences = [line.replace("\\n", "\n") for line in lines]
    text = sentences[0]
    for sentence in sentences[1:]:
        text += sentence if sentence.startswith("\n") else blank + sentence
    return Passage(text, tuple(sentence.strip() for sentence in sentences))


def boundaries(sentences: Iterable[str]) -> set[int]:
    """Where all sentences but the last end, in characters that are not blank."""
    ends, end = set(), 0
    for sentence in sentences:
        end += len("".join(sentence.split()))
        ends.add(end)
    return ends - {end, 0}


def score(segmenter: Segmenter, passages: Iterable[Passage]) -> Score:
    """What a segmenter finds in passages."""
    total = Score()
    for passage in passages:
        wanted, found = boundaries(passage.sentences), boundaries(segmenter(passage.text))
        total = replace(
            total,
            passages=total.passages + 1,
            exact=total.exact + (wanted == found),
            right=total.right + len(wanted & found),
            found=total.found + len(found),
            wanted=total.wanted + len(wanted),
        )
    return total


def _ours(language: str) -> Segmenter:
    return lambda text: [sentence.text for sentence in split_sentences(text, language=language)]


def _ours_unknown(_: str) -> Segmenter:
    return lambda text: [sentence.text for sentence in split_sentences(text)]


def _pysbd(language: str) -> Segmenter:
    segmenter = importlib.import_module("pysbd").Segmenter(language=language, clean=False)
    return lambda text: list(segmenter.segment(text))


def _sentence_splitter(language: str) -> Segmenter:
    splitter = importlib.import_module("sentence_splitter").SentenceSplitter(language=language)
    return lambda text: list(splitter.split(text))


def _syntok(_: str) -> Segmenter:
    segmenter = importlib.import_module("syntok.segmenter")
    return lambda text: [
        "".join(token.spacing + token.value for token in sentence)
        for paragraph in segmenter.process(text)
        for sentence in paragraph
    ]


def _nupunkt(_: str) -> Segmenter:
    nupunkt = importlib.import_module("nupunkt")
    return lambda text: list(nupunkt.sent_tokenize(text))


def _blingfire(_: str) -> Segmenter:
    blingfire = importlib.import_module("blingfire")
    return lambda text: str(blingfire.text_to_sentences(text)).split("\n")


def _spacy(language: str) -> Segmenter:
    pipeline = importlib.import_module("spacy").blank(language)
    pipeline.add_pipe("sentencizer")
    return lambda text: [sentence.text for sentence in pipeline(text).sents]


def _lines_and_marks(_: str) -> Segmenter:
    return lambda text: regex.split(r"(?<=[.!?…])\s+|(?<=[。！？])|\n", text)


SEGMENTERS: dict[str, Callable[[str], Segmenter]] = {
    "ours": _ours,
    "ours, language unknown": _ours_unknown,
    "pysbd": _pysbd,
    "sentence-splitter": _sentence_splitter,
    "syntok": _syntok,
    "nupunkt": _nupunkt,
    "blingfire": _blingfire,
    "spaCy sentencizer": _spacy,
    "marks alone": _lines_and_marks,
}


def _rows(part: slice) -> Iterator[str]:
    for name, make in SEGMENTERS.items():
        cells, characters, seconds = [], 0, 0.0
        for language in LANGUAGES:
            passages = read_passages(language)[part]
            try:
                segmenter = make(language)
                segmenter("A. B")
            except ImportError:
                break
            except Exception:  # noqa: BLE001 (each library has its own way to say that it lacks a language)
                cells.append("—")
                continue
            begun = time.process_time()
            found = score(segmenter, passages)
            seconds += time.process_time() - begun
            characters += sum(len(passage.text) for passage in passages)
            cells.append(f"{found.f1:.1f} / {100 * found.exact / found.passages:.1f}")
        if len(cells) == len(LANGUAGES):
            yield f"| {' | '.join((name, *cells, f'{characters / seconds / 1000:,.0f}'))} |"


def misses(segmenter: Segmenter, passages: Iterable[Passage]) -> Iterator[str]:
    """The passages that are not segmented exactly, with what was found."""
    for passage in passages:
        found = segmenter(passage.text)
        if boundaries(found) != boundaries(passage.sentences):
            yield " ¦ ".join(sentence.strip() for sentence in found).replace("\n", "\\n")


def main() -> None:
    """Print the table, or what one segmenter misses."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--misses", choices=SEGMENTERS, help="print what this segmenter misses")
    parser.add_argument("--part", choices=("tuning", "aside", "all"), default="all", help="of the passages")
    options = parser.parse_args()
    part = {"tuning": slice(0, None, 2), "aside": slice(1, None, 2), "all": slice(None)}[options.part]
    if options.misses:
        for language in LANGUAGES:
            segmenter = SEGMENTERS[options.misses](language)
            for line in misses(segmenter, read_passages(language)[part]):
                print(f"{language}  {line}")
        return
    print(f"| F1 / passages exact | {' | '.join(LANGUAGES)} | thousand characters a second of one core |")
    print("|---" * (len(LANGUAGES) + 2) + "|")
    for row in _rows(part):
        print(row)


if __name__ == "__main__":
    main()
