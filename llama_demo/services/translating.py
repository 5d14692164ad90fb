"""Somebody translates: the route, the task, its row in the history, and the button that stops it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from llama_demo.engine.request import in_range
from llama_demo.errors import DemoError, InputError
from llama_demo.services.background import in_background
from llama_demo.services.models import Models
from llama_demo.services.routes import Route, all_routes, choose, hops_of
from llama_demo.services.runs import Recording, Run, Runs
from llama_demo.services.translated import Pair, Pane, PlacedTerm, from_stored, stored
from llama_demo.services.visits import Visit
from llama_demo.tasks.align_words import Link, align_words
from llama_demo.tasks.glossary import Span, Term
from llama_demo.tasks.n_best import n_best
from llama_demo.tasks.translate_sentences import Alternative
from llama_demo.tasks.translate_text import translate_text
from llama_demo.tasks.translation_hops import Hop, SequenceHop
from llama_demo.text.languages import NAMES, Guess, detect_language, has_script_of
from llama_demo.text.layout import Segment, lay_out

__all__ = [
    "LANGUAGE_NAMES",
    "Alternative",
    "Asked",
    "Guess",
    "Link",
    "Pair",
    "PlacedTerm",
    "Route",
    "Span",
    "Term",
    "Translating",
    "Update",
]

LANGUAGE_NAMES: Mapping[str, str] = NAMES
"""By ISO 639-1 code, each in its own words."""

AUTO = "auto"

LONGEST_TEXT = 100_000
"""Characters."""

LONGEST_SENTENCE = 2_000
"""Characters of what is asked about word by word, or wanted in several versions."""

MOST_BEAMS = 8

MOST_TERMS, LONGEST_TERM = 500, 200
"""Of a glossary, and characters of a term."""


@dataclass(frozen=True)
class Asked:
    """What somebody wants translated.

    Attributes:
        source: ISO 639-1, or ``auto``.
        beams: 1 is greedy; to 8.
        model: a model's name; the best one for the direction if empty.
        glossary: terms that are to be kept to.
    """

    text: str
    source: str = AUTO
    target: str = "en"
    beams: int = 1
    model: str = ""
    glossary: tuple[Term, ...] = ()


@dataclass(frozen=True)
class Update:
    """How far a translation has come.

    Attributes:
        text: the translation so far; each one begins with the one before.
        pairs: the sentences of ``text`` in order.
        done, total: sentences.
        info: the programs' contract: ``source``, ``source_confidence``, ``target``, ``model``, ``via``,
            ``sentences`` (``source``, ``target``, ``score``).
        guess: of the source's language, if it was to be detected.
        route: None if nothing is translated.
        note: ``same_language`` or ``nothing_to_translate`` if the text is given back as it is.
        finish_reason: ``end`` or ``stopped`` in the last one, else empty.
        run_id: of its row in the history; None if nothing is kept.
        warning: why the history could not be written, if so.
    """

    text: str = ""
    pairs: tuple[Pair, ...] = ()
    done: int = 0
    total: int = 0
    info: dict[str, object] = field(default_factory=dict)
    guess: Guess | None = None
    route: Route | None = None
    note: str = ""
    finish_reason: str = ""
    run_id: str | None = None
    warning: DemoError | None = None


@dataclass(frozen=True)
class _Plan:
    """What is going to happen to a text, or to several: the same languages and models for all of them.

    Attributes:
        source: the language, asked for or detected; empty if there is nothing to tell it by.
    """

    asked: Asked
    source: str
    guess: Guess | None
    route: Route | None
    note: str = ""

    @property
    def facts(self) -> dict[str, object]:
        """Of the programs' contract, what does not change while sentences come."""
        return {
            "source": self.source,
            "source_confidence": self.guess.confidence if self.guess else 1.0,
            "target": self.asked.target,
            "model": self.route.model if self.route else "",
            "via": self.route.via if self.route else "",
        }


class Translating:
    """Translates texts for visitors and records each run."""

    def __init__(self, models: Models, runs: Runs) -> None:
        self._models = models
        self._runs = runs
        self._running: dict[str, threading.Event] = {}
        self._lock = threading.Lock()

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
        self, visit: Visit, asked: Asked, *, key: str = "", box: str = "", origin: str | None = None
    ) -> Iterator[Update]:
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
        plan = self._plan(asked, [asked.text])
        hops = hops_of(self._models, plan.route) if plan.route else ()
        recording = self._runs.record(
            visit,
            task="translate",
            model=plan.route.model if plan.route else "",
            input=asked.text,
            options=_settings(asked),
            box=box,
            origin=origin,
        )
        with recording, self._stoppable(key) as stop:
            yield from self._updates(plan, hops, recording, stop)

    def stop(self, key: str) -> bool:
        """End the run that was begun under ``key`` within a second; returns whether there was one."""
        with self._lock:
            running = self._running.get(key)
        if running is not None:
            running.set()
        return running is not None

    def reopened(self, run: Run) -> tuple[Asked, Update]:
        """What was asked and what came of it, from a row of the history, sentences and places included."""
        options, told = run.options, run.timings
        asked = Asked(
            run.input,
            source=str(options.get("source", AUTO)),
            target=str(options.get("target", "en")),
            beams=beams if type(beams := options.get("beams")) is int else 1,
            model=str(options.get("model", "")),
            glossary=tuple(_terms(options.get("glossary"))),
        )
        pairs = from_stored(told.get("pairs"), run.input, run.output)
        facts = {
            name: told.get(name, "") for name in ("source", "source_confidence", "target", "model", "via")
        }
        total = told.get("total")
        return asked, Update(
            run.output,
            pairs,
            done=len(pairs),
            total=total if type(total) is int else len(pairs),
            info={**facts, "sentences": _sentences(pairs, run.input, run.output)},
            note=str(told.get("note", "")),
            finish_reason="stopped" if run.status == "stopped" else "end",
            run_id=run.id,
        )

    def alternatives(self, asked: Asked, *, count: int = 5) -> tuple[Alternative, ...]:
        """The best translations of one sentence (``asked.text``), best first; none from a decoder by prompt.

        Raises:
            InputError: as :meth:`translate` does, and for more than a long sentence.
        """
        in_range("count", count, 1, 16)
        hops = self._sentence_hops(asked)
        return n_best(hops, asked.text, count) if hops else ()

    def alignment(self, asked: Asked, translation: str) -> tuple[Link, ...]:
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

    def texts(self, asked: Asked, texts: Sequence[str], *, key: str = "") -> Iterator[tuple[int, str]]:
        """Translate many texts, such as the paragraphs or cells of a document; ``asked.text`` is not read.

        Yields each text's place and translation, in order. No row is written: whoever asks records.

        Raises:
            DemoError: as :meth:`translate` does; the texts may be empty, and longer altogether.
        """
        plan = self._plan(asked, texts)
        if plan.route is None:
            yield from enumerate(texts)
            return
        hops = hops_of(self._models, plan.route)
        segments = [_segments(text, hops) for text in texts]
        panes = [Pane(text, own, asked.target) for text, own in zip(texts, segments, strict=True)]
        with self._stoppable(key) as stop:
            work = _work(hops, [one.text for own in segments for one in own], asked)
            place = 0
            with closing(in_background(work, stop)) as found:  # type: ignore[type-var]
                for renderings in found:
                    for rendering in renderings:
                        while panes[place].over:
                            yield place, panes[place].text
                            place += 1
                        panes[place].add(rendering)
            while place < len(panes) and panes[place].over:
                yield place, panes[place].text
                place += 1

    def _sentence_hops(self, asked: Asked) -> tuple[SequenceHop, ...]:
        """The models of one sentence; none if it needs none, or is not translated by an encoder-decoder."""
        if len(asked.text) > LONGEST_SENTENCE:
            raise InputError("translate_too_long", characters=len(asked.text), limit=LONGEST_SENTENCE)
        plan = self._plan(asked, [asked.text])
        hops = hops_of(self._models, plan.route) if plan.route and not plan.route.prompted else ()
        return tuple(hop for hop in hops if isinstance(hop, SequenceHop))

    def _plan(self, asked: Asked, texts: Sequence[str]) -> _Plan:
        """Languages and models, or why nothing is to be done.

        Raises:
            InputError: what was asked cannot be done.
        """
        _check(asked)
        routes = all_routes(self._models)
        if not routes:
            raise InputError("model_missing")
        guess = None
        source = asked.source
        if source == AUTO:
            guess = detect_language("\n".join(texts), expected=list(routes))
            source = guess.language
        if source == asked.target:
            return _Plan(asked, source, guess, None, "same_language")
        if not source:
            return _Plan(asked, source, guess, None, "nothing_to_translate")
        return _Plan(asked, source, guess, choose(routes, source, asked.target, asked.model))

    def _updates(
        self, plan: _Plan, hops: Sequence[Hop], recording: Recording, stop: threading.Event
    ) -> Iterator[Update]:
        text = plan.asked.text
        segments = _segments(text, hops) if hops else []
        pane = Pane(text, segments, plan.asked.target)
        if plan.route is not None and not segments:
            plan = _Plan(plan.asked, plan.source, plan.guess, None, "nothing_to_translate")
        due = 0.0
        with closing(in_background(_work(hops, [s.text for s in segments], plan.asked), stop)) as found:  # type: ignore[type-var]
            for renderings in found:
                for rendering in renderings:
                    pane.add(rendering)
                recording.progress(pane.text)
                if not pane.over and time.monotonic() >= due:
                    yield _update(plan, pane, recording, len(segments))
                    # What is sent grows with the text, so it is sent less often.
                    due = time.monotonic() + 0.05 + len(pane.pairs) / 1_000
        status = "done" if pane.over else "stopped"
        last = _update(plan, pane, recording, len(segments), "end" if pane.over else "stopped")
        told = {**plan.facts, "total": len(segments), "note": plan.note, "pairs": stored(pane.pairs)}
        recording.finish(status, pane.text, told)
        yield last

    @contextmanager
    def _stoppable(self, key: str) -> Iterator[threading.Event]:
        stop = threading.Event()
        if key:
            with self._lock:
                former = self._running.get(key)
                self._running[key] = stop
            if former is not None:
                former.set()
        try:
            yield stop
        finally:
            stop.set()
            with self._lock:
                if self._running.get(key) is stop:
                    del self._running[key]


def _check(asked: Asked) -> None:
    if len(asked.text) > LONGEST_TEXT:
        raise InputError("translate_too_long", characters=len(asked.text), limit=LONGEST_TEXT)
    in_range("beams", asked.beams, 1, MOST_BEAMS)
    longest = max((len(side) for term in asked.glossary for side in (term.source, term.target)), default=0)
    if len(asked.glossary) > MOST_TERMS or longest > LONGEST_TERM:
        raise InputError("glossary_too_large", terms=MOST_TERMS, characters=LONGEST_TERM)


def _segments(text: str, hops: Sequence[Hop]) -> list[Segment]:
    """The sentences to translate: not those that are written in the target's script alone already."""
    source, target = hops[0].source, hops[-1].target
    return [
        segment
        for segment in lay_out(text, token_ends=hops[0].token_ends, most_tokens=hops[0].most_tokens)
        if has_script_of(segment.text, source) or not has_script_of(segment.text, target)
    ]


def _work(
    hops: Sequence[Hop], sentences: Sequence[str], asked: Asked
) -> Callable[[Callable[[], bool]], Iterator[Any]]:
    return lambda stopped: translate_text(
        hops, sentences, beams=asked.beams, glossary=asked.glossary, stopped=stopped
    )


def _update(plan: _Plan, pane: Pane, recording: Recording, total: int, reason: str = "") -> Update:
    pairs = tuple(pane.pairs)
    return Update(
        pane.text,
        pairs,
        done=len(pairs),
        total=total,
        info={**plan.facts, "sentences": _sentences(pairs, plan.asked.text, pane.text)},
        guess=plan.guess,
        route=plan.route,
        note=plan.note,
        finish_reason=reason,
        run_id=recording.id,
        warning=recording.warning,
    )


def _sentences(pairs: Sequence[Pair], source: str, target: str) -> list[dict[str, object]]:
    return [
        {
            "source": source[slice(*pair.source)],
            "target": target[slice(*pair.target)],
            "score": pair.score,
        }
        for pair in pairs
    ]


def _settings(asked: Asked) -> dict[str, object]:
    """What of a request is needed to open it again, besides its text."""
    settings = asdict(asked)
    del settings["text"]
    return settings


def _terms(values: object) -> Iterator[Term]:
    for value in values if isinstance(values, list) else ():
        if isinstance(value, Mapping):
            yield Term(str(value.get("source", "")), str(value.get("target", "")))
