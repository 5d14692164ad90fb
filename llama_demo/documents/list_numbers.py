"""Numbers of lists as office programs write them: 3, c, C, iii, III, 三."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_DIGITS = "〇一二三四五六七八九"
_UNITS = ("", "十", "百", "千")
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_LARGEST = 9_999


def roman(number: int) -> str:
    """A number in small Roman numerals."""
    text = ""
    for value, sign in _ROMAN:
        text += sign * (number // value)
        number %= value
    return text


def letters(number: int) -> str:
    """a to z, then aa, bb and so on."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def chinese(number: int) -> str:
    """A number in Chinese numerals: 十二, 一百〇三."""
    text, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            text += (_DIGITS[0] if gap and text else "") + _DIGITS[digit] + _UNITS[place]
            gap = False
        else:
            gap = bool(text)
    return text.removeprefix("一") if text.startswith("一十") else text


def _circled(number: int) -> str:
    return chr(0x2460 + number - 1) if number <= 20 else str(number)


def _ordinal(number: int) -> str:
    last = 0 if number % 100 in (11, 12, 13) else number % 10
    return f"{number}{('th', 'st', 'nd', 'rd')[last] if last <= 3 else 'th'}"


_SPELLED: Mapping[str, Callable[[int], str]] = MappingProxyType(
    {
        "lowerRoman": roman,
        "upperRoman": lambda number: roman(number).upper(),
        "lowerLetter": letters,
        "upperLetter": lambda number: letters(number).upper(),
        "decimalZero": lambda number: f"{number:02}",
        "ordinal": _ordinal,
        "decimalFullWidth": lambda number: str(number).translate({48 + i: 0xFF10 + i for i in range(10)}),
        "decimalEnclosedCircle": _circled,
        "decimalEnclosedCircleChinese": _circled,
        "chineseCounting": chinese,
        "chineseCountingThousand": chinese,
        "japaneseCounting": chinese,
        "taiwaneseCountingThousand": chinese,
        "ideographDigital": lambda number: "".join(_DIGITS[int(digit)] for digit in str(number)),
        "ideographTraditional": lambda number: _STEMS[(number - 1) % 10],
        "ideographZodiac": lambda number: _BRANCHES[(number - 1) % 12],
    }
)  # the names of Office Open XML


def list_number(style: str, number: int) -> str:
    """A number in a style of Office Open XML; decimal if the style has no numeral for it.

    Args:
        style: such as ``upperRoman``.
    """
    spell = _SPELLED.get(style)
    return spell(number) if spell and 1 <= number <= _LARGEST else str(number)
