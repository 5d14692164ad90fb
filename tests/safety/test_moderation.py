"""The decision: the strictest action of all layers."""

from __future__ import annotations

from collections.abc import Iterable

from llama_demo.safety.moderation import Finding, Moderator
from llama_demo.safety.policy import Action, Stage
from llama_demo.safety.policy_file import bundled_policy


class Finds:
    """A layer that finds one thing, as a classifier would."""

    name, interval = "classifier", 400

    def __init__(self, finding: Finding) -> None:
        self.finding, self.asked = finding, 0

    def findings(self, text: str, stage: Stage, prompt: str) -> Iterable[Finding]:
        self.asked += 1
        return [self.finding]


NOTICE, BLOCK = Finds(Finding("advice", "spc")), Finds(Finding("guard", "vcr"))


def test_the_strictest_layer_decides() -> None:
    """A second layer may refuse what the first one lets pass with a notice."""
    decision = Moderator(bundled_policy(), [NOTICE, BLOCK]).decide("a text", "prompt")
    assert decision is not None
    assert (decision.action, decision.layer, decision.rule) == (Action.BLOCK, "classifier", "guard")


def test_after_a_refusal_no_other_layer_is_asked() -> None:
    """A classifier takes time."""
    last = Finds(Finding("later", "vcr"))
    Moderator(bundled_policy(), [BLOCK, last]).decide("a text", "prompt")
    assert last.asked == 0
