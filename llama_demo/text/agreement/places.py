"""Countries and cities that a text names, in five languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import regex
from babel import Locale
from babel.core import get_global

from llama_demo.text.agreement.city_names import CITIES

# Names that are common words, or parts of others, too.
_COMMON = {
    "en": {"Male", "World", "Troll", "Center", "Easter", "Jordan", "Georgia", "Chad", "Canton", "Florence"},
    "fr": {"Monde", "Centre", "Troll", "Maurice", "La Réunion", "Canton", "Florence", "Grenade"},
    "de": {"Welt", "Troll", "Male"},
    "es": {"mundo", "Mundo", "Centro", "Troll", "Malé"},
    "zh": {"世界", "大连", "德里", "成都", "长沙", "马赛"},
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
    "CI": {"en": ["Ivory Coast", "Côte d'Ivoire"], "fr": ["Côte d'Ivoire"], "de": ["Elfenbeinküste"]},
    "CZ": {"en": ["Czech Republic"], "fr": ["République tchèque"], "es": ["República Checa"]},
    "NL": {"en": ["Holland"], "fr": ["Hollande"], "de": ["Holland"], "es": ["Holanda"]},
    "TR": {"en": ["Turkey"]},
}
# Words for what is of a place that begin otherwise than its name; they count in a translation.
_DERIVED = {
    "DK": {"en": ["Danish", "Dane"], "fr": ["Danois"], "de": ["Dänisch"], "es": ["Danés", "Danesa"]},
    "GB": {"fr": ["Britannique"], "de": ["Britisch"], "es": ["Británic"]},
    "GR": {"fr": ["Grec"], "es": ["Grieg"]},
    "NL": {"en": ["Dutch"], "fr": ["Néerlandais"], "es": ["Neerland"]},
    "PH": {"en": ["Filipino"]},
    "PL": {"es": ["Polac"]},
    "SE": {"fr": ["Suédois"]},
}
_PARENTHESIS = regex.compile(r"\s*[（(].*[)）]")
_HAN, _LONGEST_HAN = regex.compile(r"\p{Han}+"), 10
_WORD, _MOST_WORDS = regex.compile(r"\p{L}[\p{L}\p{M}'’.-]*(?<![.-])|U\.S\.|EE\.|UU\."), 5
_COUNTRY = 2  # letters of its code
_ADJECTIVES = regex.compile(r"[人菜语文式族裔籍货]")


@dataclass(frozen=True)
class _Gazetteer:
    """Of one language: what counts as a name of each place, by its code, and the codes by name."""

    names: dict[str, tuple[str, ...]]
    codes: dict[str, str]


def missing_places(source: str, translation: str, languages: tuple[str, str]) -> list[str]:
    """The places of ``source``, as it names them, that its translation does not name.

    A word that begins as the name does counts as it: languages often say "French" for "of France".
    """
    if any(language not in _COMMON for language in languages):
        return []
    ours, theirs = map(_gazetteer, languages)
    missing = []
    for name in _places(source, ours, languages[0]):
        wanted = theirs.names.get(ours.codes[name])
        short = len(ours.codes[name]) == _COUNTRY
        if wanted and not any(_named(each, translation, languages[1], short) for each in (*wanted, name)):
            missing.append(name)
    return missing


def _places(text: str, gazetteer: _Gazetteer, language: str) -> Iterator[str]:
    """The names in a text, the longest first where one begins with another."""
    end = 0
    for start, ends in _beginnings(text, language):
        name = next((text[start:stop] for stop in ends if text[start:stop] in gazetteer.codes), "")
        if start < end or not name:
            continue
        end = start + len(name)
        if language != "zh" or not _ADJECTIVES.match(text, end):
            yield name


def _beginnings(text: str, language: str) -> Iterator[tuple[int, Iterable[int]]]:
    """Where a name may begin, and where it may end, the last place first."""
    if language == "zh":
        for han in _HAN.finditer(text):
            for start in range(han.start(), han.end() - 1):
                yield start, range(min(han.end(), start + _LONGEST_HAN), start + 1, -1)
        return
    words = [match.span() for match in _WORD.finditer(text)]
    for number, (start, _) in enumerate(words):
        if text[start].isupper():
            yield start, [stop for _, stop in reversed(words[number : number + _MOST_WORDS])]


def _named(name: str, text: str, language: str, shortened: bool) -> bool:
    """Whether a text has a name, or the beginning of one, in Chinese if a ``shortened`` name is usual."""
    if language == "zh":
        return name in text or (shortened and len(name) > 1 and name[0] in text)
    stem = regex.escape(name[: 4 if len(name) > 5 else 3])
    # English adjectives keep less of the name: France and French, Switzerland and Swiss.
    short = (
        rf"|(?<!\p{{L}}){regex.escape(name[:2])}\p{{Ll}}+(?:sh|ch|ese|an|ian|i|ss|ek)(?!\p{{L}})"
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
    for zone in get_global("zone_territories"):  # each is named for a city
        city = locale.time_zones.get(zone, {}).get("city")
        names[zone] = [city or zone.rpartition("/")[2].replace("_", " ")]
    for city, by_language in CITIES.items():
        names[city] = list(by_language[language])
    for code, by_language in _FURTHER.items():
        names[code] += by_language.get(language, [])
    shortest = 2 if language == "zh" else 4
    codes = {
        name: code
        for code, each in names.items()
        for name in each
        if len(name) >= shortest and name not in _COMMON[language]
    }
    derived = {code: by_language.get(language, []) for code, by_language in _DERIVED.items()}
    return _Gazetteer({code: (*each, *derived.get(code, ())) for code, each in names.items()}, codes)
