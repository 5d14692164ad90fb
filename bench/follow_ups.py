"""The quality of the rules for follow-ups and suggested questions: ``python -m bench.follow_ups [--list]``.

On the conversations and documents of ``follow_ups.json``, half of them kept aside while the rules were tuned.
Prints, for each language and half:

- of follow-ups that lean on the question before, how many were completed as a person would say them
  ("right"), joined with that question, left alone, or completed otherwise ("wrong"); of those that stand
  alone, how many were left as they are;
- for each rule, how many of the right ones are lost without it;
- with each way to ask, how often the right document comes first in a library of all of them, and how often
  the reader finds the answer, there and in the document alone;
- of documents, how many have a suggested question; of these questions, how many a person judged right, and
  the same of those that are shown, since the reader answers them.

A question that was not judged yet is printed, and counts as wrong until ``follow_ups.json`` says otherwise.
``--list`` prints every follow-up with its completion, and every suggestion.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from types import MappingProxyType, ModuleType
from unittest import mock

from bench.cases import HOME, MODELS, Case, Shelf, shelved
from llama_demo.services.answering.answer import Subject, TextPart
from llama_demo.services.answering.extractive import to_read
from llama_demo.tasks import suggest_english
from llama_demo.tasks.extract import Way, extract
from llama_demo.tasks.follow_up import chinese, english
from llama_demo.tasks.follow_up.standalone import joined, standalone
from llama_demo.tasks.read import Reader, load_reader
from llama_demo.tasks.suggest import suggestions
from llama_demo.training.reader.corpus import Passage, Question

CASES = Path(__file__).with_suffix(".json")


@dataclass(frozen=True)
class FollowUp:
    """A short document, a conversation of two questions about it, and questions suggested for it.

    Attributes:
        answer: to the first question.
        meant: what the follow-up may be completed to; itself if it stands alone, empty if no words are right.
        expected: the answer to the follow-up, as it stands in the text; empty if it does not.
        suggestions: those that were judged: whether they are grammatical, natural and answered by the text.
    """

    language: str
    kept_aside: bool
    text: str
    question: str
    answer: str
    follow_up: str
    meant: Sequence[str]
    expected: str
    suggestions: Mapping[str, bool]

    @property
    def part(self) -> str:
        """The language and the half."""
        return f"{self.language}, {'kept aside' if self.kept_aside else 'tuning'}"

    @property
    def leans(self) -> bool:
        """Whether it leaves out what it is about."""
        return list(self.meant) != [self.follow_up]

    @property
    def understood(self) -> str:
        """The follow-up as the app understands it."""
        return standalone(self.follow_up, [("user", self.question), ("assistant", self.answer)])

    @property
    def outcome(self) -> str:
        """How the app understands it: ``right``, ``joined``, ``left alone`` or ``wrong``."""
        if self.understood in self.meant:
            return "right"
        if self.understood == joined(self.follow_up, self.question):
            return "joined"
        return "left alone" if self.understood == self.follow_up else "wrong"


WAYS: Mapping[str, Callable[[FollowUp], str]] = MappingProxyType(
    {
        "follow-up alone": lambda case: case.follow_up,
        "joined": lambda case: joined(case.follow_up, case.question),
        "rules": lambda case: case.understood,
        "a person": lambda case: next(iter(case.meant), joined(case.follow_up, case.question)),
    }
)
"""How the follow-up is asked."""


def main() -> None:
    """Measure and print tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", action="store_true")
    chosen = parser.parse_args()
    cases = [FollowUp(**one) for one in json.loads(CASES.read_text(encoding="utf-8"))]
    parts = {name: list(these) for name, these in groupby(cases, key=lambda case: case.part)}
    completions(parts)
    for name, rules, these in (("English", english, "en"), ("Chinese", chinese, "zh")):
        ablation(name, rules, "RULES", lambda these=these: rights(cases, these))  # type: ignore[misc]
    ablation("suggestions in English", suggest_english, "SHAPES", lambda: rights_suggested(cases))
    reader = load_reader(MODELS / "reader", device="cpu")
    with shelved(MODELS / "reader") as shelf:
        shelf.shelve(Passage(case.text, case.text) for case in cases)
        answers(parts, shelf, reader)
        suggested(parts, shelf)
    if chosen.list:
        listed(cases)


def completions(parts: Mapping[str, Sequence[FollowUp]]) -> None:
    """Print how many follow-ups have each outcome."""
    names = ("right", "joined", "left alone", "wrong")
    print(f"| follow-ups | leaning | {' | '.join(names)} | standing alone | left as they are |")
    print("|---|---|---|---|---|---|---|---|")
    for part, cases in parts.items():
        leaning = Counter(case.outcome for case in cases if case.leans)
        alone = [case.outcome for case in cases if not case.leans]
        shown = " | ".join(str(leaning[name]) for name in names)
        print(f"| {part} | {leaning.total()} | {shown} | {len(alone)} | {alone.count('right')} |")


def rights(cases: Sequence[FollowUp], language: str) -> int:
    """How many follow-ups of a language are understood."""
    return sum(case.outcome == "right" for case in cases if case.language == language)


def rights_suggested(cases: Sequence[FollowUp]) -> int:
    """How many English suggestions a person judged right."""
    those = (case for case in cases if case.language == "en")
    return sum(case.suggestions.get(one.question, False) for case in those for one in suggestions(case.text))


def ablation(name: str, module: ModuleType, attribute: str, count: Callable[[], int]) -> None:
    """Print how many right ones are lost without each of the rules in an attribute of a module."""
    rules, every = getattr(module, attribute), count()
    print(f"\n{name}: {every} right with all rules\n\n| rule | lost without it |\n|---|---|")
    for rule in rules:
        with mock.patch.object(module, attribute, tuple(one for one in rules if one is not rule)):
            print(f"| {named(rule)} | {every - count()} |")


def named(rule: object) -> str:
    """A rule's function, or its question."""
    name = rule[2] if isinstance(rule, tuple) else getattr(rule, "__name__", "")
    return str(name).strip("_").replace("_", " ")


def answers(parts: Mapping[str, Sequence[FollowUp]], shelf: Shelf, reader: Reader) -> None:
    """How well the app answers the leaning follow-ups, asked in each way."""
    print("\n| way to ask | right document first | right answer in the library | in the document |")
    print("|---|---|---|---|")
    for part, cases in parts.items():
        leaning = [case for case in cases if case.leans]
        answered = [case for case in leaning if case.expected]
        for name, way in WAYS.items():
            first = sum(found_first(shelf, case, way(case)) for case in leaning)
            library = sum(is_answered(shelf, reader, case, way(case), "library") for case in answered)
            text = sum(is_answered(shelf, reader, case, way(case), "text") for case in answered)
            shown = f"{first} of {len(leaning)} | {library} of {len(answered)} | {text} of {len(answered)}"
            print(f"| {part}: {name} | {shown} |", flush=True)


def asked(case: FollowUp, words: str) -> Question:
    """The follow-up in these words, with its answer."""
    begin = case.text.index(case.expected)
    return Question(words, Passage(case.text, case.text), ((begin, begin + len(case.expected)),))


def found_first(shelf: Shelf, case: FollowUp, words: str) -> bool:
    """Whether the library finds the right document first."""
    found, _ = shelf.from_library(asked(case, words))
    return bool(found.passages) and found.passages[0].text.strip() in case.text


def is_answered(shelf: Shelf, reader: Reader, case: FollowUp, words: str, way: Way) -> bool:
    """Whether the reader finds the answer."""
    question = asked(case, words)
    if way == "library":
        found, _ = shelf.from_library(question)
    else:
        found = Case(words, question.answers, shelf.from_text(words, case.text), "own", holds=True)
    answers = extract(reader, words, to_read(found.passages, way), way=way).answers
    return bool(answers) and found.right(answers[0].text)


def suggested(parts: Mapping[str, Sequence[FollowUp]], shelf: Shelf) -> None:
    """How many documents have suggestions, and how many of these are right."""
    print("\n| documents | all | with a question | questions | right | with one shown | shown | right |")
    print("|---|---|---|---|---|---|---|---|")
    unjudged: list[str] = []
    for part, cases in parts.items():
        made = [(case, [one.question for one in suggestions(case.text)]) for case in cases]
        shown = [(case, shelf.suggestions.about(HOME, Subject((TextPart(case.text),)))) for case in cases]
        print(f"| {part} | {len(cases)} | {' | '.join([*judged(made), *judged(shown)])} |", flush=True)
        unjudged += [
            f"{case.text}\n  {one}" for case, these in made for one in these if one not in case.suggestions
        ]
    if unjudged:
        print("\nnot judged yet:\n", *unjudged, sep="\n")


def judged(made: Sequence[tuple[FollowUp, Sequence[str]]]) -> Iterator[str]:
    """How many documents have questions, how many these are, and how many of them are right."""
    yield str(sum(bool(questions) for _, questions in made))
    yield str(sum(len(questions) for _, questions in made))
    yield str(sum(case.suggestions.get(one, False) for case, questions in made for one in questions))


def listed(cases: Sequence[FollowUp]) -> None:
    """Every case, for reading."""
    print()
    for case in cases:
        print(f"{case.outcome}: {case.question} {case.follow_up} -> {case.understood}")
        for one in suggestions(case.text):
            print(f"  suggested, {case.suggestions.get(one.question)}: {one.question} [{one.answer}]")


if __name__ == "__main__":
    main()
