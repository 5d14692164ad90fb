"""Serializers of the Search tab: results, the map, documents and jobs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from llama_demo.errors import DemoError
from llama_demo.services.library.jobs import IndexingProgress
from llama_demo.services.library.library import DocumentRow
from llama_demo.services.library.search import CollectionMap, Hit, MapPoint, SearchResults
from llama_demo.ui import markup
from llama_demo.ui.marks import pieces
from llama_demo.ui.search.samples import topics
from llama_demo.ui.search.schemas import (
    DocumentItem,
    HitItem,
    HitsItem,
    MapResponse,
    ProgressResponse,
    RejectedItem,
)
from llama_demo.ui.texts import TAGS

MOST_GROUPS = 8
"""Colours of the palette; all groups beyond the largest share the last one."""

LONGEST_POINT = 240
"""Characters of a passage in the tooltip of its point."""


def serialize_results(found: SearchResults) -> HitsItem:
    """A ranked list of results."""
    return HitsItem(
        mode=found.mode,
        language=found.language,
        understood=bool(found.model),
        searched=found.searched,
        milliseconds=found.milliseconds,
        hits=[_hit(hit) for hit in found.hits],
    )


def _hit(hit: Hit) -> HitItem:
    return HitItem(
        chunk=hit.chunk,
        document=hit.document,
        page=hit.page,
        heading=hit.heading,
        language=hit.language,
        foreign=hit.foreign,
        meaning=round(hit.meaning, 3),
        words=round(hit.words, 3),
        pieces=pieces(hit.text, hit.word_spans, hit.sentence),
    )


def serialize_map(found: CollectionMap) -> MapResponse:
    """The map of a collection, grouped by folder, or by document outside of folders."""
    groups = _groups(found.points)
    places = {group: place for place, group in enumerate(groups)}
    last = len(groups) - 1
    return MapResponse(
        points=[
            (
                point.chunk,
                places.get(_group(point), last),
                point.x,
                point.y,
                point.document,
                point.text[:LONGEST_POINT],
            )
            for point in found.points
        ],
        groups=[None if group is None else _named(group) for group in groups],
        query=found.query,
        total=found.total,
    )


def _groups(points: Sequence[MapPoint]) -> list[str | None]:
    """The groups by size; None stands for all beyond the palette."""
    counted = [group for group, _ in Counter(map(_group, points)).most_common()]
    return list(counted) if len(counted) <= MOST_GROUPS else [*counted[: MOST_GROUPS - 1], None]


def _group(point: MapPoint) -> str:
    """The folder of the document, or the document if it has none."""
    *folders, name = point.document.split("/")
    return folders[-1] if folders else name


def _named(group: str) -> dict[str, str]:
    """The name of a group in each language."""
    names = topics().get(group, {})
    return {tag: names.get(language, group) for language, tag in TAGS.items()}


def serialize_progress(jobs: Sequence[IndexingProgress]) -> ProgressResponse:
    """Progress of several jobs together; a page uploads in batches and shows one bar."""
    waits = [job.seconds_left for job in jobs if job.seconds_left is not None]
    return ProgressResponse(
        done=sum(job.done for job in jobs),
        total=sum(job.total for job in jobs),
        running=any(job.state == "running" for job in jobs),
        stopped=any(job.state == "stopped" for job in jobs),
        current=next((job.current for job in jobs if job.current), ""),
        seconds_left=max(waits, default=None),
        added=sum(len(job.added) for job in jobs),
        unchanged=[one.name for job in jobs for one in job.unchanged],
        failed=[
            RejectedItem(id=one.id, name=one.name, reason=_reason(one.reason, one.values))
            for job in jobs
            for one in job.failed
        ],
    )


def serialize_document(one: DocumentRow) -> DocumentItem:
    """A document in the list."""
    return DocumentItem(
        id=one.id,
        name=one.name,
        bytes=one.bytes,
        language=one.language,
        created=one.created.isoformat(timespec="seconds"),
        state=one.state,
        chunks=one.chunks,
        pages=one.pages,
        reason=_reason(one.reason, one.values) if one.reason else "",
        notices=[str(markup.notice(key, values)) for key, values in one.notices],
    )


def _reason(key: str, values: Mapping[str, Any]) -> str:
    """The sentence, escaped, in every language."""
    return str(markup.problem(DemoError(key, **values)))
