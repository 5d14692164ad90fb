"""The vocabulary of M2M100: a SentencePiece model, ids beside it, marks for a hundred languages."""

from __future__ import annotations

from pathlib import Path

from llama_demo.language import language_of
from llama_demo.model_file import read_bytes
from llama_demo.text.tokenizers.many_languages_vocabulary import ManyLanguagesVocabulary
from llama_demo.text.tokenizers.sentencepieces import ListedPieces
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


class M2M100Vocabulary(ManyLanguagesVocabulary):
    """``vocab.json`` and ``sentencepiece.bpe.model`` of a folder.

    Raises:
        CheckpointError: one of them is missing or broken.
    """

    def __init__(self, folder: Path) -> None:
        ids = read_ids(folder / "vocab.json", needed=("</s>", "<unk>"))
        file = "sentencepiece.bpe.model"
        known = zip(map(language_of, LANGUAGES), range(len(ids), len(ids) + len(LANGUAGES)), strict=True)
        marks = {language.code: mark for language, mark in known if language}
        super().__init__(
            ListedPieces(read_bytes(folder / file), ids, file=file),
            end=ids["</s>"],
            marks=marks,
            names={mark: f"__{code}__" for code, mark in marks.items()},
        )
