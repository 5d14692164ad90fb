"""Applies the content policy to what visitors ask and to what models write for them.

Translation and search are not among it: they create nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from llama_demo.errors import PolicyError, PolicyNoticeError
from llama_demo.safety.moderation import Decision, Moderator
from llama_demo.safety.policy import Action
from llama_demo.safety.policy_file import bundled_policy
from llama_demo.safety.rules import RuleLayer
from llama_demo.services.policy_summary import PolicySummary, summarise_policy
from llama_demo.services.visits import Visit

_SELF_HARM = "ssh"

Record = Callable[[Visit | None, str, Decision], None]
"""Keeps a decision about a text, typed or written in a tab; without a visit for a program of the API."""


@cache
def bundled_moderator() -> Moderator:
    """Decides by the rules of the bundled policy, which are read once."""
    policy = bundled_policy()
    return Moderator(policy, [RuleLayer(policy)])


def _record_nothing(_visit: Visit | None, _tab: str, _decision: Decision) -> None:
    pass


class Moderation:
    """The content policy, for the services that make texts.

    Args:
        moderator: what decides about the next text.
        record: keeps what was not simply allowed.
    """

    def __init__(
        self,
        moderator: Callable[[], Moderator] = bundled_moderator,
        record: Record = _record_nothing,
    ) -> None:
        self._moderator = moderator
        self._record = record

    def summary(self) -> PolicySummary:
        """The policy in words, for its readers."""
        return summarise_policy(self._moderator())

    def check_prompt(self, visit: Visit | None, tab: str, *parts: str) -> PolicyNoticeError | None:
        """What the visitor should know about a request that is answered; None if nothing.

        Args:
            visit: None for a program of the API.
            tab: where the request was made.
            parts: what the visitor typed for one request; each is judged on its own.

        Raises:
            PolicyError: ``policy_prompt`` or ``policy_self_harm``: the request is not answered.
        """
        decisions = (self._moderator().decide(part, "prompt") for part in dict.fromkeys(parts) if part)
        found = [decision for decision in decisions if decision is not None]
        if not found:
            return None
        strictest = max(found, key=lambda decision: decision.action)
        self._record(visit, tab, strictest)
        self_harm = strictest.category.code == _SELF_HARM
        if strictest.action is Action.BLOCK:
            raise PolicyError("policy_self_harm" if self_harm else "policy_prompt", **_values(strictest))
        key = "policy_concern" if self_harm else f"policy_{strictest.action.name.lower()}"
        return PolicyNoticeError(key, **_values(strictest))

    def output_check(self, visit: Visit | None, tab: str, prompt: str = "") -> OutputCheck:
        """A check for one text that a model writes.

        Args:
            prompt: what it answers or continues.
        """
        return OutputCheck(self._moderator(), lambda decision: self._record(visit, tab, decision), prompt)


class OutputCheck:
    """Judges one text while it grows.

    Args:
        record: keeps the decision that ends the text.
        prompt: what it answers or continues.
    """

    def __init__(self, moderator: Moderator, record: Callable[[Decision], None], prompt: str) -> None:
        self._moderator = moderator
        self._record = record
        self._prompt = prompt
        self._judged = dict.fromkeys((layer.name for layer in moderator.layers), 0)

    def refusal(self, text: str, *, complete: bool = False) -> PolicyError | None:
        """Why the text must not go on; None if it may.

        Args:
            text: all of it so far.
            complete: whether it has ended; it is judged then, however little has come.
        """
        due = [
            layer
            for layer in self._moderator.layers
            if complete or len(text) >= self._judged[layer.name] + layer.interval
        ]
        if not due:
            return None
        self._judged |= dict.fromkeys((layer.name for layer in due), len(text))
        decision = self._moderator.decide(text, "output", prompt=self._prompt, layers=due)
        if decision is None or decision.action is not Action.BLOCK:
            return None
        self._record(decision)
        key = "policy_self_harm" if decision.category.code == _SELF_HARM else "policy_output"
        return PolicyError(key, **_values(decision))


def _values(decision: Decision) -> dict[str, object]:
    return {
        "action": decision.action.name.lower(),
        "category": decision.category.name,
        "explanation": decision.category.explanation,
        "rule": decision.rule,
        "version": decision.version,
    }
