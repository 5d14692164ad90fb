"""A question as it is understood in its conversation."""

from __future__ import annotations

from collections.abc import Sequence

from llama_demo.tasks.follow_up import chinese, english
from llama_demo.tasks.presets import language_of

_LOOKED_BACK = 6
"""Questions before this one that may still matter."""

_LONGEST = 300
"""Characters of a question that can be completed, or be leaned on: longer ones say what they are about."""


def standalone(question: str, turns: Sequence[tuple[str, str]]) -> str:
    """The question with what it leaves out taken from the turns before it; as it is if it needs nothing.

    Args:
        turns: role (``user`` or ``assistant``) and text of each, oldest first.
    """
    before, answer = "", ""
    for asked, answered in _exchanges(turns)[-_LOOKED_BACK:]:
        before, answer = _completed(asked, before, answer), answered
    return _completed(question, before, answer)


def _exchanges(turns: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each question with what was answered; empty where nothing was."""
    found: list[tuple[str, str]] = []
    for role, text in turns:
        if role == "user":
            found.append((text, ""))
        elif found:
            found[-1] = (found[-1][0], text)
    return found


def _completed(question: str, before: str, answer: str) -> str:
    question, before = question.strip(), before.strip()
    if not before or max(len(question), len(before)) > _LONGEST:
        return question
    rules = chinese if language_of(question) == "zh" else english
    if language_of(before) == language_of(question):
        return rules.completed(question, before, answer.strip()) or question
    return f"{question} ({before})" if rules.leans(question) else question
