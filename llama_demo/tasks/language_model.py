"""A decoder ready to write: its engine, its vocabulary, and what it learned to do."""

from __future__ import annotations

from dataclasses import dataclass

from llama_demo.engine.engine import Engine
from llama_demo.text.chat_template import ChatTemplate
from llama_demo.text.tokenizer import Tokenizer


@dataclass(frozen=True)
class LanguageModel:
    """What the writing tasks need of a model.

    Attributes:
        name: as programs and the history call it.
        chat: how it wants to be asked; ``None`` for a model that only goes on with a text.
        abilities: what it learned to do, such as ``story``, ``poem`` or ``instruct``.
    """

    name: str
    engine: Engine
    tokenizer: Tokenizer
    chat: ChatTemplate | None = None
    abilities: frozenset[str] = frozenset()
