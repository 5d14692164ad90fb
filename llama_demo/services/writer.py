"""What writes, in one form for the use cases: a decoder on this machine, or a model of another server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from llama_demo.errors import InputError
from llama_demo.tasks.conversation import Fitted, conversation_prompt, room_for_prompt
from llama_demo.tasks.generate import GeneratedPiece, GenerateOptions, Generation, Token
from llama_demo.tasks.guidance import Guidance
from llama_demo.tasks.language_model import LanguageModel
from llama_demo.tasks.poem_request import PoemRequest
from llama_demo.tasks.presets import Preset
from llama_demo.tasks.prompts import Fill, Prompt, fill_of, prompt_for
from llama_demo.text.chat_template import ChatMessage

Guide = Callable[[LanguageModel, Prompt, Sequence[int]], Guidance]
"""Makes the guidance of a decoder for a prompt and the ids that stand behind it; may refuse the prompt."""


class TextStream(Protocol):
    """A text under way. Iterating gives its pieces, empty ones while waiting; leaving early stops it."""

    seed: int

    @property
    def waiting(self) -> int:
        """Number of requests that are served before this one."""

    def stop(self) -> None:
        """End it, from any thread; what was written stays."""

    def __iter__(self) -> Iterator[GeneratedPiece]: ...


class Writer(Protocol):
    """What the use cases need of a model that writes."""

    @property
    def name(self) -> str:
        """As the page and the history call it."""

    @property
    def abilities(self) -> frozenset[str]:
        """What it learned to do, such as ``story`` or ``instruct``."""

    @property
    def context(self) -> int:
        """Tokens that it reads at once, or that it is sent at most."""

    @property
    def end_ids(self) -> frozenset[int]:
        """The tokens by which it ends a text; empty if it does not tell ids."""

    def prompt(self, preset: Preset, text: str, *, poem: PoemRequest | None = None) -> Prompt:
        """The prompt of a preset; raises as :func:`~llama_demo.tasks.prompts.prompt_for`."""

    def fill(self, prompt: Prompt) -> Fill | None:
        """How much of the context a prompt takes; None if only another server could tell."""

    def conversation(self, turns: Sequence[ChatMessage], *, system: str, begins: str, answer: int) -> Fitted:
        """The prompt of a conversation; as :func:`~llama_demo.tasks.conversation.conversation_prompt`."""

    def room(self, answer: int) -> int:
        """Tokens that a prompt may have, so that an answer still fits."""

    def size(self, text: str) -> int:
        """Tokens of a text, at least roughly."""

    def start(
        self,
        prompt: Prompt,
        options: GenerateOptions,
        *,
        kept: Sequence[Token] = (),
        alternatives: int = 0,
        guide: Guide | None = None,
    ) -> TextStream:
        """Begin to write.

        Args:
            kept: tokens to go on from.
            alternatives: how many choices to report with each token, at most.
            guide: for decoders of this machine.

        Raises:
            InputError: what stands there cannot be gone on from.
        """


class LocalWriter:
    """A decoder of this machine."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.name, self.abilities = model.name, model.abilities
        self.context = model.engine.context

    @property
    def end_ids(self) -> frozenset[int]:
        return frozenset(self._model.tokenizer.end_ids)

    def prompt(self, preset: Preset, text: str, *, poem: PoemRequest | None = None) -> Prompt:
        return prompt_for(self._model, preset, text, poem=poem)

    def fill(self, prompt: Prompt) -> Fill:
        return fill_of(self._model, prompt)

    def conversation(self, turns: Sequence[ChatMessage], *, system: str, begins: str, answer: int) -> Fitted:
        return conversation_prompt(self._model, turns, system=system, begins=begins, answer=answer)

    def room(self, answer: int) -> int:
        return room_for_prompt(self._model, answer)

    def size(self, text: str) -> int:
        return len(self._model.tokenizer.encode(text))

    def start(
        self,
        prompt: Prompt,
        options: GenerateOptions,
        *,
        kept: Sequence[Token] = (),
        alternatives: int = 0,
        guide: Guide | None = None,
    ) -> Generation:
        forced = self._known(kept)
        guidance = guide(self._model, prompt, forced) if guide else None
        return Generation(
            self._model, prompt, options, forced=forced, alternatives=alternatives, guidance=guidance
        )

    def _known(self, kept: Sequence[Token]) -> list[int]:
        """The ids of tokens of an earlier text.

        Raises:
            InputError: ``token_unknown``; the text was written by a model with another vocabulary.
        """
        ids = [token.id for token in kept]
        if any(not 0 <= one < self._model.engine.model.config.vocab_size for one in ids):
            raise InputError("token_unknown", model=self.name)
        return ids
