"""Pieces of a text with their places in it, and the marks that an encoder wants around them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import tokenizers

from llama_demo.text.tokenizers.fast_file import open_fast, size_of

_UNKNOWN = ("<unk>", "[UNK]")


@dataclass(frozen=True)
class Pieces:
    """A text as ids.

    Attributes:
        offsets: for each id where its characters begin and end in the text.
    """

    ids: tuple[int, ...]
    offsets: tuple[tuple[int, int], ...]

    def __len__(self) -> int:
        return len(self.ids)

    def cut(self, start: int, end: int) -> Pieces:
        """Those from place ``start`` to before ``end``."""
        return Pieces(self.ids[start:end], self.offsets[start:end])


@dataclass(frozen=True)
class Framed:
    """What an encoder reads: pieces between marks.

    Attributes:
        types: the kind of text of each id: 0, or 1 for a second text where the checkpoint tells them apart.
        second: where the second text begins; the end if there is none.
    """

    ids: tuple[int, ...]
    types: tuple[int, ...]
    second: int


@dataclass(frozen=True)
class SpecialTokenFrame:
    """The marks around one text and around two, such as ``[CLS] a [SEP] b [SEP]``."""

    before: tuple[int, ...] = ()
    after: tuple[int, ...] = ()
    between: tuple[int, ...] = ()
    second_type: int = 0

    @property
    def single(self) -> int:
        """Marks around one text."""
        return len(self.before) + len(self.after)

    @property
    def pair(self) -> int:
        """Marks around two texts."""
        return self.single + len(self.between)

    def one(self, pieces: Pieces) -> Framed:
        """A text with its marks."""
        ids = (*self.before, *pieces.ids, *self.after)
        return Framed(ids, (0,) * len(ids), len(ids))

    def two(self, question: Pieces, passage: Pieces) -> Framed:
        """Two texts with their marks."""
        first = (*self.before, *question.ids, *self.between)
        second = (*passage.ids, *self.after)
        types = (0,) * len(first) + (self.second_type,) * len(second)
        return Framed(first + second, types, len(first))


class PieceTokenizer(Protocol):
    """A vocabulary that tells where each piece stands."""

    frame: SpecialTokenFrame

    @property
    def size(self) -> int:
        """How many ids there are."""

    @property
    def unknown(self) -> frozenset[int]:
        """Ids of what the vocabulary has no piece for: its mark for that, and bytes that spell it."""

    def piece(self, token: int) -> str:
        """A token as the vocabulary writes it, such as ``##ing`` or ``[SEP]``."""

    def pieces(self, texts: Sequence[str]) -> list[Pieces]:
        """Each text without marks; marks such as ``[SEP]`` that stand in a text are text."""


class FastPieces:
    """A vocabulary of the ``tokenizers`` library, from a ``tokenizer.json`` or made of other files.

    Args:
        frame: marks around texts; those of the vocabulary's own template unless given.
        lower: put texts into small letters first.
    """

    def __init__(
        self, fast: tokenizers.Tokenizer, *, frame: SpecialTokenFrame | None = None, lower: bool = False
    ) -> None:
        self._fast = fast
        self._fast.encode_special_tokens = True
        self._lower = lower
        # The library lets go of Python's lock while it works; an encoder's settings are read then.
        self._lock = threading.Lock()
        self.frame = frame or _template(fast)

    @classmethod
    def from_file(cls, path: Path, *, lower: bool = False) -> FastPieces:
        """Read a ``tokenizer.json``.

        Raises:
            CheckpointError: it is no such file.
        """
        return cls(open_fast(path), lower=lower)

    @property
    def size(self) -> int:
        return size_of(self._fast)

    @cached_property
    def unknown(self) -> frozenset[int]:
        mark = getattr(self._fast.model, "unk_token", None)  # not every kind of model tells
        ids = (self._fast.token_to_id(name) for name in (mark, *_UNKNOWN) if name)
        return frozenset(one for one in ids if one is not None)

    def piece(self, token: int) -> str:
        return str(self._fast.id_to_token(token) or "")

    def pieces(self, texts: Sequence[str]) -> list[Pieces]:
        if self._lower:
            texts = [text.lower() for text in texts]
        with self._lock:
            encoded = self._fast.encode_batch(list(texts), add_special_tokens=False)
        return [Pieces(tuple(each.ids), tuple(each.offsets)) for each in encoded]


def _template(fast: tokenizers.Tokenizer) -> SpecialTokenFrame:
    """The marks that the vocabulary's own template puts around one text and around two."""
    pair = fast.encode("a", "a")
    texts = [i for i, mark in enumerate(pair.special_tokens_mask) if not mark]
    single = fast.encode("a")
    if not texts or len(pair.sequence_ids) != len(pair.ids):
        return SpecialTokenFrame()
    first = [i for i in texts if pair.sequence_ids[i] == 0]
    second = [i for i in texts if pair.sequence_ids[i] == 1]
    alone = [i for i, mark in enumerate(single.special_tokens_mask) if not mark]
    if not first or not second or not alone:
        return SpecialTokenFrame()
    return SpecialTokenFrame(
        before=tuple(pair.ids[: first[0]]),
        between=tuple(pair.ids[first[-1] + 1 : second[0]]),
        after=tuple(single.ids[alone[-1] + 1 :]),
        second_type=pair.type_ids[second[0]],
    )
