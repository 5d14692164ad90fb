"""The content policy in words: categories by what happens with them, and rules without their terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llama_demo.page_languages import PAGE_LANGUAGES
from llama_demo.safety.moderation import Moderator
from llama_demo.safety.policy import Action, Policy, Rule, Stage, Wording
from llama_demo.safety.rules import RuleLayer


@dataclass(frozen=True)
class RuleSummary:
    """A rule in words.

    Attributes:
        parts: for each part what its lists of terms stand for, one of which has to occur.
        unless: what means another intent.
        within: the largest distance between the parts, in words.
        stages: of the texts that it applies to.
        action: instead of the category's; empty for the category's.
    """

    id: str
    parts: Sequence[Sequence[Wording]]
    unless: Sequence[Wording]
    within: float
    stages: Sequence[Stage]
    action: str


@dataclass(frozen=True)
class CategorySummary:
    """A category with its rules.

    Attributes:
        action: ``block``, ``warn`` or ``notice``.
    """

    code: str
    action: str
    name: Wording
    explanation: Wording
    rules: Sequence[RuleSummary]


@dataclass(frozen=True)
class PolicySummary:
    """The policy that applies.

    Attributes:
        file: the name of its file.
        bundled: whether it came with the program.
        guards: names of the layers behind the rules.
        categories: those with the strictest action first.
    """

    version: str
    file: str
    bundled: bool
    guards: Sequence[str]
    categories: Sequence[CategorySummary]


def summarise_policy(moderator: Moderator) -> PolicySummary:
    """What applies, in words."""
    policy = moderator.policy
    categories = sorted(policy.categories.values(), key=lambda one: -one.action)
    return PolicySummary(
        policy.version,
        policy.name,
        policy.bundled,
        [layer.name for layer in moderator.layers if layer.name != RuleLayer.name],
        [
            CategorySummary(
                one.code,
                _name(one.action),
                one.name,
                one.explanation,
                [_rule(policy, rule) for rule in policy.rules if rule.category == one.code],
            )
            for one in categories
        ],
    )


def _rule(policy: Policy, rule: Rule) -> RuleSummary:
    return RuleSummary(
        rule.id,
        [[_list(policy, name) for name in part] for part in rule.all],
        [_list(policy, name) for name in rule.unless],
        rule.within,
        rule.stages,
        "" if rule.action is None else _name(rule.action),
    )


def _list(policy: Policy, name: str) -> Wording:
    """What a list of terms stands for; its own name if the file does not say."""
    return policy.lists.get(name) or dict.fromkeys(PAGE_LANGUAGES, name.replace("_", " "))


def _name(action: Action) -> str:
    return action.name.lower()
