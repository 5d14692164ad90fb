"""Schemas of the History tab."""

from __future__ import annotations

from datetime import date, tzinfo
from typing import Any, Literal

from pydantic import field_validator

from llama_demo.services.history.runs import RunFilter
from llama_demo.ui.schemas import Name, Schema, Text

Rating = Literal[-1, 0, 1]


class HistoryFilter(Schema):
    """Filter of the list of runs; an empty or invalid field filters nothing.

    Attributes:
        since, until: days of the visitor's calendar, both included.
    """

    query: Text = ""
    task: Text = ""
    model: Text = ""
    rating: Rating | None = None
    since: date | None = None
    until: date | None = None

    @field_validator("query", "task", "model", mode="before")
    @classmethod
    def _text(cls, value: object) -> object:
        return value if isinstance(value, str) else ""

    @field_validator("rating", mode="before")
    @classmethod
    def _rating(cls, value: object) -> object:
        return {"1": 1, "-1": -1}.get(str(value))

    @field_validator("since", "until", mode="before")
    @classmethod
    def _day(cls, value: object) -> object:
        try:
            return date.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            return None

    @property
    def is_set(self) -> bool:
        """Whether it filters anything."""
        return self != HistoryFilter()

    def runs(self, zone: tzinfo) -> RunFilter:
        """The filter for the service, with days in the visitor's time zone."""
        return RunFilter(
            query=self.query,
            task=self.task,
            model=self.model,
            rating=self.rating,
            since=self.since,
            until=self.until,
            zone=zone,
        )


class RunActionRequest(Schema):
    """An action in the list.

    Attributes:
        act: name of the action; ``look`` reloads the list, ``more`` lists further runs, ``delete_history``
            leaves documents and the glossary, ``delete_all`` leaves nothing.
        id: of the run that it concerns, if it concerns one.
        value: a rating.
        text: a note.
        shown: how many runs the list shows.
    """

    act: Literal["look", "more", "open", "delete", "delete_history", "delete_all", "rate", "note"]
    id: Name = ""
    value: Rating = 0
    text: Text = ""
    shown: int = 0

    @field_validator("value", mode="before")
    @classmethod
    def _value(cls, value: Any) -> object:
        return {"1": 1, "-1": -1}.get(str(value), 0)


class ExportRequest(Schema):
    """A file of one run, or of all that the filter leaves.

    Attributes:
        form: of the file.
        id: of the run; empty for all.
    """

    form: Name
    id: Name = ""
    filter: HistoryFilter = HistoryFilter()


class ImportResponse(Schema):
    """The number of runs that an import added, and of those that existed before."""

    added: int
    known: int
