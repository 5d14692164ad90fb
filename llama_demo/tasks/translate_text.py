"""Sentences of a text, in order: translated, held to the glossary, and with nothing lost on the way."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import regex

from llama_demo.errors import InputError
from llama_demo.span import Span
from llama_demo.tasks.align_words import align_words
from llama_demo.tasks.glossary import Term, Wanted, find_terms, place_terms, replaced, with_targets
from llama_demo.tasks.translation_hops import Hop, ScoredTranslation, SequenceHop, Stopped, translate_through
from llama_demo.text.layout import SPACELESS
from llama_demo.text.verbatim import Verbatim, find_verbatim, lost, translatable

# Sentences that are sorted by length together and handed out together: few at first, to be seen at once.
WINDOWS = (1, 3, 12, 48)
UNSURE = -1.0
"""A score below this is worth a second look."""

# How like each other an address and what became of it are.
_ALIKE = 0.6
_TOKENS = regex.compile(r"[^\s\p{Han}，。；：、！？（）「」《》“”]+")


@dataclass(frozen=True)
class Rendering:
    """A sentence's translation.

    Attributes:
        score: mean log-probability of its tokens, nearer to 0 is surer.
        terms: for each term of the glossary that was kept to, where it stands in the sentence and here.
        missed: terms that could not be placed.
    """

    text: str
    score: float
    terms: tuple[tuple[Span, Span], ...] = ()
    missed: tuple[Term, ...] = ()


def is_unsure(score: float | None) -> bool:
    """Whether what has this score is worth a second look; what was not translated has none."""
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
    """Translate sentences, and hand them out in their order.

    Raises:
        InputError: the model does not know the direction.
        DeviceError: the memory was not enough; what came before stands.
    """
    rendering = _Renderer(hops, beams, glossary, stopped)
    start = 0
    for number in range(len(sentences)):
        if start >= len(sentences):
            return
        window = sentences[start : start + WINDOWS[min(number, len(WINDOWS) - 1)]]
        said = rendering.translate(window)
        if said is None:
            return
        for sentence, each in zip(window, said, strict=True):
            finished = rendering.finish(sentence, each)
            if finished is None:
                return
            yield finished
        start += len(window)


@dataclass(frozen=True)
class _Renderer:
    """Translates, looks at what came out, and mends it."""

    hops: Sequence[Hop]
    beams: int
    glossary: Sequence[Term]
    stopped: Stopped

    @property
    def target(self) -> str:
        """The language that comes out."""
        return self.hops[-1].target

    def translate(self, sentences: Sequence[str]) -> list[ScoredTranslation] | None:
        """As they are; what the model leaves out altogether stays in the source's words."""
        said = translate_through(self.hops, sentences, beams=self.beams, stopped=self.stopped)
        if said is None:
            return None
        return [each if each.text else replace(each, text=s) for s, each in zip(sentences, said, strict=True)]

    def finish(self, sentence: str, said: ScoredTranslation) -> Rendering | None:
        """Mend what was lost and keep to the glossary; None if it was stopped."""
        mended = self._with_verbatim(sentence, said)
        wanted = find_terms(sentence, self.glossary)
        if mended is None:
            return None
        if not wanted:
            return Rendering(mended.text, mended.score)
        held = self._with_terms(sentence, mended, wanted)
        places = place_terms(held.text, wanted)
        return Rendering(
            held.text,
            held.score,
            tuple(((w.start, w.end), place) for w, place in zip(wanted, places, strict=True) if place),
            tuple(w.term for w, place in zip(wanted, places, strict=True) if not place),
        )

    def _with_verbatim(self, sentence: str, said: ScoredTranslation) -> ScoredTranslation | None:
        missing = lost(sentence, said.text)
        if not missing:
            return said
        patched = _patched(sentence, said.text, missing)
        if not lost(sentence, patched):
            return replace(said, text=patched)
        return self._around(sentence)

    def _around(self, sentence: str) -> ScoredTranslation | None:
        """What stands between addresses, numbers and emoji translated by itself, and those as they are."""
        parts: list[str] = []
        begin = 0
        for kept in find_verbatim(sentence):
            parts += [sentence[begin : kept.start], kept.text]
            begin = kept.end
        parts.append(sentence[begin:])
        places = [i for i in range(0, len(parts), 2) if translatable(parts[i])]
        said = self.translate([parts[i].strip() for i in places])
        if said is None:
            return None
        for i, each in zip(places, said, strict=True):
            lead = parts[i][: len(parts[i]) - len(parts[i].lstrip())]
            tail = parts[i][len(parts[i].rstrip()) :]
            text = each.text if i == len(parts) - 1 else each.text.rstrip("。.")
            parts[i] = lead + text + tail
        return ScoredTranslation(self._spaced(parts), min((each.score for each in said), default=0.0))

    def _spaced(self, parts: Sequence[str]) -> str:
        text = ""
        for part in parts:
            meet = text and part and text[-1].isalnum() and part[0].isalnum()
            text += (" " if meet and self.target not in SPACELESS else "") + part
        return text

    def _with_terms(
        self, sentence: str, said: ScoredTranslation, wanted: Sequence[Wanted]
    ) -> ScoredTranslation:
        """Three ways, until one holds: as it is, with the terms handed to the model, by replacing words."""
        if all(place_terms(said.text, wanted)):
            return said
        given = with_targets(sentence, wanted)
        tried = translate_through(self.hops, [given], beams=self.beams, stopped=self.stopped)
        if tried and all(place_terms(tried[0].text, wanted)) and not lost(sentence, tried[0].text):
            return tried[0]
        for number, each in enumerate(wanted):
            if place_terms(said.text, wanted)[number] is None:
                said = replace(said, text=self._replaced(sentence, said.text, each))
        return said

    def _replaced(self, sentence: str, translation: str, wanted: Wanted) -> str:
        """The term in place of the words that look at it; unchanged if nothing tells which those are."""
        hops = [hop for hop in self.hops if isinstance(hop, SequenceHop)]
        if len(hops) < len(self.hops):
            return translation
        try:
            span = align_words(hops, sentence, translation).target_of((wanted.start, wanted.end))
        except InputError:  # too long to be read at once
            return translation
        return translation if span is None else replaced(translation, span, wanted.term.target, self.target)


def _patched(sentence: str, translation: str, missing: Sequence[Verbatim]) -> str:
    """The translation with what became of a lost part replaced by it, where that can be told."""
    for part in missing:
        candidates = [m for m in _TOKENS.finditer(translation) if m[0].strip(".,;:!?") not in sentence]
        likeness = [difflib.SequenceMatcher(None, part.text, m[0]).ratio() for m in candidates]
        if likeness and max(likeness) >= _ALIKE:
            chosen = candidates[likeness.index(max(likeness))]
            kept = chosen[0][len(chosen[0].rstrip(".,;:!?")) :] if part.text[-1] not in ".,;:!?" else ""
            translation = translation[: chosen.start()] + part.text + kept + translation[chosen.end() :]
    return translation
