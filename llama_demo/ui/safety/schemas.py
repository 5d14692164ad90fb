"""What crosses between the Safety tab and the server."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from llama_demo.ui.schemas import Name, RichText, Schema


class ModelCardRequest(Schema):
    """A model, by name."""

    name: Name


class OlderDecisionsRequest(Schema):
    """Decisions before a number."""

    before: int = Field(ge=0, lt=2**63)


class DecisionMarkRequest(Schema):
    """A decision, and whether it was wrong."""

    number: int = Field(ge=0, lt=2**63)
    false_positive: bool


class DecisionExportRequest(Schema):
    """The form of a file."""

    form: Name


class ModelCardItem(Schema):
    """A model at work.

    Attributes:
        licence: empty if it is unknown.
        has_card: whether :class:`ModelCardResponse` has something to show.
    """

    name: str
    task: str
    bundled: bool
    licence: str
    has_card: bool


class DecisionItem(Schema):
    """A decision of the content policy.

    Attributes:
        made: ISO 8601, in UTC.
    """

    number: int
    made: datetime
    tab: str
    stage: str
    action: str
    category: str
    layer: str
    rule: str
    version: str
    false_positive: bool


class DecisionCountItem(Schema):
    """Decisions by category, rule or day, and how many of them were marked as wrong."""

    name: str
    decisions: int
    false_positives: int


class DecisionsResponse(Schema):
    """Decisions, the latest first.

    Attributes:
        has_more: whether there are older ones.
    """

    decisions: list[DecisionItem]
    has_more: bool


class DecisionCountsResponse(Schema):
    """How often what was decided."""

    by_category: list[DecisionCountItem]
    by_rule: list[DecisionCountItem]
    by_day: list[DecisionCountItem]


class DecisionLogResponse(Schema):
    """The log as it opens."""

    newest: DecisionsResponse
    counts: DecisionCountsResponse


class SafetyResponse(Schema):
    """All that the tab shows.

    Attributes:
        policy: the policy, as HTML.
        categories: for each code the category's name by language tag.
        log: None for visitors who are no operators.
    """

    policy: str
    categories: dict[str, dict[str, str]]
    models: list[ModelCardItem]
    log: DecisionLogResponse | None


class ModelCardResponse(Schema):
    """The card of a model, as a tree of elements (:mod:`llama_demo.ui.rich_text`)."""

    blocks: RichText
