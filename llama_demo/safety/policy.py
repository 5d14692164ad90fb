"""The content policy as ``assets/policy.yaml`` states it: categories, actions and rules.

Categories follow the hazards of MLCommons' AILuminate benchmark (https://mlcommons.org/ailuminate/).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from llama_demo.settings import ASSETS

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C reads ten times as fast

FILE = ASSETS / "policy.yaml"
TERMS = ASSETS / "policy"

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # that in C reads ten times as fast

Stage = Literal["prompt", "output"]
"""Of the text that is judged: what a visitor typed, or what a model writes."""


class Action(IntEnum):
    """What happens to a text of a category; a higher one prevails."""

    NOTICE = 1
    WARN = 2
    BLOCK = 3


@dataclass(frozen=True)
class Category:
    """A kind of hazard.

    Attributes:
        code: of AILuminate, such as ``vcr``.
        guard: of the taxonomy of Llama Guard 3, such as ``S1``.
        name, explanation: by language of the page.
    """

    code: str
    guard: str
    action: Action
    name: Mapping[str, str]
    explanation: Mapping[str, str]


@dataclass(frozen=True)
class Rule:
    """An intent and an object that stand close together.

    Attributes:
        category: the code of a category.
        all: for each part the lists of terms, one of which has to occur.
        unless: lists of terms whose occurrence close by means another intent, such as protection.
        within: the largest distance between the first and the last part, in words.
        stages: of the texts that it applies to.
        action: instead of the category's.
    """

    id: str
    category: str
    all: tuple[tuple[str, ...], ...]
    unless: tuple[str, ...] = ()
    within: float = 12
    stages: tuple[Stage, ...] = ("prompt",)
    action: Action | None = None


@dataclass(frozen=True)
class Policy:
    """The policy.

    Attributes:
        categories: by code.
        terms: the lists of terms that rules name, those of all languages together.
    """

    version: str
    categories: Mapping[str, Category]
    rules: Sequence[Rule]
    terms: Mapping[str, Sequence[str]]


@cache
def bundled_policy() -> Policy:
    """The policy in ``assets``, read once."""
    return load_policy(FILE, TERMS)


def load_policy(file: Path, terms: Path) -> Policy:
    """Read a policy.

    Args:
        file: with version, categories and rules.
        terms: folder with the lists of terms, a YAML file for each language.

    Raises:
        ValueError: a rule names a category or a list that does not exist.
    """
    stated = _read(file)
    categories = {code: _category(code, entry) for code, entry in stated["categories"].items()}
    lists: dict[str, list[str]] = {}
    for path in sorted(terms.glob("*.yaml")):
        for name, words in _read(path).items():
            lists.setdefault(name, []).extend(str(word) for word in words)
    rules = tuple(_rule(entry) for entry in stated["rules"])
    for rule in rules:
        named = {name for part in rule.all for name in part} | set(rule.unless)
        if rule.category not in categories or not named <= lists.keys():
            raise ValueError(f"{file}: the rule {rule.id} names what does not exist")
    return Policy(str(stated["version"]), categories, rules, lists)


def _read(path: Path) -> dict[str, Any]:
    return dict(yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER))  # noqa: S506 (a safe one)


def _category(code: str, entry: Mapping[str, Any]) -> Category:
    return Category(
        code, entry["guard"], Action[entry["action"].upper()], entry["name"], entry["explanation"]
    )


def _rule(entry: Mapping[str, Any]) -> Rule:
    return Rule(
        entry["id"],
        entry["category"],
        tuple(tuple(part.split("|")) for part in entry["all"]),
        tuple(entry.get("unless", ())),
        float(entry.get("within", 12)),
        tuple(entry.get("stages", ("prompt",))),
        Action[entry["action"].upper()] if "action" in entry else None,
    )
