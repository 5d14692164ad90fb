"""Questions that a text answers, made from its own sentences by rules.

A phrase of a sentence, such as a number, a time, a place or a name, becomes a question word, and the rest of
the sentence the question. Rules make mistakes, so callers ask a reader before they show a question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from types import MappingProxyType
from typing import TypeVar

from llama_demo.tasks.suggest_chinese import questions as chinese
from llama_demo.tasks.suggest_english import questions as english
from llama_demo.tasks.suggestion import Suggestion
from llama_demo.text.languages import detect_language
from llama_demo.text.sentences import split_sentences

__all__ = ["Suggestion", "in_turns", "suggestions"]

Item = TypeVar("Item")

MOST_READ = 100_000
"""Characters of a text from which questions are made."""

_LONGEST_SENTENCE = 200
_SAMPLE = 4_000

_LANGUAGES: Mapping[str, Callable[[str, str], Iterator[Suggestion]]] = MappingProxyType(
    {"en": english, "zh": chinese}
)


def suggestions(text: str) -> list[Suggestion]:
    """Questions about a Chinese or English text; none about others.

    At most one for each sentence. Kinds alternate, so that the first few ask for different things.
    """
    language = detect_language(text[:_SAMPLE]).language
    made = _LANGUAGES.get(language)
    if made is None:
        return []
    of_kind: dict[str, list[Suggestion]] = {}
    for sentence in split_sentences(text[:MOST_READ], language=language):
        if len(sentence.text) <= _LONGEST_SENTENCE:
            for one in list(made(sentence.text, text))[:1]:
                of_kind.setdefault(one.kind, []).append(one)
    turns = in_turns(list(of_kind.values()))
    return list({one.question: one for one in turns}.values())  # no question twice


def in_turns(rows: Sequence[Sequence[Item]]) -> Iterator[Item]:
    """The first of each row, then the second of each that has one."""
    return (one for turn in zip_longest(*rows) for one in turn if one is not None)
