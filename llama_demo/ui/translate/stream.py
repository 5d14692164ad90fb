"""A translation as it is sent to the page: a growing text of JSON lines.

The first line names the run, the second says what was asked; then come what is new and the end. Gradio sends
each update as the few characters that are new. A sentence is told by lengths and texts, not by places in the
whole, so the page adds to what it has drawn; lengths are in UTF-16 units.
"""

from __future__ import annotations

import secrets
from time import monotonic
from typing import Any

from llama_demo.services.translation.service import TranslationRequest, TranslationUpdate
from llama_demo.ui import markup
from llama_demo.ui.translate.schemas import (
    SentencePairItem,
    Side,
    TranslationBeginLine,
    TranslationEndLine,
    TranslationRequestLine,
    TranslationUpdateLine,
)
from llama_demo.ui.translate.serializers import serialize_pair


class TranslationStream:
    """The growing text of one run.

    Args:
        request: what was asked.
        ask: the page's number of the request; 0 for a run of the history.
        side: which of two it is that are compared; empty for one alone.
        reopened: how it ended, if it is a run of the history; else empty.

    Attributes:
        text: all lines so far.
        run_id: id of the run in the history, once it is known; None if the visit keeps none.
    """

    def __init__(
        self, request: TranslationRequest, *, ask: int = 0, side: Side = "", reopened: str = ""
    ) -> None:
        self._request = request
        self._sent = (0, 0)  # characters of both texts that have been sent
        self._pairs = 0
        self._begun = monotonic()
        self._told: dict[str, Any] = {}
        self.run_id: str | None = None
        self.text = (
            TranslationBeginLine(begin=secrets.token_hex(8), ask=ask, side=side).line()
            + TranslationRequestLine(
                text=request.text,
                source=request.source,
                target=request.target,
                beams=request.beams,
                model=request.model,
            ).line()
        )
        if reopened:
            self.text += TranslationUpdateLine(reopened=reopened).line()

    def add(self, update: TranslationUpdate) -> str:
        """The lines so far, with the changes of ``update``."""
        self.run_id = self.run_id or update.run_id
        fresh = self._fresh(
            guess=self._guess(update),
            route=_route(update),
            progress=(update.done, update.total),
            note=update.note,
            looks=update.looks,
            run=update.run_id,
            warning=str(markup.problem(update.warning)) if update.warning else "",
        )
        pairs = self._new_pairs(update)
        if fresh or pairs:
            self.text += TranslationUpdateLine(pairs=pairs or None, **fresh).line()
        if update.finish_reason:
            tail = update.text[self._sent[1] :]
            seconds = round(monotonic() - self._begun, 1)
            self.text += TranslationEndLine(tail=tail, end=update.finish_reason, seconds=seconds).line()
        return self.text

    def broken(self) -> str:
        """The lines of a failed run; its finished sentences stay."""
        self.text += TranslationEndLine(tail="", end="failed").line()
        return self.text

    def _fresh(self, **values: Any) -> dict[str, Any]:
        """The values that are set and differ from those sent before."""
        fresh = {name: value for name, value in values.items() if value and self._told.get(name) != value}
        self._told |= fresh
        return fresh

    def _guess(self, update: TranslationUpdate) -> tuple[Any, Any, str] | None:
        if self._request.source != "auto" or "source" not in update.info:
            return None
        mixed = update.guess.mixed if update.guess else ""
        return update.info["source"], update.info["source_confidence"] or 0, mixed

    def _new_pairs(self, update: TranslationUpdate) -> list[SentencePairItem]:
        pairs = []
        for pair in update.pairs[self._pairs :]:
            pairs.append(serialize_pair(pair, self._request.text, update.text, self._sent))
            self._sent = (pair.source[1], pair.target[1])
        self._pairs = len(update.pairs)
        return pairs


def stream_of_run(request: TranslationRequest, update: TranslationUpdate, status: str) -> str:
    """The lines of a run of the history, which ended as ``status`` says."""
    return TranslationStream(request, reopened=status).add(update)


def _route(update: TranslationUpdate) -> tuple[str, ...] | None:
    """Source, target, model and the language between."""
    names = tuple(str(update.info.get(name) or "") for name in ("source", "target", "model", "via"))
    return names if names[2] else None
