"""A vocabulary of many languages: pieces, and a mark for each language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

from llama_demo.text.tokenizers.blank_pieces import BlankPieces
from llama_demo.text.tokenizers.pieces import Pieces
from llama_demo.text.tokenizers.sentencepieces import ListedPieces
from llama_demo.text.tokenizers.translator_vocabulary import check_languages, framed


class ManyLanguagesVocabulary:
    """Pieces and marks: the source's mark stands at a source, the target's is the first token of a target.

    Args:
        end: id of ``</s>``.
        marks: ids of the marks by language (ISO 639-1 where there is one).
        names: how the marks are spelled, by id; those without a language of their own too.
        marks_last: whether a source's mark stands behind ``</s>``, else in front of the text.
    """

    def __init__(
        self,
        listed: ListedPieces | BlankPieces,
        *,
        end: int,
        marks: Mapping[str, int],
        names: Mapping[int, str],
        marks_last: bool = False,
    ) -> None:
        self._listed, self._end, self._marks, self._names = listed, end, marks, names
        self._marks_last = marks_last
        self.directions = frozenset(permutations(marks, 2))

    @property
    def source_size(self) -> int:
        return max(self._listed.size, max(self._names, default=0) + 1)

    @property
    def target_size(self) -> int:
        return self.source_size

    def encode(self, texts: Sequence[str], *, source: str, target: str) -> list[Pieces]:
        check_languages(self.directions, source, target)
        mark = [self._marks[source]]
        before, after = ([], [self._end, *mark]) if self._marks_last else (mark, [self._end])
        return framed(before, self._listed.pieces(texts), after, texts)

    def encode_target(self, text: str) -> Pieces:
        return self._listed.pieces([text])[0]

    def prefix(self, target: str) -> tuple[int, ...]:
        return (self._marks[target],)

    def source_piece(self, token: int) -> str:
        return self._names.get(token) or self._listed.piece(token)

    target_piece = source_piece

    def decode(self, ids: Sequence[int]) -> tuple[str, list[tuple[int, int]]]:
        return self._listed.decode(ids)
