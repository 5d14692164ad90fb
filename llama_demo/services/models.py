"""Which models there are, what each can do, and the one that is running."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace
from math import prod
from pathlib import Path

from llama_demo.catalogue import ModelEntry
from llama_demo.engine.checkpoint import load_model, read_json
from llama_demo.engine.devices import choose_device, choose_dtype, is_out_of_memory
from llama_demo.engine.engine import Engine
from llama_demo.errors import CheckpointError, DemoError, DeviceError, InputError
from llama_demo.model.families import family_of
from llama_demo.model.llama import Llama
from llama_demo.tasks.language_model import LanguageModel
from llama_demo.text.chat_template import load_chat_template
from llama_demo.text.tokenizer import load_tokenizer

# Written beside the weights: what a model is called, may be used for, and can do.
ABILITIES_FILE = "abilities.json"


class Models:
    """The models of some folders, each loaded when it is first needed and then kept.

    Args:
        bundled: folders that came with the program.
        chosen: the folder that the operator named; it then writes by default.
        device, dtype: as in :mod:`llama_demo.engine.devices`.

    Raises:
        CheckpointError: the chosen folder cannot be used.
        DeviceError: there is no such device.
    """

    def __init__(
        self,
        bundled: Iterable[Path],
        *,
        chosen: Path | None = None,
        device: str = "auto",
        dtype: str = "auto",
    ) -> None:
        self._device = choose_device(device)
        self._dtype = dtype
        self._folders: dict[str, Path] = {}
        self._entries: dict[str, ModelEntry] = {}
        self._loaded: dict[str, LanguageModel] = {}
        self._failed: dict[str, DemoError] = {}
        self._lock = threading.Lock()
        for folder in bundled:
            self._add(folder, bundled=True)
        if chosen is not None:
            self._add(chosen, bundled=False)
        if not self._entries:
            raise CheckpointError("no_models")
        self._active = next(reversed(self._entries)) if chosen is not None else next(iter(self._entries))

    @property
    def active(self) -> ModelEntry:
        """The model that writes when none is named."""
        return self._shown(self._active)

    def entries(self) -> list[ModelEntry]:
        """Every model, the active one first."""
        names = sorted(self._entries, key=lambda name: name != self._active)
        return [self._shown(name) for name in names]

    def state(self) -> dict[str, str]:
        """For each model ``loaded``, ``available`` or ``failed``."""
        return {
            name: "loaded" if name in self._loaded else "failed" if name in self._failed else "available"
            for name in self._entries
        }

    def writer(self, name: str = "") -> LanguageModel:
        """The model called ``name``, or the active one; loads it if need be.

        Raises:
            InputError: there is none of this name.
            CheckpointError: it cannot be loaded.
            DeviceError: there is not enough memory for it.
        """
        name = name or self._active
        if name not in self._folders:
            raise InputError("model_unknown", name=name, known=", ".join(self._folders))
        with self._lock:
            if name not in self._loaded:
                self._loaded[name] = self._load(name)
            return self._loaded[name]

    def _add(self, folder: Path, *, bundled: bool) -> None:
        entry = describe(folder, bundled=bundled)
        while entry.name in self._entries:  # a folder of the same name as a bundled one
            entry = replace(entry, name=f"{entry.name}-local")
        self._entries[entry.name] = entry
        self._folders[entry.name] = folder

    def _load(self, name: str) -> LanguageModel:
        folder, entry = self._folders[name], self._entries[name]
        dtype = choose_dtype(self._dtype, self._device, entry.parameters)
        try:
            loaded = load_model(folder, Llama, device=self._device, dtype=dtype)
            tokenizer = load_tokenizer(folder, loaded.model.config.vocab_size)
            chat = load_chat_template(folder, tokenizer)
        except DemoError as error:
            self._failed[name] = error
            raise
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            self._failed[name] = DeviceError("model_too_large", name=name, bytes=entry.bytes)
            raise self._failed[name] from error
        self._failed.pop(name, None)
        self._entries[name] = replace(
            entry, device=self._device.type, dtype=str(dtype).removeprefix("torch.")
        )
        return LanguageModel(name, Engine(loaded.model), tokenizer, chat, frozenset(entry.abilities))

    def _shown(self, name: str) -> ModelEntry:
        return replace(self._entries[name], active=name == self._active)


def describe(folder: Path, *, bundled: bool) -> ModelEntry:
    """What a folder says of its model, without loading the weights.

    Raises:
        CheckpointError: it is no model folder, or of a kind that is not supported.
    """
    if not folder.is_dir():
        raise CheckpointError("folder_missing", folder=str(folder))
    config = read_json(folder / "config.json")
    family = family_of(config)
    shape = family.config(config)
    card = read_json(folder / ABILITIES_FILE) if (folder / ABILITIES_FILE).exists() else {}
    tensors = [part.shape for parts in family.parts(shape).values() for part in parts]
    return ModelEntry(
        name=folder.resolve().name,
        task="generate",
        family=family.name,
        parameters=sum(map(prod, tensors)),
        bytes=sum(file.stat().st_size for file in folder.glob("*.safetensors")),
        licence=str(card.get("licence", "")),
        context=shape.max_position_embeddings,
        abilities=tuple(map(str, card.get("abilities", ()))),
        bundled=bundled,
    )
