"""Marks the tokens of a story that mention the words of its request."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import sentencepiece

from llama_demo.training.generator.auxiliary_loss import TOPIC, Marked

MENTIONS = 4  # marked for each word; later ones can be predicted from the story itself


class TopicMarks:
    """Finds the words of a request in its answer.

    Args:
        assistant: id of the token after which an answer begins.
    """

    def __init__(self, pieces: sentencepiece.SentencePieceProcessor, *, assistant: int) -> None:
        self._pieces = pieces
        self._assistant = assistant
        self._spelled = lru_cache(maxsize=4096)(self._spell)

    def marked(self, ids: list[int], words: Sequence[str]) -> Marked:
        """A document, and for each token whether it belongs to one of the first mentions of ``words``."""
        marks = [0] * len(ids)
        left = dict.fromkeys(words, MENTIONS)
        spellings = [(word, spelling) for word in words for spelling in self._spelled(word)]
        firsts = {spelling[0] for _, spelling in spellings}
        for place in range(ids.index(self._assistant) + 1, len(ids)):
            if ids[place] not in firsts:
                continue
            for word, spelling in spellings:
                end = place + len(spelling)
                if left[word] and ids[place:end] == spelling:
                    marks[place:end] = [TOPIC] * len(spelling)
                    left[word] -= 1
                    break
        return ids, marks

    def _spell(self, word: str) -> list[list[int]]:
        """Ids of the word within a sentence: plural, then singular, which is a prefix of the plural."""
        if not word.isascii():
            return [self._pieces.encode(word)]
        before = len(self._pieces.encode("a"))
        plural, singular = (self._pieces.encode(f"a {form}")[before:] for form in (f"{word}s", word))
        return [plural, singular]
