"""What the embedder learns from: texts that belong together, in batches of one kind each."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sentencepiece
import torch
from numpy.typing import NDArray
from torch import Tensor

from llama_demo.training.cloze import cloze
from llama_demo.training.corpus import plain_gloss, read_records, read_rows
from llama_demo.training.generator.stories import clean, sections
from llama_demo.training.reader.corpus import Passage, read_corpus
from llama_demo.training.reader.data import SENTENCE
from llama_demo.training.vocabulary_file import train_sentencepiece

# How often each kind of pair is drawn, and how many pairs make a batch: long texts cost more.
SHARES = {
    "translations": (0.22, 1024),
    "technical translations": (0.06, 768),
    "verses": (0.02, 768),
    "dictionary": (0.2, 1536),
    "drcd": (0.09, 384),
    "cmrc": (0.06, 384),
    "qamr": (0.1, 768),
    "fairytales": (0.03, 384),
    "cloze, Chinese": (0.1, 384),
    "cloze, English": (0.06, 768),
    "neighbours": (0.06, 768),
}
# Pieces of a text that are read in training, and the share of them left out of each text at random.
LONGEST, DROPPED = 320, 0.12
_CLOZES = 8  # for each passage
EVERYDAY = (
    "tatoeba", "tatoeba2", "wiktionary-examples", "ntrex128", "tico19", "scratch-ui", "xsid", "storybooks",
)  # fmt: skip
TECHNICAL = ("python-docs", "tldr")
_DULL = re.compile(r"variant of|CL:|see |abbr\. for|erhua|Taiwan pr\.")

TextPair = tuple[str, str]


def read_training(data: Path) -> dict[str, list[TextPair]]:
    """Every pair that is trained on, by kind; the kinds are those of :data:`SHARES`."""
    corpus = read_corpus(data)
    dice = random.Random(2)
    asked = {
        name: [(each.text, each.passage.text) for each in them] for name, them in corpus.questions.items()
    }
    english = [*corpus.texts["en"], *_sentences(data, 0), *_old_books(data)]
    chinese = [*corpus.texts["zh"], *_sentences(data, 1)]
    return {
        "translations": list(read_translations(data, EVERYDAY)),
        "technical translations": list(read_translations(data, TECHNICAL)),
        "verses": list(read_translations(data, ("bible",))),
        "dictionary": list(dictionary_pairs(data)),
        **asked,
        "cloze, Chinese": list(_clozes(chinese, "zh", dice)),
        "cloze, English": list(_clozes(english, "en", dice)),
        "neighbours": list(_neighbours([*english, *chinese], dice)),
    }


def read_kept_back(data: Path) -> dict[str, list[TextPair]]:
    """What the losses are measured on while training runs."""
    return {
        name: list(_rows(data / "parallel" / f"{name}.en-zh.valid.tsv.xz"))
        for name in ("tatoeba", "python-docs")
    }


def _rows(path: Path) -> Iterator[TextPair]:
    for english, chinese, *_ in read_rows(path):
        yield chinese, english


def read_translations(data: Path, names: Iterable[str]) -> Iterator[TextPair]:
    """Chinese and English that say the same, from the training parts of these sources."""
    for name in names:
        yield from _rows(data / "parallel" / f"{name}.en-zh.train.tsv.xz")


def dictionary_pairs(data: Path) -> Iterator[TextPair]:
    """A word with each of its meanings, and both ways to write it."""
    for simplified, traditional, _, glosses in read_rows(data / "parallel" / "cedict.zh-en.tsv.xz"):
        meanings = [gloss for gloss in glosses.split("/") if gloss and not _DULL.search(gloss)]
        for meaning in meanings[:4]:
            plain = plain_gloss(meaning)
            if plain:
                yield simplified, plain
        if traditional != simplified:
            yield traditional, simplified
            if meanings:
                yield traditional, meanings[0]


def _sentences(data: Path, side: int) -> Iterator[Passage]:
    """Single sentences, as some that are searched are short."""
    for name in ("ntrex128", "tico19", "python-docs", "wiktionary-examples"):
        for number, row in enumerate(read_rows(data / "parallel" / f"{name}.en-zh.train.tsv.xz")):
            if len(row[side]) > 24 * (3 - 2 * side) and (name != "python-docs" or number % 4 == 0):
                yield Passage(row[side], f"{name} {number}")


def _old_books(data: Path) -> Iterator[Passage]:
    for record in read_records(data / "stories" / "gutenberg-fairy-books.jsonl.xz"):
        for part in sections(clean(record["text"]), 500):
            yield Passage(part, record["title"])


def _clozes(passages: Sequence[Passage], language: str, dice: random.Random) -> Iterator[TextPair]:
    for passage in passages:
        if len(passage.text) < 12:
            continue
        for _ in range(min(_CLOZES, 1 + len(passage.text) // 60)):
            asked = cloze(passage, language, dice)
            if asked is not None:
                yield asked.text, passage.text


def _neighbours(passages: Sequence[Passage], dice: random.Random) -> Iterator[TextPair]:
    """The first half of a passage with the second."""
    for passage in passages:
        sentences = SENTENCE.findall(passage.text)
        if len(sentences) >= 4:
            cut = dice.randrange(2, len(sentences) - 1)
            yield "".join(sentences[:cut]), "".join(sentences[cut:])


def build_vocabulary(pairs: dict[str, list[TextPair]], size: int) -> bytes:
    """Train a unigram vocabulary (Kudo 2018, arXiv:1804.10959) for both languages, small letters only."""
    dice = random.Random(1)
    texts = [text for name, most in _VOCABULARY.items() for text in _sample(pairs[name], most, dice)]
    return train_sentencepiece(
        texts,
        model_type="unigram",
        vocab_size=size,
        character_coverage=0.9997,
        normalization_rule_name="nmt_nfkc_cf",
        split_digits=False,
        max_sentence_length=20_000,
        unk_id=0,
        bos_id=-1,
        eos_id=-1,
        pad_id=-1,
        num_sub_iterations=1,
        num_threads=2,
    )


# Pairs of each kind that the vocabulary is learned from.
_VOCABULARY = {
    "translations": 60_000,
    "technical translations": 8_000,
    "dictionary": 150_000,
    "drcd": 4_000,
    "cmrc": 4_000,
    "qamr": 2_000,
    "cloze, English": 8_000,
    "neighbours": 5_000,
}


def _sample(pairs: list[TextPair], most: int, dice: random.Random) -> Iterator[str]:
    chosen = pairs if len(pairs) <= most else dice.sample(pairs, most)
    return iter(dict.fromkeys(text for pair in chosen for text in pair))


@dataclass(frozen=True)
class Side:
    """One side of many pairs.

    Attributes:
        ids: of all distinct texts, one behind the other.
        starts: where each text begins in ``ids``, and the end.
        texts: for each pair the number of its text.
    """

    ids: NDArray[np.int32]
    starts: NDArray[np.int64]
    texts: NDArray[np.int64]

    def draw(
        self, chosen: NDArray[np.int64], dice: np.random.Generator, dropped: float
    ) -> tuple[Tensor, Tensor]:
        """Ids and starts of some pairs' texts, without a random share ``dropped`` of their pieces."""
        numbers = self.texts[chosen]
        begin, end = self.starts[numbers], self.starts[numbers + 1]
        lengths = np.minimum(end - begin, LONGEST)
        offsets = np.cumsum(lengths) - lengths
        places = np.arange(lengths.sum()) - np.repeat(offsets - begin, lengths)
        kept = dice.random(len(places)) >= dropped
        kept[offsets] = True
        counts = np.add.reduceat(kept, offsets)
        ids = self.ids[places[kept]].astype(np.int64)
        return torch.from_numpy(ids), torch.from_numpy(np.cumsum(counts) - counts)


def encode_side(texts: Sequence[str], pieces: sentencepiece.SentencePieceProcessor) -> Side:
    """Each distinct text as ids once."""
    numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    rows = pieces.encode(list(numbers))
    lengths = [0, *(max(1, len(row)) for row in rows)]
    ids = np.array([i for row in rows for i in row or [0]], dtype=np.int32)
    return Side(ids, np.cumsum(lengths), np.array([numbers[text] for text in texts]))


@dataclass(frozen=True)
class EmbedderBatch:
    """Pairs of texts: ids and where each text begins, for both sides.

    Attributes:
        same: which text of one side belongs to which of the other side as well, so that it is no
            counterexample (B, B); the diagonal is not marked.
    """

    one: tuple[Tensor, Tensor]
    other: tuple[Tensor, Tensor]
    same: Tensor


class EmbedderBatches:
    """Batches by step number; the same step always gives the same batch."""

    def __init__(
        self, pairs: dict[str, list[TextPair]], pieces: sentencepiece.SentencePieceProcessor
    ) -> None:
        self.kinds = {
            name: (encode_side([a for a, _ in them], pieces), encode_side([b for _, b in them], pieces))
            for name, them in pairs.items()
            if them
        }

    def at(self, step: int) -> EmbedderBatch:
        """The batch of this step: pairs of one kind."""
        dice = np.random.default_rng((7, step))
        names = list(self.kinds)
        shares = np.array([SHARES[name][0] for name in names])
        name = names[dice.choice(len(names), p=shares / shares.sum())]
        one, other = self.kinds[name]
        chosen = dice.permutation(len(one.texts))[: SHARES[name][1]]
        return batch(one, other, chosen, dice)


def batch(
    one: Side,
    other: Side,
    chosen: NDArray[np.int64],
    dice: np.random.Generator,
    *,
    dropped: float = DROPPED,
) -> EmbedderBatch:
    """The chosen pairs; pairs of the same text are marked as such."""
    left, right = one.texts[chosen], other.texts[chosen]
    same = (left[:, None] == left) | (right[:, None] == right)
    np.fill_diagonal(same, False)
    return EmbedderBatch(
        one.draw(chosen, dice, dropped), other.draw(chosen, dice, dropped), torch.from_numpy(same)
    )


def count_pieces(batches: EmbedderBatches, size: int) -> NDArray[np.int64]:
    """Number of occurrences of each piece in all distinct texts (V)."""
    sides = [side for kind in batches.kinds.values() for side in kind]
    return sum((np.bincount(side.ids, minlength=size) for side in sides), np.zeros(size, dtype=np.int64))
