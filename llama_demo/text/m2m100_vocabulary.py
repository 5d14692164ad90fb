"""The vocabulary of M2M100: a SentencePiece model, ids beside it, marks for a hundred languages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from llama_demo.errors import CheckpointError
from llama_demo.text.pieces import Pieces
from llama_demo.text.sentencepieces import open_sentencepiece
from llama_demo.text.translator_vocabulary import check_languages, framed
from llama_demo.text.vocabulary_file import read_bytes, read_ids

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
        self._ids = read_ids(folder / "vocab.json")
        file = "sentencepiece.bpe.model"
        self._processor = open_sentencepiece(read_bytes(folder / file), file)
        if missing := [mark for mark in ("</s>", "<unk>") if mark not in self._ids]:
            raise CheckpointError("file_broken", file="vocab.json", detail=f"lacks {', '.join(missing)}")
        self._pieces = {i: piece for piece, i in self._ids.items()}
        self._marks = {language: len(self._ids) + i for i, language in enumerate(LANGUAGES)}
        self._hidden = {self._ids[mark] for mark in ("<s>", "<pad>", "</s>", "<unk>") if mark in self._ids}
        self.directions = frozenset((a, b) for a in LANGUAGES for b in LANGUAGES if a != b)

    @property
    def source_size(self) -> int:
        return max(max(self._pieces), len(self._ids) + len(LANGUAGES) - 1) + 1

    @property
    def target_size(self) -> int:
        return self.source_size

    def encode(self, texts: Sequence[str], *, source: str, target: str) -> list[Pieces]:
        check_languages(self.directions, source, target)
        mark, end, unknown = [self._marks[source]], [self._ids["</s>"]], self._ids["<unk>"]
        encoded = self._processor.encode(list(texts), return_type="offset_mapping")
        return [
            framed(
                mark,
                Pieces(
                    tuple(self._ids.get(piece, unknown) for piece in each["pieces"]), tuple(each["offsets"])
                ),
                end,
                len(text),
            )
            for text, each in zip(texts, encoded, strict=True)
        ]

    def encode_target(self, text: str) -> Pieces:
        [each] = self._processor.encode([text], return_type="offset_mapping")
        unknown = self._ids["<unk>"]
        return Pieces(
            tuple(self._ids.get(piece, unknown) for piece in each["pieces"]), tuple(each["offsets"])
        )

    def prefix(self, target: str) -> tuple[int, ...]:
        return (self._marks[target],)

    def decode(self, ids: Sequence[int]) -> tuple[str, list[tuple[int, int]]]:
        pieces = ["" if i in self._hidden else self._pieces.get(i, "") for i in ids]
        found = self._processor.decode(pieces, return_type="offset_mapping")
        return found["text"], list(found["offsets"])
