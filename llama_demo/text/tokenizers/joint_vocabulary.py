"""The vocabulary of our own translators: one for all languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from llama_demo.errors import CheckpointError
from llama_demo.normal_form import normalise
from llama_demo.text.tokenizers.pieces import Pieces
from llama_demo.text.tokenizers.sentencepieces import open_sentencepiece
from llama_demo.text.tokenizers.translator_vocabulary import check_languages, framed

_BROKEN = "\N{REPLACEMENT CHARACTER}"


class JointVocabulary:
    """Our own: one SentencePiece model for all languages, a source begins with a mark such as ``<2fr>``.

    The model folds nothing, so texts are put into their normal form first; offsets are in the original.
    """

    _MARK = re.compile(r"<2([a-z]{2,3})>")

    def __init__(self, model: bytes) -> None:
        self._processor = open_sentencepiece(model, "tokenizer.model")
        pieces = (self._processor.id_to_piece(i) for i in range(self._processor.get_piece_size()))
        self._marks = {
            found[1]: i for i, piece in enumerate(pieces) if (found := self._MARK.fullmatch(piece))
        }
        if not self._marks or self._processor.eos_id() < 0:
            raise CheckpointError(
                "file_broken", file="tokenizer.model", detail="no language marks or no end mark"
            )
        self.directions = frozenset((a, b) for a in self._marks for b in self._marks if a != b)

    @property
    def source_size(self) -> int:
        return int(self._processor.get_piece_size())

    @property
    def target_size(self) -> int:
        return self.source_size

    def encode(self, texts: Sequence[str], *, source: str, target: str) -> list[Pieces]:
        check_languages(self.directions, source, target)
        return framed([self._marks[target]], self._pieces(texts), [self._processor.eos_id()], texts)

    def encode_target(self, text: str) -> Pieces:
        return self._pieces([text])[0]

    def prefix(self, target: str) -> tuple[int, ...]:  # noqa: ARG002 (the source says it)
        return ()

    def source_piece(self, token: int) -> str:
        return str(self._processor.id_to_piece(token)) if 0 <= token < self.source_size else ""

    target_piece = source_piece

    def decode(self, ids: Sequence[int]) -> tuple[str, list[tuple[int, int]]]:
        decoded = self._processor.decode(list(ids), return_type="offset_mapping")
        return _without_broken(decoded["text"], list(decoded["offsets"]))

    def _pieces(self, texts: Sequence[str]) -> list[Pieces]:
        normal = [normalise(text) for text in texts]
        encoded = self._processor.encode([each.text for each in normal], return_type="offset_mapping")
        return [
            Pieces(tuple(each["ids"]), tuple(text.original_span(*span) for span in each["offsets"]))
            for text, each in zip(normal, encoded, strict=True)
        ]


def _without_broken(text: str, offsets: list[tuple[int, int]]) -> tuple[str, list[tuple[int, int]]]:
    """Remove the replacement characters of incomplete UTF-8, which a model that stops within one leaves."""
    if _BROKEN not in text:
        return text, offsets
    places = [0, *accumulate(character != _BROKEN for character in text)]
    return text.replace(_BROKEN, ""), [(places[start], places[end]) for start, end in offsets]
