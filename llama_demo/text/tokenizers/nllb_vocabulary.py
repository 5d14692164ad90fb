"""The vocabulary of NLLB (Costa-jussà et al. 2022, arXiv:2207.04672): pieces, then marks for 202 languages.

Fairseq put four marks in front, of which SentencePiece knows three in another order, so that all other ids
are moved by one. The marks of languages follow the pieces, in the order of the folder's list unless it
numbers them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llama_demo.errors import CheckpointError
from llama_demo.model_file import read_bytes, read_optional_json
from llama_demo.text.tokenizers.blank_pieces import BlankPieces
from llama_demo.text.tokenizers.fast_file import open_fast
from llama_demo.text.tokenizers.language_marks import usual_marks
from llama_demo.text.tokenizers.many_languages_vocabulary import ManyLanguagesVocabulary
from llama_demo.text.tokenizers.sentencepieces import ListedPieces, open_sentencepiece

_FILE, _FAST = "sentencepiece.bpe.model", "tokenizer.json"
_SETTINGS, _SPECIAL = "tokenizer_config.json", "special_tokens_map.json"
_LISTS = ("additional_special_tokens", "extra_special_tokens")
_TAG = re.compile(r"[a-z]{3}_[A-Z][a-z]{3}")
_OF_SENTENCEPIECE = 3  # <unk>, <s> and </s>, which fairseq put elsewhere
_END = "</s>"


class NllbVocabulary(ManyLanguagesVocabulary):
    """``sentencepiece.bpe.model`` and the list of languages in the folder's settings, or ``tokenizer.json``.

    The ids are the same. The model, where it is there, opens sooner and tells better where pieces stand.
    Where a language is written in several scripts its usual one is taken: ``zh`` is ``zho_Hans``.

    Raises:
        CheckpointError: the model is missing or broken, or there is no list.
    """

    def __init__(self, folder: Path) -> None:
        settings = read_optional_json(folder / _SETTINGS)
        fast = (folder / _FAST).exists() and not (folder / _FILE).exists()
        pieces, end, numbered = _of_fast_file(folder) if fast else _of_model(folder, settings)
        if not numbered:
            raise CheckpointError(
                "file_broken", file=_FAST if fast else _SETTINGS, detail="it lists no languages"
            )
        super().__init__(
            pieces,
            end=end,
            marks=usual_marks(numbered),
            names={mark: tag for tag, mark in numbered},
            marks_last=settings.get("legacy_behaviour") is True,
        )


def _of_model(folder: Path, settings: Mapping[str, Any]) -> tuple[ListedPieces, int, list[tuple[str, int]]]:
    """The pieces, the id of the end, and the marks of languages with theirs."""
    model = read_bytes(folder / _FILE)
    processor = open_sentencepiece(model, _FILE)
    own = [processor.id_to_piece(i) for i in range(_OF_SENTENCEPIECE, processor.get_piece_size())]
    ids = {piece: i for i, piece in enumerate((*ListedPieces.MARKS, *own))}
    first = len(own) + len(ListedPieces.MARKS)
    numbered = (
        _numbered(settings)
        or _listed(settings, first)
        or _listed(read_optional_json(folder / _SPECIAL), first)
    )
    return ListedPieces(model, ids, file=_FILE), ids[_END], numbered


def _of_fast_file(folder: Path) -> tuple[BlankPieces, int, list[tuple[str, int]]]:
    """The same of a ``tokenizer.json``."""
    pieces = BlankPieces(open_fast(folder / _FAST))
    if _END not in pieces.marks:
        raise CheckpointError("file_broken", file=_FAST, detail=f"no {_END}")
    return pieces, pieces.marks[_END], [(tag, i) for tag, i in pieces.marks.items() if _tag(tag)]


def _numbered(settings: Mapping[str, Any]) -> list[tuple[str, int]]:
    """The marks of languages with the ids that the settings give them."""
    decoder = settings.get("added_tokens_decoder")
    tokens = decoder.items() if isinstance(decoder, dict) else ()
    return [(tag, int(i)) for i, token in tokens if str(i).isdecimal() and (tag := _tag(token))]


def _listed(settings: Mapping[str, Any], first: int) -> list[tuple[str, int]]:
    """The marks of languages in the order of a list, the first with this id."""
    listed: Any = next((settings[name] for name in _LISTS if isinstance(settings.get(name), list)), [])
    return [(tag, first + place) for place, token in enumerate(listed) if (tag := _tag(token))]


def _tag(token: object) -> str:
    """The tag of a language, such as ``zho_Hans``; empty for another token."""
    content = token.get("content") if isinstance(token, dict) else token
    return content if isinstance(content, str) and _TAG.fullmatch(content) else ""
