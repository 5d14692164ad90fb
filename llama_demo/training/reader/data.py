"""What the reader learns from: windows on passages with an answer in them, or without one."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from llama_demo.text.tokenizers.pieces import Framed, Pieces, PieceTokenizer
from llama_demo.training.reader.code_switching import CodeSwitcher
from llama_demo.training.reader.corpus import Passage, Question

# How often each source is drawn from.
SHARES = {"drcd": 0.3, "cmrc": 0.3, "qamr": 0.22, "fairytales": 0.18}
FOREIGN, HARD = 0.06, 0.17
SWITCHED = 0.15
"""Share of the questions of which most words are put into the other language."""

# Answers of at least so many pieces are drawn so much more often: people ask "why" more than was written.
_LONG, _LONG_WEIGHT = 12, 1.5
# Pieces of a window, and how often each size is drawn: short ones teach as much and take less time.
_WINDOWS, _WINDOW_WEIGHTS = (72, 112, 160, 224), (4, 4, 2, 1)
_LONGEST_QUESTION = 60
SENTENCE = re.compile(r"[^。！？.!?\n]+[。！？.!?\n]*[”」\"']?")


@dataclass(frozen=True)
class ReaderExample:
    """A question with a window, and the places of the answer's first and last piece; 0 for no answer."""

    ids: tuple[int, ...]
    types: tuple[int, ...]
    start: int
    end: int


class PieceCache:
    """Texts to pieces, each passage once.

    Args:
        pad_id: fills up shorter examples.
        longest: tokens of a question with its passage, marks included.
    """

    def __init__(self, tokenizer: PieceTokenizer, *, pad_id: int, longest: int) -> None:
        self._tokenizer = tokenizer
        self._longest = longest
        self.pad_id = pad_id
        self.passage = lru_cache(maxsize=60_000)(self._passage)

    def _passage(self, text: str) -> Pieces:
        return self._tokenizer.pieces([text])[0]

    def question(self, text: str) -> Pieces:
        """At most 60 pieces of a question."""
        return self._tokenizer.pieces([text])[0].cut(0, _LONGEST_QUESTION)

    def room(self, question: Pieces) -> int:
        """Pieces of a passage that fit beside the question."""
        return self._longest - len(question) - self._tokenizer.frame.pair

    def frame(self, question: Pieces, passage: Pieces, span: tuple[int, int] | None) -> ReaderExample:
        """The example as model input; ``span`` is the first and last piece of the answer in ``passage``."""
        framed: Framed = self._tokenizer.frame.two(question, passage)
        start, end = (0, 0) if span is None else (span[0] + framed.second, span[1] + framed.second)
        return ReaderExample(framed.ids, framed.types, start, end)


def covering(pieces: Pieces, start: int, end: int) -> tuple[int, int]:
    """The first and last piece of the characters from ``start`` to before ``end``."""
    touched = [i for i, (a, b) in enumerate(pieces.offsets) if a < end and b > start]
    return (touched[0], touched[-1]) if touched else (0, 0)


class Examples:
    """Draws examples: questions with their own passage, or with one that does not answer them.

    Args:
        questions: by source, those of :data:`SHARES`.
        switcher: puts words of some questions into another language.
    """

    def __init__(
        self,
        questions: Mapping[str, Sequence[Question]],
        encoder: PieceCache,
        switcher: CodeSwitcher | None = None,
    ) -> None:
        self._encoder = encoder
        self._switcher = switcher
        self._questions = questions
        self._weights = {name: _weights(asked) for name, asked in questions.items()}
        self._passages = {
            name: list(dict.fromkeys(each.passage for each in asked)) for name, asked in questions.items()
        }
        self._articles: dict[str, list[Passage]] = {}
        for passages in self._passages.values():
            for passage in passages:
                self._articles.setdefault(passage.article, []).append(passage)

    @property
    def pad_id(self) -> int:
        """Id of the padding."""
        return self._encoder.pad_id

    def draw(self, dice: random.Random) -> ReaderExample:
        """One example."""
        name = dice.choices(list(SHARES), list(SHARES.values()))[0]
        asked = dice.choices(self._questions[name], cum_weights=self._weights[name])[0]
        if name == "qamr" and dice.random() < 0.35:
            asked = _among_others(asked, dice.sample(self._passages[name], k=dice.randint(1, 3)), dice)
        return self._example(asked, self._passages[name], dice)

    def _example(self, asked: Question, others: Sequence[Passage], dice: random.Random) -> ReaderExample:
        switched = self._switcher is not None and dice.random() < SWITCHED
        text = self._switcher.switched(asked.text, dice) if self._switcher and switched else asked.text
        question = self._encoder.question(text)
        room = min(dice.choices(_WINDOWS, _WINDOW_WEIGHTS)[0], self._encoder.room(question))
        kind = dice.random()
        if kind < FOREIGN + HARD:
            passage = self._hard(asked, dice) if kind < HARD else dice.choice(others)
            if passage is not None and passage != asked.passage:
                pieces = self._encoder.passage(passage.text)
                start = dice.randint(0, max(0, len(pieces) - room))
                return self._encoder.frame(question, pieces.cut(start, start + room), None)
        pieces = self._encoder.passage(asked.passage.text)
        first, last = covering(pieces, *dice.choice(asked.spans))
        last = min(last, first + room - 1)
        low, high = max(0, last + 1 - room), min(first, max(0, len(pieces) - room))
        start = dice.randint(min(low, high), high)
        return self._encoder.frame(question, pieces.cut(start, start + room), (first - start, last - start))

    def _hard(self, asked: Question, dice: random.Random) -> Passage | None:
        """A passage on the same subject without the answer; ``None`` if there is none."""
        relatives = [each for each in self._articles.get(asked.passage.article, []) if each != asked.passage]
        if relatives and dice.random() < 0.5:
            passage = dice.choice(relatives)
            return None if any(answer in passage.text for answer in asked.answers) else passage
        return without_answer(asked)


def measured_examples(
    kept_back: Mapping[str, Sequence[Question]], encoder: PieceCache
) -> dict[str, list[Batch]]:
    """Up to 80 questions of each source with their own passages, cut to a window, for the running loss."""
    batches = {}
    for name, questions in kept_back.items():
        examples = []
        for asked in questions[:: max(1, len(questions) // 80)][:80]:
            question, pieces = encoder.question(asked.text), encoder.passage(asked.passage.text)
            room = min(_WINDOWS[-1], encoder.room(question))
            first, last = covering(pieces, *asked.spans[0])
            start = max(0, last + 1 - room)
            last = min(last, start + room - 1)
            part = pieces.cut(start, start + room)
            examples.append(encoder.frame(question, part, (max(first - start, 0), last - start)))
        examples.sort(key=lambda each: len(each.ids))
        batches[name] = [padded(examples[i : i + 8], encoder.pad_id) for i in range(0, len(examples), 8)]
    return batches


def without_answer(asked: Question) -> Passage | None:
    """The passage with the answer's sentences cut out; ``None`` if too little or the answer is left."""
    start, end = min(a for a, _ in asked.spans), max(b for _, b in asked.spans)
    text = asked.passage.text
    sentences = SENTENCE.finditer(text)
    left = "".join(found[0] for found in sentences if found.end() <= start or found.start() >= end)
    if len(left) < 40 or any(answer in left for answer in asked.answers):
        return None
    return Passage(left, asked.passage.article)


def _weights(questions: Sequence[Question]) -> list[float]:
    """Cumulative weights of the questions."""
    total, sums = 0.0, []
    for each in questions:
        start, end = each.spans[0]
        pieces = (end - start) / (1.4 if ord(each.text[0]) > 0x2E80 else 4.5)
        total += _LONG_WEIGHT if pieces >= _LONG else 1.0
        sums.append(total)
    return sums


def _among_others(asked: Question, others: Iterable[Passage], dice: random.Random) -> Question:
    """The question with its sentence placed among other sentences."""
    texts = [each.text for each in others if each != asked.passage]
    place = dice.randint(0, len(texts))
    before = "".join(f"{text} " for text in texts[:place])
    text = " ".join((*texts[:place], asked.passage.text, *texts[place:]))
    spans = tuple((start + len(before), end + len(before)) for start, end in asked.spans)
    return Question(asked.text, Passage(text, asked.passage.article), spans)


@dataclass(frozen=True)
class Batch:
    """Examples of like length.

    Attributes:
        ids, types: (B, T)
        mask: (B, T), false at padding.
        spans: (B, 2), places of the answer's first and last piece.
    """

    ids: Tensor
    types: Tensor
    mask: Tensor
    spans: Tensor

    def to(self, device: torch.device) -> Batch:
        """The same on ``device``."""
        return Batch(*(each.to(device) for each in (self.ids, self.types, self.mask, self.spans)))


def batches_at(step: int, examples: Examples, *, rows: int, tokens: int) -> list[Batch]:
    """The examples of a step, always the same ones: short with short, ``tokens`` at once at most."""
    dice = random.Random(step)
    drawn = sorted((examples.draw(dice) for _ in range(rows)), key=lambda each: len(each.ids))
    groups: list[list[ReaderExample]] = [[]]
    for each in drawn:
        if groups[-1] and (len(groups[-1]) + 1) * len(each.ids) > tokens:
            groups.append([])
        groups[-1].append(each)
    return [padded(group, examples.pad_id) for group in groups]


def padded(examples: Sequence[ReaderExample], pad_id: int) -> Batch:
    """The examples as padded tensors."""
    longest = max(len(each.ids) for each in examples)
    ids = torch.full((len(examples), longest), pad_id)
    types = torch.zeros_like(ids)
    mask = torch.zeros(len(examples), longest, dtype=torch.bool)
    for row, each in enumerate(examples):
        ids[row, : len(each.ids)] = torch.tensor(each.ids)
        types[row, : len(each.ids)] = torch.tensor(each.types)
        mask[row, : len(each.ids)] = True
    return Batch(ids, types, mask, torch.tensor([(each.start, each.end) for each in examples]))
