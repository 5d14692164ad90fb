"""What the translator learns from: pairs of sentences, both ways, in batches of like length."""

from __future__ import annotations

import random
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import sentencepiece
import torch
from torch import Tensor

from llama_demo.training.corpus import plain_gloss, read_rows
from llama_demo.training.translator.copying import copy_pair, with_other_numbers
from llama_demo.training.translator.phrases import phrase_pair
from llama_demo.training.vocabulary_file import train_sentencepiece

LANGUAGES = ("en", "zh", "fr", "de", "es")
UNKNOWN, START, END, PAD = range(4)  # ids of the marks; the languages' follow
DIRECTIONS = tuple((a, b) for other in LANGUAGES[1:] for a, b in ((other, "en"), ("en", other)))
"""Source and target of each."""
LENGTHS = (8, 10, 12, 14, 16, 20, 24, 32, 48, 64, 88, 128)
"""Tokens that both sides of a batch are padded to: few, since a compiled model is compiled for each.

Longer pairs are left out."""
_BATCHES_A_POOL = 256  # drawn together
_COPY_SHARE, _PHRASE_SHARE = 0.05, 0.15

# Each file with the other language and how often its pairs are drawn, against once for Tatoeba's in French.
SOURCES = {
    "tatoeba.en-zh": ("zh", 2.2),
    "tatoeba2.en-zh": ("zh", 2.2),
    "wiktionary-examples.en-zh": ("zh", 1.5),
    "ntrex128.en-zh": ("zh", 2.0),
    "tico19.en-zh": ("zh", 0.5),
    "tldr.en-zh": ("zh", 0.5),
    "scratch-ui.en-zh": ("zh", 1.5),
    "xsid.en-zh": ("zh", 3.0),
    "storybooks.en-zh": ("zh", 4.0),
    "python-docs.en-zh": ("zh", 0.3),
    "bible.en-zh": ("zh", 0.3),
    "tatoeba.en-fr": ("fr", 1.0),
    "storybooks.en-fr": ("fr", 4.0),
    "python-docs.en-fr": ("fr", 0.2),
    "tatoeba.en-de": ("de", 1.0),
    "storybooks.en-de": ("de", 4.0),
    "tatoeba.en-es": ("es", 1.3),
    "storybooks.en-es": ("es", 4.0),
    "python-docs.en-es": ("es", 0.1),
}
_DICTIONARY_WEIGHT = 0.3


@dataclass(frozen=True)
class TranslationPair:
    """A text in English and in ``language``."""

    english: str
    other: str
    language: str


@dataclass(frozen=True)
class TranslationPairs:
    """All pairs with the weights they are drawn by."""

    pairs: list[TranslationPair]
    weights: list[float]


def language_mark(language: str) -> str:
    """The piece in front of a source that names the target language."""
    return f"<2{language}>"


def read_training(data: Path) -> TranslationPairs:
    """Every training pair of the folder, and a dictionary's words with their first meaning."""
    pairs, weights = [], []
    for name, (language, weight) in SOURCES.items():
        for english, other, *_ in read_rows(data / "parallel" / f"{name}.train.tsv.xz"):
            pairs.append(TranslationPair(english, other, language))
            weights.append(weight)
    for word, meaning in _dictionary(data):
        pairs.append(TranslationPair(meaning, word, "zh"))
        weights.append(_DICTIONARY_WEIGHT)
    return TranslationPairs(pairs, weights)


def read_held_out(data: Path) -> dict[str, list[TranslationPair]]:
    """The held-out Tatoeba pairs of each language."""
    return {
        language: [
            TranslationPair(row[0], row[1], language)
            for row in read_rows(data / "parallel" / f"tatoeba.en-{language}.valid.tsv.xz")
        ]
        for language in LANGUAGES[1:]
    }


def other_language(source: str, target: str) -> str:
    """The language of a direction that is not English."""
    return source if target == "en" else target


def _dictionary(data: Path) -> Iterator[tuple[str, str]]:
    # Names, variants and notes teach nothing that a translation needs.
    dull = re.compile(r"surname|variant of|CL:|used in|see |abbr|\(archaic\)|\(old\)|species")
    for word, _, _, glosses in read_rows(data / "parallel" / "cedict.zh-en.tsv.xz"):
        meanings = [gloss for gloss in glosses.split("/") if gloss and not dull.search(gloss)]
        if meanings and len(word) <= 6:
            plain = plain_gloss(meanings[0])
            if 0 < len(plain) <= 40:
                yield word, plain


def build_vocabulary(pairs: TranslationPairs, size: int) -> bytes:
    """One vocabulary for all languages, each given a like share of its pieces, with byte fallback."""
    dice = random.Random(1)
    chosen = dice.choices(pairs.pairs, pairs.weights, k=400_000)
    texts = [
        text for pair in chosen for text in (pair.other, *([pair.english] if dice.random() < 0.4 else []))
    ]
    return train_sentencepiece(
        texts,
        model_type="unigram",
        vocab_size=size,
        byte_fallback=True,
        character_coverage=0.9993,
        normalization_rule_name="identity",  # NFKC would turn full-width punctuation into half-width
        split_digits=True,
        unk_id=UNKNOWN,
        bos_id=START,
        eos_id=END,
        pad_id=PAD,
        control_symbols=[language_mark(language) for language in LANGUAGES],
        input_sentence_size=400_000,
    )


class PairEncoder:
    """Turns a pair into the ids of a source and a target."""

    def __init__(self, vocabulary: bytes) -> None:
        self.pieces = sentencepiece.SentencePieceProcessor(model_proto=vocabulary, num_threads=1)
        self._marks = {language: self.pieces.piece_to_id(language_mark(language)) for language in LANGUAGES}

    def __call__(self, source: str, target: str, into: str) -> tuple[list[int], list[int]]:
        asked, answered = self.pieces.encode([source, target])
        return [self._marks[into], *asked, END], [START, *answered, END]

    def both_ways(self, pair: TranslationPair, into_english: bool) -> tuple[list[int], list[int]]:
        """The pair as a task in one direction."""
        if into_english:
            return self(pair.other, pair.english, "en")
        return self(pair.english, pair.other, pair.language)


Encoded = tuple[list[int], list[int]]
Batch = tuple[Tensor, Tensor]
"""Source ids (B, S) and target ids (B, T)."""


class TranslatorBatches:
    """Batches by step number; the same step always gives the same batch.

    Args:
        tokens: of a batch, source and target with their padding.
    """

    def __init__(self, pairs: TranslationPairs, encoder: PairEncoder, *, tokens: int, seed: int = 0) -> None:
        self._pairs = pairs
        self._encoder = encoder
        self._tokens = tokens
        self._seed = seed
        self._pool: tuple[int, list[Batch]] = (-1, [])

    def at(self, step: int) -> Batch:
        """The batch, padded to one of :data:`LENGTHS`, with as many rows as then fit."""
        number, index = divmod(step, _BATCHES_A_POOL)
        if self._pool[0] != number:
            self._pool = (number, self._draw(number))
        return self._pool[1][index]

    def _draw(self, number: int) -> list[Batch]:
        dice = random.Random(f"{self._seed}/{number}")
        batches: list[Batch] = []
        waiting: dict[int, list[Encoded]] = {length: [] for length in LENGTHS}
        while len(batches) < _BATCHES_A_POOL:
            for task in self._tasks(dice):
                length = LENGTHS[bisect_left(LENGTHS, max(map(len, task)))]
                waiting[length].append(task)
                if 2 * length * (len(waiting[length]) + 1) > self._tokens:
                    batches.append(_batch(waiting[length], length))
                    waiting[length] = []
        dice.shuffle(batches)
        return batches[:_BATCHES_A_POOL]

    def _tasks(self, dice: random.Random) -> Iterator[Encoded]:
        for pair in dice.choices(self._pairs.pairs, self._pairs.weights, k=2000):
            drawn = pair
            chance = dice.random()
            if chance < _COPY_SHARE:
                english, other, _ = copy_pair(pair.language, dice)
                drawn = TranslationPair(english, other, pair.language)
            elif chance < _COPY_SHARE + _PHRASE_SHARE:
                drawn = TranslationPair(*phrase_pair(pair.language, dice), pair.language)
            elif dice.random() < 0.5:
                drawn = TranslationPair(*with_other_numbers(pair.english, pair.other, dice), pair.language)
            task = self._encoder.both_ways(drawn, dice.random() < 0.5)
            if max(map(len, task)) <= LENGTHS[-1]:
                yield task


def cut(tasks: Sequence[Encoded], tokens: int) -> Iterator[list[Encoded]]:
    """Cut tasks that are sorted by length into batches of at most ``tokens``, padding included."""
    batch: list[Encoded] = []
    for task in tasks:
        longest = max(map(len, task))
        if batch and 2 * longest * (len(batch) + 1) > tokens:
            yield batch
            batch = []
        batch.append(task)
    if batch:
        yield batch


def _batch(tasks: Sequence[Encoded], length: int) -> Batch:
    source, target = (padded([task[side] for task in tasks], length) for side in (0, 1))
    return source, target


def padded(rows: Sequence[Sequence[int]], length: int = 0) -> Tensor:
    """Rows of ids as one tensor (B, longest), at least ``length`` wide, filled up with padding."""
    longest = max(length, *map(len, rows))
    return torch.tensor([[*row, *[PAD] * (longest - len(row))] for row in rows])
