"""The tone patterns of regulated verse: 五言绝句, 七言绝句, 五言律诗 and 七言律诗.

A line is one of four kinds, by the tone of its second character and that of its last. The free places (⊙)
are those of Wang Li, 诗词格律 (1962); in the second kind a first oblique character is made good in the third
place (孤平拗救). The lines of seven characters have two more in front, of the opposite tone::

    second   last      five characters                seven characters
    oblique  oblique   ⊙仄平平仄                       ⊙平⊙仄平平仄
    level    level     平平仄仄平 or 仄平平仄平         ⊙仄平平仄仄平 or ⊙仄仄平平仄平
    level    oblique   ⊙平平仄仄                       ⊙仄⊙平平仄仄
    oblique  level     ⊙仄仄平平                       ⊙平⊙仄仄平平

Two lines of a couplet oppose each other in the second place (对), two couplets agree across (粘). Every
second line ends level and rhymes; the first line may.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from llama_demo.text.verse.rhyme_book import Tone

_EITHER = frozenset(Tone)
_PLACES = {"平": frozenset({Tone.LEVEL}), "仄": frozenset({Tone.OBLIQUE}), "⊙": _EITHER}

# By the tones of the fourth and of the last character of a line of seven; a line of five is its end.
_LINES = {
    (Tone.OBLIQUE, Tone.OBLIQUE): ("⊙平⊙仄平平仄",),
    (Tone.LEVEL, Tone.LEVEL): ("⊙仄平平仄仄平", "⊙仄仄平平仄平"),
    (Tone.LEVEL, Tone.OBLIQUE): ("⊙仄⊙平平仄仄",),
    (Tone.OBLIQUE, Tone.LEVEL): ("⊙平⊙仄仄平平",),
}
_SEVEN = 7

LinePattern = tuple[frozenset[Tone], ...]
"""The tones that each character of a line may have."""


@dataclass(frozen=True)
class Form:
    """One of the four regular forms.

    Attributes:
        lines: number of lines.
        width: characters of a line.
    """

    name: str
    lines: int
    width: int

    @property
    def short_name(self) -> str:
        """As poets say it: 五绝, 七绝, 五律, 七律."""
        return self.name[0] + self.name[2]


FORMS = (Form("五言绝句", 4, 5), Form("七言绝句", 4, 7), Form("五言律诗", 8, 5), Form("七言律诗", 8, 7))


@dataclass(frozen=True)
class Scheme:
    """One of the four tone patterns of a form.

    Attributes:
        lines: for each line the patterns that it may have, one of which it must.
        rhyming: the numbers of the lines that rhyme, from 0.
    """

    form: Form
    lines: tuple[tuple[LinePattern, ...], ...]
    rhyming: frozenset[int]


def form_named(name: str) -> Form | None:
    """The form with this name."""
    return next((form for form in FORMS if form.name == name), None)


def schemes_of(form: Form) -> list[Scheme]:
    """The four schemes: begun level or oblique, with a first line that rhymes or does not."""
    schemes = []
    for first, first_rhymes in product(Tone, (False, True)):
        rhyming = frozenset(range(1, form.lines, 2)) | ({0} if first_rhymes else set())
        kinds = [(_opposite(first, (line + 1) // 2), line in rhyming) for line in range(form.lines)]
        lines = tuple(_patterns(begin, level=rhymes, width=form.width) for begin, rhymes in kinds)
        schemes.append(Scheme(form, lines, rhyming))
    return schemes


def _opposite(tone: Tone, times: int) -> Tone:
    return tone if times % 2 == 0 else next(other for other in Tone if other is not tone)


def _patterns(begin: Tone, *, level: bool, width: int) -> tuple[LinePattern, ...]:
    """The patterns of a line of five characters whose second, or of seven whose fourth, has the tone."""
    ends = Tone.LEVEL if level else Tone.OBLIQUE
    return tuple(tuple(_PLACES[mark] for mark in line[_SEVEN - width :]) for line in _LINES[begin, ends])
