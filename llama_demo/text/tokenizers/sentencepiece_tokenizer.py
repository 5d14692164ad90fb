"""A ``tokenizer.model`` (LLaMA 1 and 2, TinyLlama, Mistral, the bundled generator)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import sentencepiece

from llama_demo.errors import CheckpointError
from llama_demo.normal_form import normal_text
from llama_demo.text.tokenizers.vocabulary_settings import VocabularySettings


class SentencePieceTokenizer:
    """A SentencePiece vocabulary, by its own library, so that ids are those that the model learned with.

    Args:
        model: the serialized SentencePiece model.
    """

    def __init__(self, model: bytes, settings: VocabularySettings | None = None) -> None:
        settings = settings or VocabularySettings()
        try:
            self._pieces = sentencepiece.SentencePieceProcessor(model_proto=model)
            self._line: list[int] = self._pieces.encode("\n")
        except (RuntimeError, TypeError) as exc:
            raise CheckpointError("file_broken", file="tokenizer.model", detail=str(exc)) from exc
        self._legacy = settings.legacy
        self._normal_form = settings.normal_form
        begin, end = self._pieces.bos_id(), self._pieces.eos_id()
        self._begin = [begin] if begin >= 0 and settings.add_begin is not False else []
        self._end = [end] if end >= 0 and settings.add_end else []
        self.end_ids = settings.end_ids | ({end} if end >= 0 else set())
        self._marks = self._own_marks() | dict(settings.added)
        self._texts = {i: text for text, i in settings.added.items() if i >= self._pieces.get_piece_size()}
        self._shown = {i: text for i, text in self._texts.items() if text not in settings.special}
        own = {"bos_token": begin, "eos_token": end, "unk_token": self._pieces.unk_id()}
        self.named = {name: self._pieces.id_to_piece(i) for name, i in own.items() if i >= 0} | dict(
            settings.named
        )

    def _own_marks(self) -> dict[str, int]:
        ids = range(self._pieces.get_piece_size())
        marks = (i for i in ids if self._pieces.is_control(i) or self._pieces.is_unknown(i))
        return {self._pieces.id_to_piece(i): i for i in marks}

    @property
    def size(self) -> int:
        return max(int(self._pieces.get_piece_size()), 1 + max(self._texts, default=-1))

    @property
    def marks(self) -> Mapping[str, bool]:
        return dict.fromkeys(self._marks, True)

    def encode(self, text: str) -> list[int]:
        return [*self._begin, *self._pieces.encode(self._normal(text)), *self._end]

    def encode_pieces(self, pieces: Sequence[str]) -> list[int]:
        ids: list[int] = []
        pattern = re.compile("|".join(map(re.escape, sorted(self._marks, key=len, reverse=True))) or "(?!)")
        for index, piece in enumerate(map(self._normal, pieces)):
            start = 0
            for found in () if index % 2 else pattern.finditer(piece):
                ids += self._encode_behind(ids, piece[start : found.start()])
                ids.append(self._marks[found[0]])
                start = found.end()
            ids += self._encode_behind(ids, piece[start:])
        return ids

    def _normal(self, text: str) -> str:
        return normal_text(text) if self._normal_form else text

    def _encode_behind(self, before: list[int], text: str) -> list[int]:
        if not text:
            return []
        if before and not self._legacy:
            # Behind a mark a text goes on, without the blank that SentencePiece puts before every text.
            # It goes before the line break here, and both are taken away again.
            ids: list[int] = self._pieces.encode("\n" + text)
            if ids[: len(self._line)] == self._line:
                return ids[len(self._line) :]
        return list(self._pieces.encode(text))

    def decode(self, ids: list[int]) -> str:
        if not self._shown or self._shown.keys().isdisjoint(ids):
            return str(self._pieces.decode([i for i in ids if 0 <= i < self._pieces.get_piece_size()]))
        text = ""
        run: list[int] = []
        for i in ids:
            if i in self._shown:
                text, run = text + self.decode(run) + self._shown[i], []
            else:
                run.append(i)
        return text + self.decode(run)
