"""The vocabulary of M2M100: a SentencePiece model, ids beside it, marks for a hundred languages."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

from llama_demo.language import language_of
from llama_demo.model_file import read_bytes
from llama_demo.text.tokenizers.pieces import Pieces
from llama_demo.text.tokenizers.sentencepieces import ListedPieces
from llama_demo.text.tokenizers.translator_vocabulary import check_languages, framed
from llama_demo.text.tokenizers.vocabulary_file import read_ids

# In the order in which their marks follow the pieces of vocab.json.
LANGUAGES = tuple(
    (
        "af am ar ast az ba be bg bn br bs ca ceb cs cy da de el en es et fa ff fi fr fy ga gd gl gu ha "
        "he hi hr ht hu hy id ig ilo is it ja jv ka kk km kn ko lb lg ln lo lt lv mg mk ml mn mr ms my ne "
        "nl no ns oc or pa pl ps pt ro ru sd si sk sl so sq sr ss su sv sw ta th tl tn tr uk ur uz vi wo "
        "xh yi yo zh zu "
    ).split()
)


class M2M100Vocabulary:
    """``vocab.json`` and ``sentencepiece.bpe.model`` of a folder.

    Raises:
        CheckpointError: one of them is missing or broken.
    """

    def __init__(self, folder: Path) -> None:
        ids = read_ids(folder / "vocab.json", needed=("</s>", "<unk>"))
        file = "sentencepiece.bpe.model"
        self._listed = ListedPieces(read_bytes(folder / file), ids, file=file)
        self._end = ids["</s>"]
        marks = range(len(ids), len(ids) + len(LANGUAGES))
        known = zip(map(language_of, LANGUAGES), marks, strict=True)
        self._marks = {language.code: mark for language, mark in known if language}
        self.directions = frozenset(permutations(self._marks, 2))

    @property
    def source_size(self) -> int:
        return max(self._listed.size, max(self._marks.values()) + 1)

    @property
    def target_size(self) -> int:
        return self.source_size

    def encode(self, texts: Sequence[str], *, source: str, target: str) -> list[Pieces]:
        check_languages(self.directions, source, target)
        return framed([self._marks[source]], self._listed.pieces(texts), [self._end], texts)

    def encode_target(self, text: str) -> Pieces:
        return self._listed.pieces([text])[0]

    def prefix(self, target: str) -> tuple[int, ...]:
        return (self._marks[target],)

    def source_piece(self, token: int) -> str:
        language = next((code for code, mark in self._marks.items() if mark == token), "")
        return f"__{language}__" if language else self._listed.piece(token)

    target_piece = source_piece

    def decode(self, ids: Sequence[int]) -> tuple[str, list[tuple[int, int]]]:
        return self._listed.decode(ids)
