"""Prompts: a text as it is, or a request in the checkpoint's chat template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llama_demo.errors import InputError
from llama_demo.tasks.language_model import LanguageModel
from llama_demo.tasks.poem_request import PoemRequest
from llama_demo.tasks.presets import Preset, request_for
from llama_demo.text.chat_template import ChatMessage
from llama_demo.text.tokenizers.tokenizer import Tokenizer
from llama_demo.unicode import replace_lone_surrogates

# Beyond any context, and short enough to be tokenized within a second.
LONGEST_PROMPT = 200_000  # characters


@dataclass(frozen=True)
class Prompt:
    """What the model reads before it writes.

    Attributes:
        text: word for word, the marks of a chat template included.
        begins: the text that the model continues; empty if it answers a request.
        added: special token that the vocabulary puts before ``text``; empty for none.
    """

    ids: tuple[int, ...]
    text: str
    begins: str = ""
    added: str = ""

    @property
    def answers(self) -> bool:
        """Whether the model answers a request, instead of continuing a text."""
        return not self.begins


@dataclass(frozen=True)
class Fill:
    """How much of a model's context a prompt takes.

    Attributes:
        tokens: of the prompt.
        context: tokens that prompt and continuation may have together.
        unread: the end of the prompt that does not fit; empty if all of it does.
    """

    tokens: int
    context: int
    unread: str


def prompt_for(model: LanguageModel, preset: Preset, text: str, *, poem: PoemRequest | None = None) -> Prompt:
    """The prompt of a preset: ``free`` is the text as it is, the others ask by the chat template.

    Args:
        poem: is asked for instead of the text.

    Raises:
        InputError: the text is empty or too long, or the model lacks every ability of the preset.
        CheckpointError: the checkpoint's template does not work.
    """
    text = checked_text(text)
    if not preset.abilities:
        if not text.strip():
            raise InputError("prompt_empty")
        ids = model.tokenizer.encode(text)
        return Prompt(tuple(ids), text, begins=text, added=_beginning(model.tokenizer, ids))
    ability = preset.ability_of(model.abilities)
    if ability is None or model.chat is None:
        raise InputError("ability_missing", preset=preset.name, model=model.name)
    turns = [ChatMessage("user", poem.prompt if poem else request_for(preset, ability, text))]
    return Prompt(tuple(model.chat.encode(turns)), model.chat.render(turns))


def _beginning(tokenizer: Tokenizer, ids: Sequence[int]) -> str:
    """The special token before a text, as the checkpoint calls it; empty if there is none."""
    mark = tokenizer.named.get("bos_token", "")
    return mark if mark and tokenizer.encode_pieces([mark]) == list(ids[:1]) else ""


def fill_of(model: LanguageModel, prompt: Prompt) -> Fill:
    """How much of the context ``prompt`` takes, and the part of it that does not fit."""
    room = model.engine.context - 1
    unread = (
        "" if len(prompt.ids) <= room else prompt.text[len(model.tokenizer.decode([*prompt.ids[:room]])) :]
    )
    return Fill(len(prompt.ids), model.engine.context, unread)


def checked_text(text: str) -> str:
    """A prompt's text as a vocabulary can take it.

    Raises:
        InputError: it is longer than :data:`LONGEST_PROMPT`.
    """
    if len(text) > LONGEST_PROMPT:
        raise InputError("prompt_too_large", characters=len(text), limit=LONGEST_PROMPT)
    return replace_lone_surrogates(text)
