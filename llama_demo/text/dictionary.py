"""A Chinese-English dictionary in one archive, from which only the requested entries are unpacked.

The file is a ZIP archive of UTF-8 texts; ``python -m llama_demo.training.dictionary`` makes it:

    words.tsv       word, weight, numbers of its entries; by code point. The weight is the number of entries
                    whose headword contains the word: how common it is, roughly.
    english.tsv     English word or phrase, how many of its entries mean just that, numbers of entries, best
                    first; by code point
    entries/7.tsv   entries 7 * BLOCK to 8 * BLOCK - 1: simplified, traditional, reading, glosses

Lines are found by bisection in the bytes, so nothing is parsed before it is needed.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import regex

from llama_demo.text.pinyin import marked

BLOCK = 160
"""Entries unpacked together."""

LONGEST_WORD = 16
"""Characters of a Chinese headword that is looked for in a text."""

MOST_ENTRIES = 12
"""Entries of an answer."""

_KEPT_BLOCKS = 128
_WINDOW = 24  # characters around a place that its word is looked for in
_CHINESE = regex.compile(r"[\p{Han}〇]+")
_ENGLISH = regex.compile(r"[\p{Latin}]+(?:['’-][\p{Latin}]+)*")
_REFERENCE = regex.compile(
    r"([\p{Han}〇·，]+)\|?([\p{Han}〇·，]+)?\[([^\[\]]+)\]|\[([A-Za-z:]+[1-5](?: [A-Za-z:]+[1-5])*)\]"
)
_MEASURE = "CL:"
_ENDINGS = (
    ("ies", "y"),
    ("es", ""),
    ("s", ""),
    ("ied", "y"),
    ("ed", ""),
    ("ed", "e"),
    ("ing", ""),
    ("ing", "e"),
)


@dataclass(frozen=True)
class DictionaryEntry:
    """A word's meaning in one reading.

    Attributes:
        pinyin: with tone marks.
        glosses: in English.
        measure_words: with which it is counted, such as ``个 (gè)``.
    """

    simplified: str
    traditional: str
    pinyin: str
    glosses: tuple[str, ...]
    measure_words: tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """A word of a text: ``text[start:end]``."""

    start: int
    end: int
    entries: tuple[DictionaryEntry, ...]


class Dictionary:
    """The opened file.

    Raises:
        OSError: there is none.
    """

    def __init__(self, path: Path) -> None:
        self._archive = zipfile.ZipFile(path)
        self._words = _Lines(self._archive.read("words.tsv"))
        self._english = _Lines(self._archive.read("english.tsv"))
        self._block = lru_cache(_KEPT_BLOCKS)(self._read_block)

    def look_up(self, word: str) -> tuple[DictionaryEntry, ...]:
        """The entries of a Chinese headword, or those that best say an English word; none if unknown."""
        word = " ".join(word.split())
        if _CHINESE.search(word):
            return self._entries(self._words.find(word)[1:])
        exact: list[str] = []
        others: list[str] = []
        for form in _forms(word.lower().replace("’", "'")):
            count, *numbers = self._english.find(form) or ["0"]
            exact += numbers[: int(count)]
            others += numbers[int(count) :]
        return self._entries(list(dict.fromkeys(exact + others)))

    def words_at(self, text: str, position: int) -> tuple[Match, ...]:
        """The word that holds ``text[position]``, or ends there; then other words of the dictionary there.

        In a Chinese text, which has no blanks, the first one is that of the likeliest division into words.
        """
        for at in (position, position - 1):
            if 0 <= at < len(text):
                if _CHINESE.match(text[at]):
                    return self._chinese_at(text, at)
                if _ENGLISH.match(text[at]):
                    return self._english_at(text, at)
        return ()

    def _chinese_at(self, text: str, at: int) -> tuple[Match, ...]:
        low, high = max(0, at - _WINDOW), min(len(text), at + _WINDOW)
        run = next(m for m in _CHINESE.finditer(text, low, high) if m.start() <= at < m.end())
        best = next(span for span in self._divided(text, *run.span()) if span[0] <= at < span[1])
        others = [
            (start, end)
            for end in range(min(run.end(), at + LONGEST_WORD), at, -1)
            for start in range(max(run.start(), end - LONGEST_WORD), at + 1)
            if (start, end) != best
        ]
        spans = [best, *sorted(others, key=lambda span: span[0] - span[1])]
        matches = (Match(start, end, self.look_up(text[start:end])) for start, end in spans)
        return tuple(match for match in matches if match.entries)

    def _divided(self, text: str, begin: int, end: int) -> list[tuple[int, int]]:
        """The run's division into the fewest words, and of several such into the commonest."""
        best: list[tuple[float, float, int]] = [(0.0, 0.0, begin)]  # words, minus commonness, last begin
        for stop in range(begin + 1, end + 1):
            ways = []
            for start in range(max(begin, stop - LONGEST_WORD), stop):
                known = self._words.find(text[start:stop])
                if known or start == stop - 1:
                    words, commonness, _ = best[start - begin]
                    weight = math.log1p(int(known[0])) if known else -1.0
                    ways.append((words + 1, commonness - weight, start))
            best.append(min(ways))
        spans = []
        while end > begin:
            start = best[end - begin][2]
            spans.append((start, end))
            end = start
        return spans

    def _english_at(self, text: str, at: int) -> tuple[Match, ...]:
        low, high = max(0, at - _WINDOW), min(len(text), at + _WINDOW)
        for match in _ENGLISH.finditer(text, low, high):
            if match.start() <= at < match.end() and (entries := self.look_up(match[0])):
                return (Match(match.start(), match.end(), entries),)
        return ()

    def _entries(self, numbers: list[str]) -> tuple[DictionaryEntry, ...]:
        return tuple(self._entry(int(number)) for number in numbers[:MOST_ENTRIES])

    def _entry(self, number: int) -> DictionaryEntry:
        simplified, traditional, reading, glosses = self._block(number // BLOCK)[number % BLOCK].split("\t")
        texts = glosses.split("/")
        return DictionaryEntry(
            simplified,
            traditional or simplified,
            marked(reading),
            tuple(_readable(text) for text in texts if not text.startswith(_MEASURE)),
            tuple(
                _readable(word)
                for text in texts
                if text.startswith(_MEASURE)
                for word in text[len(_MEASURE) :].split(",")
            ),
        )

    def _read_block(self, number: int) -> list[str]:
        return self._archive.read(f"entries/{number}.tsv").decode("utf-8").split("\n")


class _Lines:
    """Sorted lines ``key<TAB>value...`` of which single ones are found by bisection."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def find(self, key: str) -> list[str]:
        """The values of the key's line; none if there is no such line."""
        wanted = key.encode("utf-8", "replace")
        low, high = 0, len(self._data)
        while low < high:
            begin = self._data.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = self._data.find(b"\n", begin)
            end = len(self._data) if end < 0 else end
            found, _, values = self._data[begin:end].partition(b"\t")
            if found == wanted:
                return values.decode("utf-8").split("\t")
            if found < wanted:
                low = end + 1
            else:
                high = begin
        return []


def _forms(word: str) -> Iterator[str]:
    """An English word as it stands, then what it may be a form of."""
    yield word
    for ending, replacement in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word[: -len(ending)] + replacement
            yield stem
            if stem[-1:] == stem[-2:-1]:
                yield stem[:-1]


def _readable(gloss: str) -> str:
    """References such as ``個|个[ge4]`` as ``个 (gè)``."""

    def shown(match: regex.Match[str]) -> str:
        if match[4]:
            return f"({marked(match[4])})"
        return f"{match[2] or match[1]} ({marked(match[3])})"

    return _REFERENCE.sub(shown, gloss)
