"""The content policy: categories, what happens with a text of each, and rules that find them.

Categories follow the hazards of MLCommons' AILuminate benchmark (https://mlcommons.org/ailuminate/).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from llama_demo.page_languages import PageLanguageCode

Stage = Literal["prompt", "output"]
"""Of the text that is judged: what a visitor typed, or what a model writes."""

Wording = Mapping[PageLanguageCode, str]
"""A text in every language of the page."""


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
        guard: what guard models call it: ``S1`` of Llama Guard 3, ``Violent`` of Qwen3Guard.
    """

    code: str
    guard: tuple[str, ...]
    action: Action
    name: Wording
    explanation: Wording


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
        lists: what each list stands for, for readers.
        name: of the file.
        bundled: whether it came with the program.
    """

    version: str
    categories: Mapping[str, Category]
    rules: Sequence[Rule]
    terms: Mapping[str, Sequence[str]]
    lists: Mapping[str, Wording]
    name: str
    bundled: bool
