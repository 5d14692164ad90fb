"""Streaming decoding: ids to text, never half a character."""

from __future__ import annotations

import regex

from llama_demo.text.tokenizers.tokenizer import Tokenizer

_REPLACEMENT = "�"
# A UTF-8 character has four bytes at most, so at most three can wait for their last.
_LONGEST_INCOMPLETE = 3
# How many earlier tokens are decoded along, for vocabularies that treat the first token of a text
# differently (SentencePiece drops its blank).
_LOOK_BACK = 6
# A cluster at the end that further code points could still change: an emoji is continued by skin tones,
# joiners and flags, a digit by the marks that put it on a key.
_OPEN_CLUSTER = regex.compile(r"[\p{Extended_Pictographic}\p{Regional_Indicator}0-9#*]")
_LAST_CLUSTER = regex.compile(r"\X\Z")


class StreamingDecoder:
    """Turns ids into text, holding back what is not yet a whole character or a whole emoji.

    Args:
        before: ids that stand before the first one.
    """

    def __init__(self, tokenizer: Tokenizer, before: list[int]) -> None:
        self._tokenizer = tokenizer
        self._context = before[-_LOOK_BACK:]  # ids whose text is out already
        self._pending: list[int] = []  # ids of which some text may still be held back
        self._out = 0  # characters of the pending text that are out
        self._known: int | None = None  # characters of the context, counted when they are first needed

    def add(self, ids: list[int]) -> str:
        """The text that ``ids`` complete; empty while a character is still open."""
        self._pending += ids
        text = self._pending_text()
        return self._release(text, _settled(text))

    @property
    def holding(self) -> bool:
        """Whether some text is held back."""
        return bool(self._pending)

    def peek(self, token: int) -> str:
        """What ``token`` would add if it came next; U+FFFD for one that is only part of a character."""
        text = self._pending_text()
        return self._text_of([*self._pending, token])[len(text) :]

    def finish(self) -> str:
        """What was held back to the end; bytes that never became a character are U+FFFD."""
        text = self._pending_text()
        return self._release(text, len(text))

    def _pending_text(self) -> str:
        return self._text_of(self._pending) if self._pending else ""

    def _text_of(self, ids: list[int]) -> str:
        if self._known is None:
            self._known = len(self._tokenizer.decode(self._context))
        return self._tokenizer.decode(self._context + ids)[self._known :]

    def _release(self, text: str, end: int) -> str:
        released = text[self._out : end]
        if end == len(text):
            self._context = (self._context + self._pending)[-_LOOK_BACK:]
            self._pending, self._out, self._known = [], 0, None
        else:
            self._out = max(self._out, end)
        return released


def _settled(text: str) -> int:
    """How many characters of ``text`` later tokens cannot change."""
    end = len(text)
    while end and len(text) - end < _LONGEST_INCOMPLETE and text[end - 1] == _REPLACEMENT:
        end -= 1
    last = _LAST_CLUSTER.search(text, 0, end)
    return last.start() if last and _OPEN_CLUSTER.match(last[0]) else end
