"""What crosses between the Generate tab and the server."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from llama_demo.services.generation import GenerationRequest
from llama_demo.tasks.generate import Token
from llama_demo.ui.schemas import Name, Schema, Text, UpdateLine

LONGEST_CONTEXT = 100_000
"""Tokens that a page may name to go on from; no context is longer."""

KeptToken = tuple[int, Text, float]
"""Id, text and log-probability."""

Choice = tuple[int, str, float, bool]
"""Id, text and log-probability of a token that could have come, and whether it ends the text."""


class VersionRequest(Schema):
    """Another version of a text, more of it, or another word in it.

    Attributes:
        version: the page's id of the version that was looked at.
        kept: the tokens that shall stand.
        chosen: whether the last of them takes the place of the model's own.
        run_id: of that version in the history.
    """

    act: Literal["again", "continue", "choose"]
    version: str = Field("", max_length=64)
    text: Text = ""
    preset: Name = "free"
    form: Name = ""
    theme: Name = ""
    kept: list[KeptToken] = Field(default_factory=list, max_length=LONGEST_CONTEXT)
    chosen: bool = False
    run_id: str | None = Field(None, max_length=64)

    @property
    def request(self) -> GenerationRequest:
        """What the version had been asked."""
        return GenerationRequest(self.text, preset=self.preset, form=self.form, theme=self.theme)

    @property
    def tokens(self) -> list[Token]:
        """The tokens to go on from."""
        return [Token(*token) for token in self.kept]


class ContinuationRequest(Schema):
    """A text on the page that can be continued: what it was asked by, and how many tokens it has."""

    text: Text = ""
    preset: Name = "free"
    form: Name = ""
    theme: Name = ""
    tokens: int = Field(ge=1)


class MeterRequest(Schema):
    """What the meter is to tell, beside what the form has."""

    continuation: ContinuationRequest | None = None


class FiguresItem(Schema):
    """The figures under a text; what is not known yet stands in no line.

    Attributes:
        speed: tokens per second.
        pace: the speed in words: the last part of a key ``pace.…``.
        first: milliseconds to the first token.
    """

    tokens: int | None
    speed: str | None
    pace: str | None
    first: str | None
    model: str | None
    seed: int | None
    temperature: float | None


class GenerationBeginLine(Schema):
    """The first line of a version.

    Attributes:
        begin: an id of the version, for this stream alone.
        answers: whether the text answers the request; else it goes on with it.
        first: whether it begins a list of versions; else it is added to the one that is there.
        parent: id of the version that it goes on from; empty for none.
        kept: how many tokens of that one it begins with.
        chosen: takes the place of the last of them.
    """

    begin: str
    text: str
    preset: str
    form: str
    theme: str
    answers: bool
    first: bool
    parent: str
    kept: int
    chosen: tuple[int, str, float] | None


class GenerationUpdateLine(UpdateLine):
    """What is new of a version.

    Attributes:
        tokens: id, text and log-probability of each, and what else could have come.
        plain: a text whose tokens are not known.
        quotes: start and end of sentences that were picked from the request, in characters.
        run: id of the version in the history.
        end: the reason why the text ended.
        show: id in the history of the version that the page shows.
    """

    tokens: list[tuple[int, str, float, list[Choice]]] | None = None
    plain: str | None = None
    quotes: list[tuple[int, int]] | None = None
    run: str | None = None
    figures: FiguresItem | None = None
    end: str | None = None
    show: str | None = None
