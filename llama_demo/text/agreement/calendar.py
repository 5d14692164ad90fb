"""Weekdays and months that a text names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import regex
from babel import Locale

_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_WEEK = "(?:星期|周|礼拜)"
# 这个星期一直 names no weekday, 这个星期一 does; 一星期三次 is three times a week, and 每周五天 five days.
_COUNTED = r"[次个节课堂回趟]|天(?!气)|小时|[到至]\p{Han}次"
_CHINESE_DAY = regex.compile(
    r"(?<![一二两三四五几\d])(?<![一二两三四五几\d]个)(?<!圣灰|黑色|复活节|受难)"
    rf"{_WEEK}([一二三四五六日天])(?![次直起般])(?!(?<=每{_WEEK}.)(?:{_COUNTED}))"
)
_CHINESE_MONTH = regex.compile(
    r"(?<!\d)(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?!亮|球|经(?![常过历])|票|饼|薪|光|台)"
)
_CHINESE_MONTHS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_AMBIGUOUS = {"en": frozenset({"May", "March"}), "fr": frozenset({"mars"})}
"""Months that are other words too; those count with a number or a preposition beside them."""

_BEFORE_MONTHS = (
    r"\d\s|\d(?:st|nd|rd|th|er)\s|\b(?i:of|in|en|de|début|fin|depuis|from|to|through|between|and|early|late|mid"
    r"|every|before|after|during|last|next|until|since|by|this)\s"
)
_FURTHER_WEEKDAYS = {"de": {"Sonnabend": 5}}
# Feasts and places with a weekday in their names, which other languages name otherwise.
_NO_WEEKDAYS = {
    "en": r"(?:good|ash|easter|palm|maundy|holy|whit|shrove|black)\s+\p{L}+day",
    "fr": r"(?:\p{L}+di|dimanche)\s+(?:saint|gras|noir|des\s+(?:cendres|rameaux)|de\s+(?:pâques|pentecôte))",
    "es": (
        r"santo\s+domingo"
        r"|(?:\p{L}+es|domingo|sábado)\s+(?:santo|negro|de\s+(?:ceniza|ramos|pascua|pentecostés|resurrección))"
    ),
}


@dataclass(frozen=True)
class Calendar:
    """Weekdays (0 is Monday) and months (1 to 12) of a text."""

    weekdays: frozenset[int]
    months: frozenset[int]


def find_calendar(text: str, language: str) -> Calendar:
    """The weekdays and months that a text names, by their full names."""
    if language == "zh":
        return Calendar(
            frozenset(_WEEKDAYS[match[1]] for match in _CHINESE_DAY.finditer(text)),
            frozenset(_month(match[1]) for match in _CHINESE_MONTH.finditer(text)),
        )
    weekdays, months, pattern = _names(language)
    if language in _NO_WEEKDAYS:
        text = regex.sub(rf"\b(?i:{_NO_WEEKDAYS[language]})\b", " ", text)
    found = [match[0].casefold() for match in pattern.finditer(text)]
    return Calendar(
        frozenset(weekdays[name] for name in found if name in weekdays),
        frozenset(months[name] for name in found if name in months),
    )


def calendar_names(field: Literal["days", "months"], language: str) -> Mapping[int, str]:
    """The full names that CLDR has, by number: weekdays from Monday (0), or months (1 to 12)."""
    names: Mapping[int, str] = getattr(Locale.parse(language), field)["format"]["wide"]
    return names


def without_calendar(text: str, language: str) -> str:
    """A Chinese text without its weekdays and months, which are numbers there and names elsewhere."""
    return _CHINESE_DAY.sub(" ", _CHINESE_MONTH.sub(" ", text)) if language == "zh" else text


def _month(numeral: str) -> int:
    return int(numeral) if numeral.isdecimal() else _CHINESE_MONTHS.index(numeral) + 1


@cache
def _names(language: str) -> tuple[dict[str, int], dict[str, int], regex.Pattern[str]]:
    """Weekdays and months by their names in small letters, and a pattern of all names."""
    weekdays = {name: day for day, name in calendar_names("days", language).items()}
    weekdays.update(_FURTHER_WEEKDAYS.get(language, {}))
    months = {name: month for month, name in calendar_names("months", language).items()}
    unclear = _AMBIGUOUS.get(language, frozenset())
    sure = "|".join(regex.escape(name) for name in months if name not in unclear)
    # A weekday may be in the plural, and in German part of a longer word: "samstagabends".
    pattern = rf"\b(?i:{'|'.join(weekdays)})(?=\p{{Ll}}*\b)|\b(?i:{sure})\b"
    if unclear:
        some = f"(?:{'|'.join(sorted(unclear))})"
        pattern += rf"|\b{some}(?=,?\s\d)|(?<={_BEFORE_MONTHS}){some}\b"
    return _folded(weekdays), _folded(months), regex.compile(pattern)


def _folded(names: dict[str, int]) -> dict[str, int]:
    return {name.casefold(): number for name, number in names.items()}
