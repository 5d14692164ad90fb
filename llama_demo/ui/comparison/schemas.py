"""What crosses between the comparison of two models and the server."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from llama_demo.services.comparison.request import ComparedTask
from llama_demo.services.comparison.votes import Choice
from llama_demo.ui.schemas import CollectionItem, Name, Schema, Text, UpdateLine

LONGEST = 20_000
"""Characters of what two models are asked."""


class ComparedModelsRequest(Schema):
    """The task at which models are compared."""

    task: ComparedTask


class ComparedModelItem(Schema):
    """A model that can be compared.

    Attributes:
        ready: whether it need not be loaded.
        memory: bytes that it takes, estimated; 0 for another server's.
    """

    name: str
    task: str
    bundled: bool
    ready: bool
    memory: int


class ComparedModelsResponse(Schema):
    """What can be chosen for a comparison.

    Attributes:
        targets: codes of the languages that can be translated into.
        operator: whether the visitor can get further models.
    """

    models: list[ComparedModelItem]
    targets: list[str]
    collections: list[CollectionItem]
    operator: bool


class CompareRequest(Schema):
    """What is asked of two models; as
    :class:`~llama_demo.services.comparison.request.ComparisonRequest`."""

    task: ComparedTask
    text: Annotated[Text, Field(max_length=LONGEST)] = ""
    first: Name
    second: Name
    blind: bool = False
    target: Name = "en"
    collection: Name = ""


class SideFiguresItem(Schema):
    """What one side took; None where a task has no such figure.

    Attributes:
        memory: in bytes, estimated; 0 for a model of another server.
    """

    seconds: float
    memory: int
    tokens: int | None
    tokens_per_second: float | None
    first_token_ms: int | None


class RankedPassageItem(Schema):
    """A passage of a ranking."""

    chunk: int
    document: str
    page: int | None
    text: str
    cosine: float


class ComparisonLine(UpdateLine):
    """What is new of a comparison.

    Attributes:
        id: in the first line, by which it is voted on; empty if it is not blind.
        names: of the models, once they are shown.
        asked: in the first line: whether writers follow the prompt as a request.
        loading: name of a model that is loaded (empty while it is hidden), parameters read, and all of them.
        side: which side the rest is about.
        added: text behind that of the lines before.
        progress: passages read, and all of them.
        waiting: requests that are served before this one.
        warning, failure: as HTML.
        end: why the side ended.
        over: in the last line.
        can_vote: in the last line, if it can be voted on.
    """

    id: str | None = None
    names: tuple[str, str] | None = None
    asked: bool | None = None
    loading: tuple[str, int, int] | None = None
    side: Literal[0, 1] | None = None
    added: str | None = None
    passages: list[RankedPassageItem] | None = None
    progress: tuple[int, int] | None = None
    waiting: int | None = None
    warning: str | None = None
    failure: str | None = None
    end: str | None = None
    figures: SideFiguresItem | None = None
    over: bool | None = None
    can_vote: bool | None = None


class VoteRequest(Schema):
    """A vote on a comparison."""

    id: Name
    choice: Choice


class VoteTallyItem(Schema):
    """The votes between two models at a task."""

    task: str
    first: str
    second: str
    first_better: int
    second_better: int
    ties: int
    both_bad: int


class VoteResponse(Schema):
    """What a voter learns.

    Attributes:
        names, figures: of the models, left and right.
        counted: whether the vote was stored.
    """

    names: tuple[str, str]
    figures: tuple[SideFiguresItem | None, SideFiguresItem | None]
    counted: bool


class VoteTalliesResponse(Schema):
    """The votes by pair of models.

    Attributes:
        everyone: whether they are those of all visitors.
    """

    tallies: list[VoteTallyItem]
    everyone: bool
