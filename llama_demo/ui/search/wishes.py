"""What the scripts of the Search tab ask for, checked: pages can be forged."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from typing import Annotated, Literal

from pydantic import BaseModel, Field, field_validator

from llama_demo.services.library.library import SAMPLE
from llama_demo.services.library.search import ChunkFilter
from llama_demo.ui.collections import Place
from llama_demo.ui.wishes import Name, Text

Ids = Annotated[list[Name], Field(max_length=10_000)]


FIRST_YEAR = 1970
"""No document was added before."""


class Wish(Place):
    """A search.

    Attributes:
        chunk: find what is like this passage, in place of what the query says.
        compare: by meaning and by words, side by side.
        document: id of the only one that is searched; empty for all.
        since, until: days of the visitor's calendar on which a document was added, both included.
        typed: whether it was asked for by typing, not by a button.
        again: whether it was in the history before, as something that is shown or saved once more.
    """

    mode: Literal["hybrid", "meaning", "words"] = "hybrid"
    chunk: int | None = None
    compare: bool = False
    document: Name = ""
    language: Name = ""
    since: date | None = None
    until: date | None = None
    typed: bool = False
    again: bool = False
    form: Name = ""

    @field_validator("since", "until", mode="before")
    @classmethod
    def _day(cls, told: object) -> object:
        """A day that is half typed is none: with one digit of its year it lies in antiquity."""
        try:
            day = date.fromisoformat(told) if isinstance(told, str) else None
        except ValueError:
            return None
        return day if day is not None and day.year >= FIRST_YEAR else None

    def narrowing(self, zone: tzinfo) -> ChunkFilter:
        """The filters, in the visitor's time."""
        return ChunkFilter(
            documents=(self.document,) if self.document else (),
            language=self.language,
            since=None if self.since is None else _midnight(self.since, zone),
            until=None if self.until is None else _midnight(_after(self.until), zone),
        )


class Mapped(Place):
    """A map of a collection; ``points`` is false if only the query's place is asked for."""

    points: bool = True


class Passage(BaseModel):
    """A passage to be read where it stands."""

    chunk: int
    query: Text = ""


class Sentences(BaseModel):
    """Sentences whose meanings are compared."""

    sentences: Annotated[list[Text], Field(max_length=100)]


class Listed(BaseModel):
    """A collection of the library, and what is to be done with it or with documents of it."""

    collection: Name = SAMPLE
    documents: Ids = []
    jobs: Ids = []
    name: Text = ""
    text: Text = ""


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


def _after(day: date) -> date:
    return day if day == date.max else day + timedelta(days=1)
