"""The stream of an answer to the page: a text that only grows, one JSON value a line.

The first line names the request. Gradio sends each update as the few characters that are new, and of an
answer only what changed becomes a line: the end of its text, its last blocks, single facts.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from time import monotonic

from llama_demo.services.answering.answer import AnswerUpdate
from llama_demo.services.answering.conversation import AnswerProgress, Conversation
from llama_demo.services.history.runs import Run
from llama_demo.ui.ask.schemas import (
    AnswerBlocksLine,
    AnswerFactsItem,
    AnswerFactsLine,
    AnswerItem,
    AnswerLine,
    AnswerTextLine,
    AskBeginLine,
    AskEndLine,
    ConversationLine,
    QuestionItem,
    QuestionLine,
    ReopenLine,
)
from llama_demo.ui.ask.serializers import answer_blocks, serialize_facts, serialize_heading, serialize_run
from llama_demo.ui.positions import units
from llama_demo.ui.rich_text import Node
from llama_demo.ui.schemas import ProblemLine, Schema

INTERVAL = 0.15
"""Seconds between two lines about an answer that is being written."""


@dataclass
class _Sent:
    """What the page knows of an answer."""

    facts: AnswerFactsItem
    text: str = ""
    blocks: list[Node] = field(default_factory=list)
    at: float = 0.0


class AnswerStream:
    """The growing text of one request.

    Args:
        ask: the page's number of the request.
        clock: seconds, for the interval between lines.

    Attributes:
        text: all lines so far.
    """

    def __init__(self, ask: int, *, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._answers: dict[str, _Sent] = {}
        self._questions: set[str] = set()
        self.text = AskBeginLine(begin=secrets.token_hex(8), ask=ask).line()

    def conversation(self, conversation: Conversation) -> None:
        """Add the conversation."""
        self._add(ConversationLine(conversation=serialize_heading(conversation)))

    def question(self, progress: AnswerProgress, *, parent: str | None, content: str) -> None:
        """Add the question, once."""
        if progress.question not in self._questions:
            self._questions.add(progress.question)
            self._add(
                QuestionLine(question=QuestionItem(id=progress.question, parent=parent, content=content))
            )

    def answer(self, progress: AnswerProgress) -> bool:
        """Add what is new of an answer; returns False if the last line is too recent."""
        sent = self._answers.get(progress.answer)
        now, over = self._clock(), progress.update.status != "running"
        if sent is None:
            sent = self._begin(progress)
        elif not over and now - sent.at < INTERVAL:
            return False
        sent.at = now
        self._change(progress.answer, sent, progress.update)
        return True

    def problem(self, notice: str) -> None:
        """Add a notice, as HTML."""
        self._add(ProblemLine(problem=notice))

    def end(self) -> str:
        """Add the last line; returns all lines."""
        self._add(AskEndLine())
        return self.text

    def _begin(self, progress: AnswerProgress) -> _Sent:
        facts = serialize_facts(progress.update)
        answer = AnswerItem(id=progress.answer, parent=progress.question, text="", blocks=None, **dict(facts))
        self._add(AnswerLine(answer=answer))
        sent = self._answers[progress.answer] = _Sent(facts)
        return sent

    def _change(self, answer: str, sent: _Sent, update: AnswerUpdate) -> None:
        if update.text != sent.text:
            kept = _common(sent.text, update.text)
            self._add(AnswerTextLine(text=(answer, units(update.text[:kept]), update.text[kept:])))
            sent.text = update.text
        blocks = answer_blocks(update)
        if blocks is not None and blocks != sent.blocks:
            kept = _common(sent.blocks, blocks)
            self._add(AnswerBlocksLine(blocks=(answer, kept, blocks[kept:])))
            sent.blocks = blocks
        facts, before = serialize_facts(update), dict(sent.facts)
        changed = {name for name, value in facts if before[name] != value}
        if changed:
            self._add(AnswerFactsLine(set=(answer, facts.model_dump(mode="json", include=changed))))
            sent.facts = facts

    def _add(self, line: Schema) -> None:
        self.text += line.line()


def stream_of_run(run: Run, kind: str) -> str:
    """The stream that shows a run of the history: its conversation, or its question alone."""
    return ReopenLine(begin=secrets.token_hex(8), reopen=serialize_run(run, kind)).line()


def _common(one: Sequence[object], other: Sequence[object]) -> int:
    """How many items two texts or lists begin with in common."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
