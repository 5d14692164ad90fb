"""The description of a model folder, without reading its weights."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

from llama_demo.catalogue import ModelEntry
from llama_demo.engine.checkpoint import stored_bytes
from llama_demo.errors import CheckpointError
from llama_demo.model.families import family_of
from llama_demo.model_file import read_json
from llama_demo.tasks.card import DIRECTION, read_card
from llama_demo.text.tokenizers.translator_folder import load_translator_vocabulary

# Sentence-transformers' list of modules; with it a decoder is an embedder.
SENTENCE_FILE = "modules.json"


def describe(folder: Path, *, bundled: bool) -> ModelEntry:
    """The entry of a folder's model in the catalogue.

    Raises:
        CheckpointError: it is no model folder, or not supported; ``quantized_unsupported``.
    """
    if not folder.is_dir():
        raise CheckpointError("folder_missing", folder=str(folder))
    config = read_json(folder / "config.json")
    refuse_quantized(config)
    family, card = family_of(config), read_card(folder)
    shape = family.config(config)
    tensors = [part.shape for parts in family.parts(shape).values() for part in parts]
    task = "search" if (folder / SENTENCE_FILE).exists() else family.task
    return ModelEntry(
        name=folder.resolve().name,
        task=task,
        family=family.name,
        parameters=sum(map(prod, tensors)),
        bytes=stored_bytes(folder),
        licence=card.licence,
        context=getattr(shape, "max_position_embeddings", 0),
        abilities=card.abilities,
        bundled=bundled,
        directions=_directions(folder, card.directions, shape) if task == "translate" else (),
    )


def refuse_quantized(config: Mapping[str, Any]) -> None:
    """Refuse a configuration of quantized weights. Raises ``quantized_unsupported``."""
    quantized = config.get("quantization_config")
    if isinstance(quantized, dict):
        raise CheckpointError("quantized_unsupported", method=str(quantized.get("quant_method", "?"))[:40])


def _directions(folder: Path, told: tuple[str, ...] | None, shape: Any) -> tuple[str, ...]:
    """The directions of a translator by its card, or else all that its vocabulary has marks for."""
    if told is not None:
        return told
    vocabulary = load_translator_vocabulary(folder, shape.source_vocab_size, shape.vocab_size)
    directions = sorted(f"{source}-{target}" for source, target in vocabulary.directions)
    return tuple(one for one in directions if DIRECTION.fullmatch(one))
