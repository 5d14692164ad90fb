"""What crosses between the live training and the server."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from llama_demo.ui.schemas import Schema, Text, UpdateLine

MOST_SENT = 200_000
"""Characters of a text that a page sends."""

Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]
ModelId = Annotated[str, Field(max_length=100)]


class TrainRequest(Schema):
    """A text to train on; empty for the sample.

    Attributes:
        characters: of the text as it was typed; the page sends at most :data:`MOST_SENT`.
        prompt: that is continued while the model learns.
        overfit: whether to train on the beginning of the text alone.
    """

    text: Annotated[Text, Field(max_length=MOST_SENT)] = ""
    characters: Annotated[int, Field(ge=0)] = 0
    prompt: Annotated[Text, Field(max_length=1_000)] = ""
    overfit: bool = False
    seed: Seed = 1


class TrainingPlanLine(UpdateLine):
    """What is about to be trained; the opening of a training's stream.

    Attributes:
        uniform_loss: ``ln V``.
        characters: of the text that was typed.
        used: characters of it that are used.
        distinct: different characters.
        training, validation: tokens that are trained on and held out.
        passage: characters whose losses are told.
    """

    id: str
    prompt: str
    parameters: int
    layers: int
    width: int
    heads: int
    window: int
    rows: int
    steps: int
    seconds: float
    vocabulary: int
    uniform_loss: float
    characters: int
    used: int
    distinct: int
    training: int
    validation: int
    passage: list[str]


class SnapshotItem(Schema):
    """What the model does at a step.

    Attributes:
        losses: of each character of the passage but the first, in nats.
    """

    step: int
    sample: str
    losses: list[float]


class TrainingLine(UpdateLine):
    """How far a training has come.

    Attributes:
        losses: step and training loss of each step since the last line.
        validation: step and held-out loss, where it was measured.
        seconds: since training began.
    """

    state: Literal["waiting", "running", "done", "stopped"]
    plan: TrainingPlanLine | None = None
    losses: list[tuple[int, float]] = Field(default_factory=list)
    validation: list[tuple[int, float]] = Field(default_factory=list)
    snapshots: list[SnapshotItem] = Field(default_factory=list)
    seconds: float | None = None


class ContinueTrainedRequest(Schema):
    """A prompt for a model that was trained here."""

    id: ModelId
    prompt: Annotated[Text, Field(max_length=1_000)] = ""
    temperature: Annotated[float, Field(ge=0.0, le=2.0)] = 0.7
    seed: Seed = 1


class ContinueTrainedResponse(Schema):
    """What the model wrote."""

    text: str


class TrainedModelRequest(Schema):
    """A model that was trained here."""

    id: ModelId


class WordStepRequest(Schema):
    """A word that stands behind a text, and the learning rate of the step towards it."""

    context: Annotated[Text, Field(max_length=1_000)] = ""
    word: Annotated[Text, Field(max_length=100)] = ""
    rate: Annotated[float, Field(ge=0.0, le=1.0)] = 0.01


class WordStepItem(Schema):
    """A token before and after the step.

    Attributes:
        before, after: probabilities.
        gradient: of the loss for its logit, before the step.
    """

    text: str
    before: float
    after: float
    gradient: float


class WordStepResponse(Schema):
    """A gradient step on one token.

    Attributes:
        chosen: place of the right token in ``tokens``.
        loss_before, loss_after: its cross-entropy in nats.
        norm: length of the gradient for all parameters.
    """

    model: str
    target: str
    chosen: int
    tokens: list[WordStepItem]
    loss_before: float
    loss_after: float
    norm: float
    parameters: int
