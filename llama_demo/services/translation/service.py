"""Translates texts for visitors: plans the request, runs the models, records the run, stops it on demand."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace

from llama_demo.engine.request import in_range
from llama_demo.errors import DemoError, InputError
from llama_demo.language import language_of
from llama_demo.page_languages import name_for_readers
from llama_demo.services.background import in_background
from llama_demo.services.history.runs import Run, RunRecording, RunService
from llama_demo.services.models import Models
from llama_demo.services.stop_registry import StopRegistry
from llama_demo.services.translation.request import (
    LONGEST_SENTENCE,
    LONGEST_TEXT,
    MOST_TERMS,
    TranslationPlan,
    TranslationRequest,
    check,
    options_of,
    plan_of,
    request_from_row,
)
from llama_demo.services.translation.result import (
    PlacedTerm,
    SentencePair,
    TextTranslation,
    TranslationUpdate,
    pairs_to_json,
    update_from_run,
    update_of,
)
from llama_demo.services.translation.routes import Route, Routes, all_routes, hops_of
from llama_demo.services.visits import Visit
from llama_demo.tasks.align_words import UNALIGNED, WordAlignment, align_words
from llama_demo.tasks.glossary import Term
from llama_demo.tasks.n_best import n_best
from llama_demo.tasks.translate_sentences import TranslationAlternative
from llama_demo.tasks.translate_text import Rendering, translate_text
from llama_demo.tasks.translation_hops import Hop, SequenceHop, Stopped
from llama_demo.text.agreement.doubts import DOUBTS, Doubt
from llama_demo.text.languages import DETECTED, Guess, detect_language, has_script_of
from llama_demo.text.layout import LayoutSegment, lay_out

__all__ = [
    "DOUBTS",
    "LONGEST_TEXT",
    "MOST_TERMS",
    "Doubt",
    "Guess",
    "PlacedTerm",
    "Route",
    "SentencePair",
    "Term",
    "TranslationAlternative",
    "TranslationRequest",
    "TranslationService",
    "TranslationUpdate",
]


def language_names(offered: Iterable[str]) -> dict[str, str]:
    """Names of languages by code: of those offered in their own words, of others in the page's languages."""
    known = {code: language for code in (*DETECTED, *offered) if (language := language_of(code))}
    own = set(offered)
    return {
        code: language.autonym if code in own else name_for_readers(language)
        for code, language in known.items()
    }


class TranslationService:
    """Translates texts for visitors and records each run."""

    def __init__(self, models: Models, runs: RunService) -> None:
        self._models = models
        self._runs = runs
        self._stops = StopRegistry()

    def directions(self) -> Mapping[str, Mapping[str, Route]]:
        """The default route of each direction, by source and target language.

        Loads no model. Languages come in the order zh, en, fr, de, es, then others by code.
        """
        routes = all_routes(self._models)
        return {
            source: {target: offers[0] for target, offers in targets.items()}
            for source, targets in routes.items()
        }

    def routes(self) -> Routes:
        """Every route of every direction; as :meth:`directions`, the default first."""
        return all_routes(self._models)

    def models_for(self, source: str, target: str) -> Sequence[Route]:
        """Every route of a direction, the default first; ``routes[i].models[0]`` can be requested by name."""
        return all_routes(self._models).get(source, {}).get(target, ())

    def detect(self, text: str) -> Guess:
        """The language of a text; a short text gets, if possible, one that can be translated."""
        return detect_language(text, expected=list(all_routes(self._models)))

    def translate(
        self,
        visit: Visit,
        request: TranslationRequest,
        *,
        key: str = "",
        debounce_key: str = "",
        origin: str | None = None,
    ) -> Iterator[TranslationUpdate]:
        """Translate a text. Closing the iterator stops the model and marks the run as stopped.

        Args:
            key: names this run for :meth:`stop`; a running one of the same key is stopped.
            debounce_key: names the input that is typed into; a run less than 10 s after another of the
                same key replaces that one's row. Empty if the run was started by a button.
            origin: id of the run that this is another version of.

        Raises:
            InputError: before the first update, if the request cannot be served.
            DemoError: later, if the model fails.
        """
        if not request.text.strip():
            raise InputError("translate_empty")
        plan, hops = self._planned(request, request.text)
        recording = self._runs.record(
            visit,
            task="translate",
            model=plan.route.model if plan.route else "",
            input=request.text,
            options=options_of(request),
            debounce_key=debounce_key,
            origin=origin,
        )
        stop = threading.Event()
        with recording, self._stops.register(key, stop.set, alone=True):
            yield from self._updates(plan, hops, recording, stop)

    def stop(self, key: str) -> bool:
        """Stop the run of this key within a second; returns whether one was running."""
        return self._stops.stop(key)

    def reopened(self, run: Run) -> tuple[TranslationRequest, TranslationUpdate]:
        """The request and the last update of a row of the history, sentence pairs included."""
        return request_from_row(run.input, run.options), update_from_run(run)

    def alternatives(
        self, request: TranslationRequest, *, count: int = 5
    ) -> tuple[TranslationAlternative, ...]:
        """The ``count`` best translations of one sentence (``request.text``), best first.

        Empty if the route prompts a decoder, which has no beam search.

        Raises:
            InputError: as :meth:`translate`, and ``translate_too_long`` for more than a long sentence.
        """
        in_range("count", count, 1, 16)
        hops = self._sentence_hops(request)
        return n_best(hops, request.text, count) if hops else ()

    def alignment(self, request: TranslationRequest, translation: str) -> WordAlignment:
        """The attention between the words of ``request.text`` and of ``translation``.

        Spans are in these two texts. ``translation`` need not come from the model: it may be an alternative
        or edited. Empty if the route prompts a decoder.

        Raises:
            InputError: as :meth:`alternatives`, and as :func:`align_words`.
        """
        hops = self._sentence_hops(request)
        if not hops or not translation.strip():
            return UNALIGNED
        found = align_words(hops, request.text, translation[:LONGEST_SENTENCE])
        return replace(found, whole=found.whole and len(translation) <= LONGEST_SENTENCE)

    def translate_texts(
        self, request: TranslationRequest, texts: Sequence[str], *, key: str = ""
    ) -> Iterator[tuple[int, str, float | None, tuple[Doubt, ...]]]:
        """Translate many texts, such as the paragraphs or cells of a document; ``request.text`` is unused.

        Records no run; the caller does.

        Yields:
            For each text, in order: its index, its translation, the score of its least certain sentence (None
            if nothing in it was translated), and the doubts about its sentences.

        Raises:
            DemoError: as :meth:`translate`, except that texts may be empty, and longer in total.
        """
        plan, hops = self._planned(request, "\n".join(texts))
        if plan.route is None:
            yield from ((index, text, None, ()) for index, text in enumerate(texts))
            return
        stop = threading.Event()
        with self._stops.register(key, stop.set, alone=True):
            segments = [_segments(text, hops) for text in texts]
            results = [
                TextTranslation(text, own, request.target) for text, own in zip(texts, segments, strict=True)
            ]
            work = _renderer(hops, [one.text for own in segments for one in own], request)
            index = 0
            with closing(in_background(work, stop)) as batches:
                for renderings in batches:
                    for rendering in renderings:
                        while results[index].over:
                            yield index, *results[index].facts
                            index += 1
                        results[index].add(rendering)
            while index < len(results) and results[index].over:
                yield index, *results[index].facts
                index += 1

    def _plan(self, request: TranslationRequest, sample: str) -> TranslationPlan:
        """The plan of a request; the language of ``sample`` is detected unless the request knows it."""
        routes = all_routes(self._models)
        check(routes, request)
        return plan_of(routes, request, request.guess or self.detect(sample), sample)

    def _planned(self, request: TranslationRequest, sample: str) -> tuple[TranslationPlan, tuple[Hop, ...]]:
        """The plan and its models; of the next best route if a model that no request named fails to load."""
        plan = self._plan(request, sample)
        try:
            return plan, hops_of(self._models, plan.route) if plan.route else ()
        except DemoError:
            next_best = self._plan(request, sample) if not request.model else plan
            if next_best.route is None or next_best.route == plan.route:
                raise
            return next_best, hops_of(self._models, next_best.route)

    def _sentence_hops(self, request: TranslationRequest) -> tuple[SequenceHop, ...]:
        """The encoder-decoders for one sentence; empty if it needs none or the route prompts a decoder."""
        if len(request.text) > LONGEST_SENTENCE:
            raise InputError("translate_too_long", characters=len(request.text), limit=LONGEST_SENTENCE)
        plan = self._plan(request, request.text)
        hops = hops_of(self._models, plan.route) if plan.route and not plan.route.prompted else ()
        return tuple(hop for hop in hops if isinstance(hop, SequenceHop))

    def _updates(
        self, plan: TranslationPlan, hops: Sequence[Hop], recording: RunRecording, stop: threading.Event
    ) -> Iterator[TranslationUpdate]:
        request = plan.request
        segments = _segments(request.text, hops) if hops else []
        result = TextTranslation(request.text, segments, request.target)
        if plan.route is not None and not segments:
            plan = replace(plan, route=None, note="other_language" if plan.looks else "nothing_to_translate")
        due = 0.0
        work = _renderer(hops, [one.text for one in segments], request)
        with closing(in_background(work, stop)) as batches:
            for renderings in batches:
                for rendering in renderings:
                    result.add(rendering)
                recording.progress(result.text)
                if not result.over and time.monotonic() >= due:
                    yield update_of(plan, result, recording, len(segments))
                    # An update grows with the text, so later ones are sent less often. Sending one takes the
                    # processor from the model, so there are few of them.
                    due = time.monotonic() + 0.2 + len(result.pairs) / 500
        status = "done" if result.over else "stopped"
        last = update_of(plan, result, recording, len(segments), "end" if result.over else "stopped")
        timings = {
            **plan.facts,
            "total": len(segments),
            "note": plan.note,
            "pairs": pairs_to_json(result.pairs),
        }
        recording.finish(status, result.text, timings)
        yield last


def _segments(text: str, hops: Sequence[Hop]) -> list[LayoutSegment]:
    """The sentences to translate; one written only in the script of the target language is left as it is."""
    source, target = hops[0].source, hops[-1].target
    return [
        segment
        for segment in lay_out(
            text, token_ends=hops[0].token_ends, most_tokens=hops[0].most_tokens, language=source
        )
        if has_script_of(segment.text, source) or not has_script_of(segment.text, target)
    ]


def _renderer(
    hops: Sequence[Hop], sentences: Sequence[str], request: TranslationRequest
) -> Callable[[Stopped], Iterator[Rendering]]:
    """The translation of the sentences as work for :func:`in_background`."""
    return lambda stopped: translate_text(
        hops, sentences, beams=request.beams, glossary=request.glossary, stopped=stopped
    )
