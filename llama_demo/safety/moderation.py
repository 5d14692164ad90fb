"""The decision about a text: what the layers of the policy find, and the strictest action of it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from llama_demo.safety.policy import Action, Category, Policy, Stage

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Finding:
    """A category that a layer finds in a text.

    Attributes:
        rule: the id of the rule; of a classifier its name.
        category: the code of the category.
        action: instead of the category's.
    """

    rule: str
    category: str
    action: Action | None = None


class PolicyLayer(Protocol):
    """Something that finds categories of the policy in texts: rules, or a classifier."""

    name: str

    def findings(self, text: str, stage: Stage) -> Iterable[Finding]:
        """What it finds in a text."""


@dataclass(frozen=True)
class Decision:
    """What happens to a text, and why.

    Attributes:
        layer, rule: what found the category.
        version: of the policy.
    """

    action: Action
    category: Category
    layer: str
    rule: str
    version: str


class Moderator:
    """Decides by the policy about prompts and generated texts, and logs what it does not simply allow.

    Args:
        layers: asked one after the other, until one of them blocks.
    """

    def __init__(self, policy: Policy, layers: Sequence[PolicyLayer]) -> None:
        self._policy = policy
        self._layers = layers

    def decide(self, text: str, stage: Stage) -> Decision | None:
        """The strictest decision about a text; None if it is simply allowed."""
        strictest: Decision | None = None
        for layer in self._layers:
            for finding in layer.findings(text, stage):
                decision = self._decision(layer, finding)
                if strictest is None or decision.action > strictest.action:
                    strictest = decision
            if strictest is not None and strictest.action is Action.BLOCK:
                break
        if strictest is not None:
            _log(strictest, stage)
        return strictest

    def _decision(self, layer: PolicyLayer, finding: Finding) -> Decision:
        category = self._policy.categories[finding.category]
        action = category.action if finding.action is None else finding.action
        return Decision(action, category, layer.name, finding.rule, self._policy.version)


def _log(decision: Decision, stage: Stage) -> None:
    """Log a decision, never the text."""
    fields = {
        "stage": stage,
        "action": decision.action.name.lower(),
        "category": decision.category.code,
        "layer": decision.layer,
        "rule": decision.rule,
        "policy": decision.version,
    }
    log.warning(
        "content policy %(policy)s: %(action)s of a %(stage)s, category %(category)s, %(layer)s %(rule)s",
        fields,
        extra={"fields": fields},
    )
