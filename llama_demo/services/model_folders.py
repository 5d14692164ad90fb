"""The description of a model folder or a GGUF file, without reading its weights."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any

from llama_demo.catalogue import GUARD, ModelEntry
from llama_demo.engine.checkpoint import check_weights, stored_bytes
from llama_demo.errors import CheckpointError
from llama_demo.gguf_file import is_gguf, model_name, read_gguf
from llama_demo.model.families import family_of
from llama_demo.model_config import read_config
from llama_demo.tasks.card import DIRECTION, read_card
from llama_demo.text.tokenizers.gguf_vocabulary import check_vocabulary
from llama_demo.text.tokenizers.translator_folder import load_translator_vocabulary

# Sentence-transformers' list of modules; with it a decoder is an embedder.
SENTENCE_FILE = "modules.json"


def describe(folder: Path, *, bundled: bool) -> ModelEntry:
    """The entry of a folder's or a GGUF file's model in the catalogue.

    Raises:
        CheckpointError: it is no model, or not supported; ``quantized_unsupported``.
    """
    config = read_supported_config(folder)
    family, card = family_of(config), read_card(folder)
    shape = family.config(config)
    tensors = [part.shape for parts in family.parts(shape).values() for part in parts]
    task = "search" if (folder / SENTENCE_FILE).exists() else family.task
    if GUARD in card.abilities:
        task = GUARD
    return ModelEntry(
        name=name_of(folder),
        task=task,
        family=family.name,
        parameters=sum(map(prod, tensors)),
        bytes=stored_bytes(folder),
        licence=card.licence,
        context=getattr(shape, "max_position_embeddings", 0),
        abilities=card.abilities,
        bundled=bundled,
        directions=_directions(folder, card.directions, shape) if task == "translate" else (),
        quick=family.quick,
    )


def name_of(path: Path) -> str:
    """The name of a model: of its folder, or of its file without the ending."""
    return model_name(path) if is_gguf(path) else path.resolve().name


def read_supported_config(path: Path) -> dict[str, Any]:
    """The configuration of a folder or a GGUF file that can be loaded, as far as its headers tell.

    Raises:
        CheckpointError: there is none, or it cannot be loaded, and why.
    """
    if is_gguf(path):
        check_vocabulary(read_gguf(path))
        config = read_config(path)
        check_weights(path)
        return config
    if not path.is_dir():
        raise CheckpointError("folder_missing", folder=str(path))
    return read_config(path)


def _directions(folder: Path, told: tuple[str, ...] | None, shape: Any) -> tuple[str, ...]:
    """The directions of a translator by its card, or else all that its vocabulary has marks for."""
    if told is not None:
        return told
    vocabulary = load_translator_vocabulary(folder, shape.source_vocab_size, shape.vocab_size)
    directions = sorted(f"{source}-{target}" for source, target in vocabulary.directions)
    return tuple(one for one in directions if DIRECTION.fullmatch(one))
