"""What an answer sends to the page while it grows: text that only grows, one JSON value a line.

The first line names the request. Gradio sends each update as the few characters that are new, and of an
answer only what changed becomes a line: the end of its text, its last blocks, single facts.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from time import monotonic
from typing import Any

from llama_demo.services.asking.answer import AnswerUpdate
from llama_demo.services.asking.conversation import AnswerProgress, Conversation
from llama_demo.ui.ask.rich_text import Node
from llama_demo.ui.ask.told import blocks, conversation_told, facts
from llama_demo.ui.json_line import json_line
from llama_demo.ui.positions import units

EVERY = 0.15
"""Seconds between two lines about an answer that is being written: as often as somebody can read."""


@dataclass
class _Sent:
    """What the page knows of an answer."""

    text: str = ""
    blocks: list[Node] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    at: float = 0.0


class Lines:
    """The growing text of one request.

    Args:
        ask: the page's number of the request.
    """

    def __init__(self, ask: int) -> None:
        self._answers: dict[str, _Sent] = {}
        self._questions: set[str] = set()
        self.text = json_line({"begin": secrets.token_hex(8), "ask": ask})

    def talk(self, conversation: Conversation) -> None:
        """Say which conversation this is."""
        self.text += json_line({"talk": conversation_told(conversation)})

    def question(self, said: AnswerProgress, *, parent: str | None, content: str) -> None:
        """Say which question this is, once."""
        if said.question not in self._questions:
            self._questions.add(said.question)
            told = {"id": said.question, "parent": parent, "content": content}
            self.text += json_line({"question": told})

    def add(self, said: AnswerProgress) -> bool:
        """Add what is new in ``said``; returns false if it is too soon after the last time."""
        sent = self._answers.get(said.answer)
        now, over = monotonic(), said.update.status != "running"
        if sent is None:
            sent = self._answers[said.answer] = _Sent()
            told = facts(said.update)
            self.text += json_line({"answer": {"id": said.answer, "parent": said.question, **told}})
            sent.facts = told
        elif not over and now - sent.at < EVERY:
            return False
        sent.at = now
        self._change(said.answer, sent, said.update)
        return True

    def problem(self, notice: str) -> None:
        """Say what went wrong, as HTML."""
        self.text += json_line({"problem": notice})

    def end(self) -> str:
        """Say that nothing more comes."""
        self.text += json_line({"end": True})
        return self.text

    def _change(self, answer: str, sent: _Sent, update: AnswerUpdate) -> None:
        told = facts(update)
        changed = {name: value for name, value in told.items() if sent.facts[name] != value}
        if update.text != sent.text:
            kept = _common(sent.text, update.text)
            self.text += json_line({"text": [answer, units(update.text[:kept]), update.text[kept:]]})
            sent.text = update.text
        drawn = blocks(update)
        if drawn is not None and drawn != sent.blocks:
            same = _common(sent.blocks, drawn)
            self.text += json_line({"blocks": [answer, same, drawn[same:]]})
            sent.blocks = drawn
        if changed:
            self.text += json_line({"set": [answer, changed]})
            sent.facts = told


def _common(one: Sequence[object], other: Sequence[object]) -> int:
    """How many items two texts or lists begin with in common."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
