"""The vocabulary of Marian's opus-mt: a SentencePiece model for each side, and ids in files of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from llama_demo.text.tokenizers.pieces import Pieces
from llama_demo.text.tokenizers.sentencepieces import ListedPieces
from llama_demo.text.tokenizers.translator_vocabulary import check_languages, framed
from llama_demo.text.tokenizers.vocabulary_file import read_bytes, read_ids, read_json_object

_MARK = re.compile(r">>(.+)<<")
# Marks use codes of two or three letters, some with the script behind.
_TWO_LETTERS = {"zho": "zh", "cmn": "zh", "eng": "en", "fra": "fr", "deu": "de", "spa": "es"}


def two_letters(code: str) -> str:
    """The ISO 639-1 code of a language as Marian's folders spell it, where there is one."""
    language = re.split(r"[_-]", code)[0].lower()
    return _TWO_LETTERS.get(language, language)


class MarianVocabulary:
    """``source.spm``, ``target.spm`` and ``vocab.json`` of a folder, ``target_vocab.json`` if there is one.

    A model with several target languages wants a mark such as ``>>fra<<`` in front of a source.

    Raises:
        CheckpointError: a file is missing or broken.
    """

    def __init__(self, folder: Path) -> None:
        settings = read_json_object(folder / "tokenizer_config.json")
        ids = read_ids(folder / "vocab.json", needed=("</s>", "<unk>"))
        target_ids = ids
        if settings.get("separate_vocabs") is True:
            target_ids = read_ids(folder / "target_vocab.json")
        self._source = ListedPieces(read_bytes(folder / "source.spm"), ids, file="source.spm")
        self._target = ListedPieces(read_bytes(folder / "target.spm"), target_ids, file="target.spm")
        self._end = ids["</s>"]
        self._marks = _language_marks(ids)
        source, target = (str(settings.get(f"{side}_lang") or "") for side in ("source", "target"))
        targets = list(self._marks) or [two_letters(target)] * bool(target)
        self.directions = frozenset((two_letters(source), each) for each in targets if source)

    @property
    def source_size(self) -> int:
        return self._source.size

    @property
    def target_size(self) -> int:
        return self._target.size

    def encode(self, texts: Sequence[str], *, source: str, target: str) -> list[Pieces]:
        if self.directions:
            check_languages(self.directions, source, target)
        mark = [self._marks[target]] if target in self._marks else []
        return framed(mark, self._source.pieces(texts), [self._end], texts)

    def encode_target(self, text: str) -> Pieces:
        return self._target.pieces([text])[0]

    def prefix(self, target: str) -> tuple[int, ...]:  # noqa: ARG002 (the source says it)
        return ()

    def decode(self, ids: Sequence[int]) -> tuple[str, list[tuple[int, int]]]:
        return self._target.decode(ids)


def _language_marks(ids: Mapping[str, int]) -> dict[str, int]:
    """Ids of the marks by language; the first of several scripts, unless one is simplified Chinese."""
    marks: dict[str, int] = {}
    for piece in sorted(ids, key=lambda piece: (not piece.endswith("_Hans<<"), ids[piece])):
        if found := _MARK.fullmatch(piece):
            marks.setdefault(two_letters(found[1]), ids[piece])
    return marks
