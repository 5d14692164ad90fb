"""The vocabulary of Marian's opus-mt: a SentencePiece model for each side, and ids in files of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from llama_demo.model_file import read_bytes, read_optional_json
from llama_demo.text.language_groups import languages_of
from llama_demo.text.tokenizers.language_marks import usual_marks
from llama_demo.text.tokenizers.pieces import Pieces
from llama_demo.text.tokenizers.sentencepieces import ListedPieces
from llama_demo.text.tokenizers.translator_vocabulary import check_languages, framed
from llama_demo.text.tokenizers.vocabulary_file import read_ids

_MARK = re.compile(r">>(.+)<<")


class MarianVocabulary:
    """``source.spm``, ``target.spm`` and ``vocab.json`` of a folder, ``target_vocab.json`` if there is one.

    A model with several target languages wants a mark such as ``>>fra<<`` in front of a source. One with
    several source languages is named for their group or lists them, and sees no mark of theirs.

    Raises:
        CheckpointError: a file is missing or broken.
    """

    def __init__(self, folder: Path) -> None:
        settings = read_optional_json(folder / "tokenizer_config.json")
        ids = read_ids(folder / "vocab.json", needed=("</s>", "<unk>"))
        target_ids = ids
        if settings.get("separate_vocabs") is True:
            target_ids = read_ids(folder / "target_vocab.json")
        self._source = ListedPieces(read_bytes(folder / "source.spm"), ids, file="source.spm")
        self._target = ListedPieces(read_bytes(folder / "target.spm"), target_ids, file="target.spm")
        self._end = ids["</s>"]
        self._marks = _language_marks(ids)
        source, target = (str(settings.get(f"{side}_lang") or "") for side in ("source", "target"))
        targets = list(self._marks) or languages_of(target)[:1]
        self.directions = frozenset((a, b) for a in languages_of(source) for b in targets if a != b)

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

    def source_piece(self, token: int) -> str:
        return self._source.piece(token)

    def target_piece(self, token: int) -> str:
        return self._target.piece(token)

    def decode(self, ids: Sequence[int]) -> tuple[str, list[tuple[int, int]]]:
        return self._target.decode(ids)


def _language_marks(ids: Mapping[str, int]) -> dict[str, int]:
    """Ids of the marks by language, one each."""
    return usual_marks([(found[1], i) for piece, i in ids.items() if (found := _MARK.fullmatch(piece))])
