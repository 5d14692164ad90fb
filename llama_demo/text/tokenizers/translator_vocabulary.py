"""Vocabularies of translators: two languages, and marks that say which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from llama_demo.errors import InputError
from llama_demo.text.tokenizers.pieces import Pieces


class TranslatorVocabulary(Protocol):
    """What every translator's vocabulary can do.

    Attributes:
        directions: pairs of languages (ISO 639-1, source first) that it can tell apart; empty if the
            folder does not say.
    """

    directions: frozenset[tuple[str, str]]

    @property
    def source_size(self) -> int:
        """How many ids a source can have."""

    @property
    def target_size(self) -> int:
        """How many ids a target can have."""

    def encode(self, texts: Sequence[str], *, source: str, target: str) -> list[Pieces]:
        """Sources as the model reads them, marks included; those have no characters of their own.

        Raises:
            InputError: it does not know one of the languages.
        """

    def encode_target(self, text: str) -> Pieces:
        """A target as the model would write it, without marks."""

    def prefix(self, target: str) -> tuple[int, ...]:
        """What every target in this language begins with."""

    def source_piece(self, token: int) -> str:
        """A token of a source as the vocabulary writes it, such as ``▁the`` or ``<2fr>``."""

    def target_piece(self, token: int) -> str:
        """A token of a target as the vocabulary writes it."""

    def decode(self, ids: Sequence[int]) -> tuple[str, list[tuple[int, int]]]:
        """A target's text, and for each id where its characters are in it."""


def check_languages(directions: frozenset[tuple[str, str]], source: str, target: str) -> None:
    """Raise :class:`InputError` unless the direction is one of those known."""
    if (source, target) not in directions:
        known = ", ".join(sorted(f"{a}-{b}" for a, b in directions))
        raise InputError("direction_unknown", source=source, target=target, known=known)


def framed(
    before: Sequence[int], pieces: Sequence[Pieces], after: Sequence[int], texts: Sequence[str]
) -> list[Pieces]:
    """The pieces of each text between marks, which have no characters of their own."""
    return [
        Pieces(
            (*before, *each.ids, *after),
            ((0, 0),) * len(before) + each.offsets + ((len(text), len(text)),) * len(after),
        )
        for each, text in zip(pieces, texts, strict=True)
    ]
