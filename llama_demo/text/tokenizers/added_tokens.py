"""Finding added tokens in a text, as the ``tokenizers`` library does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from llama_demo.text.tokenizers.vocabulary_settings import AddedToken

_BLANKS = re.compile(r"\s*")


@dataclass(frozen=True)
class FoundToken:
    """An added token in a text, with the blanks that it takes with it."""

    id: int
    start: int
    end: int


class AddedTokens:
    """Looks for some tokens; where several begin at one place, the longest is meant."""

    def __init__(self, tokens: Mapping[str, AddedToken]) -> None:
        self._tokens = tokens
        longest = sorted(tokens, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest)) or "(?!)")

    def find(self, text: str) -> Iterator[FoundToken]:
        """Those in the text, in order, none over another."""
        end = 0
        for match in self._pattern.finditer(text):
            token = self._tokens[match[0]]
            start = match.start()
            if start < end or (token.alone and _in_word(text, *match.span())):
                continue
            if token.left:
                start = max(end, len(text[:start].rstrip()))
            blanks = _BLANKS.match(text, match.end())
            end = blanks.end() if token.right and blanks else match.end()
            yield FoundToken(token.id, start, end)


def _in_word(text: str, start: int, end: int) -> bool:
    return any(re.match(r"\w", beside) for beside in (text[start - 1 : start], text[end : end + 1]))
