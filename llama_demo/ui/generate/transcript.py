"""What a run sends to the page, and what the page sends back to go on from it.

A transcript is text that only grows, one JSON value a line, so that Gradio sends each update as the few
characters that are new. Its first line says which run it is; then come tokens, figures and the end. The page
keeps every version of a run, so going on from one needs no memory of the server: the page names the tokens
that shall stand.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from pydantic import BaseModel, Field

from llama_demo.services.generation import GenerationRequest, GenerationUpdate
from llama_demo.services.history.runs import Run
from llama_demo.tasks.generate import Token
from llama_demo.ui.generate.result import figures
from llama_demo.ui.json_line import json_line
from llama_demo.ui.wishes import Name, Text

PRECISION = 4
"""Decimal places of a log-probability; the page shows per cents."""

KEPT_MOST = 100_000
"""Tokens that a page may name to go on from; no context is longer."""


class Wish(BaseModel):
    """What was pressed in a result: another version, more of this one, or another word in it.

    Attributes:
        version: the page's name of the version that was looked at.
        kept: the tokens that shall stand, each as id, text and log-probability.
        chosen: whether the last of them takes the place of the model's own.
        run_id: of that version in the history.
    """

    act: Literal["again", "continue", "choose"]
    version: str = Field("", max_length=64)
    text: Text = ""
    preset: Name = "free"
    form: Name = ""
    theme: Name = ""
    kept: list[tuple[int, Text, float]] = Field(default_factory=list, max_length=KEPT_MOST)
    chosen: bool = False
    run_id: str | None = Field(None, max_length=64)

    @property
    def asked(self) -> GenerationRequest:
        """What the version had been asked."""
        return GenerationRequest(self.text, preset=self.preset, form=self.form, theme=self.theme)

    @property
    def tokens(self) -> list[Token]:
        """The tokens to go on from."""
        return [Token(*token) for token in self.kept]


class Transcript:
    """The growing text of one run.

    Args:
        asked: what was asked.
        wished: what it goes on from, if it is a further version.
        endings: the tokens by which the model ends a text.
        answers: whether the text answers the request; else it goes on with it.
    """

    def __init__(
        self,
        asked: GenerationRequest,
        *,
        wished: Wish | None = None,
        endings: frozenset[int] = frozenset(),
        answers: bool,
    ) -> None:
        self._endings = endings
        self._sent = len(wished.kept) if wished else 0
        self._told: dict[str, Any] = {}
        begin = {
            "begin": secrets.token_hex(8),
            "text": asked.text,
            "preset": asked.preset,
            "form": asked.form,
            "theme": asked.theme,
            "answers": answers,
            "from": wished.version if wished else None,
            "kept": self._sent,
            "chosen": wished.kept[-1] if wished and wished.chosen else None,
        }
        self.text = json_line(begin)

    def add(self, update: GenerationUpdate) -> str:
        """The transcript with what is new in ``update``."""
        tokens = update.tokens[self._sent :]
        self._sent += len(tokens)
        lines = [json_line({"tokens": [self._token(token) for token in tokens]})] if tokens else []
        if update.run_id and "run" not in self._told:
            self._told["run"] = update.run_id
            lines.append(json_line({"run": update.run_id}))
        if update.quotes:
            lines.append(json_line({"quotes": update.quotes}))
        lines.append(json_line({"figures": figures(update.info)}))
        if reason := update.info.get("finish_reason"):
            lines.append(json_line({"end": reason}))
        self.text += "".join(lines)
        return self.text

    def broken(self) -> str:
        """The transcript of a run that failed: what was written stays."""
        self.text += json_line({"end": "failed"})
        return self.text

    def _token(self, token: Token) -> list[Any]:
        choices = [
            [choice.id, choice.text, round(choice.logprob, PRECISION), choice.id in self._endings]
            for choice in token.choices
        ]
        return [token.id, token.text, round(token.logprob, PRECISION), choices]


def stored(versions: Sequence[Run], shown: str) -> str:
    """The transcript of runs of the history, all versions of one; the page shows the one called ``shown``."""
    return "".join(_stored(run, first=number == 0) for number, run in enumerate(versions)) + json_line(
        {"show": shown}
    )


def _stored(run: Run, *, first: bool) -> str:
    options = run.options
    preset = str(options.get("preset", "free"))
    begin = {
        "begin": run.id + secrets.token_hex(4),
        "text": run.input,
        "preset": preset,
        "form": str(options.get("form", "")),
        "theme": str(options.get("theme", "")),
        "answers": preset != "free",
        "from": None if first else "",
        "kept": 0,
        "chosen": None,
    }
    lines: Iterable[dict[str, Any]] = (
        begin,
        {"tokens": [[number, text, logprob, []] for text, number, logprob in run.trace]}
        if run.trace
        else {"plain": run.output},
        {"run": run.id},
        {"figures": figures({"model": run.model, **run.timings})},
        {"end": run.timings.get("finish_reason", run.status)},
    )
    return "".join(map(json_line, lines))
