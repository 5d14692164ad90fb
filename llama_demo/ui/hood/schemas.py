"""What crosses between the tab "Under the hood" and the server."""

from __future__ import annotations

from pydantic import Field

from llama_demo.services.inspection.subject import InspectedTask, InspectionSubject
from llama_demo.ui.schemas import Name, Schema, Text


class InspectionRequest(Schema):
    """A subject: see :class:`~llama_demo.services.inspection.subject.InspectionSubject`."""

    task: InspectedTask = "generate"
    text: Text = ""
    passage: Text = ""
    source: Name = "en"
    target: Name = "zh"
    translation: Text = ""
    model: Name = ""
    preset: Name = "free"
    form: Name = ""
    theme: Name = ""
    continuation: list[int] = Field(default=[], max_length=10_000)

    @property
    def subject(self) -> InspectionSubject:
        """The subject that is asked for."""
        return InspectionSubject(
            self.task,
            self.text,
            self.passage,
            self.source,
            self.target,
            self.translation,
            self.model,
            self.preset,
            self.form,
            self.theme,
            tuple(self.continuation),
        )


class TokenPieceItem(Schema):
    """A token: its id, its characters, and the vocabulary's name for it."""

    id: int
    text: str
    name: str


class TokenisedTextItem(Schema):
    """The tokens of a text; ``cut`` of them were left out at its end."""

    part: str
    pieces: list[TokenPieceItem]
    cut: int


class ArchitectureItem(Schema):
    """The shape of a network: see :class:`~llama_demo.engine.inspection.Architecture`."""

    kind: str
    vocabulary: int
    width: int
    context: int
    encoder_layers: int
    decoder_layers: int
    heads: int
    key_heads: int
    mlp_width: int
    activation: str
    norm: str
    norm_place: str
    positions: str


class AttentionKindItem(Schema):
    """A kind of attention that the model has."""

    name: str
    layers: int
    heads: int
    key_heads: int
    queries: str
    keys: str
    causal: bool


class InspectionResponse(Schema):
    """A subject as its model reads it.

    Attributes:
        parameters: of the model.
        second: where the passage begins among the tokens of a question with its passage.
        characters: of the text.
    """

    task: InspectedTask
    model: str
    family: str
    parameters: int
    architecture: ArchitectureItem
    texts: list[TokenisedTextItem]
    kinds: list[AttentionKindItem]
    second: int
    characters: int
    most: int


class SourceRequest(Schema):
    """The name of a function that the tour refers to."""

    name: Name


class SourceResponse(Schema):
    """Its source."""

    name: str
    file: str
    first_line: int
    code: str


class TasksRequest(Schema):
    """Asks which models there are."""


class TasksResponse(Schema):
    """Tasks with a model that can be looked into."""

    tasks: list[InspectedTask]
