"""A decoder that is loaded: engine, vocabulary, chat template and abilities."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from llama_demo.engine.checkpoint import Progress, count_parameters, no_progress
from llama_demo.engine.devices import choose_device, choose_dtype
from llama_demo.engine.engine import Engine, load_engine
from llama_demo.engine.scheduler import BatchLimits
from llama_demo.engine.zero_gpu import is_worth_it, load_zero_gpu_engine
from llama_demo.tasks.card import read_card
from llama_demo.text.chat_template import ChatTemplate, load_chat_template
from llama_demo.text.tokenizers.tokenizer import Tokenizer, load_tokenizer


@dataclass(frozen=True)
class LanguageModel:
    """What the generating tasks need of a model.

    Attributes:
        name: as programs and the history call it.
        chat: its chat template; ``None`` for a model that only continues a text.
        abilities: what it learned to do, such as ``story``, ``poem`` or ``instruct``.
        declines: sentences by which it says that it cannot do what was asked.
    """

    name: str
    engine: Engine
    tokenizer: Tokenizer
    chat: ChatTemplate | None = None
    abilities: frozenset[str] = frozenset()
    declines: tuple[str, ...] = ()


def load_language_model(
    folder: Path,
    *,
    device: str = "auto",
    dtype: str = "auto",
    requests: int | None = None,
    cuda_graphs: bool = True,
    progress: Progress = no_progress,
) -> LanguageModel:
    """Load a decoder's folder or GGUF file.

    Args:
        requests: that it serves at the same time; the engine's default unless given.
        cuda_graphs: as in :func:`~llama_demo.engine.engine.load_engine`.

    Raises:
        CheckpointError: it cannot be loaded, or is another kind of model.
        DeviceError: there is no such device.
    """
    place = choose_device(device)
    precision = choose_dtype(dtype, place, count_parameters(folder))
    card = read_card(folder)
    limits = BatchLimits() if requests is None else BatchLimits(running=requests)
    engine: Engine
    if is_worth_it(folder):
        engine = load_zero_gpu_engine(folder, dtype=precision, limits=limits, progress=progress)
    else:
        engine = load_engine(
            folder,
            device=place,
            dtype=precision,
            limits=limits,
            cuda_graphs=cuda_graphs,
            progress=progress,
        )
    tokenizer = load_tokenizer(folder, engine.model.config.vocab_size)
    chat = load_chat_template(folder, tokenizer)
    abilities = frozenset(card.abilities)
    return LanguageModel(folder.resolve().name, engine, tokenizer, chat, abilities, card.declines)
