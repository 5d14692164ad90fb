"""The catalogue of models, and those that are loaded."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from llama_demo.catalogue import ModelEntry
from llama_demo.engine.devices import choose_device, choose_dtype, is_out_of_memory
from llama_demo.errors import CheckpointError, DemoError, DeviceError, InputError
from llama_demo.services.model_folders import describe
from llama_demo.tasks.embed import SentenceEncoder, load_sentence_encoder
from llama_demo.tasks.language_model import LanguageModel, load_language_model
from llama_demo.tasks.read import Reader, load_reader
from llama_demo.tasks.translate_sentences import Translator, load_translator

# Loaders by task, in the order in which models are listed.
LOADERS: Mapping[str, Callable[..., Any]] = {
    "generate": load_language_model,
    "translate": load_translator,
    "search": load_sentence_encoder,
    "ask": load_reader,
}

Ready = TypeVar("Ready", LanguageModel, Translator, SentenceEncoder, Reader)


@dataclass
class _Model:
    """A model folder and its state.

    Attributes:
        loaded: the model, of the type that the loader of its task returns.
    """

    folder: Path
    entry: ModelEntry
    lock: threading.Lock
    loaded: Any = None
    failed: bool = False


class Models:
    """The models of some folders, each loaded when it is first needed.

    Args:
        bundled: folders that come with the program.
        chosen: folders that the operator named; each then serves its task by default, the last one first.
        device, dtype: as in :mod:`llama_demo.engine.devices`.
        requests: that a decoder or a translator serves at the same time; the engine's default unless given.

    Raises:
        CheckpointError: a folder cannot be used, or none is a decoder.
        DeviceError: there is no such device.
    """

    def __init__(
        self,
        bundled: Iterable[Path],
        *,
        chosen: Sequence[Path] = (),
        device: str = "auto",
        dtype: str = "auto",
        requests: int | None = None,
    ) -> None:
        self._device = choose_device(device)
        self._dtype = dtype
        self._loaders = {
            **LOADERS,
            "generate": partial(load_language_model, requests=requests),
            "translate": partial(load_translator, requests=requests),
        }
        self._models: dict[str, _Model] = {}
        for folder in bundled:
            self._add(folder, bundled=True)
        for folder in reversed(chosen):
            self._add(folder, bundled=False)
        if not self._of("generate"):
            raise CheckpointError("no_models")

    @property
    def active(self) -> ModelEntry:
        """The default decoder."""
        return self.entries("generate")[0]

    def entries(self, task: str = "") -> list[ModelEntry]:
        """Every model, or those of ``task``; the default of each task comes first."""
        return [
            replace(model.entry, active=place == 0)
            for each in ([task] if task else LOADERS)
            for place, model in enumerate(self._of(each))
        ]

    def state(self) -> dict[str, str]:
        """The state of each model by name: ``loaded``, ``available`` or ``failed``."""
        return {
            name: "loaded" if model.loaded else "failed" if model.failed else "available"
            for name, model in self._models.items()
        }

    def writer(self, name: str = "") -> LanguageModel:
        """The decoder called ``name``, or the default one; loaded if necessary.

        Raises:
            InputError: there is none, or none of this name.
            CheckpointError: it cannot be loaded.
            DeviceError: there is not enough memory for it.
        """
        return self._ready("generate", name, LanguageModel)

    def translator(self, name: str = "") -> Translator:
        """The encoder-decoder called ``name``, or the default one; raises as :meth:`writer` does."""
        return self._ready("translate", name, Translator)

    def encoder(self, name: str = "") -> SentenceEncoder:
        """The embedder called ``name``, or the default one; raises as :meth:`writer` does."""
        return self._ready("search", name, SentenceEncoder)

    def reader(self, name: str = "") -> Reader:
        """The reader called ``name``, or the default one; raises as :meth:`writer` does."""
        return self._ready("ask", name, Reader)

    def _of(self, task: str) -> list[_Model]:
        """The models for ``task``, the operator's own first."""
        those = [model for model in self._models.values() if model.entry.task == task]
        return sorted(those, key=lambda model: model.entry.bundled)

    def _add(self, folder: Path, *, bundled: bool) -> None:
        entry = describe(folder, bundled=bundled)
        while entry.name in self._models:  # a folder of the same name as another one
            entry = replace(entry, name=f"{entry.name}-local")
        self._models[entry.name] = _Model(folder, entry, threading.Lock())

    def _ready(self, task: str, name: str, kind: type[Ready]) -> Ready:
        known = {model.entry.name: model for model in self._of(task)}
        if not known:
            raise InputError("model_missing")
        if name and name not in known:
            raise InputError("model_unknown", name=name, known=", ".join(known))
        model = known[name] if name else next(iter(known.values()))
        with model.lock:
            if model.loaded is None:
                self._load(model)
            assert isinstance(model.loaded, kind)
            return model.loaded

    def _load(self, model: _Model) -> None:
        entry = model.entry
        dtype = choose_dtype(self._dtype, self._device, entry.parameters)
        precision = str(dtype).removeprefix("torch.")
        try:
            loaded = self._loaders[entry.task](model.folder, device=self._device.type, dtype=precision)
        except Exception as error:
            model.failed = True
            if isinstance(error, DemoError) or not is_out_of_memory(error):
                raise
            raise DeviceError("model_too_large", name=entry.name, bytes=entry.bytes) from error
        model.loaded = replace(loaded, name=entry.name)
        model.failed = False
        model.entry = replace(entry, device=self._device.type, dtype=precision)
