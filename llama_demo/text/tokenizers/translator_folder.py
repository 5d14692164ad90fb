"""Finding the vocabulary of a translator's folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from llama_demo.errors import CheckpointError
from llama_demo.model_file import read_bytes, read_optional_json
from llama_demo.text.tokenizers.joint_vocabulary import JointVocabulary
from llama_demo.text.tokenizers.m2m100_vocabulary import M2M100Vocabulary
from llama_demo.text.tokenizers.marian_vocabulary import MarianVocabulary
from llama_demo.text.tokenizers.nllb_vocabulary import NllbVocabulary
from llama_demo.text.tokenizers.translator_vocabulary import TranslatorVocabulary


def _many_languages(folder: Path) -> TranslatorVocabulary:
    """M2M100 lists its pieces in a file of their own; NLLB, which is built alike, does not."""
    listed = (folder / "vocab.json").exists()
    return M2M100Vocabulary(folder) if listed else NllbVocabulary(folder)


# By the ``model_type`` of the folder's config.json.
_KINDS: dict[str, Callable[[Path], TranslatorVocabulary]] = {
    "marian": MarianVocabulary,
    "m2m_100": _many_languages,
    "llama_demo_transformer": lambda folder: JointVocabulary(read_bytes(folder / "tokenizer.model")),
}


def load_translator_vocabulary(folder: Path, source_rows: int, target_rows: int) -> TranslatorVocabulary:
    """The vocabulary of a folder.

    Args:
        source_rows, target_rows: of the model's embeddings; a vocabulary with more ids cannot be its own.

    Raises:
        CheckpointError: there is no vocabulary, it is broken, or it belongs to another model.
    """
    kind = read_optional_json(folder / "config.json").get("model_type")
    if kind not in _KINDS:
        raise CheckpointError("family_unknown", value=kind, supported=", ".join(_KINDS))
    vocabulary = _KINDS[kind](folder)
    for size, rows in ((vocabulary.source_size, source_rows), (vocabulary.target_size, target_rows)):
        if size > rows:
            raise CheckpointError("tokenizer_misfit", tokens=size, rows=rows)
    return vocabulary
