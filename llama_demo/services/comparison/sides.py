"""One side of a comparison: a model writes, translates or ranks, by the service of its task."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from llama_demo.services.comparison.ranking import PassageRanking
from llama_demo.services.comparison.request import ComparedTask, ComparisonRequest, SideUpdate, SideUpdates
from llama_demo.services.comparison.votes import SideFigures
from llama_demo.services.generation import GenerationRequest, GenerationService, GenerationUpdate
from llama_demo.services.translation.service import Guess, TranslationRequest, TranslationService
from llama_demo.services.visits import Visit
from llama_demo.tasks.generate import GenerateOptions
from llama_demo.tasks.presets import REQUEST


@dataclass(frozen=True)
class SideOrder:
    """What a side does.

    Attributes:
        place: 0 on the left, 1 on the right.
        model: its name.
        asked: whether a writer follows the prompt as a request; else it continues it.
        options: of a writer, the same on both sides.
        guess: the language of a text to translate.
        stop: ends it when it is set.
    """

    visit: Visit
    request: ComparisonRequest
    place: int
    model: str
    asked: bool
    options: GenerateOptions
    guess: Guess | None
    stop: threading.Event


class Sides:
    """Makes the updates of a side."""

    def __init__(
        self, generation: GenerationService, translation: TranslationService, ranking: PassageRanking
    ) -> None:
        self._generation, self._translation, self._ranking = generation, translation, ranking
        self._tasks: Mapping[ComparedTask, Callable[[SideOrder], SideUpdates]] = {
            "generate": self._written,
            "translate": self._translated,
            "search": self._ranked,
        }

    def updates(self, order: SideOrder) -> SideUpdates:
        """What comes of a side; it is stopped, or closed, between two updates.

        Raises:
            DemoError: what the service of the task raises.
        """
        begun, last = time.monotonic(), SideUpdate(order.place)
        with closing(self._tasks[order.request.task](order)) as updates:
            for last in updates:
                if last.end or order.stop.is_set():
                    break
                yield last
        seconds = round(time.monotonic() - begun, 2)
        figures = replace(last.figures or SideFigures(), seconds=seconds)
        yield replace(last, end=last.end or "stopped", figures=figures)

    def _written(self, order: SideOrder) -> SideUpdates:
        preset = REQUEST.name if order.asked else "free"
        request = GenerationRequest(order.request.text, preset=preset, model=order.model)
        stream = self._generation.write(order.visit, request, order.options)
        with closing(stream) as updates:  # type: ignore[type-var]
            for update in updates:
                yield SideUpdate(
                    order.place,
                    update.text,
                    waiting=update.waiting,
                    warning=update.warning,
                    end=str(update.info.get("finish_reason", "")),
                    figures=_figures(update),
                )

    def _translated(self, order: SideOrder) -> SideUpdates:
        asked = order.request
        request = TranslationRequest(asked.text, target=asked.target, model=order.model, guess=order.guess)
        stream = self._translation.translate(order.visit, request)
        with closing(stream) as updates:  # type: ignore[type-var]
            for update in updates:
                end = update.finish_reason
                yield SideUpdate(order.place, update.text, warning=update.warning, end=end)

    def _ranked(self, order: SideOrder) -> SideUpdates:
        asked = order.request
        ranking = self._ranking.rank(
            order.visit, asked.text, asked.collection, order.model, order.stop.is_set
        )
        with closing(ranking) as updates:
            for update in updates:
                end = "end" if update.passages else ""
                progress = (update.done, update.total)
                yield SideUpdate(
                    order.place,
                    passages=update.passages,
                    progress=progress,
                    warning=update.warning,
                    end=end,
                )


def _figures(update: GenerationUpdate) -> SideFigures:
    info: Mapping[str, Any] = update.info
    return SideFigures(
        tokens=info["tokens"],
        tokens_per_second=info["tokens_per_second"],
        first_token_ms=info["first_token_ms"],
    )
