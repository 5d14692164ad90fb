"""What the sentence encoder learns from: queries, each with the passage that answers it or says the same."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from llama_demo.training.embedder.data import EVERYDAY, TECHNICAL, TextPair, read_translations
from llama_demo.training.reader.code_switching import CodeSwitcher
from llama_demo.training.reader.corpus import Question, read_calibration, read_questions


@dataclass(frozen=True)
class Kind:
    """How a kind of pairs is drawn.

    Attributes:
        share: of the steps.
        pairs: of a batch.
        neighbours: pairs that follow each other, ``stride`` apart, for each that is drawn at random: other
            paragraphs of an article are the counterexamples that teach most.
    """

    share: float
    pairs: int
    neighbours: int = 1
    stride: int = 5


KINDS = {
    "drcd": Kind(0.2, 48, neighbours=4),
    "cmrc": Kind(0.12, 48, neighbours=2),
    "qamr": Kind(0.24, 192),
    "fairytales": Kind(0.1, 32, neighbours=2),
    "code-switched": Kind(0.16, 64),
    "translations": Kind(0.13, 256),
    "technical translations": Kind(0.05, 128),
}
SWITCHED = 0.25
"""Share of the questions that come once more with most words in the other language."""

_KEPT_BACK = 200  # pairs of each source


def read_training(data: Path, switcher: CodeSwitcher) -> dict[str, list[TextPair]]:
    """Every pair of query and passage that is trained on, by kind; the kinds are those of :data:`KINDS`."""
    dice = random.Random(3)
    asked = {name: _pairs(questions) for name, questions in read_questions(data).items()}
    switched = [
        (switcher.switched(query, dice), passage)
        for pairs in asked.values()
        for query, passage in pairs
        if dice.random() < SWITCHED
    ]
    return {
        **asked,
        "code-switched": switched,
        "translations": list(_both_ways(read_translations(data, EVERYDAY))),
        "technical translations": list(_both_ways(read_translations(data, TECHNICAL))),
    }


def read_kept_back(data: Path) -> dict[str, list[TextPair]]:
    """Questions of articles that nothing is trained on, for the running loss."""
    return {name: _pairs(asked)[:_KEPT_BACK] for name, asked in read_calibration(data).items()}


def _pairs(questions: Iterable[Question]) -> list[TextPair]:
    return [(each.text, each.passage.text) for each in questions]


def _both_ways(pairs: Iterable[TextPair]) -> Iterator[TextPair]:
    for one, other in pairs:
        yield one, other
        yield other, one


@dataclass(frozen=True)
class ContrastBatch:
    """Queries and the distinct passages that belong to them.

    Attributes:
        queries, passages: their texts, Q and P of them.
        right: for each query the number of its passage (Q).
        barred: passages that are no counterexample to a query, because the same query asks for them as well
            (Q, P).
    """

    queries: Sequence[str]
    passages: Sequence[str]
    right: Tensor
    barred: Tensor


def batch_of(pairs: Sequence[TextPair]) -> ContrastBatch:
    """The pairs, each passage once."""
    numbers = {text: number for number, text in enumerate(dict.fromkeys(passage for _, passage in pairs))}
    right = torch.tensor([numbers[passage] for _, passage in pairs])
    asked: dict[str, set[int]] = {}
    for query, passage in pairs:
        asked.setdefault(query, set()).add(numbers[passage])
    barred = torch.zeros(len(pairs), len(numbers), dtype=torch.bool)
    for row, (query, passage) in enumerate(pairs):
        barred[row, list(asked[query] - {numbers[passage]})] = True
    return ContrastBatch([query for query, _ in pairs], list(numbers), right, barred)


def batch_at(step: int, pairs: Mapping[str, Sequence[TextPair]]) -> ContrastBatch:
    """The batch of a step, of one kind; the same step always gives the same one."""
    dice = random.Random(step)
    names = [name for name in KINDS if pairs[name]]
    name = dice.choices(names, [KINDS[each].share for each in names])[0]
    kind, those = KINDS[name], pairs[name]
    firsts = dice.sample(range(len(those)), min(len(those), kind.pairs // kind.neighbours))
    places = (first + kind.stride * i for first in firsts for i in range(kind.neighbours))
    return batch_of([those[place] for place in dict.fromkeys(places) if place < len(those)])
