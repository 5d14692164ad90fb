"""The standalone form of a question in a conversation."""

from __future__ import annotations

from collections.abc import Sequence

from llama_demo.tasks.follow_up import chinese, english
from llama_demo.tasks.presets import language_of

_LOOKED_BACK = 6
"""Earlier questions that are taken into account."""

_LONGEST = 300
"""Characters of a question that is completed, or that completes another; longer ones stand alone."""


def standalone(question: str, turns: Sequence[tuple[str, str]]) -> str:
    """The question with what it leaves out taken from the turns before it; as it is if it needs nothing.

    Args:
        turns: role (``user`` or ``assistant``) and text of each, oldest first.
    """
    before, answer = "", ""
    for earlier, reply in _exchanges(turns)[-_LOOKED_BACK:]:
        understood = _completed(earlier, before, answer)
        if understood != joined(earlier, before):  # a joined one leaves the subject to the one before it
            before, answer = understood, reply
    return _completed(question, before, answer)


def joined(question: str, before: str) -> str:
    """A follow-up with the question before it in brackets, where no rule completes it."""
    return f"{question.strip()} ({before.strip()})"


def _exchanges(turns: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each question with its answer; empty for a question without one."""
    exchanges: list[tuple[str, str]] = []
    for role, text in turns:
        if role == "user":
            exchanges.append((text, ""))
        elif exchanges:
            exchanges[-1] = (exchanges[-1][0], text)
    return exchanges


def _completed(question: str, before: str, answer: str) -> str:
    question, before = question.strip(), before.strip()
    if not before or max(len(question), len(before)) > _LONGEST:
        return question
    rules = chinese if language_of(question) == "zh" else english
    same = language_of(before) == language_of(question)
    found = rules.completed(question, before if same else "", answer.strip())
    if found is None:
        return question
    return found if found and same else joined(question, before)
