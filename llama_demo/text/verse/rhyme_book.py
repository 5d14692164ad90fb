"""The rhyme book 平水韵: which rhymes a character belongs to, and so whether its tone is level or oblique.

Regulated verse follows the sounds of the Tang, not today's: 白 and 一 are level in Mandarin, oblique here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from llama_demo.settings import ASSETS

FILE = ASSETS / "verse" / "pingshui.txt"
_NO_RHYME = "-"


class Tone(StrEnum):
    """One of the two classes of tones that verse tells apart."""

    LEVEL = "level"  # 平
    OBLIQUE = "oblique"  # 仄: rising, departing and entering


@dataclass(frozen=True)
class RhymeBook:
    """Tones and rhymes of simplified characters.

    Attributes:
        tones: of each character; both for one that poets set in either way.
        rhymes: names of the level rhymes of each character that has one, such as ``下平七阳``.
    """

    tones: Mapping[str, frozenset[Tone]]
    rhymes: Mapping[str, frozenset[str]]

    def can_be(self, character: str, tone: Tone) -> bool:
        """Whether the character has this tone."""
        return tone in self.tones.get(character, ())


def read_rhyme_book(lines: Iterable[str]) -> RhymeBook:
    """The book from its lines: tone, name of the rhyme or ``-``, characters, separated by tabs."""
    tones: dict[str, set[Tone]] = defaultdict(set)
    rhymes: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        if line.startswith("#") or not line.strip():
            continue
        tone, rhyme, characters = line.rstrip("\n").split("\t")
        for character in characters:
            tones[character].add(Tone(tone))
            if tone == Tone.LEVEL and rhyme != _NO_RHYME:
                rhymes[character].add(rhyme)
    return RhymeBook(
        {character: frozenset(own) for character, own in tones.items()},
        {character: frozenset(own) for character, own in rhymes.items()},
    )


@cache
def load_rhyme_book(path: Path = FILE) -> RhymeBook:
    """The bundled book, read once."""
    return read_rhyme_book(path.read_text(encoding="utf-8").splitlines())
