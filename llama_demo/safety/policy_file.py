"""Reads the content policy from a file: the bundled ``assets/policy.yaml``, or one of the operator's own.

A file is checked as a whole before anything of it applies, since a rule that names a list that does not exist
would never apply, and nobody would notice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from llama_demo.errors import SettingsError
from llama_demo.page_languages import PAGE_LANGUAGES, PageLanguageCode
from llama_demo.safety.policy import Action, Category, Policy, Rule, Stage
from llama_demo.settings import ASSETS

FILE = ASSETS / "policy.yaml"
TERMS = ASSETS / "policy"

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C reads ten times as fast


def _as_wording(value: object) -> object:
    """A text for all languages, or a text for each, the first of which stands for those that are missing."""
    texts = value if isinstance(value, Mapping) else dict.fromkeys(PAGE_LANGUAGES, value)
    first = next(iter(texts.values()), None)
    return {code: texts.get(code, first) for code in PAGE_LANGUAGES}


_Text = Annotated[
    str, BeforeValidator(str), Field(min_length=1, max_length=2_000)
]  # of YAML: no, 1, 2026-11-30
_Wording = Annotated[
    dict[PageLanguageCode, Annotated[str, Field(min_length=1)]], BeforeValidator(_as_wording)
]
_Action = Literal["block", "warn", "notice"]
_Terms = dict[str, list[_Text]]


class _Schema(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _CategoryEntry(_Schema):
    guard: Annotated[list[_Text], BeforeValidator(lambda one: one if isinstance(one, list) else [one])] = []
    action: _Action
    name: _Wording
    explanation: _Wording


class _RuleEntry(_Schema):
    id: _Text
    category: _Text
    all: list[_Text] = Field(min_length=1)
    unless: list[_Text] = []
    within: float = Field(12, gt=0)
    stages: list[Stage] = Field(["prompt"], min_length=1)
    action: _Action | None = None


class _PolicyEntry(_Schema):
    version: _Text
    categories: dict[str, _CategoryEntry] = Field(min_length=1)
    rules: list[_RuleEntry]
    lists: dict[str, _Wording] = {}
    terms: dict[str, _Terms] = {}


@cache
def bundled_policy() -> Policy:
    """The policy in ``assets``, read once."""
    return load_policy(FILE)


def load_policy(file: Path, terms: Path = TERMS) -> Policy:
    """Read a policy.

    Args:
        file: with version, categories and rules, and perhaps ``terms`` by language: lists of its own, each in
            place of the one of its name in that language; and ``lists``, which describe them to readers.
        terms: folder with lists of terms, a YAML file for each language.

    Raises:
        SettingsError: ``policy_unreadable``; ``policy_syntax``, with the line; ``policy_invalid``, with the
            place; ``policy_unknown`` for a rule that names a category or a list that does not exist, and
            ``policy_twice`` for two rules of one id.
    """
    entry = _parsed(file)
    languages: dict[str, Mapping[str, Sequence[object]]] = {
        path.stem: _yaml(path) for path in sorted(terms.glob("*.yaml"))
    }
    for language, own in entry.terms.items():
        languages[language] = {**languages.get(language, {}), **own}
    merged: dict[str, list[str]] = {}
    for lists in languages.values():
        for name, words in lists.items():
            merged.setdefault(name, []).extend(map(str, words))
    _check_names(file, entry, merged)
    bundled = file == FILE
    return Policy(
        entry.version,
        {code: _category(code, one) for code, one in entry.categories.items()},
        tuple(map(_rule, entry.rules)),
        merged,
        entry.lists if bundled else {**bundled_policy().lists, **entry.lists},
        name=file.name,
        bundled=bundled,
    )


def _parsed(file: Path) -> _PolicyEntry:
    try:
        return _PolicyEntry.model_validate(_yaml(file))
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError("policy_unreadable", path=str(file), detail=str(exc)) from exc
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        detail = str(getattr(exc, "problem", None) or exc)
        raise SettingsError("policy_syntax", path=str(file), line=line, detail=detail) from exc
    except ValidationError as exc:
        first = exc.errors(include_url=False)[0]
        place = " / ".join(str(part) for part in first["loc"]) or file.name
        raise SettingsError("policy_invalid", path=str(file), place=place, detail=first["msg"]) from exc


def _yaml(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 (a safe one)


def _check_names(file: Path, entry: _PolicyEntry, lists: Mapping[str, object]) -> None:
    seen: set[str] = set()
    for rule in entry.rules:
        if rule.id in seen:
            raise SettingsError("policy_twice", path=str(file), rule=rule.id)
        seen.add(rule.id)
        named = {name for part in rule.all for name in part.split("|")} | set(rule.unless)
        unknown = sorted(named - lists.keys())
        if rule.category not in entry.categories:
            unknown.insert(0, rule.category)
        if unknown:
            raise SettingsError("policy_unknown", path=str(file), rule=rule.id, name=unknown[0])


def _category(code: str, entry: _CategoryEntry) -> Category:
    return Category(code, tuple(entry.guard), Action[entry.action.upper()], entry.name, entry.explanation)


def _rule(entry: _RuleEntry) -> Rule:
    return Rule(
        entry.id,
        entry.category,
        tuple(tuple(part.split("|")) for part in entry.all),
        tuple(entry.unless),
        entry.within,
        tuple(entry.stages),
        Action[entry.action.upper()] if entry.action else None,
    )
