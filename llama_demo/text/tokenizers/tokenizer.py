"""A checkpoint's vocabulary: text to token ids and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from llama_demo.errors import CheckpointError
from llama_demo.gguf_file import is_gguf, read_gguf
from llama_demo.model_file import read_bytes
from llama_demo.text.tokenizers.fast_file import open_fast
from llama_demo.text.tokenizers.fast_tokenizer import FastTokenizer
from llama_demo.text.tokenizers.gguf_vocabulary import load_gguf_tokenizer, read_gguf_settings
from llama_demo.text.tokenizers.sentencepiece_tokenizer import SentencePieceTokenizer
from llama_demo.text.tokenizers.vocabulary_settings import VocabularySettings, read_settings

__all__ = ["FastTokenizer", "SentencePieceTokenizer", "Tokenizer", "load_tokenizer"]


class Tokenizer(Protocol):
    """What every vocabulary can do."""

    named: dict[str, str]  # marks by what they are for, such as "eos_token"

    def __hash__(self) -> int:
        """By identity, so that what is made of a vocabulary can be cached by it."""

    @property
    def size(self) -> int:
        """One more than the largest id."""

    @property
    def end_ids(self) -> frozenset[int]:
        """Ids that end a text."""

    @property
    def marks(self) -> Mapping[str, bool]:
        """What :meth:`encode_pieces` looks for, and whether it is never part of a text."""

    def encode(self, text: str) -> list[int]:
        """Ids of ``text``, with whatever the checkpoint puts before and behind every text.

        Marks such as ``</s>`` that stand in ``text`` are text, not marks.
        """

    def encode_pieces(self, pieces: Sequence[str]) -> list[int]:
        """Ids of one text in pieces: in the first, third, fifth ... marks count, in the others they do
        not. Nothing is put before or behind it.
        """

    def piece(self, token: int) -> str:
        """A token as the vocabulary writes it, such as ``▁the``, ``<0xE4>`` or ``</s>``."""

    def decode(self, ids: list[int]) -> str:
        """The text of ``ids`` without marks; bytes that are no UTF-8 become U+FFFD."""


def read_vocabulary_settings(folder: Path) -> VocabularySettings:
    """What a model folder or a GGUF file says about its vocabulary; raises as :func:`load_tokenizer` does."""
    return read_gguf_settings(read_gguf(folder)) if is_gguf(folder) else read_settings(folder)


def load_tokenizer(folder: Path, vocab_size: int) -> Tokenizer:
    """The vocabulary of a model folder or a GGUF file.

    Args:
        vocab_size: rows of the model's embedding.

    Raises:
        CheckpointError: there is no vocabulary, it is broken, or it belongs to another model: it has
            more ids than the model has rows, or lacks one that the configuration names.
    """
    settings = read_vocabulary_settings(folder)
    tokenizer: Tokenizer
    if is_gguf(folder):
        tokenizer = load_gguf_tokenizer(read_gguf(folder))
    elif (folder / "tokenizer.json").exists():
        tokenizer = FastTokenizer(open_fast(folder / "tokenizer.json"), settings)
    elif (folder / "tokenizer.model").exists():
        tokenizer = SentencePieceTokenizer(read_bytes(folder / "tokenizer.model"), settings)
    else:
        raise CheckpointError("file_missing", folder=str(folder), file="tokenizer.json / tokenizer.model")
    if tokenizer.size > vocab_size or settings.largest_id >= tokenizer.size:
        raise CheckpointError("tokenizer_misfit", tokens=tokenizer.size, rows=vocab_size)
    return tokenizer
