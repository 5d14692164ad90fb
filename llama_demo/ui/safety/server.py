"""Server functions of the Safety tab."""

from __future__ import annotations

from llama_demo.services.decisions import DecisionOverview
from llama_demo.ui.calls import Call
from llama_demo.ui.safety.schemas import (
    DecisionCountsResponse,
    DecisionMarkRequest,
    DecisionsResponse,
    ModelCardRequest,
    ModelCardResponse,
    OlderDecisionsRequest,
    SafetyResponse,
)
from llama_demo.ui.safety.serializers import (
    category_names,
    policy_html,
    serialize_card,
    serialize_counts,
    serialize_decisions,
    serialize_log,
    serialize_model,
)
from llama_demo.ui.tab_context import Services


class SafetyServer:
    """The policy and the models for everyone, the log of decisions for operators.

    Args:
        public: whether visitors are strangers.
    """

    def __init__(self, services: Services, *, public: bool) -> None:
        self._moderation = services.moderation
        self._decisions = services.decisions
        self._cards = services.cards
        self._public = public

    def overview(self, call: Call) -> SafetyResponse:
        """All that the tab shows."""
        policy = self._moderation.summary()
        return SafetyResponse(
            policy=policy_html(policy, call.visit, public=self._public),
            categories=category_names(policy),
            models=[serialize_model(one) for one in self._cards.at_work(call.visit)],
            log=serialize_log(self._seen(call)) if call.visit.operator else None,
        )

    def card(self, call: Call, request: ModelCardRequest) -> ModelCardResponse:
        """The card of a model at work."""
        return serialize_card(self._cards.card(call.visit, request.name))

    def older(self, call: Call, request: OlderDecisionsRequest) -> DecisionsResponse:
        """Decisions before one of the list."""
        return serialize_decisions(*self._decisions.older(call.visit, request.before))

    def mark(self, call: Call, request: DecisionMarkRequest) -> DecisionCountsResponse:
        """Say whether a decision was wrong."""
        self._decisions.mark(call.visit, request.number, false_positive=request.false_positive)
        return serialize_counts(self._seen(call))

    def clear(self, call: Call) -> None:
        """Delete the log."""
        self._decisions.clear(call.visit)

    def _seen(self, call: Call) -> DecisionOverview:
        return self._decisions.overview(call.visit, call.zone.utcoffset(None))
