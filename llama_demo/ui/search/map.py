"""The map of a collection: which points belong together, and what their group is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from llama_demo.services.library.search import CollectionMap, MapPoint
from llama_demo.ui.search.samples import topics
from llama_demo.ui.texts import TAGS

MOST_GROUPS = 8
"""Colours of the style sheet's palette; what is in none of the largest groups shares the last one."""

LONGEST_TEXT = 240
"""Characters of a passage that its point tells."""


def told(found: CollectionMap) -> dict[str, Any]:
    """The map for the script that draws it: ``points`` are chunk, group, x, y, document and text."""
    groups = _groups(found.points)
    places = {group: place for place, group in enumerate(groups)}
    last = len(groups) - 1
    return {
        "points": [
            [
                point.chunk,
                places.get(_group(point), last),
                point.x,
                point.y,
                point.document,
                point.text[:LONGEST_TEXT],
            ]
            for point in found.points
        ],
        "groups": [None if group is None else _named(group) for group in groups],
        "query": found.query,
        "total": found.total,
    }


def _groups(points: Sequence[MapPoint]) -> list[str | None]:
    """The groups by size; None stands for all that are too many."""
    counted = [group for group, _ in Counter(map(_group, points)).most_common()]
    return list(counted) if len(counted) <= MOST_GROUPS else [*counted[: MOST_GROUPS - 1], None]


def _group(point: MapPoint) -> str:
    """The folder that the document lay in, or the document if it lay in none."""
    *folders, name = point.document.split("/")
    return folders[-1] if folders else name


def _named(group: str) -> Mapping[str, str]:
    """What a group is called in each language."""
    names = topics().get(group, {})
    return {tag: names.get(language, group) for language, tag in TAGS.items()}
