"""Comparison of two models: one prompt, both at once.

Any two models of a task can be compared: those that requests can name, another server's, and for operators
those that merely lie on the disk, which are loaded first where memory allows. What both do is recorded in the
history like every other run.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import partial

from llama_demo.catalogue import ModelEntry
from llama_demo.errors import DemoError, InputError
from llama_demo.services.background import one_in_background
from llama_demo.services.checkpoints.loading import ModelLoading
from llama_demo.services.comparison.ranking import PassageRanking
from llama_demo.services.comparison.request import (
    Candidate,
    ComparedTask,
    ComparisonEnd,
    ComparisonRequest,
    ComparisonStart,
    ComparisonUpdate,
    LoadingUpdate,
    SideUpdate,
    SideUpdates,
)
from llama_demo.services.comparison.side_by_side import side_by_side
from llama_demo.services.comparison.sides import SideOrder, Sides
from llama_demo.services.comparison.votes import Ballot, VoteService
from llama_demo.services.generation import GenerationService
from llama_demo.services.models import Models
from llama_demo.services.stop_registry import StopRegistry
from llama_demo.services.translation.service import Guess, TranslationService
from llama_demo.services.visits import Visit
from llama_demo.services.writers import Writers
from llama_demo.tasks.generate import GenerateOptions

SIDES = 2

_SEEDS = 2**31


@dataclass
class _Progress:
    """Parameters of a model that are read, and all of them."""

    done: int = 0
    total: int = 0

    def tell(self, done: int, total: int) -> None:
        self.done, self.total = done, total


class ComparisonService:
    """Compares models for visitors.

    Args:
        loading: loads models that are merely on the disk.
    """

    def __init__(
        self,
        models: Models,
        writers: Writers,
        loading: ModelLoading,
        generation: GenerationService,
        translation: TranslationService,
        ranking: PassageRanking,
        votes: VoteService,
    ) -> None:
        self._models, self._writers, self._loading = models, writers, loading
        self._translation, self._ranking, self._votes = translation, ranking, votes
        self._sides = Sides(generation, translation, ranking)
        self._stops = StopRegistry()

    def candidates(self, visit: Visit, task: ComparedTask) -> list[Candidate]:
        """The models that the visitor can compare at a task, the active one first."""
        found = []
        for entry in self._entries(visit, task):
            with suppress(DemoError):  # its files have vanished
                found.append(Candidate(entry, self._is_ready(entry), self._memory(entry)))
        return found

    def targets(self) -> Sequence[str]:
        """The languages that anything translates into."""
        targets = [target for offers in self._translation.directions().values() for target in offers]
        return list(dict.fromkeys(targets))

    def compare(
        self, visit: Visit, request: ComparisonRequest, *, key: str = ""
    ) -> Generator[ComparisonUpdate, None, None]:
        """Ask both models at once. A side that fails says so, and the other goes on.

        Args:
            key: names this comparison for :meth:`stop`; a running one of the same key is stopped.

        Raises:
            InputError: before anything is loaded: ``compare_empty``, ``compare_same``, ``model_unknown``,
                ``compare_nothing_to_translate``; ``model_needs_memory`` if the memory does not hold both; as
                :meth:`PassageRanking.check`.
        """
        entries, guess = self._checked(visit, request)
        if request.blind and secrets.randbelow(SIDES):
            entries = entries[::-1]
        names = (entries[0].name, entries[1].name)
        ballot = self._votes.open(visit, request.task, names) if request.blind else None
        asked = request.task == "generate" and all(one.follows_instructions for one in entries)
        yield ComparisonStart(ballot.id if ballot else "", None if ballot else names, asked)
        options, stop = GenerateOptions(seed=secrets.randbelow(_SEEDS)), threading.Event()
        orders = [
            SideOrder(visit, request, place, name, asked, options, guess, stop)
            for place, name in enumerate(names)
        ]
        with self._stops.register(key, stop.set, alone=True):
            failed = yield from self._load(visit, entries, stop, hidden=ballot is not None)
            yield from self._both(orders, entries, failed, ballot)

    def stop(self, key: str) -> bool:
        """Stop both sides of the comparison of this key; returns whether there was one."""
        return self._stops.stop(key)

    def _entries(self, visit: Visit, task: ComparedTask) -> list[ModelEntry]:
        """The models for a task that a visitor may name; for operators also those that were merely found."""
        named = self._writers.all_entries()
        known = {one.name for one in named}
        found = [one for one in self._models.listed() if one.name not in known] if visit.operator else []
        every = [*named, *found]
        own = [one for one in every if one.task == task]
        prompted = [one for one in every if one.task == "generate" and one.follows_instructions]
        local = [one for one in prompted if not one.is_elsewhere]
        return own + local if task == "translate" else own

    def _is_ready(self, entry: ModelEntry) -> bool:
        return entry.is_elsewhere or self._models.state().get(entry.name) == "loaded"

    def _memory(self, entry: ModelEntry) -> int:
        return 0 if entry.is_elsewhere else self._loading.memory(entry).total

    def _checked(self, visit: Visit, request: ComparisonRequest) -> tuple[list[ModelEntry], Guess | None]:
        """The two models, and the language of a text to translate."""
        if not request.text.strip():
            raise InputError("compare_empty")
        if request.first == request.second:
            raise InputError("compare_same")
        known = {one.name: one for one in self._entries(visit, request.task)}
        for name in (request.first, request.second):
            if name not in known:
                raise InputError("model_unknown", name=name[:80], known=", ".join(known))
        if request.task == "search":
            self._ranking.check(visit, request.collection, request.text)
        guess = self._translation.detect(request.text) if request.task == "translate" else None
        if guess is not None and guess.language in ("", request.target):
            raise InputError("compare_nothing_to_translate")
        entries = [known[request.first], known[request.second]]
        here = [one for one in entries if not one.is_elsewhere]
        self._loading.check(here, frees=visit.operator)
        return entries, guess

    def _load(
        self, visit: Visit, entries: Sequence[ModelEntry], stop: threading.Event, *, hidden: bool
    ) -> Generator[LoadingUpdate, None, Mapping[int, DemoError]]:
        """Load what is not loaded; returns why a side cannot go on, by its place."""
        failed: dict[int, DemoError] = {}
        names = [one.name for one in entries]
        for place, entry in enumerate(entries):
            if self._is_ready(entry):
                continue
            progress = _Progress()
            work = partial(self._load_one, visit, entry.name, names, progress)
            try:
                with closing(one_in_background(work, stop.is_set)) as steps:
                    for step in steps:
                        if step is None:
                            name = "" if hidden else entry.name
                            yield LoadingUpdate(name, progress.done, progress.total)
            except DemoError as error:
                failed[place] = error
        return failed

    def _load_one(
        self, visit: Visit, name: str, keep: Sequence[str], progress: _Progress, _: Callable[[], bool]
    ) -> bool:
        """Load a model; for an operator others are freed where memory is short."""
        if visit.operator:
            with self._loading.loaded(name, keep=keep, progress=progress.tell):
                return True
        self._models.load(name, progress=progress.tell)
        return True

    def _both(
        self,
        orders: Sequence[SideOrder],
        entries: Sequence[ModelEntry],
        failed: Mapping[int, DemoError],
        ballot: Ballot | None,
    ) -> Generator[ComparisonUpdate, None, None]:
        """The updates of both sides as they come, and the end."""
        works = [partial(self._updates, order, failed.get(order.place)) for order in orders]
        broken = False
        with closing(side_by_side(works)) as steps:
            for one in steps:
                if one.error is not None:
                    broken = True
                    yield SideUpdate(one.side, end="failed", error=one.error)
                elif one.item is not None:
                    yield self._figured(one.item, entries[one.side], ballot)
        if ballot is not None:
            ballot.complete = not broken
        names = (entries[0].name, entries[1].name)
        hidden = ballot is not None and not broken
        yield ComparisonEnd(None if hidden else names, can_vote=hidden)

    def _updates(self, order: SideOrder, error: DemoError | None) -> SideUpdates:
        if error is not None:
            raise error
        yield from self._sides.updates(order)

    def _figured(self, update: SideUpdate, entry: ModelEntry, ballot: Ballot | None) -> SideUpdate:
        """The update with its figures: the memory with the others; none as long as they are hidden."""
        figures = None
        if update.figures is not None and update.end:
            figures = replace(update.figures, memory=self._memory(self._entry_now(entry)))
        if ballot is None:
            return replace(update, figures=figures or update.figures)
        if figures is not None:
            ballot.figures[update.side] = figures
        return replace(update, figures=None)

    def _entry_now(self, entry: ModelEntry) -> ModelEntry:
        """The entry of a model in the precision in which it was loaded."""
        return entry if entry.is_elsewhere else self._models.entry(entry.name)
