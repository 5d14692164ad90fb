"""The decision about a text: what the layers of the policy find, and the strictest action of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from llama_demo.safety.policy import Action, Category, Policy, Stage


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
    """Something that finds categories of the policy in texts: rules, or a classifier.

    Attributes:
        name: as the log of decisions calls it.
        interval: characters by which a text grows before the layer judges it again.
    """

    name: str
    interval: int

    def findings(self, text: str, stage: Stage, prompt: str, /) -> Iterable[Finding]:
        """What it finds in a text.

        Args:
            prompt: what an output answers; empty for a prompt.
        """


@dataclass(frozen=True)
class Decision:
    """What happens to a text, and why.

    Attributes:
        layer, rule: what found the category.
        version: of the policy.
    """

    action: Action
    category: Category
    stage: Stage
    layer: str
    rule: str
    version: str


class Moderator:
    """Decides by the policy about prompts and generated texts.

    Args:
        layers: asked one after the other, until one of them blocks.

    Attributes:
        policy, layers: as given.
    """

    def __init__(self, policy: Policy, layers: Sequence[PolicyLayer]) -> None:
        self.policy = policy
        self.layers = layers

    def decide(
        self, text: str, stage: Stage, *, prompt: str = "", layers: Sequence[PolicyLayer] | None = None
    ) -> Decision | None:
        """The strictest decision about a text; None if it is simply allowed.

        Args:
            prompt: what an output answers.
            layers: those that are asked, if not all.
        """
        strictest: Decision | None = None
        for layer in self.layers if layers is None else layers:
            for finding in layer.findings(text, stage, prompt):
                decision = self._decision(layer, finding, stage)
                if strictest is None or decision.action > strictest.action:
                    strictest = decision
            if strictest is not None and strictest.action is Action.BLOCK:
                break
        return strictest

    def _decision(self, layer: PolicyLayer, finding: Finding, stage: Stage) -> Decision:
        category = self.policy.categories[finding.category]
        action = category.action if finding.action is None else finding.action
        return Decision(action, category, stage, layer.name, finding.rule, self.policy.version)
