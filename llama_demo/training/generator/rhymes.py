"""The sounds of characters that the auxiliary loss of poems asks for: the fourteen rhymes of 中华新韵 (2005).

Two characters rhyme if a reading of each has a final of the same class and both tones are level (first or
second) or both are not. The app itself keeps to the older 平水韵 (:mod:`llama_demo.text.verse`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from llama_demo.training.corpus import read_rows

# A reading's class and whether its tone is level.
Sound = tuple[str, bool]

_CLASSES = {
    "麻": "a ia ua",
    "波": "o e uo",
    "皆": "ie üe ue",
    "开": "ai uai",
    "微": "ei ui",
    "豪": "ao iao",
    "尤": "ou iu",
    "寒": "an ian uan üan",
    "文": "en in un ün",
    "唐": "ang iang uang",
    "庚": "eng ing ong iong",
    "齐": "i er ü",
    "支": "ï",
    "姑": "u",
}
_CLASS_OF = {final: name for name, finals in _CLASSES.items() for final in finals.split()}
_SYLLABLE = re.compile(r"(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?([aeiouü]\w*?)([1-4])")


def read_sounds(dictionary: Path) -> dict[str, frozenset[Sound]]:
    """The sounds of every character, from CC-CEDICT (columns: simplified, traditional, pinyin, meanings)."""
    sounds: dict[str, set[Sound]] = defaultdict(set)
    for simplified, _, pinyin, *_ in read_rows(dictionary):
        sound = sound_of(pinyin) if len(simplified) == 1 else None
        if sound is not None:
            sounds[simplified].add(sound)
    return {character: frozenset(all_) for character, all_ in sounds.items()}


def sound_of(pinyin: str) -> Sound | None:
    """The class and tone of a syllable with a tone number, such as ``chun1``; ``None`` if it has neither."""
    found = _SYLLABLE.fullmatch(pinyin.lower().replace("u:", "ü"))
    if found is None:
        return None
    initial, final, tone = found[1] or "", found[2], found[3]
    if initial in {"zh", "ch", "sh", "r", "z", "c", "s"} and final == "i":
        final = "ï"  # the buzzed vowel of 诗 and 字, written like the one of 衣
    if initial in {"j", "q", "x", "y"} and final.startswith("u"):
        final = "ü" + final[1:]
    if initial == "y" and final == "e":
        final = "ie"
    group = _CLASS_OF.get(final)
    return None if group is None else (group, tone in "12")
