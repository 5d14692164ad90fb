"""A ``tokenizer.model`` (LLaMA 1 and 2, TinyLlama, Mistral, the bundled generator)."""

from __future__ import annotations

from collections.abc import Sequence

from llama_demo.normal_form import normal_text
from llama_demo.text.tokenizers.added_tokens import AddedTokens
from llama_demo.text.tokenizers.sentencepieces import open_sentencepiece
from llama_demo.text.tokenizers.vocabulary_settings import AddedToken, VocabularySettings


class SentencePieceTokenizer:
    """A SentencePiece vocabulary, by its own library, so that ids are those that the model learned with.

    Args:
        model: the serialized SentencePiece model.
    """

    def __init__(self, model: bytes, settings: VocabularySettings | None = None) -> None:
        settings = settings or VocabularySettings()
        self._pieces = open_sentencepiece(model, "tokenizer.model")
        self._line: list[int] = self._pieces.encode("\n")
        self._legacy = settings.legacy
        self._normal_form = settings.normal_form
        begin, end = self._pieces.bos_id(), self._pieces.eos_id()
        self._begin = [begin] if begin >= 0 and settings.add_begin is not False else []
        self._end = [end] if end >= 0 and settings.add_end else []
        self.end_ids = settings.end_ids | ({end} if end >= 0 else set())
        marks = self._own_marks() | dict(settings.added)
        self.marks = {text: token.special for text, token in marks.items()}
        self._marks = AddedTokens(marks)
        self._ordinary = AddedTokens({text: token for text, token in marks.items() if not token.special})
        further = {
            text: token for text, token in settings.added.items() if token.id >= self._pieces.get_piece_size()
        }
        self._largest = max((token.id for token in further.values()), default=-1)
        self._shown = {token.id: text for text, token in further.items() if not token.special}
        own = {"bos_token": begin, "eos_token": end, "unk_token": self._pieces.unk_id()}
        self.named = {name: self._pieces.id_to_piece(i) for name, i in own.items() if i >= 0} | dict(
            settings.named
        )

    def _own_marks(self) -> dict[str, AddedToken]:
        ids = range(self._pieces.get_piece_size())
        marks = (i for i in ids if self._pieces.is_control(i) or self._pieces.is_unknown(i))
        return {self._pieces.id_to_piece(i): AddedToken(i) for i in marks}

    @property
    def size(self) -> int:
        return max(int(self._pieces.get_piece_size()), 1 + self._largest)

    def encode(self, text: str) -> list[int]:
        return [*self._begin, *self._with(self._ordinary, [], self._normal(text)), *self._end]

    def encode_pieces(self, pieces: Sequence[str]) -> list[int]:
        ids: list[int] = []
        for index, piece in enumerate(map(self._normal, pieces)):
            ids += (
                self._encode_behind(piece, first=not ids)
                if index % 2
                else self._with(self._marks, ids, piece)
            )
        return ids

    def _with(self, tokens: AddedTokens, before: Sequence[int], text: str) -> list[int]:
        """Ids of a text in which these tokens count, behind other ids."""
        ids: list[int] = []
        start = 0
        for found in tokens.find(text):
            ids += self._encode_behind(text[start : found.start], first=not (before or ids))
            ids.append(found.id)
            start = found.end
        return ids + self._encode_behind(text[start:], first=not (before or ids))

    def _normal(self, text: str) -> str:
        return normal_text(text) if self._normal_form else text

    def _encode_behind(self, text: str, *, first: bool) -> list[int]:
        if not text:
            return []
        if not first and not self._legacy:
            # Behind a mark a text goes on, without the blank that SentencePiece puts before every text.
            # It goes before the line break here, and both are taken away again.
            ids: list[int] = self._pieces.encode("\n" + text)
            if ids[: len(self._line)] == self._line:
                return ids[len(self._line) :]
        return list(self._pieces.encode(text))

    def piece(self, token: int) -> str:
        inside = 0 <= token < self._pieces.get_piece_size()
        return str(self._pieces.id_to_piece(token)) if inside else self._shown.get(token, "")

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
