"""Schemas of the comparison, of what its services return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from llama_demo.services.comparison.ranking import RankedPassage
from llama_demo.services.comparison.request import (
    Candidate,
    ComparisonEnd,
    ComparisonStart,
    ComparisonUpdate,
    LoadingUpdate,
    SideUpdate,
)
from llama_demo.services.comparison.votes import SideFigures, VoteResult, VoteTally
from llama_demo.ui import markup
from llama_demo.ui.comparison.schemas import (
    ComparedModelItem,
    ComparisonLine,
    RankedPassageItem,
    SideFiguresItem,
    VoteResponse,
    VoteTalliesResponse,
    VoteTallyItem,
)
from llama_demo.ui.notices import notice_of

LONGEST_PASSAGE = 400
"""Characters of a passage that are shown."""


class ComparisonLines:
    """Makes a line of each update, with what is new of its side."""

    def __init__(self) -> None:
        self._sent = [0, 0]  # characters of each side

    def line(self, update: ComparisonUpdate) -> ComparisonLine:
        """The line of an update."""
        match update:
            case ComparisonStart():
                return ComparisonLine(id=update.id, names=update.names, asked=update.asked)
            case LoadingUpdate():
                return ComparisonLine(loading=(update.name, update.done, update.total))
            case SideUpdate():
                return self._side(update)
            case ComparisonEnd():
                return ComparisonLine(names=update.names, over=True, can_vote=update.can_vote)

    def _side(self, update: SideUpdate) -> ComparisonLine:
        added = update.text[self._sent[update.side] :]
        self._sent[update.side] += len(added)
        failure = notice_of(update.error, self.line) if update.error is not None else None
        warning = str(markup.problem(update.warning)) if update.warning is not None else None
        return ComparisonLine(
            side=1 if update.side else 0,
            added=added or None,
            passages=[_passage(one) for one in update.passages] or None,
            progress=update.progress,
            waiting=update.waiting or None,
            warning=warning,
            failure=failure,
            end=update.end or None,
            figures=serialize_side_figures(update.figures),
        )


def serialize_candidate(one: Candidate) -> ComparedModelItem:
    """A model that can be compared."""
    entry = one.entry
    return ComparedModelItem(
        name=entry.name, task=entry.task, bundled=entry.bundled, ready=one.ready, memory=one.memory
    )


def serialize_side_figures(figures: SideFigures | None) -> SideFiguresItem | None:
    """The figures of a side."""
    return None if figures is None else SideFiguresItem(**asdict(figures))


def serialize_vote(verdict: VoteResult) -> VoteResponse:
    """What a voter learns."""
    left, right = (serialize_side_figures(one) for one in verdict.figures)
    return VoteResponse(names=verdict.names, figures=(left, right), counted=verdict.counted)


def serialize_tallies(tallies: Sequence[VoteTally], *, everyone: bool) -> VoteTalliesResponse:
    """The votes by pair."""
    return VoteTalliesResponse(tallies=[VoteTallyItem(**asdict(one)) for one in tallies], everyone=everyone)


def _passage(one: RankedPassage) -> RankedPassageItem:
    text = one.text if len(one.text) <= LONGEST_PASSAGE else f"{one.text[:LONGEST_PASSAGE]}…"
    return RankedPassageItem(
        chunk=one.chunk, document=one.document, page=one.page, text=text, cosine=round(one.cosine, 3)
    )
