"""The catalogue of models, and those that are loaded."""

from __future__ import annotations

import gc
import logging
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from llama_demo.catalogue import GUARD, ModelEntry
from llama_demo.engine.batch_runner import IDLE_SECONDS
from llama_demo.engine.checkpoint import Progress, no_progress
from llama_demo.engine.devices import choose_device, choose_dtype, is_out_of_memory, release_memory
from llama_demo.engine.fair_share import Client
from llama_demo.errors import CheckpointError, DemoError, DeviceError, InputError
from llama_demo.services.model_folders import describe
from llama_demo.tasks.embed import SentenceEncoder, load_sentence_encoder
from llama_demo.tasks.guard import GuardModel, load_guard
from llama_demo.tasks.language_model import LanguageModel, load_language_model
from llama_demo.tasks.read import Reader, load_reader
from llama_demo.tasks.translate_sentences import Translator, load_translator

_log = logging.getLogger(__name__)

# Loaders by task, in the order in which models are listed.
LOADERS: Mapping[str, Callable[..., Any]] = {
    "generate": load_language_model,
    "translate": load_translator,
    "search": load_sentence_encoder,
    "ask": load_reader,
}

# Where a model comes from: named by the operator at the start, of the program, or found on the machine.
_CHOSEN, _BUNDLED, _FOUND = range(3)

Ready = TypeVar("Ready", LanguageModel, Translator, SentenceEncoder, Reader, GuardModel)


@dataclass
class _Model:
    """A model folder and its state.

    Attributes:
        loaded: the model, of the type that the loader of its task returns.
        rank: where it comes from: those of the lowest serve their task if none was activated.
        used: when it was last asked for, on the clock of :func:`time.monotonic`.
    """

    folder: Path
    entry: ModelEntry
    lock: threading.Lock
    rank: int
    loaded: Any = None
    failed: bool = False
    used: float = 0.0


class Models:
    """The models of some folders, each loaded when it is first needed.

    Of each task one is active: it serves whoever names no model. Services ask here at each request, so what
    is activated serves the next one, while a request that runs goes on with the model that it has. An
    unloaded model leaves memory when the last of its requests has ended.

    Requests can name the models that came with the program, those that the operator named at the start, the
    active ones and those that are loaded. A model that was merely found on the machine is listed, and serves
    once it is activated: no request loads it. A guard model is at work only while it is active.

    Args:
        bundled: folders that come with the program.
        chosen: folders that the operator named; each then serves its task by default, the last one first.
        guard: folder or file of a guard model that is active from the start.
        device, dtype: as in :mod:`llama_demo.engine.devices`.
        requests: that a decoder or a translator serves at the same time; the engine's default unless given.
        cuda_graphs: as in :func:`~llama_demo.engine.engine.load_engine`.
        fastest: tells which of float32 and bfloat16 is faster here; measured when it matters, unless given.

    Raises:
        CheckpointError: a folder cannot be used, or none is a decoder.
        DeviceError: there is no such device.
    """

    def __init__(
        self,
        bundled: Iterable[Path],
        *,
        chosen: Sequence[Path] = (),
        guard: Path | None = None,
        device: str = "auto",
        dtype: str = "auto",
        requests: int | None = None,
        cuda_graphs: bool = True,
        fastest: Callable[[Any], str] | None = None,
    ) -> None:
        self._device = choose_device(device)
        self._dtype = dtype
        self._loaders: Mapping[str, Callable[..., Any]] = {
            **LOADERS,
            "generate": partial(load_language_model, requests=requests, cuda_graphs=cuda_graphs),
            "translate": partial(load_translator, requests=requests),
            GUARD: partial(load_guard, cuda_graphs=cuda_graphs),
        }
        self._fastest = {} if fastest is None else {"fastest": fastest}
        self._models: dict[str, _Model] = {}
        self._active: dict[str, str] = {}
        for folder in bundled:
            self._add(folder, _BUNDLED)
        for folder in reversed(chosen):
            self._add(folder, _CHOSEN)
        if guard is not None:
            self.activate(self._add(guard, _CHOSEN, task=GUARD).name)
        if not self._of("generate"):
            raise CheckpointError("no_models")

    @property
    def active(self) -> ModelEntry:
        """The default decoder."""
        return self.entries("generate")[0]

    def entries(self, task: str = "") -> list[ModelEntry]:
        """The models that requests can name, all or those of ``task``; the default of each comes first.

        Of the task :data:`GUARD` it is the one that judges, which requests cannot name.
        """
        return [
            replace(model.entry, active=place == 0)
            for each in ([task] if task else LOADERS)
            for place, model in enumerate(self._serving(each))
        ]

    def listed(self) -> list[ModelEntry]:
        """Every model, those that were merely found included; the default of each task comes first."""
        return [
            replace(model.entry, active=place == 0 and self._serves(model))
            for task in (*LOADERS, GUARD)
            for place, model in enumerate(self._of(task))
        ]

    def serving_state(self) -> dict[str, str]:
        """As :meth:`state`, of the models that requests can name."""
        states = self.state()
        return {entry.name: states[entry.name] for entry in self.entries() if entry.name in states}

    def state(self) -> dict[str, str]:
        """The state of each model by name: ``loaded``, ``available`` or ``failed``."""
        return {
            name: "loaded" if model.loaded else "failed" if model.failed else "available"
            for name, model in list(self._models.items())
        }

    def tokens_per_second(self, name: str) -> float:
        """Of a decoder for one request, measured while it served; 0 if it has not, or is not loaded."""
        model = self._models.get(name)
        loaded = model.loaded if model else None
        return loaded.engine.tokens_per_second if isinstance(loaded, LanguageModel) else 0.0

    def entry(self, name: str) -> ModelEntry:
        """The entry of this name.

        Raises:
            InputError: ``model_unknown``.
        """
        model = self._model(name)
        return replace(model.entry, active=self._serving(model.entry.task)[:1] == [model])

    def folder(self, name: str) -> Path:
        """Where a model lies; raises as :meth:`entry` does."""
        return self._model(name).folder

    def add(self, folder: Path, *, name: str = "", task: str = "") -> ModelEntry:
        """List a further folder behind the others.

        Args:
            name: if it is not the folder's own name.
            task: if it is not the one that the folder shows.

        Raises:
            CheckpointError: it cannot be used.
        """
        return self._add(folder, _FOUND, name=name, task=task)

    def remove(self, name: str) -> None:
        """List a model no more, and unload it; raises as :meth:`entry` does."""
        model = self._model(name)
        with model.lock:
            self._models.pop(name, None)
            if self._active.get(model.entry.task) == name:
                self.deactivate(model.entry.task)
            self._let_go(model)

    def load(self, name: str, *, dtype: str = "", progress: Progress = no_progress) -> None:
        """Load a model, unless it is; raises as :meth:`entry` and :meth:`writer` do.

        Args:
            dtype: precision; that of all models unless given.
        """
        model = self._model(name)
        with model.lock:
            if model.loaded is None:
                self._load(model, dtype or self._dtype, progress)
            model.used = time.monotonic()

    def activate(self, name: str) -> None:
        """Let a model serve its task from the next request on; raises as :meth:`entry` does."""
        self._active[self._model(name).entry.task] = name

    def deactivate(self, task: str) -> None:
        """Let the model that is first without a choice serve a task again."""
        self._active.pop(task, None)

    def unload(self, name: str) -> None:
        """Let go of a loaded model; raises as :meth:`entry` does. It is loaded again when it is asked for."""
        model = self._model(name)
        with model.lock:
            self._let_go(model)

    def collect(self) -> None:
        """Give back the memory of models that were unloaded and whose requests have ended."""
        gc.collect()
        release_memory(self._device)

    def forget(self, visitor: Client) -> None:
        """Drop what the decoders keep of a visitor's texts, so that the next text is read sooner."""
        for model in list(self._models.values()):
            loaded = model.loaded
            decoder = loaded.model if isinstance(loaded, GuardModel) else loaded
            if isinstance(decoder, LanguageModel):
                decoder.engine.forget(visitor)

    @contextmanager
    def unloaded(self, names: Sequence[str]) -> Iterator[None]:
        """Let go of models; requests for them wait until the end of the block."""
        with ExitStack() as held:
            for name in sorted(names):
                model = self._model(name)
                held.enter_context(model.lock)
                self._let_go(model)
            self.collect()
            yield

    def least_recently_used(self) -> list[str]:
        """The names of the models that are loaded, the one that was not asked for longest first.

        The guard model that judges is not among them: others may not be loaded in its place.
        """
        judging = self._serving(GUARD)
        every = [model for model in list(self._models.values()) if model not in judging]
        loaded = [model for model in every if model.loaded is not None]
        return [model.entry.name for model in sorted(loaded, key=lambda model: model.used)]

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

    def guard(self, name: str = "") -> GuardModel:
        """The guard model that is active; raises as :meth:`writer` does."""
        return self._ready(GUARD, name, GuardModel)

    def _of(self, task: str) -> list[_Model]:
        """The models for ``task``: the active one, the operator's own, those that came with the program."""
        those = [model for model in list(self._models.values()) if model.entry.task == task]
        active = self._active.get(task)
        return sorted(those, key=lambda model: (model.entry.name != active, model.rank))

    def _serving(self, task: str) -> list[_Model]:
        return [model for model in self._of(task) if self._serves(model)]

    def _serves(self, model: _Model) -> bool:
        """Whether requests can name a model; one that was merely found serves when it is active or loaded."""
        active = self._active.get(model.entry.task) == model.entry.name
        if model.entry.task == GUARD:
            return active
        return active or model.rank != _FOUND or model.loaded is not None

    def _model(self, name: str) -> _Model:
        model = self._models.get(name)
        if model is None:
            raise InputError("model_unknown", name=name[:80], known=", ".join(self._models))
        return model

    def _add(self, folder: Path, rank: int, *, name: str = "", task: str = "") -> ModelEntry:
        entry = describe(folder, bundled=rank == _BUNDLED)
        entry = replace(entry, name=name or entry.name, task=task or entry.task)
        while entry.name in self._models:  # a folder of the same name as another one
            entry = replace(entry, name=f"{entry.name}-local")
        self._models[entry.name] = _Model(folder, entry, threading.Lock(), rank)
        return entry

    def _ready(self, task: str, name: str, kind: type[Ready]) -> Ready:
        while True:
            model = self._asked(task, name)
            with model.lock:
                if model is not self._asked(task, name):
                    continue  # another one was activated while this one was waited for
                if model.loaded is None:
                    try:
                        self._load(model, self._dtype, no_progress)
                    except Exception as error:
                        if not self._passed_over(model, error) or name:
                            raise
                        continue
                model.used = time.monotonic()
                assert isinstance(model.loaded, kind)
                return model.loaded

    def _passed_over(self, model: _Model, error: Exception) -> bool:
        """Let the next model of the task, if there is one, serve in place of a found one that failed."""
        task = model.entry.task
        if model.rank != _FOUND or self._serving(task) == [model]:
            return False
        _log.warning("the chosen model %s cannot be loaded, another one serves: %s", model.entry.name, error)
        self.deactivate(task)
        return True

    def _asked(self, task: str, name: str) -> _Model:
        known = {model.entry.name: model for model in self._serving(task)}
        if not known:
            raise InputError("model_missing")
        if name and name not in known:
            raise InputError("model_unknown", name=name, known=", ".join(known))
        return known[name] if name else next(iter(known.values()))

    def _load(self, model: _Model, dtype_name: str, progress: Progress) -> None:
        entry = model.entry
        dtype = choose_dtype(dtype_name, self._device, entry.parameters, **self._fastest)
        precision = str(dtype).removeprefix("torch.")
        try:
            loaded = self._loaders[entry.task](
                model.folder, device=self._device.type, dtype=precision, progress=progress
            )
        except Exception as error:
            model.failed = True
            if isinstance(error, DemoError) or not is_out_of_memory(error):
                raise
            raise DeviceError("model_too_large", name=entry.name, bytes=entry.bytes) from error
        model.loaded = replace(loaded, name=entry.name)
        model.failed = False
        model.entry = replace(entry, device=self._device.type, dtype=precision)

    def _let_go(self, model: _Model) -> None:
        """Let go of a loaded model, which leaves memory when the last of its requests has ended."""
        loaded, model.loaded = model.loaded, None
        if loaded is not None:
            weakref.finalize(loaded, self._collect_later).atexit = False

    def _collect_later(self) -> None:
        """Free what refers to itself, as an engine and its thread's work do, once the thread has ended."""
        timer = threading.Timer(IDLE_SECONDS + 1.0, self.collect)
        timer.daemon = True
        timer.start()
