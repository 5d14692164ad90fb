"""SentencePiece models whose pieces have places: those of XLM-R, of translators, and our own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import sentencepiece

from llama_demo.errors import CheckpointError
from llama_demo.text.tokenizers.pieces import Pieces, SpecialTokenFrame


def open_sentencepiece(model: bytes, file: str) -> sentencepiece.SentencePieceProcessor:
    """Open a serialized model.

    Raises:
        CheckpointError: it is none, or a piece of it is no UTF-8; the message names ``file``.
    """
    if not model:
        raise CheckpointError("file_broken", file=file, detail="it is empty")
    try:
        # By default each list of texts would start threads, which take longer than most lists.
        processor = sentencepiece.SentencePieceProcessor(model_proto=model, num_threads=1)
        for piece in range(processor.get_piece_size()):
            processor.id_to_piece(piece)
        processor.encode("a\n")
    except (RuntimeError, TypeError, ValueError) as exc:
        raise CheckpointError("file_broken", file=file, detail=str(exc)) from exc
    return processor


class SentencePieces:
    """A ``tokenizer.model`` as it is: its own ids, and no marks around a text."""

    def __init__(
        self, model: bytes, *, frame: SpecialTokenFrame | None = None, file: str = "tokenizer.model"
    ) -> None:
        self._processor = open_sentencepiece(model, file)
        self.frame = frame or SpecialTokenFrame()

    @property
    def size(self) -> int:
        return int(self._processor.get_piece_size())

    @cached_property
    def unknown(self) -> frozenset[int]:
        spelled = (self._processor.piece_to_id(f"<0x{byte:02X}>") for byte in range(256))
        bytes_ = (piece for piece in spelled if self._processor.is_byte(piece))
        return frozenset(map(self._id, (self._processor.unk_id(), *bytes_)))

    def piece(self, token: int) -> str:
        return str(self._processor.id_to_piece(token)) if 0 <= token < self.size else ""

    def pieces(self, texts: Sequence[str]) -> list[Pieces]:
        encoded = self._processor.encode(list(texts), return_type="offset_mapping")
        return [Pieces(tuple(map(self._id, each["ids"])), tuple(each["offsets"])) for each in encoded]

    def marked(self, begin: str, end: str) -> SentencePieces:
        """This vocabulary with two of its own marks around texts, as BERT has ``[CLS]`` and ``[SEP]``.

        Raises:
            CheckpointError: it has no such marks.
        """
        first, last = (self._processor.piece_to_id(mark) for mark in (begin, end))
        if not (self._processor.is_control(first) and self._processor.is_control(last)):
            raise CheckpointError("file_broken", file="tokenizer.model", detail=f"no {begin} or no {end}")
        self.frame = SpecialTokenFrame(before=(first,), between=(last,), after=(last,), second_type=1)
        return self

    def _id(self, piece: int) -> int:
        return piece


class FairseqPieces(SentencePieces):
    """A ``sentencepiece.bpe.model`` of XLM-R, whose ids are not the model's own.

    Fairseq put four marks in front, of which SentencePiece knows three in another order, so that all
    other ids are moved by one; ``<mask>`` comes last.
    """

    _BEGIN, _END, _UNKNOWN = 0, 2, 3

    def __init__(self, model: bytes) -> None:
        frame = SpecialTokenFrame(before=(self._BEGIN,), between=(self._END, self._END), after=(self._END,))
        super().__init__(model, frame=frame, file="sentencepiece.bpe.model")
        self._unknown = self._processor.unk_id()

    @property
    def size(self) -> int:
        return super().size + 2

    def piece(self, token: int) -> str:
        marks = {self._BEGIN: "<s>", 1: "<pad>", self._END: "</s>", self._UNKNOWN: "<unk>"}
        return marks[token] if token in marks else super().piece(token - 1)

    def _id(self, piece: int) -> int:
        return self._UNKNOWN if piece == self._unknown else piece + 1


class ListedPieces:
    """A model whose pieces have the ids of a list beside it, as those of Marian and M2M100.

    Args:
        ids: of each piece, marks included; what it lacks becomes ``<unk>``.
    """

    MARKS = ("<s>", "<pad>", "</s>", "<unk>")
    """Which have no text."""

    def __init__(self, model: bytes, ids: Mapping[str, int], *, file: str) -> None:
        self._processor = open_sentencepiece(model, file)
        self._ids = ids
        self._unknown = ids.get("<unk>", 0)
        self._hidden = {ids[mark]: mark for mark in self.MARKS if mark in ids}
        self._pieces = {i: "" if i in self._hidden else piece for piece, i in ids.items()}

    @property
    def size(self) -> int:
        return max(self._pieces) + 1

    def piece(self, token: int) -> str:
        """A token as the list writes it."""
        return self._hidden.get(token) or self._pieces.get(token, "")

    def pieces(self, texts: Sequence[str]) -> list[Pieces]:
        encoded = self._processor.encode(list(texts), return_type="offset_mapping")
        return [Pieces(tuple(map(self._id, each["pieces"])), tuple(each["offsets"])) for each in encoded]

    def decode(self, ids: Sequence[int]) -> tuple[str, list[tuple[int, int]]]:
        """The text, and for each id where its characters are in it."""
        pieces = [self._pieces.get(i, "") for i in ids]
        found = self._processor.decode(pieces, return_type="offset_mapping")
        return found["text"], list(found["offsets"])

    def _id(self, piece: str) -> int:
        return self._ids.get(piece, self._unknown)
