"""A conversation as a decoder's prompt: system message, the turns that fit, the newest question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llama_demo.errors import CheckpointError
from llama_demo.tasks.language_model import LanguageModel
from llama_demo.tasks.prompts import Prompt, checked_text
from llama_demo.text.chat_template import ChatMessage, ChatTemplate

# Share of the context that is kept free for an answer, at most.
_ANSWER_SHARE = 0.25
_PROBE = "probe"


@dataclass(frozen=True)
class Fitted:
    """A conversation that was cut to a model's context.

    Attributes:
        dropped: how many of the oldest turns were left out.
    """

    prompt: Prompt
    dropped: int = 0


def conversation_prompt(
    model: LanguageModel,
    turns: Sequence[ChatMessage],
    *,
    system: str = "",
    begins: str = "",
    answer: int = 400,
) -> Fitted:
    """The prompt of a conversation, by the checkpoint's chat template.

    When it is too long the oldest turns go first; ``system`` and the last turn always stay. A template
    that knows no system message gets it in front of the first question. Without a template the model only
    goes on with the last turn's text.

    Args:
        turns: oldest first; the last one is the user's.
        begins: beginning of the answer, which the model continues.
        answer: tokens that the answer may have at most.

    Raises:
        InputError: ``prompt_too_large``.
        CheckpointError: the checkpoint's template does not work.
    """
    turns = in_turn(turns)
    if model.chat is None:
        text = checked_text(turns[-1].content) + begins
        return Fitted(Prompt(tuple(model.tokenizer.encode(text)), text, begins=text), len(turns) - 1)
    room = room_for_prompt(model, answer) - _size(model, begins)
    left = room - _size(model, system) - _size(model, turns[-1].content)
    first = len(turns) - 1
    while first > 0 and (left := left - _size(model, turns[first - 1].content)) >= 0:
        first -= 1
    while True:
        if turns[first].role != "user":
            first += 1
        messages = _told(model.chat, system, turns[first:])
        ids = model.chat.encode(messages, begins=begins)
        if len(ids) <= room or first == len(turns) - 1:
            return Fitted(Prompt(tuple(ids), model.chat.render(messages) + begins, begins=begins), first)
        first += 1


def room_for_prompt(model: LanguageModel, answer: int) -> int:
    """Tokens that a prompt may have so that an answer of ``answer`` tokens, or its share, still fits."""
    context = model.engine.context
    return context - min(answer, int(context * _ANSWER_SHARE))


def _size(model: LanguageModel, text: str) -> int:
    return len(model.tokenizer.encode(checked_text(text))) if text else 0


def in_turn(turns: Sequence[ChatMessage]) -> list[ChatMessage]:
    """The turns without empty ones, neighbours of one role put together: templates want roles in turn."""
    joined: list[ChatMessage] = []
    for turn in turns:
        if joined and joined[-1].role == turn.role:
            joined[-1] = ChatMessage(turn.role, f"{joined[-1].content}\n\n{turn.content}")
        elif turn.content.strip():
            joined.append(turn)
    return joined


def _told(chat: ChatTemplate, system: str, turns: Sequence[ChatMessage]) -> list[ChatMessage]:
    if not system:
        return list(turns)
    if _takes_system(chat):
        return [ChatMessage("system", system), *turns]
    return [ChatMessage("user", f"{system}\n\n{turns[0].content}"), *turns[1:]]


def _takes_system(chat: ChatTemplate) -> bool:
    try:
        return _PROBE in chat.render([ChatMessage("system", _PROBE), ChatMessage("user", "")])
    except CheckpointError:
        return False
