"""Schemas of the Generate tab."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from llama_demo.services.generation import GenerationRequest
from llama_demo.tasks.generate import Token
from llama_demo.ui.schemas import Name, Schema, Text, UpdateLine

LONGEST_CONTEXT = 100_000
"""Most tokens that a page may send to continue from; no context is longer."""

KeptToken = tuple[int, Text, float, float]
"""Id, text and log-probability of a token, and the peak that it is compared with."""

Choice = tuple[int, str, float, bool]
"""Id, text and log-probability of a token that could have come, and whether it ends the text."""


class TextRequest(Schema):
    """What was asked for when a text on the page was written.

    Attributes:
        model: as :class:`~llama_demo.services.writers.Writers` finds it; empty for the active one.
    """

    text: Text = ""
    preset: Name = "free"
    form: Name = ""
    theme: Name = ""
    model: Name = ""

    @property
    def request(self) -> GenerationRequest:
        """The request of that text."""
        return GenerationRequest(
            self.text, preset=self.preset, form=self.form, theme=self.theme, model=self.model
        )


class VersionRequest(TextRequest):
    """A request for another version of a text, its continuation, or another token in it.

    Attributes:
        version: the page's id of the version that it starts from.
        kept: the tokens to keep.
        chosen: whether the last of them replaces the model's choice.
        run_id: of that version in the history.
    """

    act: Literal["again", "continue", "choose"]
    version: str = Field("", max_length=64)
    kept: list[KeptToken] = Field(default_factory=list, max_length=LONGEST_CONTEXT)
    chosen: bool = False
    run_id: str | None = Field(None, max_length=64)

    @property
    def tokens(self) -> list[Token]:
        """The tokens to continue from."""
        return [Token(number, text, logprob, peak=peak) for number, text, logprob, peak in self.kept]


class ContinuationRequest(TextRequest):
    """A text on the page that can be continued: its request and its number of tokens."""

    tokens: int = Field(ge=1)


class FiguresItem(Schema):
    """The figures of a text; None for those that are not known.

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
        model: that was asked for; empty for the active one.
        answers: whether the text answers the request; else it continues it.
        first: whether it begins a list of versions; else it is added to the present list.
        parent: id of the version that it continues; empty for none.
        kept: number of its tokens that it begins with.
        chosen: token that replaces the last of them.
    """

    begin: str
    text: str
    preset: str
    form: str
    theme: str
    model: str
    answers: bool
    first: bool
    parent: str
    kept: int
    chosen: tuple[int, str, float, float] | None


class VerseLineItem(Schema):
    """A line of a poem.

    Attributes:
        tones: of each character; None for one whose tone is not known.
        faults: numbers of the characters that have another tone than the form asks for.
    """

    tones: list[Literal["level", "oblique"] | None]
    faults: list[int]
    rhymes: bool


class VerseItem(Schema):
    """Tones and rhymes of a poem.

    Attributes:
        rhyme: name of the rhyme, such as ``下平七阳``; empty if the lines share none.
    """

    form: str
    lines: list[VerseLineItem]
    rhyme: str


class GenerationUpdateLine(UpdateLine):
    """What is new of a version.

    Attributes:
        tokens: id, text, log-probability, alternatives and peak of each.
        plain: of a text whose tokens are not known.
        quotes: spans of the quoted sentences in the request, in characters.
        verse: tones and rhymes of a poem that has ended.
        run: id of the version in the history.
        end: the reason why the text ended.
        show: id in the history of the version that the page shows.
    """

    tokens: list[tuple[int, str, float, list[Choice], float]] | None = None
    plain: str | None = None
    quotes: list[tuple[int, int]] | None = None
    verse: VerseItem | None = None
    run: str | None = None
    figures: FiguresItem | None = None
    end: str | None = None
    show: str | None = None


class WriterResponse(Schema):
    """What the model that writes can do.

    Attributes:
        unable: presets that it cannot do.
        quotes: whether a summary quotes, because the model cannot summarise.
        lead: the line about it, as HTML.
    """

    model: str
    unable: list[str]
    quotes: bool
    lead: str
