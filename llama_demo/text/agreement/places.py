"""Countries and cities that a text names, in five languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import regex
from babel import Locale

# Names that are common words too.
_COMMON = {
    "en": {"Male", "World", "Troll", "Center", "Easter"},
    "fr": {"Monde", "Centre", "Troll", "Maurice", "La Réunion"},
    "de": {"Welt", "Troll", "Male"},
    "es": {"mundo", "Mundo", "Centro", "Troll", "Malé"},
    "zh": {"世界"},
}
# Names beside those of CLDR.
_FURTHER = {
    "US": {
        "en": ["America", "USA", "U.S."],
        "zh": ["美利坚"],
        "fr": ["Amérique"],
        "de": ["Amerika", "USA"],
        "es": ["América", "EE. UU."],
    },
    "GB": {
        "en": ["England", "Britain", "UK"],
        "zh": ["英格兰"],
        "fr": ["Angleterre"],
        "de": ["England"],
        "es": ["Inglaterra"],
    },
}
_PARENTHESIS = regex.compile(r"\s*[（(].*[)）]")
_ADJECTIVES = regex.compile(r"[人菜语文式族裔籍货]")


@dataclass(frozen=True)
class _Gazetteer:
    """Names of one language: of each place by its code, and a pattern of all."""

    names: dict[str, tuple[str, ...]]
    codes: dict[str, str]
    pattern: regex.Pattern[str]


def missing_places(source: str, translation: str, languages: tuple[str, str]) -> list[str]:
    """The places of ``source``, as it names them, that its translation does not name.

    A word that begins as the name does counts as it: languages often say "French" for "of France".
    """
    if any(language not in _COMMON for language in languages):
        return []
    ours, theirs = map(_gazetteer, languages)
    missing = []
    for match in ours.pattern.finditer(source):
        wanted = theirs.names.get(ours.codes[match[0]])
        if languages[0] == "zh" and _ADJECTIVES.match(source, match.end()):
            continue
        if wanted and not any(_named(name, translation, languages[1]) for name in (*wanted, match[0])):
            missing.append(match[0])
    return missing


def _named(name: str, text: str, language: str) -> bool:
    if language == "zh":
        return name in text or (len(name) > 1 and name[0] in text)
    stem = regex.escape(name[: 4 if len(name) > 5 else 3])
    # English adjectives keep less of the name: France and French, Switzerland and Swiss.
    short = (
        rf"|(?<!\p{{L}}){regex.escape(name[:2])}\p{{Ll}}+(?:sh|ch|ese|an|ian|i|ss|ek|sh)(?!\p{{L}})"
        if language == "en"
        else ""
    )
    return regex.search(rf"(?<!\p{{L}})(?i:{stem}){short}", text) is not None


@cache
def _gazetteer(language: str) -> _Gazetteer:
    locale = Locale.parse(language)
    names = {
        code: [_PARENTHESIS.sub("", name)] for code, name in locale.territories.items() if code.isalpha()
    }
    for zone in Locale.parse("zh").time_zones:
        city = locale.time_zones.get(zone, {}).get("city")
        names[zone] = [city or zone.rpartition("/")[2].replace("_", " ")]
    for code, by_language in _FURTHER.items():
        names[code] += by_language[language]
    shortest = 2 if language == "zh" else 4
    codes = {
        name: code
        for code, each in names.items()
        for name in each
        if len(name) >= shortest and name not in _COMMON[language]
    }
    body = "|".join(map(regex.escape, sorted(codes, key=len, reverse=True)))
    pattern = body if language == "zh" else rf"(?<!\p{{L}})(?:{body})(?!\p{{L}})"
    return _Gazetteer({code: tuple(each) for code, each in names.items()}, codes, regex.compile(pattern))
