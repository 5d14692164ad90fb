"""A visitor's text as training data: cleaned, cut to a length, encoded by its characters, split in two."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import torch
from torch import Tensor

from llama_demo.errors import InputError
from llama_demo.text.tokenizers.sentencepiece_tokenizer import SentencePieceTokenizer
from llama_demo.text.tokenizers.vocabulary_settings import VocabularySettings
from llama_demo.training.vocabulary_file import train_sentencepiece

SHORTEST = 20
"""Characters of a text that can be trained on."""

LONGEST = 100_000
"""Characters that are used; the rest of a longer text is left out."""

MOST_CHARACTERS = 2_000
"""Distinct characters with a token of their own; rarer ones share ``<unk>``."""

VALIDATION_SHARE = 0.1
LEAST_VALIDATION = 16
"""Tokens of the held-out end of a text; a text too short for it has none."""

OVERFIT_TOKENS = 400
"""Tokens that are trained on when overfitting is wanted."""

_MARKS = 3  # <unk>, <s>, </s>
_LINE = 1_000  # characters; SentencePiece ignores lines of more than 4,192 bytes
# SentencePiece's blank and its mark of boundaries cannot be told from the same characters of a text.
_BLANKS = re.compile("[\u2581\u2585\t\u00a0]")
_INVISIBLE = re.compile("[\x00-\x09\x0b-\x1f\x7f\u200b\u2060\ufeff]")


@dataclass(frozen=True)
class LiveCorpus:
    """A text that is ready to be learned.

    Attributes:
        vocabulary: serialized SentencePiece model with a piece for each character.
        tokenizer: of this vocabulary.
        training: (N) token ids.
        validation: (M) token ids of the end of the text, which is not trained on; empty for a short text.
        characters: of the text that was given.
        used: characters of it that are used.
        distinct: different characters among them, line breaks aside.
    """

    vocabulary: bytes
    tokenizer: SentencePieceTokenizer
    training: Tensor
    validation: Tensor
    characters: int
    used: int
    distinct: int


def clean(text: str) -> str:
    """The text with Unix line ends, plain blanks and nothing invisible, and no blanks around it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _INVISIBLE.sub("", _BLANKS.sub(" ", text)).strip()


def checked_text(text: str) -> str:
    """The cleaned text.

    Raises:
        InputError: ``training_too_short``.
    """
    cleaned = clean(text)
    if len(cleaned) < SHORTEST:
        raise InputError("training_too_short", characters=len(cleaned), shortest=SHORTEST)
    return cleaned


def build_corpus(text: str, *, overfit: bool = False) -> LiveCorpus:
    """Clean, cut and encode a text.

    Args:
        overfit: train on its first :data:`OVERFIT_TOKENS` tokens alone.

    Raises:
        InputError: ``training_too_short``.
    """
    cleaned = checked_text(text)
    used = cleaned[:LONGEST]
    vocabulary = train_character_vocabulary(used)
    tokenizer = SentencePieceTokenizer(vocabulary, VocabularySettings(add_begin=False))
    ids = torch.tensor(tokenizer.encode(used))
    held_out = int(len(ids) * VALIDATION_SHARE)
    if held_out < LEAST_VALIDATION:
        held_out = 0
    training = ids[: len(ids) - held_out]
    if overfit:
        training = training[:OVERFIT_TOKENS]
    distinct = len(set(used) - {"\n"})
    return LiveCorpus(
        vocabulary, tokenizer, training, ids[len(ids) - held_out :], len(cleaned), len(used), distinct
    )


def train_character_vocabulary(text: str) -> bytes:
    """A SentencePiece model whose pieces are the most frequent characters of the text, and the line break."""
    counts = Counter(text)
    distinct = min(len(counts.keys() | {" "}) - ("\n" in counts), MOST_CHARACTERS)
    lines = (
        line[start : start + _LINE] for line in text.splitlines() for start in range(0, len(line), _LINE)
    )
    return train_sentencepiece(
        lines,
        model_type="char",
        vocab_size=_MARKS + 1 + distinct,
        hard_vocab_limit=False,
        character_coverage=1.0,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        add_dummy_prefix=False,
        unk_id=0,
        bos_id=1,
        eos_id=2,
        pad_id=-1,
        user_defined_symbols=["\n"],
    )
