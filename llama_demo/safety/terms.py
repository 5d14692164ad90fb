"""Finds terms in a text: English by whole words, Chinese by characters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TypeAlias

from llama_demo.safety.inflections import inflections

SENTENCE_END = 8.0
"""The end of a sentence counts as this many words, so that most rules stay within one."""

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_CHINESE_CHARACTER = 0.5  # words
_TOKEN = re.compile(rf"[{_HAN}]|[a-z0-9]+|[.!?;]+(?=\s|$|[{_HAN}])|[。！？；]+")
_SHORTEST_RUN, _LONGEST_RUN, _LEAST_WORDS = 10, 300, 3
_LONGEST_WORD = 16
_LITTLE_WORDS = frozenset("a an the to my i in of for and with your at on someone people".split())


_Tree: TypeAlias = "dict[str, tuple[_Tree, frozenset[str]]]"
"""For each word what may follow it, and the lists of the term that ends with it."""


@dataclass(frozen=True)
class Occurrence:
    """A term in a text.

    Attributes:
        start, end: in words; a Chinese character is half a word.
        lists: the names of the lists that have the term.
    """

    start: float
    end: float
    lists: frozenset[str]


class TermIndex:
    """The terms of several lists, as a tree of their words.

    Args:
        lists: terms by the name of their list. English words stand for their inflections, too.
    """

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._root: _Tree = {}
        for name, terms in lists.items():
            for term in terms:
                self._add(_words(term), name)
        self._bases = _bases({word for terms in lists.values() for term in terms for word in _words(term)})

    def occurrences(self, text: str) -> Sequence[Occurrence]:
        """The terms of a reading in order, none within another; of several that begin together the longest.

        Linear in the length of the text: a place is left after as many steps as the longest term has words.
        """
        tokens = [part for token in _TOKEN.findall(text) for part in self._parted(token)]
        places = list(_places(tokens))
        found, at = [], 0
        while at < len(tokens):
            end, lists = self._longest(tokens, at) if tokens[at] in self._bases else (at, None)
            if lists:
                found.append(Occurrence(places[at], places[end - 1], lists))
            at = max(end, at + 1)
        return found

    def _longest(self, tokens: Sequence[str], at: int) -> tuple[int, frozenset[str] | None]:
        """Where the longest term that begins at a token ends, and its lists; None where no term begins."""
        nodes, end, lists = [self._root], at, None
        for place in range(at, len(tokens)):
            words = self._bases.get(tokens[place], ())
            following = [node[word] for node in nodes for word in words if word in node]
            if not following:
                break
            nodes = [node for node, _ in following]
            named = following[0][1]
            for _, more in following[1:]:
                named |= more
            if named:
                end, lists = place + 1, named
        return end, lists

    def _add(self, words: Sequence[str], name: str) -> None:
        node = self._root
        for word in words[:-1]:
            node = node.setdefault(word, ({}, frozenset()))[0]
        following, lists = node.get(words[-1], ({}, frozenset[str]()))
        node[words[-1]] = (following, lists | {name})

    def _known(self, word: str) -> bool:
        return word in _LITTLE_WORDS or (len(word) > 1 and word in self._bases)

    def _parted(self, token: str) -> Sequence[str]:
        """A token; its words if it is several that were written without spaces.

        At least three known words have to make it up: a therapist is one word.
        """
        if not _SHORTEST_RUN <= len(token) <= _LONGEST_RUN or self._known(token):
            return (token,)
        best: list[Sequence[str] | None] = [None] * len(token) + [()]
        for start in range(len(token) - 1, -1, -1):
            for end in range(start + 1, min(start + _LONGEST_WORD, len(token)) + 1):
                rest = best[end]
                if rest is not None and self._known(token[start:end]):
                    known = best[start]
                    if known is None or len(rest) + 1 < len(known):
                        best[start] = (token[start:end], *rest)
        words = best[0]
        return words if words is not None and len(words) >= _LEAST_WORDS else (token,)


def _words(term: str) -> Sequence[str]:
    return _TOKEN.findall(term.casefold())


def _bases(words: Set[str]) -> Mapping[str, Sequence[str]]:
    """The words that each of their forms may stand for."""
    bases: dict[str, list[str]] = {}
    for word in words:
        for form in inflections(word):
            bases.setdefault(form, []).append(word)
    return bases


def _places(tokens: Sequence[str]) -> Iterator[float]:
    """Where each token stands, in words."""
    place = 0.0
    for token in tokens:
        yield place
        if token.isalnum():
            place += 1.0 if token.isascii() else _CHINESE_CHARACTER
        else:
            place += SENTENCE_END
