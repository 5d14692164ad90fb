"""A SentencePiece model of given pieces, serialized as its ``sentencepiece_model.proto`` says.

Written out here because the library brings the classes for it, but not the package that they need.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping

# Numbers of fields: of the model, of a piece, of the trainer's and of the normalizer's settings.
_PIECES, _TRAINER, _NORMALIZER = 1, 2, 3
_PIECE, _SCORE, _KIND = 1, 2, 3
_MODEL_TYPE, _BYTE_FALLBACK, _UNKNOWN_PIECE, _BEGIN_PIECE, _END_PIECE = 3, 35, 45, 46, 47
_DUMMY_PREFIX, _REMOVE_BLANKS, _ESCAPE_BLANKS = 3, 4, 5
_BPE = 2


def serialize_model(
    pieces: Iterable[tuple[str, float, int]], *, unknown: str, marks: Mapping[str, str], blank_in_front: bool
) -> bytes:
    """A model of kind BPE that changes nothing in a text and writes unknown characters as bytes.

    Args:
        pieces: each with its score and its type, a number of ``SentencePiece.Type``.
        unknown: the piece for what the vocabulary lacks.
        marks: the pieces ``bos`` and ``eos`` that begin and end texts, as far as there are any.
        blank_in_front: whether a blank is put before every text.
    """
    content = b"".join(
        _bytes(_PIECES, _bytes(_PIECE, text.encode()) + _float(_SCORE, score) + _whole(_KIND, kind))
        for text, score, kind in pieces
    )
    trainer = _whole(_MODEL_TYPE, _BPE) + _whole(_BYTE_FALLBACK, 1) + _bytes(_UNKNOWN_PIECE, unknown.encode())
    for field, name in ((_BEGIN_PIECE, "bos"), (_END_PIECE, "eos")):
        trainer += _bytes(field, marks.get(name, f"<no {name}>").encode())
    normalizer = _whole(_DUMMY_PREFIX, blank_in_front) + _whole(_REMOVE_BLANKS, 0) + _whole(_ESCAPE_BLANKS, 1)
    return content + _bytes(_TRAINER, trainer) + _bytes(_NORMALIZER, normalizer)


def _number(value: int) -> bytes:
    """In groups of seven bits, the lowest first, all but the last with the eighth bit set."""
    groups = bytearray()
    while value > 127:
        groups.append(value & 127 | 128)
        value >>= 7
    return bytes([*groups, value])


def _whole(field: int, value: int) -> bytes:
    return _number(field << 3) + _number(value)


def _bytes(field: int, content: bytes) -> bytes:
    return _number(field << 3 | 2) + _number(len(content)) + content


def _float(field: int, value: float) -> bytes:
    return _number(field << 3 | 5) + struct.pack("<f", value)
