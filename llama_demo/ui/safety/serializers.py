"""Schemas of the Safety tab, of what the services return."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from llama_demo.services.decisions import DecisionCount, DecisionOverview, DecisionRow
from llama_demo.services.model_cards import ModelCard
from llama_demo.services.policy_summary import PolicySummary
from llama_demo.services.visits import Visit
from llama_demo.ui import markup, rich_text
from llama_demo.ui.safety.schemas import (
    DecisionCountItem,
    DecisionCountsResponse,
    DecisionItem,
    DecisionLogResponse,
    DecisionsResponse,
    ModelCardItem,
    ModelCardResponse,
)
from llama_demo.ui.texts import TAGS

_HTML = re.compile(
    r"<!--.*?-->|</?(?:a|abbr|b|br|center|code|details|div|em|figure|figcaption|font|h[1-6]|hr|i|img|kbd|li|ol|p"
    r"|picture|pre|source|span|strong|sub|summary|sup|table|tbody|td|th|thead|tr|u|ul|video)(?:\s[^>]*)?/?>",
    re.DOTALL | re.IGNORECASE,
)


def policy_html(policy: PolicySummary, visit: Visit, *, public: bool) -> str:
    """The policy as its readers see it, with what the visitor can do about a decision."""
    groups = [(action, list(found)) for action, found in groupby(policy.categories, lambda one: one.action)]
    return markup.render(
        "safety_policy.html", policy=policy, groups=groups, operator=visit.operator, public=public
    )


def category_names(policy: PolicySummary) -> dict[str, dict[str, str]]:
    """The names of the categories by code and language tag."""
    return {
        one.code: {TAGS[language]: name for language, name in one.name.items()} for one in policy.categories
    }


def serialize_model(one: ModelCard) -> ModelCardItem:
    """A model at work."""
    entry = one.entry
    return ModelCardItem(
        name=entry.name,
        task=entry.task,
        bundled=entry.bundled,
        licence=entry.licence,
        has_card=one.file is not None,
    )


def serialize_card(text: str) -> ModelCardResponse:
    """A card. Tags of HTML are left out, as nothing of it may run and no picture is loaded."""
    return ModelCardResponse(blocks=rich_text.read(_HTML.sub("", text)))


def serialize_log(seen: DecisionOverview) -> DecisionLogResponse:
    """The log as it opens."""
    return DecisionLogResponse(
        newest=serialize_decisions(seen.newest, seen.has_more), counts=serialize_counts(seen)
    )


def serialize_counts(seen: DecisionOverview) -> DecisionCountsResponse:
    """How often what was decided."""
    return DecisionCountsResponse(
        by_category=_counts(seen.by_category), by_rule=_counts(seen.by_rule), by_day=_counts(seen.by_day)
    )


def serialize_decisions(rows: Sequence[DecisionRow], has_more: bool) -> DecisionsResponse:
    """Decisions of the list."""
    return DecisionsResponse(decisions=[DecisionItem(**vars(row)) for row in rows], has_more=has_more)


def _counts(counts: Iterable[DecisionCount]) -> list[DecisionCountItem]:
    return [DecisionCountItem(**vars(one)) for one in counts]
