"""Pieces that spell a blank as ``▁``, in a ``tokenizer.json`` that was made of a SentencePiece model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import tokenizers

from llama_demo.errors import CheckpointError
from llama_demo.text.tokenizers.pieces import FastPieces, Pieces

BLANK = "▁"
_TRIAL = "a b"


class BlankPieces(FastPieces):
    """What :class:`ListedPieces` is of the model itself: a text and the places in it follow from the pieces.

    Args:
        file: that it is of, for errors.

    Raises:
        CheckpointError: its pieces spell blanks otherwise.
    """

    def __init__(self, fast: tokenizers.Tokenizer, *, file: str = "tokenizer.json") -> None:
        super().__init__(fast)
        ids = self.pieces([_TRIAL])[0].ids
        if self.decode(ids)[0] != fast.decode(ids):
            raise CheckpointError(
                "file_broken", file=file, detail=f"its pieces do not spell blanks as {BLANK}"
            )

    @cached_property
    def marks(self) -> Mapping[str, int]:
        """The ids of the marks, which are no text."""
        added = self._fast.get_added_tokens_decoder()
        return {token.content: i for i, token in added.items() if token.special}

    def pieces(self, texts: Sequence[str]) -> list[Pieces]:
        found = super().pieces(texts)
        return [self._placed(each, text) for each, text in zip(found, texts, strict=True)]

    def decode(self, ids: Sequence[int]) -> tuple[str, list[tuple[int, int]]]:
        """The text, and for each id where its characters are in it."""
        text, places, hidden = "", [], set(self.marks.values())
        for token in ids:
            spelled = "" if token in hidden else self.piece(token).replace(BLANK, " ")
            spelled = spelled if text else spelled.removeprefix(" ")
            places.append((len(text), len(text) + len(spelled)))
            text += spelled
        return text, places

    def _placed(self, pieces: Pieces, text: str) -> Pieces:
        """The pieces, of which the blank that is put before every text has no character of it."""
        if not pieces.ids or self.piece(pieces.ids[0]) != BLANK or text[:1].isspace():
            return pieces
        return Pieces(pieces.ids, ((0, 0), *pieces.offsets[1:]))
