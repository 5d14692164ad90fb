"""What the reader learns from: windows on passages with an answer in them, or without one."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import sentencepiece
import torch
from torch import Tensor

from llama_demo.text.tokenizers.pieces import Framed, Pieces
from llama_demo.text.tokenizers.sentencepieces import SentencePieces
from llama_demo.training.cloze import cloze
from llama_demo.training.reader.corpus import Corpus, Passage, Question

PAD, UNKNOWN, BEGIN, END = 0, 1, 2, 3
# How often each source is drawn from among real questions.
SHARES = {"drcd": 0.3, "cmrc": 0.3, "qamr": 0.22, "fairytales": 0.18}
# At first most questions are cloze questions, later most are real.
CLOZE_STEPS, CLOZE_EARLY, CLOZE_LATER = 150, 0.6, 0.15
FOREIGN, HARD = 0.10, 0.22
# Answers of at least so many pieces are drawn so much more often: people ask "why" more than was written.
_LONG, _LONG_WEIGHT = 12, 2.5
# Pieces of a window, and how often each size is drawn.
_WINDOWS, _WINDOW_WEIGHTS = (80, 128, 192, 330), (5, 4, 2, 1)
SENTENCE = re.compile(r"[^。！？.!?\n]+[。！？.!?\n]*[”」\"']?")


def build_vocabulary(corpus: Corpus, size: int) -> bytes:
    """Train a unigram vocabulary (Kudo 2018, arXiv:1804.10959) for both languages, small letters only."""
    chinese = [each.text for each in corpus.texts["zh"]] * 2 + [pair[0] for pair in corpus.pairs]
    english = [each.text for each in corpus.texts["en"]] + [pair[1] for pair in corpus.pairs]
    asked = [each.text for questions in corpus.questions.values() for each in questions]
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(chinese + english + asked),
        model_writer=model,
        model_type="unigram",
        vocab_size=size,
        character_coverage=0.9995,
        normalization_rule_name="nmt_nfkc_cf",
        split_digits=True,  # an answer may begin or end within a number
        pad_id=PAD,
        unk_id=UNKNOWN,
        bos_id=BEGIN,
        eos_id=END,
        max_sentence_length=20_000,
        minloglevel=2,
    )
    return model.getvalue()


@dataclass(frozen=True)
class ReaderExample:
    """A question with a window, and the places of the answer's first and last piece; 0 for no answer."""

    ids: tuple[int, ...]
    types: tuple[int, ...]
    start: int
    end: int


class PieceCache:
    """Texts to pieces, each passage once."""

    def __init__(self, vocabulary: bytes) -> None:
        self.pieces = SentencePieces(vocabulary).marked("<s>", "</s>")
        self.passage = lru_cache(maxsize=60_000)(self._passage)

    def _passage(self, text: str) -> Pieces:
        return self.pieces.pieces([text])[0]

    def question(self, text: str) -> Pieces:
        """At most 60 pieces of a question."""
        return self.pieces.pieces([text])[0].cut(0, 60)

    def frame(self, question: Pieces, passage: Pieces, span: tuple[int, int] | None) -> ReaderExample:
        """What the model reads; ``span`` is the first and last piece of the answer in ``passage``."""
        framed: Framed = self.pieces.frame.two(question, passage)
        start, end = (0, 0) if span is None else (span[0] + framed.second, span[1] + framed.second)
        return ReaderExample(framed.ids, framed.types, start, end)


def covering(pieces: Pieces, start: int, end: int) -> tuple[int, int]:
    """The first and last piece of the characters from ``start`` to before ``end``."""
    touched = [i for i, (a, b) in enumerate(pieces.offsets) if a < end and b > start]
    return (touched[0], touched[-1]) if touched else (0, 0)


class Examples:
    """Draws examples: real and cloze questions, with their own passage or with one that says nothing."""

    def __init__(self, corpus: Corpus, encoder: PieceCache) -> None:
        self._encoder = encoder
        self._texts = corpus.texts
        self._names, self._shares = list(SHARES), list(SHARES.values())
        self._questions = corpus.questions
        self._weights = {name: _weights(questions) for name, questions in corpus.questions.items()}
        self._passages = {
            name: list(dict.fromkeys(each.passage for each in questions))
            for name, questions in corpus.questions.items()
        }
        self._articles: dict[str, list[Passage]] = {}
        for passage in self._passages["drcd"]:
            self._articles.setdefault(passage.article, []).append(passage)

    def draw(self, step: int, dice: random.Random) -> ReaderExample:
        """One example of a batch of ``step``."""
        share = CLOZE_EARLY if step < CLOZE_STEPS else CLOZE_LATER
        if dice.random() < share:
            language = dice.choice(("en", "zh"))
            made = cloze(dice.choice(self._texts[language]), language, dice)
            if made is not None:
                return self._example(made, self._texts[language], dice)
        name = dice.choices(self._names, self._shares)[0]
        asked = dice.choices(self._questions[name], cum_weights=self._weights[name])[0]
        if name == "qamr" and dice.random() < 0.35:
            asked = _among_others(asked, dice.sample(self._passages[name], k=dice.randint(1, 3)), dice)
        return self._example(asked, self._passages[name], dice)

    def _example(self, asked: Question, others: Sequence[Passage], dice: random.Random) -> ReaderExample:
        question = self._encoder.question(asked.text)
        room = dice.choices(_WINDOWS, _WINDOW_WEIGHTS)[0]
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
        """A passage on the same matter without the answer, if one can be made."""
        relatives = [each for each in self._articles.get(asked.passage.article, []) if each != asked.passage]
        if relatives and dice.random() < 0.5:
            passage = dice.choice(relatives)
            return None if any(answer in passage.text for answer in asked.answers) else passage
        return without_answer(asked)


def measured_examples(kept_back: dict[str, list[Question]], encoder: PieceCache) -> dict[str, list[Batch]]:
    """Up to 80 questions of each source with their own passages, cut to a window, for the running loss."""
    batches = {}
    for name, questions in kept_back.items():
        examples = []
        for asked in questions[:: max(1, len(questions) // 80)][:80]:
            pieces = encoder.passage(asked.passage.text)
            first, last = covering(pieces, *asked.spans[0])
            start = max(0, last + 1 - _WINDOWS[-1])
            last = min(last, start + _WINDOWS[-1] - 1)
            part = pieces.cut(start, start + _WINDOWS[-1])
            examples.append(encoder.frame(encoder.question(asked.text), part, (first - start, last - start)))
        examples.sort(key=lambda each: len(each.ids))
        batches[name] = [padded(examples[i : i + 8]) for i in range(0, len(examples), 8)]
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
    """How often each is drawn, added up."""
    total, sums = 0.0, []
    for each in questions:
        start, end = each.spans[0]
        pieces = (end - start) / (1.4 if ord(each.text[0]) > 0x2E80 else 4.5)
        total += _LONG_WEIGHT if pieces >= _LONG else 1.0
        sums.append(total)
    return sums


def _among_others(asked: Question, others: Iterable[Passage], dice: random.Random) -> Question:
    """The same question on a passage in which the sentence stands among others."""
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
    drawn = sorted((examples.draw(step, dice) for _ in range(rows)), key=lambda each: len(each.ids))
    groups: list[list[ReaderExample]] = [[]]
    for each in drawn:
        if groups[-1] and (len(groups[-1]) + 1) * len(each.ids) > tokens:
            groups.append([])
        groups[-1].append(each)
    return [padded(group) for group in groups]


def padded(examples: Sequence[ReaderExample]) -> Batch:
    """One tensor of each."""
    longest = max(len(each.ids) for each in examples)
    ids, types = (torch.full((len(examples), longest), PAD) for _ in range(2))
    mask = torch.zeros(len(examples), longest, dtype=torch.bool)
    for row, each in enumerate(examples):
        ids[row, : len(each.ids)] = torch.tensor(each.ids)
        types[row, : len(each.ids)] = torch.tensor(each.types)
        mask[row, : len(each.ids)] = True
    return Batch(ids, types, mask, torch.tensor([(each.start, each.end) for each in examples]))
