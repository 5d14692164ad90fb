"""What the generator learns from: documents as token ids, mixed by source."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sentencepiece
import torch
from torch import Tensor

from llama_demo.training.corpus import held_out, read_records
from llama_demo.training.generator import declines, poems, retelling, stories
from llama_demo.training.generator.auxiliary_loss import Marked
from llama_demo.training.generator.rhyme_marks import RhymeMarks
from llama_demo.training.generator.rhymes import read_sounds
from llama_demo.training.generator.topic_marks import TopicMarks
from llama_demo.training.generator.vocabulary import ASSISTANT, USER, chinese_alphabet, train_vocabulary

ALPHABET_SIZE = 4200  # Chinese characters with a piece of their own

# The share of the training tokens that each source gets.
SHARES = {
    "stories": 0.16,
    "story requests": 0.40,
    "fables": 0.01,
    "picture books": 0.02,
    "fairy tales": 0.01,
    "Chinese stories": 0.02,
    "Chinese story requests": 0.10,
    "poems": 0.06,
    "poem requests": 0.20,
    "declines": 0.02,
}


@dataclass(frozen=True)
class GeneratorTexts:
    """The raw material, read once."""

    tiny: list[str]
    fables: list[str]
    books: list[str]
    tales: list[str]
    chinese: list[dict[str, str]]
    poems: list[poems.Poem]
    alphabet: frozenset[str]


def read_texts(data: Path) -> GeneratorTexts:
    """Read every source of the folder for training; the poems also hold those that are held out."""
    folder = data / "stories"
    chinese = [
        {**record, "text": stories.clean_chinese(record["text"])}
        for record in read_records(folder / "tiny-chinese-stories.train.jsonl.xz")
        if not record["mature"]
    ]
    modern = itertools.chain(
        (record["text"] for record in chinese),
        (text for pair in declines.read_declines(data, random.Random(0)) for text in pair),
        # A request must be writable without bytes: its words count as often as needed to be kept.
        itertools.chain.from_iterable(
            itertools.repeat(text, 3) for text in (*stories.request_texts(), *poems.request_texts())
        ),
    )
    alphabet = chinese_alphabet(modern, poems.raw_texts(data / "poems"), ALPHABET_SIZE)
    return GeneratorTexts(
        tiny=list(stories.read_texts(folder / "tinystories.train.jsonl.xz")),
        fables=list(stories.read_texts(folder / "fables-klusai.train.jsonl.xz")),
        books=list(stories.read_texts(folder / "storybooks.jsonl.xz")),
        tales=[
            part
            for text in stories.read_texts(folder / "fairytales.jsonl.xz")
            for part in stories.sections(text, 1500)
        ],
        chinese=chinese,
        poems=list(poems.read_poems(data / "poems", alphabet | {"\n"})),
        alphabet=alphabet,
    )


def build_vocabulary(texts: GeneratorTexts, size: int) -> bytes:
    """Learn a vocabulary of ``size`` pieces: merges from the English stories, Chinese by the character."""
    english = texts.tiny + texts.fables + texts.books + texts.tales
    return train_vocabulary(english, texts.alphabet, size)


Tokens = np.ndarray[tuple[int, int], np.dtype[np.uint16]]
"""(2, T): ids, and the mark of each (see :mod:`.auxiliary_loss`)."""


class GeneratorDocuments:
    """The documents of one source, in one array."""

    def __init__(self, documents: Iterable[Marked]) -> None:
        kept = [np.array(document, dtype=np.uint16) for document in documents]
        self.tokens: Tokens = np.concatenate(kept, axis=1)
        self.ends = np.cumsum([ids.shape[1] for ids in kept])

    @property
    def ids(self) -> np.ndarray[tuple[int], np.dtype[np.uint16]]:
        """Ids of all documents, concatenated."""
        ids: np.ndarray[tuple[int], np.dtype[np.uint16]] = self.tokens[0]
        return ids

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, index: int) -> Tokens:
        return self.tokens[:, self.ends[index - 1] if index else 0 : self.ends[index]]


class GeneratorEncoder:
    """Turns texts and requests into documents: ``<s> text </s>`` or a turn of the chat template."""

    def __init__(self, vocabulary: bytes) -> None:
        self.pieces = sentencepiece.SentencePieceProcessor(model_proto=vocabulary, num_threads=1)
        self.bos, self.eos = self.pieces.bos_id(), self.pieces.eos_id()
        self.user, self.assistant = (self.pieces.piece_to_id(mark) for mark in (USER, ASSISTANT))

    def plain(self, text: str) -> list[int]:
        return [self.bos, *self.pieces.encode(text), self.eos]

    def turn(self, request: str, answer: str) -> list[int]:
        asked, answered = self.pieces.encode([request, answer])
        return [self.bos, self.user, *asked, self.assistant, *answered, self.eos]


def _unmarked(encoded: Iterable[list[int]]) -> Iterator[Marked]:
    return ((ids, [0] * len(ids)) for ids in encoded)


def rhyme_marks(data: Path, encoder: GeneratorEncoder) -> RhymeMarks:
    """The :class:`RhymeMarks` for the readings in the dictionary."""
    sounds = read_sounds(data / "parallel" / "cedict.zh-en.tsv.xz")
    return RhymeMarks(encoder.pieces, sounds, assistant=encoder.assistant, eos=encoder.eos)


def encode_training(
    texts: GeneratorTexts, data: Path, encoder: GeneratorEncoder, rhymes: RhymeMarks
) -> dict[str, GeneratorDocuments]:
    """Every source as token ids; requested stories come twice as they are and twice retold."""
    dice = random.Random(20_260_901)
    nouns = stories.nouns_of(texts.tiny)
    topics = TopicMarks(encoder.pieces, assistant=encoder.assistant)
    learnt = [poem for poem in texts.poems if not held_out(poem.text)]

    def retold() -> Iterator[str]:
        for text in texts.tiny:
            yield from (text, retelling.retold(text, dice))

    def requested() -> Iterator[Marked]:
        for text in texts.tiny:
            for version in (text, text, retelling.retold(text, dice), retelling.retold(text, dice)):
                request, words = stories.request_for(version, nouns, dice)
                yield topics.marked(encoder.turn(request, version), words)

    def requested_in_chinese() -> Iterator[Marked]:
        for record in texts.chinese:
            for version in (record, record, retelling.recast(record, dice), retelling.recast(record, dice)):
                request, words = stories.chinese_request_for(version, dice)
                yield topics.marked(encoder.turn(request, version["text"]), words)

    sources: dict[str, Iterator[Marked]] = {
        "stories": _unmarked(map(encoder.plain, retold())),
        "story requests": requested(),
        "fables": _unmarked(map(encoder.plain, texts.fables)),
        "picture books": _unmarked(map(encoder.plain, texts.books)),
        "fairy tales": _unmarked(map(encoder.plain, texts.tales)),
        "Chinese stories": _unmarked(encoder.plain(record["text"]) for record in texts.chinese),
        "Chinese story requests": requested_in_chinese(),
        "poems": map(rhymes.marked, (encoder.plain(poem.text) for poem in learnt)),
        "poem requests": map(
            rhymes.marked, (encoder.turn(poems.request_for(poem, dice), poem.text) for poem in learnt)
        ),
        "declines": _unmarked(
            encoder.turn(asked, answer) for asked, answer in declines.read_declines(data, dice)
        ),
    }
    return {name: GeneratorDocuments(documents) for name, documents in sources.items()}


def encode_held_out(
    texts: GeneratorTexts, data: Path, encoder: GeneratorEncoder
) -> dict[str, GeneratorDocuments]:
    """The parts that the figures in the model card are measured on."""
    folder = data / "stories"
    english = stories.read_texts(folder / "tinystories.valid.jsonl.xz")
    chinese = read_records(folder / "tiny-chinese-stories.valid.jsonl.xz")
    return {
        name: GeneratorDocuments(_unmarked(map(encoder.plain, held)))
        for name, held in {
            "stories": english,
            "Chinese stories": (
                stories.clean_chinese(record["text"]) for record in chinese if not record["mature"]
            ),
            "poems": (poem.text for poem in texts.poems if held_out(poem.text)),
        }.items()
    }


def batch_at(
    step: int, sources: dict[str, GeneratorDocuments], *, rows: int, window: int, seed: int = 0
) -> tuple[Tensor, Tensor, Tensor]:
    """The windows of one step; the same step always gives the same windows.

    Returns:
        Input ids, the ids to predict and what is asked again at these, all (rows, window).
    """
    dice = np.random.default_rng((seed, step))
    names = list(sources)
    # Shares are of tokens, so a source of short documents is drawn more often.
    chances = np.array([SHARES[name] / (len(sources[name].ids) / len(sources[name])) for name in names])
    chances /= chances.sum()
    windows = np.stack([_fill(window, dice, [sources[name] for name in names], chances) for _ in range(rows)])
    ids, marks = torch.from_numpy(windows.astype(np.int64)).unbind(dim=1)
    return ids[:, :-1], ids[:, 1:], marks[:, 1:]


def _fill(
    window: int,
    dice: np.random.Generator,
    sources: list[GeneratorDocuments],
    chances: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> Tokens:
    """Concatenated documents; the first is entered at a random place, so that its end is seen too."""
    parts: list[Tokens] = []
    total = 0
    while total <= window:
        source = sources[dice.choice(len(sources), p=chances)]
        document = source[int(dice.integers(len(source)))]
        if not parts and dice.random() < 0.5:
            document = document[:, int(dice.integers(document.shape[1])) :]
        parts.append(document)
        total += document.shape[1]
    return np.concatenate(parts, axis=1)[:, : window + 1]


def held_out_batches(
    documents: GeneratorDocuments, *, rows: int, window: int, most: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """The first ``most`` windows of a held-out part, its documents concatenated."""
    count = min(most, (len(documents.ids) - 1) // window)
    for first in range(0, count, rows):
        windows = [
            documents.ids[i * window : (i + 1) * window + 1] for i in range(first, min(first + rows, count))
        ]
        ids = torch.from_numpy(np.stack(windows).astype(np.int64))
        yield ids[:, :-1], ids[:, 1:]
