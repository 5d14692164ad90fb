"""The numbers of a text, in digits or in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from math import prod

import regex
from text_to_num import alpha2digit

# Digits with the separators that languages write differently; what a counting word makes of them is behind.
_DIGITS = regex.compile(
    r"(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,30}(?!\d)(?:[.,]\d{1,30})?|\d(?:[\d.,’'](?=\d)|\d){0,100}"
)
_CHINESE_SCALES = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000, "千": 1_000, "百": 100}
_CHINESE_PART = regex.compile(rf"(\d[\d,]{{0,30}}(?:\.\d{{1,30}})?)\s*([{''.join(_CHINESE_SCALES)}]{{1,3}})")
_CHINESE_SCALED = regex.compile(rf"(?:{_CHINESE_PART.pattern}){{1,4}}")
# Words for powers of a thousand, from the first. A billion is a thousand million in English alone.
_SCALES = {
    "en": ("thousand", "millions?|mio", "billions?|bn", "trillions?|tn"),
    "fr": ("mille", "millions?", "milliards?", "billions?"),
    "de": ("tausend|tsd", "million(?:en)?|mio", "milliarden?|mrd", "billion(?:en)?"),
    "es": ("mil", "mill(?:ón|ones)", "millardos?", "bill(?:ón|ones)"),
    "it": ("mila", "milion[ei]", "miliard[oi]"),
    "pt": ("mil", "milh(?:ão|ões)", "bilh(?:ão|ões)", "trilh(?:ão|ões)|bili(?:ão|ões)"),
}
_SCALED = {
    language: [
        (1_000**power, regex.compile(rf"(\d[\d.,]{{0,30}})\s+(?:{words})\b", regex.IGNORECASE))
        for power, words in enumerate(scales, 1)
    ]
    for language, scales in _SCALES.items()
}
_CHINESE_DIGITS = {**{digit: value for value, digit in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2}
_CHINESE_UNITS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_CHINESE = regex.compile(
    r"[零〇一二三四五六七八九两十百千万亿]{1,40}(?:点[零〇一二三四五六七八九]{1,40}(?!刻))?"
)
# Words with such a character that count nothing.
_CHINESE_IDIOMS = regex.compile(
    r"十分|万一|一点一点|胡说八道|(?<![一二两三四五六七八九十\d])千万|四川|三明治|四处|四周|百货|百姓|千克|千米|万岁|百科|万能|七夕|三角|五金|八卦"
    r"|九州|十字|五官|四季|再三|乱七八糟|七上八下|三心二意|四面八方|五颜六色|一清二楚|百分之|丢三落四|两[边旁侧手眼耳者国口]|三轮|六合"
    r"|千里|万里|第一|二手|独一无二|半斤八两|[数几好多成][十百千万]|[十百千万]几|千方百计|万分|百合|万物|千年|五星|零[食钱售下度件]"
    r"|(?<![一二三四五六七八九零〇十])[一二两三四五六七八九]{2}(?=[天个人岁次])"
)
# Words that would be read as numbers and count nothing exactly.
_VAGUE = {
    "en": (
        r"hundreds|thousands|millions|billions|dozens|tens|seconds"
        r"|(?:a|per|this|that|one|each|every|the|any|last|split|few|just|wait)\s+second"
    ),
    "fr": (
        r"pour\s+cent|centaines?|milliers?|mille\s+(?:fois|mercis)|secondes?|premi(?:ers?|ère)"
        # "neuf" is new, unless something is counted by it.
        r"|neufs|neuve|(?<!-|cent\s|mille\s)neuf(?!\s+(?:\w+[sx]|cent|mille)\b)"
        r"|de\s+ces\s+quatre"
    ),
    "de": (
        r"acht\s+(?:geben|auf)|achten|hunderte|tausende|(?:millionen|milliarden)\s+von|sekunden?"
        r"|ein\w*\s+Meter\s+\w+"
    ),
    "es": r"por\s+ciento|miles|cientos|centenares|millones\s+de\s+veces|segundos?",
}
_VAGUE_WORDS = {
    language: regex.compile(rf"\b(?:{words})\b", regex.IGNORECASE) for language, words in _VAGUE.items()
}
# As for kings, chapters and centuries: "XIX", French "XIXe".
_ROMAN = regex.compile(r"\b(?=[IVX]{1,8}|[IVXLCDM]{2,12})([IVXLCDM]+)(?:er?|ère|[èe]me|º)?\b")
_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1_000}
# English joins a number and what it counts: "a three-month-old baby".
_COMPOUND = regex.compile(r"(?<=\p{L})-(?=(?:year|month|week|day|hour|minute|page|stor(?:e?y)|part|star)\b)")
_WORD_LEAST = 3  # below it a word may be an article, a pair, both


@dataclass(frozen=True)
class Numbers:
    """What a text counts.

    Attributes:
        written: digits of the numbers that are in figures.
        said: digits of those of at least three that are in words.
        roman: digits of what may be numbers in Roman numerals.
    """

    written: tuple[str, ...]
    said: tuple[str, ...]
    roman: tuple[str, ...] = ()

    @property
    def sure(self) -> tuple[str, ...]:
        """Those that are numbers without doubt."""
        return self.written + self.said

    @property
    def possible(self) -> tuple[str, ...]:
        """All of them."""
        return self.sure + self.roman


def find_numbers(text: str, language: str) -> Numbers:
    """The numbers of a text, by their digits without separators and leading zeros."""
    roman = tuple(str(_roman_value(match[1])) for match in _ROMAN.finditer(text))
    return replace(_chinese(text) if language == "zh" else _western(text, language), roman=roman)


def _western(text: str, language: str) -> Numbers:
    text = _scaled(_COMPOUND.sub(" ", text) if language == "en" else text, language)
    written = tuple(_figures(text))
    plain = _VAGUE_WORDS[language].sub(" ", text) if language in _VAGUE_WORDS else text
    spelt = (
        list(_figures(_scaled(alpha2digit(plain, language, 0), language))) if language in _VAGUE_WORDS else []
    )
    for number in written:
        if number in spelt:
            spelt.remove(number)
    return Numbers(written, tuple(number for number in spelt if int(number) >= _WORD_LEAST))


def _roman_value(numeral: str) -> int:
    values = [_ROMAN_DIGITS[letter] for letter in numeral]
    return sum(
        -value if value < following else value
        for value, following in zip(values, [*values[1:], 0], strict=True)
    )


def _scaled(text: str, language: str) -> str:
    """A text with its numbers in figures before a counting word multiplied by it."""
    for scale, pattern in _SCALED.get(language, ()):
        text = pattern.sub(partial(_times, scale), text)
    return text


def _figures(text: str) -> Iterator[str]:
    for match in _DIGITS.finditer(text):
        yield _plain("".join(regex.findall(r"\d", match[0])))


def _times(scale: int, match: regex.Match[str]) -> str:
    """A number in figures, multiplied; a separator before three digits is one of thousands."""
    number = str(match[1])
    whole = regex.sub(r"[.,](?=\d{3}(?!\d))", "", number.rstrip(".,")).replace(",", ".")
    return f" {round(float(whole) * scale)} " if whole.count(".") < 2 else number


def _plain(digits: str) -> str:
    return digits.lstrip("0") or "0"


def _chinese(text: str) -> Numbers:
    def scaled(match: regex.Match[str]) -> str:
        value = 0.0
        for part in _CHINESE_PART.finditer(match[0]):
            value += float(part[1].replace(",", "")) * prod(_CHINESE_SCALES[unit] for unit in part[2])
        return f" {round(value)} "

    text = _CHINESE_SCALED.sub(scaled, text)
    said = (_value(match[0]) for match in _CHINESE.finditer(_CHINESE_IDIOMS.sub(" ", text)))
    return Numbers(tuple(_figures(text)), tuple(value for value in said if int(value) >= _WORD_LEAST))


def _value(numeral: str) -> str:
    """The digits of a Chinese numeral, such as 三百二十 or 一九九五."""
    whole, _, decimals = numeral.partition("点")
    if not any(character in _CHINESE_UNITS for character in whole):
        return _plain("".join(str(_CHINESE_DIGITS[c]) for c in whole + decimals))
    total = section = digit = 0
    for character in whole:
        if character in _CHINESE_DIGITS:
            digit = _CHINESE_DIGITS[character]
            continue
        unit = _CHINESE_UNITS[character]
        if character == "亿":
            total, section = (total + section + digit or 1) * unit, 0
        elif character == "万":
            total, section = total + (section + digit or 1) * unit, 0
        else:
            section += (digit or 1) * unit
        digit = 0
    return _plain(str(total + section + digit) + "".join(str(_CHINESE_DIGITS[c]) for c in decimals))
