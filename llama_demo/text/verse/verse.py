"""How a poem keeps to the rules of its form: the tone of each character, and its rhymes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from llama_demo.text.verse.meter import FORMS, Form, LinePattern, Scheme, schemes_of
from llama_demo.text.verse.rhyme_book import RhymeBook, Tone

_BREAKS = regex.compile(r"[\p{P}\s]+")


@dataclass(frozen=True)
class VerseLine:
    """A line and its tones.

    Attributes:
        tones: of each character; of one with both tones the one that the pattern asks for; ``None`` for a
            character that the book lacks.
        faults: numbers of the characters that have another tone than the pattern asks for.
        rhymes: whether its last character rhymes.
    """

    text: str
    tones: tuple[Tone | None, ...]
    faults: tuple[int, ...]
    rhymes: bool


@dataclass(frozen=True)
class Verse:
    """A poem of a regular form, against the scheme that it is closest to.

    Attributes:
        rhyme: name of the rhyme that all rhyming lines share, such as ``下平七阳``; empty if there is none.
    """

    form: Form
    lines: tuple[VerseLine, ...]
    rhyme: str

    @property
    def is_regular(self) -> bool:
        """Whether every tone is right, and the lines rhyme on different characters."""
        ends = [line.text[-1] for line in self.lines if line.rhymes]
        in_tune = not any(line.faults or None in line.tones for line in self.lines)
        return in_tune and bool(self.rhyme) and len(set(ends)) == len(ends)


def split_verse(text: str) -> list[str]:
    """The lines of a poem, without marks."""
    return [line for line in _BREAKS.split(text) if line]


def form_of(text: str) -> Form | None:
    """The regular form that a text has by its lines and their lengths; ``None`` if it has none."""
    lines = split_verse(text)
    return next(
        (
            form
            for form in FORMS
            if len(lines) == form.lines and all(len(line) == form.width for line in lines)
        ),
        None,
    )


def read_verse(text: str, book: RhymeBook) -> Verse | None:
    """The tones and rhymes of a poem; ``None`` for a text that has no regular form."""
    form, lines = form_of(text), split_verse(text)
    if form is None:
        return None
    readings = [_read(lines, scheme, book) for scheme in schemes_of(form)]
    return min(readings, key=lambda verse: (sum(len(line.faults) for line in verse.lines), not verse.rhyme))


def _read(lines: Sequence[str], scheme: Scheme, book: RhymeBook) -> Verse:
    read = [
        min(
            (_read_line(line, pattern, book, rhymes=number in scheme.rhyming) for pattern in patterns),
            key=lambda one: len(one.faults),
        )
        for number, (line, patterns) in enumerate(zip(lines, scheme.lines, strict=True))
    ]
    known = [book.rhymes.get(line.text[-1], frozenset()) for line in read if line.rhymes]
    return Verse(scheme.form, tuple(read), min(frozenset.intersection(*known), default=""))


def _read_line(text: str, pattern: LinePattern, book: RhymeBook, *, rhymes: bool) -> VerseLine:
    own = [book.tones.get(character, frozenset()) for character in text]
    faults = tuple(
        at for at, (has, may) in enumerate(zip(own, pattern, strict=True)) if has and not has & may
    )
    tones = tuple(min(has & may or has, default=None) for has, may in zip(own, pattern, strict=True))
    return VerseLine(text, tones, faults, rhymes)
