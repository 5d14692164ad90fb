"""Messages between the Search tab and the server."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from typing import Annotated

from pydantic import Field, field_validator

from llama_demo.services.library.library import DEFAULT, SAMPLE
from llama_demo.services.library.search import ChunkFilter, SearchMode
from llama_demo.ui.schemas import CollectionItem, Name, Schema, Text

Ids = Annotated[tuple[Name, ...], Field(max_length=10_000)]

FIRST_YEAR = 1970
"""Earliest date that a filter may name."""


class SearchRequest(Schema):
    """A search.

    Attributes:
        collection: its name; empty for all.
        chunk: find what is like this passage, in place of what the query says.
        compare: by meaning and by words, side by side.
        document: id of the only one that is searched; empty for all.
        since, until: days of the visitor's calendar on which a document was added, both included.
        typed: whether it was asked for by typing, not by a button.
        again: whether it was in the history before, as something that is shown or saved once more.
        form: of the file in which the passages are saved.
    """

    query: Text = ""
    collection: Name = SAMPLE
    mode: SearchMode = "hybrid"
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
    def _day(cls, value: object) -> object:
        """Ignore a date that is still being typed, such as one in the year 2."""
        try:
            day = date.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            return None
        return day if day is not None and day.year >= FIRST_YEAR else None

    def filter(self, zone: tzinfo) -> ChunkFilter:
        """The filters; dates are in the visitor's time zone."""
        return ChunkFilter(
            documents=(self.document,) if self.document else (),
            language=self.language,
            since=None if self.since is None else _midnight(self.since, zone),
            until=None if self.until is None else _midnight(_day_after(self.until), zone),
        )


class HitItem(Schema):
    """A search result.

    Attributes:
        foreign: whether it is in another language than the query.
        meaning, words: its scores, 0 to 1.
        pieces: its text, each piece with the sum of its marks.
    """

    chunk: int
    document: str
    page: int | None
    heading: str
    language: str
    foreign: bool
    meaning: float
    words: float
    pieces: list[tuple[str, int]]


class HitsItem(Schema):
    """A ranked list of results.

    Attributes:
        language: of the query.
        understood: whether the model knows a word of the query.
        searched: passages that were looked through.
    """

    mode: str
    language: str
    understood: bool
    searched: int
    milliseconds: float
    hits: list[HitItem]


class SearchResponse(Schema):
    """Results of a search.

    Attributes:
        found: the passages of one search.
        meaning, words: those of a comparison, in place of ``found``; ``meaning`` is None without a model.
    """

    found: HitsItem | None = None
    meaning: HitsItem | None = None
    words: HitsItem | None = None


class SavedResponse(Schema):
    """A request for results as a file."""

    name: str
    type: str
    text: str


class ContextRequest(Schema):
    """A request for a passage in its document."""

    chunk: int
    query: Text = ""


class MapRequest(Schema):
    """A request for the map of a collection; ``points=False`` asks for the query's position only."""

    query: Text = ""
    collection: Name = SAMPLE
    points: bool = True


class MapResponse(Schema):
    """A map.

    Attributes:
        points: chunk, group, x, y (each from -1 to 1), document and text of each.
        groups: the name of each group by language tag; None for the rest.
        query: where the query lies.
        total: passages of the collection, of which some may have no point.
    """

    points: list[tuple[int, int, float, float, str, str]]
    groups: list[dict[str, str] | None]
    query: tuple[float, float] | None
    total: int


class SimilarityRequest(Schema):
    """Sentences to compare by meaning."""

    sentences: Annotated[list[Text], Field(max_length=100)]


class SimilarityResponse(Schema):
    """A cosine for each pair of sentences."""

    cosines: list[list[float]]


class CollectionRequest(Schema):
    """A collection of the library; ``name`` is its new name."""

    collection: Name = SAMPLE
    name: Text = ""


class DocumentsRequest(Schema):
    """Documents of the library, by id; ``name`` is the new name of the first."""

    documents: Ids = ()
    name: Text = ""


class JobsRequest(Schema):
    """Indexing jobs, by id."""

    jobs: Ids = ()


class PasteRequest(Schema):
    """A pasted text to add as a document."""

    collection: Name = DEFAULT
    name: Text = ""
    text: Text = ""


class AddFilesRequest(Schema):
    """Names of the files to add as documents."""

    collection: Name = DEFAULT
    names: Annotated[tuple[Text, ...], Field(max_length=10_000)] = ()


class DocumentItem(Schema):
    """A document of the library.

    Attributes:
        created: ISO 8601.
        reason: why it could not be indexed, as HTML; empty if it could.
        notices: what of it could not be read, each as HTML.
    """

    id: str
    name: str
    bytes: int
    language: str
    created: str
    state: str
    chunks: int
    pages: int
    reason: str
    notices: list[str]


class LibraryResponse(Schema):
    """The collections, the documents of one, and the visitor's indexing jobs.

    Attributes:
        total: documents of the collection, of which not all may be listed.
        running: id of a job; empty if there is none.
    """

    collections: list[CollectionItem]
    documents: list[DocumentItem]
    total: int
    running: str


class RejectedItem(Schema):
    """A rejected file; ``reason`` is HTML."""

    id: str
    name: str
    reason: str


class ProgressResponse(Schema):
    """Progress of several jobs together.

    Attributes:
        unchanged: names of files that were there already.
    """

    done: int
    total: int
    running: bool
    stopped: bool
    current: str
    seconds_left: float | None
    added: int
    unchanged: list[str]
    failed: list[RejectedItem]


class JobResponse(Schema):
    """The id of the new job."""

    job: str


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


def _day_after(day: date) -> date:
    return day if day == date.max else day + timedelta(days=1)
