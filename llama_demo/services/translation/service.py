"""Somebody translates: the route, the task, its row in the history, and the button that stops it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace

from llama_demo.engine.request import in_range
from llama_demo.errors import InputError
from llama_demo.services.background import in_background
from llama_demo.services.history.runs import Recording, Run, Runs
from llama_demo.services.models import Models
from llama_demo.services.stopping import Stops
from llama_demo.services.translation.request import (
    LONGEST_SENTENCE,
    LONGEST_TEXT,
    MOST_TERMS,
    TranslationPlan,
    TranslationRequest,
    asked_before,
    plan_of,
    settings_of,
)
from llama_demo.services.translation.result import (
    PlacedTerm,
    SentencePair,
    TextTranslation,
    TranslationUpdate,
    stored,
    update_before,
    update_of,
)
from llama_demo.services.translation.routes import Route, all_routes, hops_of
from llama_demo.services.visits import Visit
from llama_demo.tasks.align_words import Link, align_words
from llama_demo.tasks.glossary import Span, Term
from llama_demo.tasks.n_best import n_best
from llama_demo.tasks.translate_sentences import TranslationAlternative
from llama_demo.tasks.translate_text import Rendering, translate_text
from llama_demo.tasks.translation_hops import Hop, SequenceHop, Stopped
from llama_demo.text.languages import NAMES, Guess, detect_language, has_script_of
from llama_demo.text.layout import Segment, lay_out

__all__ = [
    "LANGUAGE_NAMES",
    "LONGEST_TEXT",
    "MOST_TERMS",
    "Guess",
    "Link",
    "PlacedTerm",
    "Route",
    "SentencePair",
    "Span",
    "Term",
    "TranslationAlternative",
    "TranslationRequest",
    "TranslationService",
    "TranslationUpdate",
]

LANGUAGE_NAMES: Mapping[str, str] = NAMES
"""By ISO 639-1 code, each in its own words."""


class TranslationService:
    """Translates texts for visitors and records each run."""

    def __init__(self, models: Models, runs: Runs) -> None:
        self._models = models
        self._runs = runs
        self._stops = Stops()

    def directions(self) -> Mapping[str, Mapping[str, Route]]:
        """Every source language with the languages that it can be translated into; the default route each.

        Loads no model. Languages in the order zh, en, fr, de, es, then others by code.
        """
        routes = all_routes(self._models)
        return {
            source: {target: offers[0] for target, offers in targets.items()}
            for source, targets in routes.items()
        }

    def models_for(self, source: str, target: str) -> Sequence[Route]:
        """Every route of a direction, the default one first; ``routes[i].models[0]`` can be asked for."""
        return all_routes(self._models).get(source, {}).get(target, ())

    def detect(self, text: str) -> Guess:
        """The language of a text; if it is short, rather one that can be translated. Takes milliseconds."""
        return detect_language(text, expected=list(all_routes(self._models)))

    def translate(
        self,
        visit: Visit,
        asked: TranslationRequest,
        *,
        key: str = "",
        box: str = "",
        origin: str | None = None,
    ) -> Iterator[TranslationUpdate]:
        """Translate a text. Closing the iterator stops the model and marks the run as stopped.

        Args:
            key: what :meth:`stop` can name this run by; the one before of the same key is stopped.
            box: names the pane that is typed in; a run from it less than 10 s after another replaces
                that one's row. Empty for a button.
            origin: the id of the run that this is another version of.

        Raises:
            InputError: before the first update, for what cannot be translated.
            DemoError: later, for what broke.
        """
        if not asked.text.strip():
            raise InputError("translate_empty")
        plan = plan_of(all_routes(self._models), asked, [asked.text])
        hops = hops_of(self._models, plan.route) if plan.route else ()
        recording = self._runs.record(
            visit,
            task="translate",
            model=plan.route.model if plan.route else "",
            input=asked.text,
            options=settings_of(asked),
            box=box,
            origin=origin,
        )
        stop = threading.Event()
        with recording, self._stops.under(key, stop.set, alone=True):
            yield from self._updates(plan, hops, recording, stop)

    def stop(self, key: str) -> bool:
        """End the run that was begun under ``key`` within a second; returns whether there was one."""
        return self._stops.stop(key)

    def reopened(self, run: Run) -> tuple[TranslationRequest, TranslationUpdate]:
        """What was asked and what came of it, from a row of the history, sentences and places included."""
        return asked_before(run.input, run.options), update_before(run)

    def alternatives(
        self, asked: TranslationRequest, *, count: int = 5
    ) -> tuple[TranslationAlternative, ...]:
        """The best translations of one sentence (``asked.text``), best first; none from a decoder by prompt.

        Raises:
            InputError: as :meth:`translate` does, and for more than a long sentence.
        """
        in_range("count", count, 1, 16)
        hops = self._sentence_hops(asked)
        return n_best(hops, asked.text, count) if hops else ()

    def alignment(self, asked: TranslationRequest, translation: str) -> tuple[Link, ...]:
        """Word by word, where the model looked in the sentence ``asked.text`` when it wrote ``translation``.

        Spans are in these two texts. Any translation can be asked about: an alternative, or one that was
        edited. Empty if a decoder is asked by prompt.
        """
        hops = self._sentence_hops(asked)
        if len(translation) > LONGEST_SENTENCE:
            raise InputError("translate_too_long", characters=len(translation), limit=LONGEST_SENTENCE)
        if not hops or not translation.strip():
            return ()
        return align_words(hops, asked.text, translation).links()

    def texts(
        self, asked: TranslationRequest, texts: Sequence[str], *, key: str = ""
    ) -> Iterator[tuple[int, str, float | None]]:
        """Translate many texts, such as the paragraphs or cells of a document; ``asked.text`` is not read.

        Yields each text's place, translation and the score of its least sure sentence (None if nothing in
        it was translated), in order. No row is written: whoever asks records.

        Raises:
            DemoError: as :meth:`translate` does; the texts may be empty, and longer altogether.
        """
        plan = plan_of(all_routes(self._models), asked, texts)
        if plan.route is None:
            yield from ((place, text, None) for place, text in enumerate(texts))
            return
        hops = hops_of(self._models, plan.route)
        stop = threading.Event()
        with self._stops.under(key, stop.set, alone=True):
            segments = [_segments(text, hops) for text in texts]
            panes = [
                TextTranslation(text, own, asked.target) for text, own in zip(texts, segments, strict=True)
            ]
            work = _work(hops, [one.text for own in segments for one in own], asked)
            place = 0
            with closing(in_background(work, stop)) as found:
                for renderings in found:
                    for rendering in renderings:
                        while panes[place].over:
                            yield place, panes[place].text, panes[place].score
                            place += 1
                        panes[place].add(rendering)
            while place < len(panes) and panes[place].over:
                yield place, panes[place].text, panes[place].score
                place += 1

    def _sentence_hops(self, asked: TranslationRequest) -> tuple[SequenceHop, ...]:
        """The models of one sentence; none if it needs none, or is not translated by an encoder-decoder."""
        if len(asked.text) > LONGEST_SENTENCE:
            raise InputError("translate_too_long", characters=len(asked.text), limit=LONGEST_SENTENCE)
        plan = plan_of(all_routes(self._models), asked, [asked.text])
        hops = hops_of(self._models, plan.route) if plan.route and not plan.route.prompted else ()
        return tuple(hop for hop in hops if isinstance(hop, SequenceHop))

    def _updates(
        self, plan: TranslationPlan, hops: Sequence[Hop], recording: Recording, stop: threading.Event
    ) -> Iterator[TranslationUpdate]:
        text = plan.asked.text
        segments = _segments(text, hops) if hops else []
        pane = TextTranslation(text, segments, plan.asked.target)
        if plan.route is not None and not segments:
            plan = replace(plan, route=None, note="other_language" if plan.looks else "nothing_to_translate")
        due = 0.0
        with closing(in_background(_work(hops, [s.text for s in segments], plan.asked), stop)) as found:
            for renderings in found:
                for rendering in renderings:
                    pane.add(rendering)
                recording.progress(pane.text)
                if not pane.over and time.monotonic() >= due:
                    yield update_of(plan, pane, recording, len(segments))
                    # What is sent grows with the text, so it is sent less often.
                    due = time.monotonic() + 0.05 + len(pane.pairs) / 1_000
        status = "done" if pane.over else "stopped"
        last = update_of(plan, pane, recording, len(segments), "end" if pane.over else "stopped")
        told = {**plan.facts, "total": len(segments), "note": plan.note, "pairs": stored(pane.pairs)}
        recording.finish(status, pane.text, told)
        yield last


def _segments(text: str, hops: Sequence[Hop]) -> list[Segment]:
    """The sentences to translate: not those that are written in the target's script alone already."""
    source, target = hops[0].source, hops[-1].target
    return [
        segment
        for segment in lay_out(text, token_ends=hops[0].token_ends, most_tokens=hops[0].most_tokens)
        if has_script_of(segment.text, source) or not has_script_of(segment.text, target)
    ]


def _work(
    hops: Sequence[Hop], sentences: Sequence[str], asked: TranslationRequest
) -> Callable[[Stopped], Iterator[Rendering]]:
    return lambda stopped: translate_text(
        hops, sentences, beams=asked.beams, glossary=asked.glossary, stopped=stopped
    )
