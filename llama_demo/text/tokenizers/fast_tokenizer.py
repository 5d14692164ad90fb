"""Vocabularies of the ``tokenizers`` library (Llama 3, SmolLM2, Qwen, and most others)."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from functools import cached_property

import tokenizers

from llama_demo.errors import CheckpointError
from llama_demo.text.tokenizers.fast_file import size_of
from llama_demo.text.tokenizers.vocabulary_settings import VocabularySettings

_BROKEN = "\N{REPLACEMENT CHARACTER}"


class FastTokenizer:
    """A vocabulary of the ``tokenizers`` library.

    What is put before and behind a text is part of it; as in the reference, the folder's ``add_bos_token``
    and ``add_eos_token`` are for other kinds of files.
    """

    def __init__(self, fast: tokenizers.Tokenizer, settings: VocabularySettings | None = None) -> None:
        settings = settings or VocabularySettings()
        self._fast = fast
        # Whether marks in a text count is a switch on the tokenizer, not an argument.
        self._lock = threading.Lock()
        self.named = dict(settings.named)
        end = self._fast.token_to_id(self.named.get("eos_token", ""))
        self.end_ids = settings.end_ids | ({end} if end is not None else set())

    @property
    def size(self) -> int:
        return size_of(self._fast)

    @cached_property
    def marks(self) -> Mapping[str, bool]:
        return {token.content: token.special for token in self._fast.get_added_tokens_decoder().values()}

    def encode(self, text: str) -> list[int]:
        return self._ids(text, marks=False, framed=True)

    def _ids(self, text: str, *, marks: bool, framed: bool = False) -> list[int]:
        with self._lock:
            self._fast.encode_special_tokens = not marks
            return list(self._fast.encode(text, add_special_tokens=framed).ids)

    def encode_pieces(self, pieces: Sequence[str]) -> list[int]:
        ids = self._ids(pieces[0], marks=True)
        for index, piece in enumerate(pieces[1:], start=1):
            if piece:
                ids += self._ids_behind(piece, marks=index % 2 == 0)
        return ids

    def _ids_behind(self, piece: str, *, marks: bool) -> list[int]:
        """Ids of a piece in the middle of a text: some vocabularies put a blank at the beginning only.

        A line break is put before it and its ids are taken away again.
        """

        def encode(text: str) -> list[int]:
            return self._ids(text, marks=True) if marks else list(self._without_marks.encode(text).ids)

        line = self._ids("\n", marks=True)
        ids = encode("\n" + piece)
        return ids[len(line) :] if ids[: len(line)] == line else encode(piece)

    @cached_property
    def _without_marks(self) -> tokenizers.Tokenizer:
        """The same vocabulary with no added tokens: even those that are no marks are text to it.

        Raises:
            CheckpointError: without them it is no vocabulary.
        """
        content = json.loads(self._fast.to_str())
        content |= {"added_tokens": [], "post_processor": None}
        try:
            return tokenizers.Tokenizer.from_str(json.dumps(content))
        except Exception as exc:  # the library raises plain Exception
            raise CheckpointError("file_broken", file="tokenizer.json", detail=str(exc)) from exc

    def piece(self, token: int) -> str:
        name = str(self._fast.id_to_token(token) or "")
        if name.startswith(("▁", "<")):
            return name
        # Byte-level vocabularies write bytes as other characters.
        text = str(self._fast.decode([token], skip_special_tokens=False))
        return name if not text or _BROKEN in text else text

    def decode(self, ids: list[int]) -> str:
        return str(self._fast.decode(ids, skip_special_tokens=True))
