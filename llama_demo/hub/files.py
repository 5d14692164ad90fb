"""Which files of a repository a checkpoint needs: weights in safetensors, vocabulary, settings."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import PurePosixPath

from llama_demo.errors import CheckpointError

INDEX, SINGLE = "model.safetensors.index.json", "model.safetensors"
_SHARD = re.compile(r"model-\d{5}-of-\d{5}\.safetensors")
_SETTINGS = (
    "config.json",
    "abilities.json",
    "generation_config.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "chat_template.jinja",
    "modules.json",
    "sentence_bert_config.json",
    "config_sentence_transformers.json",
    "confidence.json",
    "README.md",
)
_MODULE = re.compile(r"\d+_[A-Za-z]{1,40}/config\.json")  # of sentence-transformers
# Vocabularies, the first that is there: all files of one line belong together.
_VOCABULARIES = (
    ("source.spm", "target.spm", "vocab.json"),
    ("tokenizer.json",),
    ("tokenizer.model",),
    ("sentencepiece.bpe.model", "vocab.json"),
    ("sentencepiece.bpe.model",),
    ("vocab.txt",),
)
_OF_MANY_LANGUAGES = (
    ("sentencepiece.bpe.model", "vocab.json"),
    ("sentencepiece.bpe.model",),
    ("tokenizer.json",),
)
_PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl")


def needed_files(names: Iterable[str], repository: str, model_type: str = "") -> list[str]:
    """The files to download, small ones first.

    Args:
        names: all files of the repository.
        model_type: that of its ``config.json``; M2M100's vocabulary is two files.

    Raises:
        CheckpointError: ``repository_pickled`` or ``repository_empty``.
    """
    there = set(names)
    settings = [name for name in _SETTINGS if name in there]
    modules = sorted(name for name in there if _MODULE.fullmatch(name))
    return [*settings, *modules, *_vocabulary(there, model_type), *_weights(there, repository)]


def has_weights(names: Collection[str]) -> bool:
    """Whether there are weights in safetensors."""
    return INDEX in names or SINGLE in names


def _vocabulary(there: set[str], model_type: str) -> list[str]:
    kinds = _OF_MANY_LANGUAGES if model_type == "m2m_100" else _VOCABULARIES
    for names in kinds:
        if there.issuperset(names):
            extra = [name for name in ("target_vocab.json",) if name in there and "source.spm" in names]
            return [*names, *extra]
    return []


def _weights(there: set[str], repository: str) -> list[str]:
    if INDEX in there:
        return [INDEX, *sorted(name for name in there if _SHARD.fullmatch(name))]
    if SINGLE in there:
        return [SINGLE]
    if any(PurePosixPath(name).suffix in _PICKLED for name in there):
        raise CheckpointError("repository_pickled", repository=repository)
    raise CheckpointError("repository_empty", repository=repository)
