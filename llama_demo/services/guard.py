"""The second layer of the content policy: a guard model behind the rules."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import cached_property

from llama_demo.catalogue import GUARD
from llama_demo.safety.moderation import Finding, Moderator
from llama_demo.safety.policy import Action, Policy, Stage
from llama_demo.safety.rules import RuleLayer
from llama_demo.services.models import Models
from llama_demo.tasks.guard import GuardModel, Verdict

_logger = logging.getLogger(__name__)

WINDOW = 6_000
"""Characters that are judged at once: a prompt in pieces, of an output the end."""


class GuardedPolicy:
    """A policy with the guard model that is active, which can change while the app runs.

    A text that is being written is judged to its end by what judged its beginning.
    """

    def __init__(self, policy: Policy, models: Models) -> None:
        self._policy, self._models = policy, models

    def moderator(self) -> Moderator:
        """What decides from now on: the rules, and behind them the guard model if there is one."""
        active = self._models.entries(GUARD)
        guards = [GuardLayer(one.name, self._models.guard, self._policy) for one in active]
        return Moderator(self._policy, [self._rules, *guards])

    @cached_property
    def _rules(self) -> RuleLayer:
        return RuleLayer(self._policy)


class GuardLayer:
    """Asks a guard model, and finds the category of the policy that its verdict names.

    What it cannot judge, for whatever reason, is left to the rules and logged: a broken guard model refuses
    nobody's request, and ends nobody's text.

    Args:
        name: of the guard model.
        load: returns it by its name; called when it is first asked.
    """

    interval = 400

    def __init__(self, name: str, load: Callable[[str], GuardModel], policy: Policy) -> None:
        self.name = name
        self._load = load
        self._categories = {
            label: category for category in policy.categories.values() for label in category.guard
        }

    def findings(self, text: str, stage: Stage, prompt: str, /) -> Iterator[Finding]:
        """The category of the first part of the text that is not safe."""
        if stage == "output":
            pairs = [(prompt[-WINDOW:], text[-WINDOW:])]
        else:
            pairs = [(text[at : at + WINDOW], "") for at in range(0, len(text), WINDOW)]
        for question, answer in pairs:
            verdict = self._verdict(question, answer)
            finding = self._finding(verdict) if verdict is not None else None
            if finding is not None:
                yield finding
                return

    @cached_property
    def _guard(self) -> GuardModel:
        return self._load(self.name)

    def _verdict(self, prompt: str, answer: str = "") -> Verdict | None:
        try:
            verdict = self._guard.judge(prompt, answer)
        except Exception:  # whatever breaks in a model of others
            _logger.exception("the guard model %s failed; the rules alone decide", self.name)
            return None
        if verdict is None:
            _logger.warning("the guard model %s gave no verdict; the rules alone decide", self.name)
        return verdict

    def _finding(self, verdict: Verdict) -> Finding | None:
        """What a verdict means for the policy; None for a safe text and for what the policy does not name."""
        if verdict.level == "safe":
            return None
        category = self._categories.get(verdict.label)
        if category is None:
            _logger.warning("the guard model %s found %s, which the policy has not", self.name, verdict.label)
            return None
        if verdict.level == "unsafe":
            return Finding(verdict.label, category.code)
        action = min(category.action, Action.WARN)
        return Finding(f"{verdict.label} (controversial)", category.code, action)
