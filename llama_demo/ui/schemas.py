"""The base of every tab's ``schemas.py``, and schemas that several tabs share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from llama_demo.errors import DemoError
from llama_demo.unicode import replace_lone_surrogates


def repaired(value: object) -> object:
    """A value of a call or of its answer, with no lone surrogates in its texts, at any depth."""
    if isinstance(value, str):
        return replace_lone_surrogates(value)
    if isinstance(value, list):
        return [repaired(each) for each in value]
    if isinstance(value, dict):
        return {repaired(key): repaired(each) for key, each in value.items()}
    return value


Text = Annotated[str, AfterValidator(replace_lone_surrogates)]
Name = Annotated[str, AfterValidator(replace_lone_surrogates), Field(max_length=1_000)]

RichText = list[str | list[Any]]
"""A tree of elements, see :mod:`llama_demo.ui.rich_text`."""

Kind = TypeVar("Kind", bound=BaseModel)


class Schema(BaseModel):
    """A message between the page and the server. It is immutable; unknown fields are ignored."""

    model_config = ConfigDict(frozen=True)

    def line(self) -> str:
        """The message as a line of JSON, without spaces and with its end of line."""
        return self.model_dump_json() + "\n"


class UpdateLine(Schema):
    """A line of a stream that holds what is new: a field that is None, at any depth, is left out."""

    def line(self) -> str:
        """The fields that are not None as a line of JSON."""
        return self.model_dump_json(exclude_none=True) + "\n"


class ProblemLine(Schema):
    """The line of a stream that failed: a notice as HTML."""

    problem: str


class Empty(Schema):
    """A request or a response without fields."""


class MadeResponse(Schema):
    """A component as it is made now: its markup, and properties for its script."""

    markup: str
    props: dict[str, object]


class AccountResponse(Schema):
    """The account that the visitor has signed in with; an empty name for none."""

    name: str
    operator: bool


class FiguresResponse(Schema):
    """Figures for operators.

    Attributes:
        visitors: that have stored data.
        megabytes: of the database on the disk.
    """

    visitors: int
    megabytes: float


class CollectionItem(Schema):
    """A collection of the library.

    Attributes:
        key: of the text that replaces its name, if there is one; else empty.
    """

    name: str
    shared: bool
    documents: int
    chunks: int
    key: str


class CollectionsRequest(Schema):
    """The chosen collection; an empty name stands for all."""

    collection: Name = "sample"


class SampleProgress(Schema):
    """How many documents of the sample collection are indexed."""

    done: int
    total: int


class DeepItem(Schema):
    """How far the deep model has come with the chosen collection.

    Attributes:
        done, total: passages that it has embedded, and all of them; 0 of 0 without a deep model.
        failed: whether it gave up for now.
    """

    done: int
    total: int
    failed: bool


class CollectionsResponse(Schema):
    """The collections, and the documents of the chosen one.

    Attributes:
        documents: id and name of each document of the chosen collection.
        languages: codes of their languages.
        understands: whether there is a model for search by meaning.
        deep: how far the deep model has come with the chosen collection.
    """

    collections: list[CollectionItem]
    documents: list[tuple[str, str]]
    languages: list[str]
    samples: SampleProgress
    understands: bool
    deep: DeepItem


class PassageContext(Schema):
    """A passage with the text around it.

    Attributes:
        pieces: the text in pieces, each with the sum of its marks (:mod:`llama_demo.ui.marks`).
        whole: whether the text is the whole document.
    """

    document: str
    page: int | None
    heading: str
    language: str
    pieces: list[tuple[str, int]]
    whole: bool


def parse(schema: type[Kind], payload: Mapping[str, Any]) -> Kind:
    """Validate a message of a script.

    Raises:
        DemoError: ``unexpected`` for a message that the app's scripts never send.
    """
    try:
        return schema.model_validate(payload)
    except ValidationError as exc:
        raise DemoError("unexpected") from exc
