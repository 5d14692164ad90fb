"""Numbers as a sheet shows them: by the format of their cell, such as ``0.00%`` or ``yyyy-mm-dd``.

Excel's language of formats, without colours and widths. What depends on the reader's country (the short date)
is written as ISO 8601 has it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache, lru_cache
from types import MappingProxyType

GENERAL = "General"

BUILT_IN: Mapping[int, str] = MappingProxyType(
    {
        0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
        5: '"$"#,##0', 6: '"$"#,##0', 7: '"$"#,##0.00', 8: '"$"#,##0.00',
        9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
        14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
        18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm",
        27: "yyyy-mm-dd", 28: "yyyy-mm-dd", 29: "yyyy-mm-dd", 30: "yyyy-mm-dd", 31: 'yyyy"年"m"月"d"日"',
        32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 34: '上午/下午h"时"mm"分"',
        35: '上午/下午h"时"mm"分"ss"秒"', 36: "yyyy-mm-dd",
        37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)",
        41: "#,##0", 42: '"$"#,##0', 43: "#,##0.00", 44: '"$"#,##0.00',
        45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
        50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"', 54: 'm"月"d"日"',
        55: '上午/下午h"时"mm"分"', 56: '上午/下午h"时"mm"分"ss"秒"', 57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
    }
)  # fmt: skip
"""The formats that a file names by number only."""

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[\$(?P<currency>[^\]-]*)(?:-[^\]]*)?\]'
    r"|\[(?P<elapsed>h+|m+|s+)\]|\[(?P<bracket>[^\]]*)\]"
    r"|(?P<half>AM/PM|A/P|上午/下午)|(?P<general>General)|(?P<date>y+|m+|d+|h+|s+(?:\.0+)?|[eb]+(?![+-])|g+(?!eneral))"
    r"|(?P<power>E[+-])|(?P<digit>[0#?])|(?P<sign>[.,%/])|(?P<other>.)",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[\d.]+)")
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_LONGEST_EXACT = 15
"""Digits of a number that a sheet holds exactly."""
_USUAL_DIGITS = 10
"""Digits of a number without a format."""
_LARGE = 10**8
"""From here on all digits are shown: the usual ones would cut off cents."""
_LAST_DAY = 2_958_466  # 1 January 10000
_FALSE_LEAP_DAY = 60
"""Excel counts a 29 February 1900, which did not exist."""


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


@dataclass(frozen=True)
class _Section:
    """A part of a format, for numbers of one sign or of a condition."""

    tokens: tuple[_Token, ...]
    condition: tuple[str, float] | None = None

    @property
    def is_date(self) -> bool:
        return any(token.kind in ("date", "elapsed", "half") for token in self.tokens)

    def holds(self, value: float) -> bool:
        """Whether the condition is met."""
        assert self.condition is not None
        sign, bound = self.condition
        return {
            "<": value < bound, "<=": value <= bound, ">": value > bound, ">=": value >= bound,
            "=": value == bound, "<>": value != bound,
        }[sign]  # fmt: skip


@lru_cache(maxsize=8_192)
def shown(value: float, code: str, *, epoch_1904: bool = False) -> str:
    """A number in a format.

    Args:
        code: as the file has it; one that is not understood counts as ``General``.
        epoch_1904: whether days are counted from 1904, as in files of old Macintoshes.
    """
    if code == GENERAL:
        return general(value)
    try:
        section, unsigned = _section_for(value, _sections(code))
        if section.is_date:
            return _date(value, section, epoch_1904)
        return _number(abs(value) if unsigned else value, section)
    except (ValueError, OverflowError, ArithmeticError, IndexError):
        return general(value)


def general(value: float) -> str:
    """A number without a format."""
    if value == int(value) and abs(value) < 10**_LONGEST_EXACT:
        return str(int(value))
    digits = _LONGEST_EXACT if abs(value) >= _LARGE else _USUAL_DIGITS
    return f"{value:.{digits}g}".replace("e", "E")


@cache
def _sections(code: str) -> tuple[_Section, ...]:
    parts: list[list[_Token]] = [[]]
    conditions: list[tuple[str, float] | None] = [None]
    for match in _TOKEN.finditer(code):
        kind = match.lastgroup or ""
        text = match[0] if not kind else match[kind]
        if kind == "other" and text == ";":
            parts.append([])
            conditions.append(None)
        elif kind == "bracket":
            if condition := _CONDITION.match(text):
                conditions[-1] = condition[1], float(condition[2])
        elif kind == "other" and text.isascii() and text.isalpha():
            raise ValueError(code)  # letters stand between quotation marks
        elif kind in ("quoted", "escaped", "currency"):
            parts[-1].append(_Token("other", text))
        elif kind:
            parts[-1].append(_Token(kind, text))
    return tuple(_Section(tuple(part), condition) for part, condition in zip(parts, conditions, strict=True))


def _section_for(value: float, sections: tuple[_Section, ...]) -> tuple[_Section, bool]:
    """The section for a number, and whether it says the sign by itself."""
    if any(section.condition for section in sections):
        for place, section in enumerate(sections):
            if section.condition is None or section.holds(value):
                return section, place > 0
    if value < 0 and len(sections) > 1:
        return sections[1], True
    if value == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], False


def _number(value: float, section: _Section) -> str:
    tokens = section.tokens
    kinds = [token.kind for token in tokens]
    if "digit" not in kinds:
        texts = {"general": general(value), "power": "", "sign": ""}
        text = "".join(texts.get(token.kind, token.text) for token in tokens if token.text != "@")
        return text or general(value)  # also what a format hides: it is in the file
    if "power" in kinds:
        return _scientific(value, tokens)
    if any(token == _Token("sign", "/") for token in tokens):
        return _fraction(value, tokens)
    return _decimal(value, tokens)


def _decimal(value: float, tokens: tuple[_Token, ...]) -> str:
    """A number with its digits in the places of the format."""
    places = [i for i, token in enumerate(tokens) if token.kind == "digit"]
    point = next((i for i, token in enumerate(tokens) if token == _Token("sign", ".")), len(tokens))
    whole = [i for i in places if i < point]
    part = [i for i in places if i > point]
    last = whole[-1] if whole else point
    commas = [i for i, token in enumerate(tokens) if token == _Token("sign", ",")]
    grouped = any(whole and whole[0] < i < last for i in commas)
    scale = sum(i > last and (i < point or i > places[-1]) for i in commas)
    percent = sum(token.text == "%" and token.kind == "sign" for token in tokens)
    number = Decimal(repr(abs(value))) * 100**percent / Decimal(1000) ** scale
    number = number.quantize(Decimal(1).scaleb(-len(part)), ROUND_HALF_UP)
    digits, _, decimals = f"{number:f}".partition(".")
    written = _placed_whole(digits if digits != "0" else "", whole, tokens, grouped=grouped)
    written |= _placed_part(decimals, part, tokens)
    text = ""
    for i, token in enumerate(tokens):
        if i in written:
            text += written[i]
        elif i == point:
            text += "" if part and not any(written[each] for each in part) else "."
        elif token.text != "," or token.kind != "sign":
            text += token.text if token.kind != "digit" else ""
    negative = value < 0 and number != 0
    return f"-{text}".strip() if negative else text.strip()


def _placed_whole(
    digits: str, places: list[int], tokens: tuple[_Token, ...], *, grouped: bool
) -> dict[int, str]:
    """The digits before the point, from the right; those that are too many stand in the first place."""
    written: dict[int, str] = {}
    rest, count = digits, 0
    for i in reversed(places):
        taken = rest if i == places[0] else rest[-1:]
        rest = rest[: len(rest) - len(taken)]
        text = ""
        for digit in reversed(taken or ("0" if tokens[i].text == "0" else "")):
            text = digit + ("," if grouped and count and count % 3 == 0 else "") + text
            count += 1
        written[i] = text
    return written


def _placed_part(decimals: str, places: list[int], tokens: tuple[_Token, ...]) -> dict[int, str]:
    """The digits behind the point; zeros at the end only where the format asks for them."""
    needed = max((n + 1 for n, i in enumerate(places) if tokens[i].text == "0"), default=0)
    kept = decimals.rstrip("0").ljust(needed, "0")
    return {i: kept[n : n + 1] for n, i in enumerate(places)}


def _scientific(value: float, tokens: tuple[_Token, ...]) -> str:
    power = next(i for i, token in enumerate(tokens) if token.kind == "power")
    point = next((i for i, token in enumerate(tokens[:power]) if token.text == "."), power)
    decimals = sum(token.kind == "digit" for token in tokens[point:power])
    width = sum(token.kind == "digit" for token in tokens[power:])
    mantissa, _, exponent = f"{value:.{decimals}E}".partition("E")
    sign = exponent[0] if exponent[0] == "-" or tokens[power].text[1] == "+" else ""
    return f"{mantissa}E{sign}{exponent[1:].lstrip('0').rjust(width, '0')}"


def _fraction(value: float, tokens: tuple[_Token, ...]) -> str:
    slash = next(i for i, token in enumerate(tokens) if token == _Token("sign", "/"))
    digits = sum(token.kind == "digit" for token in tokens[slash:])
    whole, rest = divmod(abs(value), 1)
    part = Fraction(rest).limit_denominator(10 ** max(1, digits) - 1)
    if part == 1:
        whole, part = whole + 1, Fraction(0)
    text = " ".join(filter(None, [str(int(whole)) if whole or not part else "", str(part) if part else ""]))
    return f"-{text}" if value < 0 else text


def _date(value: float, section: _Section, epoch_1904: bool) -> str:
    if not 0 <= value < _LAST_DAY:
        raise ValueError(value)
    tokens = section.tokens
    decimals = max((len(token.text.partition(".")[2]) for token in tokens if token.kind == "date"), default=0)
    seconds = Decimal(repr(value)) * 86_400
    seconds = seconds.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    days, left = divmod(seconds, 86_400)
    if epoch_1904:
        begin = datetime.date(1904, 1, 1)
    else:
        begin = datetime.date(1899, 12, 31 if days < _FALSE_LEAP_DAY else 30)
    day = begin + datetime.timedelta(days=int(days))
    twelve = any(token.kind == "half" for token in tokens)
    text = ""
    for i, token in enumerate(tokens):
        if token.kind == "elapsed":
            unit = {"h": 3600, "m": 60, "s": 1}[token.text[0].lower()]
            text += str(int(seconds // unit)).rjust(len(token.text), "0")
        elif token.kind == "half":
            names = token.text.split("/") if "/" in token.text and not token.text.isascii() else ("AM", "PM")
            text += names[0] if left < 43_200 else names[1]
        elif token.kind == "date":
            text += _date_part(token.text.lower(), day, left, twelve=twelve, minutes=_is_minutes(tokens, i))
        elif token.kind != "digit":
            text += token.text
    return text.strip()


def _is_minutes(tokens: tuple[_Token, ...], place: int) -> bool:
    """Whether an ``m`` stands behind hours or before seconds."""
    dated = [(i, token) for i, token in enumerate(tokens) if token.kind in ("date", "elapsed")]
    units = [(i, token.text[0].lower()) for i, token in dated]
    at = next(n for n, (i, _) in enumerate(units) if i == place)
    behind = at > 0 and units[at - 1][1] == "h"
    return behind or (at + 1 < len(units) and units[at + 1][1] == "s")


def _date_part(code: str, day: datetime.date, left: Decimal, *, twelve: bool, minutes: bool) -> str:
    unit, width = code[0], len(code.partition(".")[0])
    hour = int(left // 3600)
    if unit in "ye":
        return f"{day.year:04}" if width > 2 or unit == "e" else f"{day.year % 100:02}"
    if unit == "d":
        name = _DAYS[day.weekday()]
        return name if width > 3 else name[:3] if width == 3 else f"{day.day:0{width}}"
    if unit == "m" and not minutes:
        name = _MONTHS[day.month - 1]
        if width < 3:
            return f"{day.month:0{width}}"
        return {3: name[:3], 5: name[:1]}.get(width, name)
    if unit == "h":
        return f"{(hour % 12 or 12) if twelve else hour:0{min(width, 2)}}"
    if unit == "m":
        return f"{int(left // 60 % 60):0{min(width, 2)}}"
    if unit == "s":
        whole, _, part = f"{left % 60:f}".partition(".")
        return whole.rjust(min(width, 2), "0") + (f".{part}" if "." in code else "")
    return ""
