"""What crosses between the bias probe and the server."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from llama_demo.services.bias.probe import ProbedTask
from llama_demo.ui.schemas import Name, Schema, Text

Lines = Annotated[Text, Field(max_length=100_000)]


class ProbeBiasRequest(Schema):
    """Templates and attributes, one a line; the languages are those of a translation."""

    task: ProbedTask = "generate"
    templates: Lines = ""
    attributes: Lines = ""
    source: Name = "zh"
    target: Name = "en"


class IntervalItem(Schema):
    """A mean with its interval and an adjusted p-value; none where there are too few templates."""

    mean: float
    low: float | None
    high: float | None
    p_value: float | None


class ProbeRowItem(Schema):
    """See :class:`~llama_demo.services.bias.probe.ProbeRow`."""

    attribute: str
    difference: IntervalItem
    centred: IntervalItem
    share: float | None


class MeasuredPairItem(Schema):
    """A pair with the score of each sentence: a log-probability in nats, or a cosine."""

    template: int
    attribute: str
    source: str
    first: str
    second: str
    first_score: float
    second_score: float


class ProbeBiasResponse(Schema):
    """See :class:`~llama_demo.services.bias.probe.ProbeResult`."""

    model: str
    templates: int
    first_words: list[str]
    second_words: list[str]
    rows: list[ProbeRowItem]
    mean: IntervalItem
    pairs: list[MeasuredPairItem]


class ProbeableModelItem(Schema):
    """A task that can be probed; an empty name where no model serves it."""

    task: ProbedTask
    model: str


class ProbeSettingsResponse(Schema):
    """What can be probed, and the most lines and characters of a line."""

    models: list[ProbeableModelItem]
    templates: int
    attributes: int
    characters: int
