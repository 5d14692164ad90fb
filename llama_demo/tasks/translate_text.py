"""Translates the sentences of a text in order, keeps to the glossary, and repairs numbers and addresses."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import regex

from llama_demo.errors import InputError
from llama_demo.span import Span
from llama_demo.tasks.align_words import align_words
from llama_demo.tasks.draft import Draft
from llama_demo.tasks.glossary import Term, Wanted, find_terms, place_terms, replaced, with_targets
from llama_demo.tasks.translation_hops import Hop, ScoredTranslation, SequenceHop, Stopped, translate_through
from llama_demo.text.agreement.doubts import Doubt, find_doubts
from llama_demo.text.layout import SPACELESS
from llama_demo.text.masking import FORMS
from llama_demo.text.verbatim import Verbatim, find_untranslated, find_verbatim, lost, translatable

# Sizes of the groups that are sorted by length: small at first, so that the first sentence comes soon.
WINDOWS = (1, 3, 12, 48)
UNSURE = -1.0
"""Score below which a translation is marked as unsure."""

# Least similarity of an address and the text that it became.
_ALIKE = 0.6
_TOKENS = regex.compile(r"[^\s\p{Han}，。；：、！？（）「」《》“”]+")


@dataclass(frozen=True)
class Rendering:
    """A sentence's translation.

    Attributes:
        score: mean natural log-probability of its tokens; higher is surer.
        terms: for each glossary term that was used, its span in the sentence and in the translation.
        missed: terms that could not be placed.
        doubts: what may be wrong with it, by comparison with the sentence.
    """

    text: str
    score: float
    terms: tuple[tuple[Span, Span], ...] = ()
    missed: tuple[Term, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def is_unsure(score: float | None) -> bool:
    """Whether a translation with this score is marked as unsure; never for None, an untranslated sentence."""
    return score is not None and score < UNSURE


def least_sure(scores: Iterable[float | None]) -> float | None:
    """The lowest score; None if nothing was translated."""
    return min((score for score in scores if score is not None), default=None)


def translate_text(
    hops: Sequence[Hop],
    sentences: Sequence[str],
    *,
    beams: int = 1,
    glossary: Sequence[Term] = (),
    stopped: Stopped = lambda: False,
) -> Iterator[Rendering]:
    """Translate sentences and yield them in their order.

    Raises:
        InputError: the model does not know the direction.
        DeviceError: there was not enough memory; what was yielded before is valid.
    """
    rendering = _Renderer(hops, beams, glossary, stopped)
    start = 0
    for number in range(len(sentences)):
        if start >= len(sentences):
            return
        window = sentences[start : start + WINDOWS[min(number, len(WINDOWS) - 1)]]
        translations = rendering.translate(window)
        if translations is None:
            return
        for sentence, each in zip(window, translations, strict=True):
            finished = rendering.finish(sentence, each)
            if finished is None:
                return
            yield finished
        start += len(window)


@dataclass(frozen=True)
class _Renderer:
    """Translates sentences, checks the translations, and repairs them."""

    hops: Sequence[Hop]
    beams: int
    glossary: Sequence[Term]
    stopped: Stopped

    @property
    def target(self) -> str:
        """The target language, ISO 639-1."""
        return self.hops[-1].target

    def translate(self, sentences: Sequence[str]) -> list[ScoredTranslation] | None:
        """The translations with their verbatim parts; None if it was stopped.

        A sentence that lost a mask is translated again with another kind of masks, then between its verbatim
        parts. One that the model left empty keeps the source's words.
        """
        found: dict[int, ScoredTranslation] = {}
        for form in FORMS:
            waiting = [place for place in range(len(sentences)) if place not in found]
            drafts = [Draft(sentences[place], self.hops[0], form) for place in waiting]
            texts = [draft.text for draft in drafts]
            if not texts:
                break
            translations = translate_through(self.hops, texts, beams=self.beams, stopped=self.stopped)
            if translations is None:
                return None
            for place, draft, each in zip(waiting, drafts, translations, strict=True):
                text = draft.finished(each.text or draft.text, self.target)
                if text is not None:
                    found[place] = replace(each, text=text)
        for place in range(len(sentences)):
            if place not in found:
                pieced = self._around(sentences[place], find_untranslated(sentences[place]))
                if pieced is None:
                    return None
                found[place] = pieced
        return [found[place] for place in range(len(sentences))]

    def finish(self, sentence: str, translation: ScoredTranslation) -> Rendering | None:
        """The translation with lost parts restored and glossary terms in place; None if it was stopped."""
        restored = self._with_verbatim(sentence, translation)
        wanted = find_terms(sentence, self.glossary)
        if restored is None:
            return None
        if not wanted:
            return Rendering(restored.text, restored.score, doubts=self._doubts(sentence, restored.text))
        rendered = self._with_terms(sentence, restored, wanted)
        places = place_terms(rendered.text, wanted)
        return Rendering(
            rendered.text,
            rendered.score,
            tuple(((w.start, w.end), place) for w, place in zip(wanted, places, strict=True) if place),
            tuple(w.term for w, place in zip(wanted, places, strict=True) if not place),
            self._doubts(sentence, rendered.text),
        )

    def _doubts(self, sentence: str, translation: str) -> tuple[Doubt, ...]:
        return find_doubts(sentence, translation, (self.hops[0].source, self.target))

    def _with_verbatim(self, sentence: str, translation: ScoredTranslation) -> ScoredTranslation | None:
        missing = lost(sentence, translation.text)
        if not missing:
            return translation
        patched = _patched(sentence, translation.text, missing)
        if not lost(sentence, patched):
            return replace(translation, text=patched)
        return self._around(sentence, find_verbatim(sentence))

    def _around(self, sentence: str, verbatim: Sequence[Verbatim]) -> ScoredTranslation | None:
        """A translation of what is between the verbatim parts, which are kept as they are."""
        parts: list[str] = []
        begin = 0
        for kept in verbatim:
            parts += [sentence[begin : kept.start], kept.text]
            begin = kept.end
        parts.append(sentence[begin:])
        places = [i for i in range(0, len(parts), 2) if translatable(parts[i])]
        translations = self.translate([parts[i].strip() for i in places])
        if translations is None:
            return None
        for i, each in zip(places, translations, strict=True):
            lead = parts[i][: len(parts[i]) - len(parts[i].lstrip())]
            tail = parts[i][len(parts[i].rstrip()) :]
            text = each.text if i == len(parts) - 1 else each.text.rstrip("。.")
            parts[i] = lead + text + tail
        return ScoredTranslation(self._spaced(parts), min((each.score for each in translations), default=0.0))

    def _spaced(self, parts: Sequence[str]) -> str:
        text = ""
        for part in parts:
            meet = text and part and text[-1].isalnum() and part[0].isalnum()
            text += (" " if meet and self.target not in SPACELESS else "") + part
        return text

    def _with_terms(
        self, sentence: str, translation: ScoredTranslation, wanted: Sequence[Wanted]
    ) -> ScoredTranslation:
        """A translation with the terms: as it is, else of a source with the terms, else by replacement."""
        if all(place_terms(translation.text, wanted)):
            return translation
        given = with_targets(sentence, wanted)
        tried = self.translate([given])
        if tried and all(place_terms(tried[0].text, wanted)) and not lost(sentence, tried[0].text):
            return tried[0]
        for number, each in enumerate(wanted):
            if place_terms(translation.text, wanted)[number] is None:
                translation = replace(translation, text=self._replaced(sentence, translation.text, each))
        return translation

    def _replaced(self, sentence: str, translation: str, wanted: Wanted) -> str:
        """The translation with the term in place of the words aligned with it; unchanged if none are."""
        hops = [hop for hop in self.hops if isinstance(hop, SequenceHop)]
        if len(hops) < len(self.hops):
            return translation
        try:
            alignment = align_words(hops, sentence, translation)
        except InputError:  # too long to be read at once
            return translation
        span = alignment.target_of((wanted.start, wanted.end)) if alignment.whole else None
        return translation if span is None else replaced(translation, span, wanted.term.target, self.target)


def _patched(sentence: str, translation: str, missing: Sequence[Verbatim]) -> str:
    """The translation with each lost part in place of the text that it became, where that is known."""
    for part in missing:
        candidates = [m for m in _TOKENS.finditer(translation) if m[0].strip(".,;:!?") not in sentence]
        likeness = [difflib.SequenceMatcher(None, part.text, m[0]).ratio() for m in candidates]
        if likeness and max(likeness) >= _ALIKE:
            chosen = candidates[likeness.index(max(likeness))]
            kept = chosen[0][len(chosen[0].rstrip(".,;:!?")) :] if part.text[-1] not in ".,;:!?" else ""
            translation = translation[: chosen.start()] + part.text + kept + translation[chosen.end() :]
    return translation
