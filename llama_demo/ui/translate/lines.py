"""What a translation sends to the page: text that only grows, one JSON value a line.

The first line names the run, the second says what was asked; then come the languages, sentences and the end.
Gradio sends each update as the few characters that are new. A sentence is told by lengths and texts, not by
places in the whole, so the page adds to what it has drawn; lengths are in UTF-16 units.
"""

from __future__ import annotations

import secrets
from time import monotonic
from typing import Any

from llama_demo.services.translation.service import SentencePair, TranslationRequest, TranslationUpdate
from llama_demo.ui import markup
from llama_demo.ui.json_line import json_line
from llama_demo.ui.positions import units


class Lines:
    """The growing text of one run.

    Args:
        asked: what was asked.
        ask: the page's number of the request; 0 for a run of the history.
        side: ``greedy`` or ``beam`` if it is one of two that are compared.
    """

    def __init__(self, asked: TranslationRequest, *, ask: int = 0, side: str = "") -> None:
        self._asked = asked
        self._seen, self._said = 0, 0  # characters of both texts that have been sent
        self._pairs = 0
        self._begun = monotonic()
        self._told: dict[str, Any] = {}
        self.text = json_line({"begin": secrets.token_hex(8), "ask": ask, "side": side}) + json_line(
            {
                "text": asked.text,
                "source": asked.source,
                "target": asked.target,
                "beams": asked.beams,
                "model": asked.model,
            }
        )

    def add(self, update: TranslationUpdate) -> str:
        """The lines with what is new in ``update``."""
        if self._asked.source == "auto" and "source" in update.info:
            mixed = update.guess.mixed if update.guess else ""
            self._tell("guess", [update.info["source"], update.info["source_confidence"] or 0, mixed])
        self._tell("route", _route(update))
        fresh = update.pairs[self._pairs :]
        if fresh:
            self._pairs = len(update.pairs)
            self.text += json_line({"pairs": [self._pair(pair, update.text) for pair in fresh]})
        self._tell("progress", [update.done, update.total])
        self._tell("note", update.note)
        self._tell("looks", update.looks)
        self._tell("run", update.run_id)
        self._tell("warning", markup.problem(update.warning) if update.warning else None)
        if update.finish_reason:
            tail = update.text[self._said :]
            seconds = round(monotonic() - self._begun, 1)
            self.text += json_line({"tail": tail, "end": update.finish_reason, "seconds": seconds})
        return self.text

    def broken(self) -> str:
        """The lines of a run that failed: what was translated stays."""
        self.text += json_line({"tail": "", "end": "failed"})
        return self.text

    def _tell(self, name: str, value: Any) -> None:
        """Send a value if it is there and not what was sent before."""
        if value and self._told.get(name) != value:
            self._told[name] = value
            self.text += json_line({name: value})

    def _pair(self, pair: SentencePair, translation: str) -> dict[str, Any]:
        original, (start, end), (begin, finish) = self._asked.text, pair.source, pair.target
        told = {
            "skip": units(original[self._seen : start]),
            "length": units(original[start:end]),
            "lead": translation[self._said : begin],
            "text": translation[begin:finish],
            "score": pair.score,
            "unsure": pair.unsure,
            "terms": [
                [
                    *(units(original[start:place]) for place in term.source),
                    *(units(translation[begin:place]) for place in term.target),
                ]
                for term in pair.terms
            ],
            "missed": [term.source for term in pair.missed],
        }
        self._seen, self._said = end, finish
        return {name: value for name, value in told.items() if value or name in ("lead", "text", "length")}


def stored(asked: TranslationRequest, update: TranslationUpdate, status: str) -> str:
    """The lines of a run of the history, which ended as ``status`` says."""
    lines = Lines(asked)
    lines.text += json_line({"reopened": status})
    return lines.add(update)


def _route(update: TranslationUpdate) -> list[str] | None:
    """Source, target, model and the language between."""
    told = [str(update.info.get(name) or "") for name in ("source", "target", "model", "via")]
    return told if told[2] else None
