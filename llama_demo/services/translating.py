"""Somebody translates: the route, the task, its row in the history, and the button that stops it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from llama_demo.errors import DemoError
from llama_demo.services.models import Models
from llama_demo.services.runs import Run, Runs
from llama_demo.services.visits import Visit

Span = tuple[int, int]
"""Where characters begin and end in a text."""

LONGEST_TEXT = 100_000
"""Characters."""


@dataclass(frozen=True)
class Guess:
    """The language of a text.

    Attributes:
        language: ISO 639-1; empty if there is nothing to tell it by (digits, emoji, blanks).
        confidence: 0 to 1.
        mixed: a second language with a real share of the text; empty if there is none.
    """

    language: str
    confidence: float
    mixed: str = ""


@dataclass(frozen=True)
class Term:
    """A word or phrase and what it has to be called."""

    source: str
    target: str


@dataclass(frozen=True)
class Route:
    """How a text gets from one language into another.

    Attributes:
        models: names, in the order in which they are used: one, or two if it goes through English.
        via: the language between (``en``), or empty.
        prompted: whether an instruction-tuned decoder is asked; then there is no alignment.
    """

    source: str
    target: str
    models: tuple[str, ...]
    via: str = ""
    prompted: bool = False


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
    source: str = "auto"
    target: str = "en"
    beams: int = 1
    model: str = ""
    glossary: tuple[Term, ...] = ()


@dataclass(frozen=True)
class PlacedTerm:
    """A glossary term at work; both spans are in the whole texts."""

    source: Span
    target: Span


@dataclass(frozen=True)
class Pair:
    """A sentence and its translation, as places in the whole texts.

    Attributes:
        source: in ``Asked.text``.
        target: in ``Update.text``.
        score: mean log-probability of its tokens, nearer to 0 is surer; None for what was copied.
        unsure: whether the score is so low that a reader should look twice.
        terms: where the glossary was kept to.
        missed: terms of the glossary that could not be placed in this sentence.
    """

    source: Span
    target: Span
    score: float | None
    unsure: bool = False
    terms: tuple[PlacedTerm, ...] = ()
    missed: tuple[Term, ...] = ()


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
class Alternative:
    """Another way to say a sentence; scores as in :class:`Pair`."""

    text: str
    score: float


@dataclass(frozen=True)
class Link:
    """A word of the translation and a word of the source that the model looked at for it.

    Attributes:
        weight: 0 to 1, this word's share of the attention of the translation's word.
    """

    source: Span
    target: Span
    weight: float


class Translating:
    """Translates texts for visitors and records each run."""

    def __init__(self, models: Models, runs: Runs) -> None:
        self._models = models
        self._runs = runs

    def directions(self) -> Mapping[str, Mapping[str, Route]]:
        """Every source language with the languages that it can be translated into; the default route each.

        Loads no model. Languages in the order zh, en, fr, de, es, then others by code.
        """
        raise NotImplementedError

    def models_for(self, source: str, target: str) -> Sequence[Route]:
        """Every route of a direction, the default one first; ``routes[i].models[0]`` can be asked for."""
        raise NotImplementedError

    def detect(self, text: str) -> Guess:
        """The language of a text, among those that can be translated if it is short. Takes milliseconds."""
        raise NotImplementedError

    def translate(
        self, visit: Visit, asked: Asked, *, key: str = "", box: str = "", origin: str | None = None
    ) -> Iterator[Update]:
        """Translate a text. Closing the iterator stops the model and marks the run as stopped.

        Args:
            key: what :meth:`stop` can name this run by.
            box: names the pane that is typed in; a run from it less than 10 s after another replaces
                that one's row. Empty for a button.
            origin: the id of the run that this is another version of.

        Raises:
            InputError: before the first update, for what cannot be translated.
            DemoError: later, for what broke.
        """
        raise NotImplementedError

    def stop(self, key: str) -> bool:
        """End the run that was begun under ``key`` within a second; returns whether there was one."""
        raise NotImplementedError

    def reopened(self, run: Run) -> tuple[Asked, Update]:
        """What was asked and what came of it, from a row of the history, sentences and places included."""
        raise NotImplementedError

    def alternatives(self, asked: Asked, *, count: int = 5) -> tuple[Alternative, ...]:
        """The best translations of one sentence (``asked.text``), best first; none from a decoder by prompt.

        Raises:
            InputError: as :meth:`translate` does.
        """
        raise NotImplementedError

    def alignment(self, asked: Asked, translation: str) -> tuple[Link, ...]:
        """Word by word, where the model looked in the sentence ``asked.text`` when it wrote ``translation``.

        Spans are in these two texts. Any translation can be asked about: an alternative, or one that was
        edited. Empty if a decoder is asked by prompt.
        """
        raise NotImplementedError

    def texts(
        self, asked: Asked, texts: Sequence[str], *, key: str = ""
    ) -> Iterator[tuple[int, str]]:
        """Translate many texts, such as the paragraphs or cells of a document; ``asked.text`` is not read.

        Yields each text's place and translation, in order. No row is written: whoever asks records.
        """
        raise NotImplementedError
