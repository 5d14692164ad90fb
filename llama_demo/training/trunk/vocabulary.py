"""Cutting the vocabulary of a multilingual encoder to the pieces that some languages use.

XLM-R's vocabulary has 250,000 pieces for a hundred languages, and their vectors are most of a small encoder.
A unigram model (Kudo 2018, arXiv:1804.10959) cuts a text into the likeliest pieces, so without the pieces
that a corpus does not use the corpus is cut as before; a word whose piece is gone is cut into smaller ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tokenizers
from sentencepiece import SentencePieceProcessor, sentencepiece_model_pb2
from tokenizers import normalizers, pre_tokenizers, processors

MARKS = ("<s>", "<pad>", "</s>", "<unk>")
"""The first ids of every vocabulary that is made here."""

BEGIN, PAD, END, UNKNOWN = range(len(MARKS))

_BLANK = "▁"
_PROTO: Any = sentencepiece_model_pb2  # its classes are made when it is imported
# No text is likelier to be a mark than to be its characters.
_NEVER = -1_000.0


@dataclass(frozen=True)
class Piece:
    """An entry of a vocabulary.

    Attributes:
        score: natural logarithm of its probability.
        row: of the embedding table.
    """

    text: str
    score: float
    row: int

    @property
    def is_character(self) -> bool:
        """Whether it is a single character, with a blank in front or without."""
        return len(self.text.removeprefix(_BLANK)) == 1


@dataclass(frozen=True)
class Vocabulary:
    """A unigram vocabulary.

    Attributes:
        pieces: those of texts, in the order of their ids.
        marks: rows of :data:`MARKS`.
        normalization: SentencePiece's compiled table of characters.
    """

    pieces: tuple[Piece, ...]
    marks: tuple[int, ...]
    normalization: bytes

    @property
    def rows(self) -> tuple[int, ...]:
        """The row of each id in the embedding table that this vocabulary was read for."""
        return (*self.marks, *(piece.row for piece in self.pieces))

    def tokenizer(self) -> tokenizers.Tokenizer:
        """The same for the ``tokenizers`` library: ids in the order of :attr:`rows`, marks around texts."""
        scored = [(mark, _NEVER) for mark in MARKS] + [(piece.text, piece.score) for piece in self.pieces]
        fast = tokenizers.Tokenizer(tokenizers.models.Unigram(scored, UNKNOWN, byte_fallback=False))
        fast.normalizer = normalizers.Sequence(
            [
                normalizers.Precompiled(self.normalization),
                normalizers.Strip(left=False, right=True),
                normalizers.Replace(tokenizers.Regex(" {2,}"), _BLANK),
            ]
        )
        fast.pre_tokenizer = pre_tokenizers.Metaspace(replacement=_BLANK, prepend_scheme="always")
        fast.decoder = tokenizers.decoders.Metaspace(replacement=_BLANK, prepend_scheme="always")
        fast.post_processor = processors.TemplateProcessing(
            single="<s> $A </s>",
            pair="<s> $A </s> $B:1 </s>:1",
            special_tokens=[("<s>", BEGIN), ("</s>", END)],
        )
        fast.add_special_tokens([tokenizers.AddedToken(mark, special=True) for mark in MARKS])
        return fast


def read_vocabulary(model: bytes) -> Vocabulary:
    """Read a serialized SentencePiece model as XLM-R's files have it, or one whose ids are its own.

    Fairseq put its marks in front of the model's pieces, so an XLM-R's rows are its model's ids and one more;
    its model begins with ``<unk>``. A model that begins with :data:`MARKS` needs no such shift.

    Raises:
        ValueError: it is no unigram model, or its marks are others.
    """
    proto = _PROTO.ModelProto()
    proto.ParseFromString(model)
    if proto.trainer_spec.model_type != _PROTO.TrainerSpec.UNIGRAM:
        raise ValueError("only unigram vocabularies can be cut")
    names = tuple(piece.piece for piece in proto.pieces[:4])
    if names != MARKS and names[:3] != ("<unk>", "<s>", "</s>"):
        raise ValueError(f"the vocabulary begins with {', '.join(names)}")
    shift = 0 if names == MARKS else 1
    pieces = tuple(
        Piece(piece.piece, piece.score, row + shift)
        for row, piece in enumerate(proto.pieces)
        if piece.type == _PROTO.ModelProto.SentencePiece.NORMAL
    )
    return Vocabulary(pieces, (0, 1, 2, 3), proto.normalizer_spec.precompiled_charsmap)


def count_pieces(
    model: bytes, texts: Mapping[str, Iterable[str]], shares: Mapping[str, float]
) -> dict[str, float]:
    """Frequency of each piece; each language counts by its share, not by the amount of its text.

    Args:
        texts: by language.
        shares: of the languages; any that is not named counts 1.
    """
    processor = SentencePieceProcessor(model_proto=model)
    totals: Counter[str] = Counter()
    for language, those in texts.items():
        counts: Counter[str] = Counter()
        for pieces in processor.encode(list(those), out_type=str):
            counts.update(pieces)
        weight = shares.get(language, 1.0) / max(1, counts.total())
        for piece, count in counts.items():
            totals[piece] += weight * count  # type: ignore[assignment]
    return dict(totals)


def cut(vocabulary: Vocabulary, counts: Mapping[str, float], size: int) -> Vocabulary:
    """The vocabulary with ``size`` ids, marks among them: characters that occur, then the commonest pieces.

    Without its characters a rare word could not be spelled at all, so those within longer pieces count too.
    """
    spelled = {character for piece in counts for character in piece}
    used = [
        piece
        for piece in vocabulary.pieces
        if piece.text in counts or (piece.is_character and piece.text in spelled)
    ]
    first = sorted(used, key=lambda piece: (not piece.is_character, -counts.get(piece.text, 0.0), piece.row))
    kept = {piece.row for piece in first[: size - len(MARKS)]}
    pieces = tuple(piece for piece in vocabulary.pieces if piece.row in kept)
    return Vocabulary(pieces, vocabulary.marks, vocabulary.normalization)


@dataclass(frozen=True)
class Comparison:
    """How two vocabularies cut the same texts.

    Attributes:
        same: share of the texts that are cut into the same pieces as before.
        growth: of the number of pieces, 0.02 for 2 % more.
    """

    same: float
    growth: float


def compare(before: Vocabulary, after: Vocabulary, texts: Sequence[str]) -> Comparison:
    """Tokenize ``texts`` with both."""
    one, other = (
        [each.tokens for each in vocabulary.tokenizer().encode_batch(texts)] for vocabulary in (before, after)
    )
    same = sum(a == b for a, b in zip(one, other, strict=True))
    return Comparison(same / len(texts), sum(map(len, other)) / sum(map(len, one)) - 1.0)
