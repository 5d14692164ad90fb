"""The decision: the strictest action of all layers, logged without the text."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from llama_demo.safety.moderation import Finding, Moderator
from llama_demo.safety.policy import Action, Stage, bundled_policy


class Finds:
    """A layer that finds one thing, as a classifier would."""

    name = "classifier"

    def __init__(self, finding: Finding) -> None:
        self.finding, self.asked = finding, 0

    def findings(self, text: str, stage: Stage) -> Iterable[Finding]:
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


def test_the_log_has_rule_and_version_and_not_the_text(caplog: pytest.LogCaptureFixture) -> None:
    """The owner learns what was refused and why; what was typed stays with the visitor."""
    policy = bundled_policy()
    Moderator(policy, [BLOCK]).decide("my secret text", "prompt")
    (record,) = caplog.records
    fields = record.__dict__["fields"]
    assert (fields["rule"], fields["policy"], fields["category"]) == ("guard", policy.version, "vcr")
    assert "guard" in caplog.text
    assert "secret" not in caplog.text + str(fields)
