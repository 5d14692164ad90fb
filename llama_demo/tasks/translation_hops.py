"""Translation hops: one model with one direction; sentences in, sentences with scores out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from llama_demo.engine.beam_search import Search
from llama_demo.tasks.translate_sentences import Translator, translate_sentences
from llama_demo.text.layout import between, cut_long
from llama_demo.unicode import replace_lone_surrogates

MOST_TOKENS = 120
"""Most tokens of a part that is translated at once; models were trained on few longer sentences."""
MOST_REPEATS = 4
"""Times that the same few tokens may be repeated in a row: "no, no, no, no" is language, more is a loop."""
_SPARE = 8  # tokens that a part may gain when it is cut out of its sentence

Stopped = Callable[[], bool]


@dataclass(frozen=True)
class ScoredTranslation:
    """A sentence in the target language.

    Attributes:
        score: mean natural log-probability of its tokens; the lowest of several hops.
    """

    text: str
    score: float


class Hop(Protocol):
    """A model with a direction."""

    @property
    def source(self) -> str:
        """ISO 639-1."""

    @property
    def target(self) -> str:
        """ISO 639-1."""

    @property
    def most_tokens(self) -> int:
        """Most tokens of a source sentence, without special tokens."""

    def token_ends(self, text: str) -> Sequence[int]:
        """The end of each token of a source sentence, in characters."""

    def translate(
        self, sentences: Sequence[str], *, beams: int, stopped: Stopped
    ) -> list[ScoredTranslation] | None:
        """Each sentence's translation; None if it was stopped before all were done."""


@dataclass(frozen=True)
class SequenceHop:
    """An encoder-decoder with a direction."""

    translator: Translator
    source: str
    target: str

    @property
    def most_tokens(self) -> int:
        """The smaller of :data:`MOST_TOKENS` and the model's context."""
        return min(MOST_TOKENS, self.translator.engine.longest_source - _SPARE)

    def token_ends(self, text: str) -> Sequence[int]:
        """The ends as the encoder's vocabulary cuts the text, special tokens included."""
        [pieces] = self.translator.vocabulary.encode(
            [replace_lone_surrogates(text)], source=self.source, target=self.target
        )
        return [end for _, end in pieces.offsets]

    def translate(
        self, sentences: Sequence[str], *, beams: int, stopped: Stopped
    ) -> list[ScoredTranslation] | None:
        """Translate in batches of similar length; a sentence that is too long for the model in parts."""
        parts: list[str] = []
        owners: list[int] = []
        for owner, sentence in enumerate(sentences):
            for start, end in cut_long(sentence, self.token_ends, self.most_tokens):
                parts.append(sentence[start:end])
                owners.append(owner)
        results = dict(
            translate_sentences(
                self.translator,
                parts,
                source=self.source,
                target=self.target,
                how=Search(beams=beams, most_repeats=MOST_REPEATS),
                early=False,
                stopped=stopped,
            )
        )
        if len(results) < len(parts):
            return None
        translations = [ScoredTranslation("", 0.0) for _ in sentences]
        for place, owner in enumerate(owners):
            translations[owner] = self._joined(
                translations[owner], results[place].text.strip(), results[place].score
            )
        return translations

    def _joined(self, before: ScoredTranslation, text: str, score: float) -> ScoredTranslation:
        gap = between("", before.text, text, self.target) if before.text else ""
        return ScoredTranslation(before.text + gap + text, min(before.score, score))


def translate_through(
    hops: Sequence[Hop], sentences: Sequence[str], *, beams: int, stopped: Stopped
) -> list[ScoredTranslation] | None:
    """Sentences through every hop; None if it was stopped."""
    translations = [ScoredTranslation(sentence, 0.0) for sentence in sentences]
    for hop in hops:
        step = hop.translate([each.text for each in translations], beams=beams, stopped=stopped)
        if step is None:
            return None
        translations = [
            ScoredTranslation(new.text, min(new.score, old.score))
            for old, new in zip(translations, step, strict=True)
        ]
    return translations
