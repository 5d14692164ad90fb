"""Texts for programs: prompts in, the texts of a model out, one after the other. Nothing is stored."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Literal

from llama_demo.engine.request import in_range
from llama_demo.errors import InputError
from llama_demo.services.models import Models
from llama_demo.services.moderation import Moderation
from llama_demo.tasks.conversation import conversation_prompt
from llama_demo.tasks.generate import GeneratedPiece, GenerateOptions, Generation, Token, check_stop_strings
from llama_demo.tasks.language_model import LanguageModel
from llama_demo.tasks.presets import preset_named
from llama_demo.tasks.prompts import LONGEST_PROMPT, Prompt, prompt_for
from llama_demo.text.chat_template import ChatMessage

TAB = "api"
"""Where the content policy finds what this service writes."""

CompletionEnd = Literal["", "stop", "length", "content_filter"]
"""Why a text ended: it was complete or met a stop string, it reached its length, the content policy ended it;
empty until it has."""


@dataclass(frozen=True)
class Dialogue:
    """A conversation that a model goes on with.

    Attributes:
        turns: oldest first; the last one is the user's.
        system: message in front of them.
        begins: beginning of the answer, which the model continues.
    """

    turns: tuple[ChatMessage, ...]
    system: str = ""
    begins: str = ""


@dataclass(frozen=True)
class CompletionRequest:
    """Texts that a program asks for.

    Attributes:
        prompts: conversations, texts that are continued, or token ids of the model.
        model: name; the active one if empty.
        stops: strings that end a text; they may hold line breaks.
        alternatives: how many choices to report with each token.
        count: texts for each prompt; each has a seed of its own.

    Raises:
        InputError: there are too many stop strings, or one is too long.
    """

    prompts: Sequence[Dialogue | str | tuple[int, ...]]
    model: str = ""
    options: GenerateOptions = field(default_factory=GenerateOptions)
    stops: tuple[str, ...] = ()
    alternatives: int = 0
    count: int = 1

    def __post_init__(self) -> None:
        check_stop_strings(self.stops)


@dataclass(frozen=True)
class CompletionUpdate:
    """What came since the update before.

    Attributes:
        model: name.
        prompt_tokens: of all prompts.
        completion_tokens: of all texts so far.
        choice: number of the text, counted from 0.
        text: new text of it.
        tokens: the tokens of ``text``.
        ended: why this text ended.
    """

    model: str
    prompt_tokens: int
    completion_tokens: int = 0
    choice: int = 0
    text: str = ""
    tokens: tuple[Token, ...] = ()
    ended: CompletionEnd = ""


class CompletionService:
    """Writes texts for programs, under the content policy."""

    def __init__(self, models: Models, moderation: Moderation) -> None:
        self._models = models
        self._moderation = moderation

    def write(self, request: CompletionRequest) -> Generator[CompletionUpdate, None, None]:
        """The texts as they grow, about ten updates a second; empty ones while the model is waited for.

        The first update comes before the model has written. Closing the iterator stops the model.

        Raises:
            InputError: before the first update: there is no such model, or it takes no such prompt.
            PolicyError: before the first update: the content policy refuses a prompt.
            DemoError: the model failed.
        """
        model = self._models.writer(request.model)
        _check_size(request)
        prompts = [_fitting(model, _prompt(model, one)) for one in request.prompts]
        asked = zip(request.prompts, prompts, strict=True)
        parts = [_asked(one, read) for one, read in asked]
        self._moderation.check_prompt(None, TAB, *(part for each in parts for part in each))
        update = CompletionUpdate(model.name, sum(len(prompt.ids) for prompt in prompts))
        yield update
        written = 0
        for choice in range(len(prompts) * request.count):
            prompt, version = prompts[choice // request.count], choice % request.count
            options = _of_version(request.options, version)
            generation = Generation(
                model, prompt, options, alternatives=request.alternatives, stops=request.stops
            )
            pieces = self._checked(generation, parts[choice // request.count][-1])
            begun = replace(update, choice=choice)
            with closing(pieces):
                for piece, ended in pieces:
                    total = written + piece.count
                    yield replace(
                        begun, completion_tokens=total, text=piece.text, tokens=piece.tokens, ended=ended
                    )
            written = total

    def _checked(
        self, generation: Generation, prompt: str
    ) -> Generator[tuple[GeneratedPiece, CompletionEnd], None, None]:
        """The pieces of one text with why it ended, until the content policy ends it."""
        check, text = self._moderation.output_check(None, TAB, prompt), ""
        try:
            for piece in generation:
                text += piece.text
                if check.refusal(text, complete=piece.finish_reason is not None) is not None:
                    yield replace(piece, text="", tokens=()), "content_filter"
                    return
                yield piece, _end_of(piece)
        finally:
            generation.stop()


def _check_size(request: CompletionRequest) -> None:
    """Refuse prompts that would take long to tokenise; raises :class:`InputError` ``prompt_too_large``."""
    size = sum(
        len(one.system) + len(one.begins) + sum(len(turn.content) for turn in one.turns)
        if isinstance(one, Dialogue)
        else len(one)
        for one in request.prompts
    )
    if size > LONGEST_PROMPT:
        raise InputError("prompt_too_large", characters=size, limit=LONGEST_PROMPT)


def _asked(asked: Dialogue | str | tuple[int, ...], prompt: Prompt) -> list[str]:
    """What a program asks for, in parts that are judged on their own; the last one is gone on from."""
    if isinstance(asked, Dialogue):
        return [asked.system, asked.begins, *(turn.content for turn in asked.turns if turn.role == "user")]
    return [prompt.text]


def _prompt(model: LanguageModel, prompt: Dialogue | str | tuple[int, ...]) -> Prompt:
    """The prompt as the model reads it; one that follows no instructions reads the last turn alone.

    Raises:
        InputError: ``prompt_empty``, ``prompt_too_long``; ``out_of_range`` for an id that the vocabulary
            lacks; ``chat_template_missing`` for a conversation with a model that only continues texts.
        CheckpointError: the model's template does not work.
    """
    if isinstance(prompt, str):
        return prompt_for(model, preset_named("free"), prompt)
    if isinstance(prompt, tuple):
        for one in prompt:
            in_range("prompt", one, 0, model.tokenizer.size - 1)
        text = model.tokenizer.decode(list(prompt))
        return Prompt(prompt, text, begins=text)
    if model.chat is None:
        raise InputError("chat_template_missing", name=model.name)
    if not prompt.turns or not prompt.turns[-1].content.strip():
        raise InputError("prompt_empty")
    turns, system = prompt.turns, prompt.system
    if "instruct" not in model.abilities:
        turns, system = turns[-1:], ""
    fitted = conversation_prompt(model, turns, system=system, begins=prompt.begins, answer=1)
    if fitted.dropped:
        tokens = sum(len(model.tokenizer.encode(turn.content)) for turn in turns)
        raise InputError("prompt_too_long", tokens=tokens, limit=model.engine.context - 1)
    return fitted.prompt


def _fitting(model: LanguageModel, prompt: Prompt) -> Prompt:
    """The same prompt, if something can follow it.

    Raises:
        InputError: ``prompt_empty`` or ``prompt_too_long``.
    """
    if not prompt.ids:
        raise InputError("prompt_empty")
    if len(prompt.ids) >= model.engine.context:
        raise InputError("prompt_too_long", tokens=len(prompt.ids), limit=model.engine.context - 1)
    return prompt


def _of_version(options: GenerateOptions, version: int) -> GenerateOptions:
    """The options of one of several texts for a prompt: a given seed is counted up."""
    return options if options.seed < 0 else replace(options, seed=(options.seed + version) % 2**63)


def _end_of(piece: GeneratedPiece) -> CompletionEnd:
    if piece.finish_reason is None:
        return ""
    return "length" if piece.finish_reason == "length" else "stop"
