"""Marks of languages in vocabularies: which of several a language gets."""

from __future__ import annotations

import re
from collections.abc import Sequence

from llama_demo.language import language_of, script_of

# Of a region, as ``pt_br``; OPUS has a code of its own for the Portuguese of Brazil.
_REGIONAL = re.compile(r"[_-][A-Za-z]{2}$|^pob$")


def usual_marks(marks: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Ids of marks by language, one each: in its usual script, and not of a region's own code.

    Args:
        marks: tags such as ``cmn_Hans`` or ``pt_br``, with their ids.
    """
    chosen: dict[str, int] = {}
    for tag, i in sorted(marks, key=lambda mark: (_strangeness(mark[0]), mark[1])):
        if language := language_of(tag):
            chosen.setdefault(language.code, i)
    return chosen


def _strangeness(tag: str) -> tuple[int, bool]:
    """How far a mark is from what people mean by its language: another script, a region, a code of OPUS."""
    language, script = language_of(tag), script_of(tag)
    usual = language is not None and script == language.script
    return (0 if usual else 1 if not script else 2), bool(_REGIONAL.search(tag))
