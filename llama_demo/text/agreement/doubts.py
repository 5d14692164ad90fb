"""Doubts about a translation: what it and its source must agree in, and do not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, get_args

import regex

from llama_demo.normal_form import normal_text
from llama_demo.text.agreement.calendar import Calendar, find_calendar, without_calendar
from llama_demo.text.agreement.negation import negation_differs
from llama_demo.text.agreement.numbers import find_numbers
from llama_demo.text.agreement.places import missing_places
from llama_demo.text.agreement.signs import signs_differ
from llama_demo.text.capitals import is_in_capitals
from llama_demo.text.verbatim import find_untranslated, lost

Doubt = Literal["placeholder", "number", "date", "negation", "name"]
"""What may be wrong with a sentence."""

DOUBTS: tuple[Doubt, ...] = get_args(Doubt)

# Languages tell the time and fractions in different numbers: "halb drei" is 2:30.
_PARTS = regex.compile(
    r"半|刻|分之|\b(?:half|quarters?|demie?|moitié|quart|halb\w*|Hälfte|viertel|dreiviertel|media|medio|cuarto|mitad|"
    r"noon|midnight|midi|minuit|Mittag\w*|mediod[ií]a|doz\w*|douzaine\w*|quinzaine|Dutzend\w*|docena\w*|quince|"
    r"fortnight|decades?|décennies?|Jahrzehnt\w*|décadas?|past)\b|年代|世纪|打",
    regex.IGNORECASE,
)
_COMPARED = frozenset({"time", "quantity", "number", "emoji"})  # by value, not letter by letter
_CLOCK = regex.compile(
    r"\d[:：hH点時时]|[ap]\.?m\b|o['’]clock|\bUhr\b|\bheures?\b|点|\ba las?\b", regex.IGNORECASE
)
_HOURS = regex.compile(r"\b(\d{1,2})[.h](\d{2})(?=\s*(?:Uhr|h\b)|(?<=h\d\d)\b)")
_HOURS_OF_A_CLOCK, _QUARTERS = 12, (15, 30, 45)
_ARTICLE = 2  # "one" may be an article, and "two" both, a pair, a couple


def find_doubts(source: str, translation: str, languages: tuple[str, str]) -> tuple[Doubt, ...]:
    """What is doubtful about the translation of a sentence, in the order of :data:`DOUBTS`.

    Args:
        languages: of the source and of the translation, ISO 639-1.
    """
    source, translation = normal_text(source), normal_text(translation)
    found: dict[Doubt, bool] = {
        "placeholder": any(part.kind not in _COMPARED for part in lost(source, translation)),
        **_compared(_without_untranslated(source), _without_untranslated(translation), languages),
    }
    return tuple(doubt for doubt in DOUBTS if found[doubt])


def all_doubts(found: Iterable[Sequence[Doubt]]) -> tuple[Doubt, ...]:
    """Those of several sentences, each once."""
    together = {doubt for doubts in found for doubt in doubts}
    return tuple(doubt for doubt in DOUBTS if doubt in together)


def _compared(source: str, translation: str, languages: tuple[str, str]) -> dict[Doubt, bool]:
    calendars = find_calendar(source, languages[0]), find_calendar(translation, languages[1])
    return {
        "number": _numbers_differ(source, translation, languages, calendars)
        or signs_differ(source, translation, languages),
        "date": _dates_differ(calendars, translation, languages[1]),
        "negation": negation_differs(source, translation, languages),
        "name": bool(missing_places(_as_names(source), translation, languages)),
    }


def _as_names(text: str) -> str:
    """A text in capitals with small letters, so that names in it are found."""
    return text.title() if is_in_capitals(text) else text


def _without_untranslated(text: str) -> str:
    """Without what is copied, which must agree letter by letter, and times, which are compared as numbers."""
    for part in reversed(find_untranslated(text)):
        if part.kind not in _COMPARED:
            text = text[: part.start] + " " + text[part.end :]
    return text


def _numbers_differ(
    source: str, translation: str, languages: tuple[str, str], calendars: tuple[Calendar, Calendar]
) -> bool:
    ours, theirs = (
        find_numbers(_HOURS.sub(r"\1:\2", without_calendar(text, language)), language)
        for text, language in zip((source, translation), languages, strict=True)
    )
    loose = bool(_PARTS.search(source) or _PARTS.search(translation))
    clock = bool(_CLOCK.search(source) or _CLOCK.search(translation))
    months = {str(month) for calendar in calendars for month in calendar.months}

    def allowed(number: str, others: tuple[str, ...]) -> bool:
        value = int(number)
        if number in others or number in months or value <= _ARTICLE:
            return True
        if loose and (value <= _HOURS_OF_A_CLOCK or value in _QUARTERS):
            return True
        other_half = {str(value + _HOURS_OF_A_CLOCK), str(value - _HOURS_OF_A_CLOCK)}
        return clock and value <= 2 * _HOURS_OF_A_CLOCK and not other_half.isdisjoint(others)

    return not (
        all(allowed(number, theirs.possible) for number in ours.sure)
        and all(allowed(number, ours.possible) for number in theirs.sure)
    )


def _dates_differ(calendars: tuple[Calendar, Calendar], translation: str, language: str) -> bool:
    ours, theirs = calendars
    weekdays = ours.weekdays != theirs.weekdays and bool(ours.weekdays or theirs.weekdays)
    missing = {str(month) for month in ours.months - theirs.months}
    # A month may be a number in the translation, unless it names another one.
    numbered = not theirs.months and not missing.isdisjoint(find_numbers(translation, language).written)
    months = bool(missing) and not numbered
    return weekdays or months
