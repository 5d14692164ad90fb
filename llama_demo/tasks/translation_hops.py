"""One step from a language into another: sentences in, sentences with scores out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from llama_demo.engine.beam_search import Search
from llama_demo.tasks.translate_sentences import Translator, translate_sentences
from llama_demo.text.layout import between, cut_long
from llama_demo.unicode import replace_lone_surrogates

MOST_TOKENS = 120
"""Of a part that is translated at once: few sentences are longer, and models saw few that are."""
MOST_REPEATS = 4
"""Times that the same few tokens may follow each other: "no, no, no, no" is language, more is a circle."""
_SPARE = 8  # tokens that a part may gain when it is cut out of its sentence

Stopped = Callable[[], bool]


@dataclass(frozen=True)
class ScoredTranslation:
    """A sentence in the other language.

    Attributes:
        score: mean log-probability of its tokens; of several steps the lowest.
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
        """Of a source, without marks."""

    def token_ends(self, text: str) -> Sequence[int]:
        """For each token of a source, where its characters end."""

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
        """What is translated well, if the model can read that much."""
        return min(MOST_TOKENS, self.translator.engine.longest_source - _SPARE)

    def token_ends(self, text: str) -> Sequence[int]:
        """As the encoder's vocabulary cuts it, marks included."""
        [pieces] = self.translator.vocabulary.encode(
            [replace_lone_surrogates(text)], source=self.source, target=self.target
        )
        return [end for _, end in pieces.offsets]

    def translate(
        self, sentences: Sequence[str], *, beams: int, stopped: Stopped
    ) -> list[ScoredTranslation] | None:
        """In batches of like length; a sentence that is too long for the model in parts."""
        parts: list[str] = []
        owners: list[int] = []
        for owner, sentence in enumerate(sentences):
            for start, end in cut_long(sentence, self.token_ends, self.most_tokens):
                parts.append(sentence[start:end])
                owners.append(owner)
        found = dict(
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
        if len(found) < len(parts):
            return None
        said = [ScoredTranslation("", 0.0) for _ in sentences]
        for place, owner in enumerate(owners):
            said[owner] = self._joined(said[owner], found[place].text.strip(), found[place].score)
        return said

    def _joined(self, before: ScoredTranslation, text: str, score: float) -> ScoredTranslation:
        gap = between("", before.text, text, self.target) if before.text else ""
        return ScoredTranslation(before.text + gap + text, min(before.score, score))


def translate_through(
    hops: Sequence[Hop], sentences: Sequence[str], *, beams: int, stopped: Stopped
) -> list[ScoredTranslation] | None:
    """Sentences through every step; None if it was stopped."""
    said = [ScoredTranslation(sentence, 0.0) for sentence in sentences]
    for hop in hops:
        step = hop.translate([each.text for each in said], beams=beams, stopped=stopped)
        if step is None:
            return None
        said = [
            ScoredTranslation(new.text, min(new.score, old.score))
            for old, new in zip(said, step, strict=True)
        ]
    return said
