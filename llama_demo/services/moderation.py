"""Applies the content policy to what visitors ask and to what models write for them.

Translation and search are not among it: they create nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from llama_demo.errors import DemoError, PolicyError
from llama_demo.safety.moderation import Decision, Moderator
from llama_demo.safety.policy import Action, bundled_policy
from llama_demo.safety.rules import RuleLayer

INTERVAL = 24
"""Characters by which a text grows between two checks."""

TAIL = 600
"""Characters at the end of a growing text that are checked: more than any rule spans."""

_SELF_HARM = "ssh"


@cache
def bundled_moderator() -> Moderator:
    """Decides by the rules of the bundled policy, which are read once."""
    policy = bundled_policy()
    return Moderator(policy, [RuleLayer(policy)])


class Moderation:
    """The content policy, for the services that make texts.

    Args:
        moderator: makes what decides, when it is first needed.
    """

    def __init__(self, moderator: Callable[[], Moderator] = bundled_moderator) -> None:
        self._moderator = moderator

    def check_prompt(self, *parts: str) -> DemoError | None:
        """What the visitor should know about a request that is answered; None if nothing.

        Args:
            parts: what the visitor typed for one request; each is judged on its own.

        Raises:
            PolicyError: ``policy_prompt`` or ``policy_self_harm``: the request is not answered.
        """
        decisions = (self._moderator().decide(part, "prompt") for part in dict.fromkeys(parts) if part)
        found = [decision for decision in decisions if decision is not None]
        if not found:
            return None
        strictest = max(found, key=lambda decision: decision.action)
        self_harm = strictest.category.code == _SELF_HARM
        if strictest.action is Action.BLOCK:
            raise PolicyError("policy_self_harm" if self_harm else "policy_prompt", **_values(strictest))
        key = "policy_concern" if self_harm else f"policy_{strictest.action.name.lower()}"
        return DemoError(key, **_values(strictest))

    def output_check(self) -> OutputCheck:
        """A check for one text that a model writes."""
        return OutputCheck(self._moderator())


class OutputCheck:
    """Judges one text while it grows."""

    def __init__(self, moderator: Moderator) -> None:
        self._moderator = moderator
        self._judged = 0

    def refusal(self, text: str, *, complete: bool = False) -> PolicyError | None:
        """Why the text must not go on; None if it may.

        Args:
            text: all of it so far.
            complete: whether it has ended; its last characters are judged then, however few.
        """
        if not complete and len(text) < self._judged + INTERVAL:
            return None
        self._judged = len(text)
        decision = self._moderator.decide(text[-TAIL:], "output")
        if decision is None or decision.action is not Action.BLOCK:
            return None
        key = "policy_self_harm" if decision.category.code == _SELF_HARM else "policy_output"
        return PolicyError(key, **_values(decision))


def _values(decision: Decision) -> dict[str, object]:
    return {
        "category": decision.category.name,
        "explanation": decision.category.explanation,
        "rule": decision.rule,
        "version": decision.version,
    }
