"""The normal form of a text: what looks alike is written alike, and what cannot be seen is gone.

Texts come with decomposed umlauts, full-width letters, ligatures and soft hyphens. A vocabulary that folds
nothing has no pieces for them, and a search for the ordinary spelling does not find them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import regex

from llama_demo.span import Span

# Joiners shape Arabic and Indic letters, and join emoji; elsewhere they do nothing.
_UNSHAPED = r"[\p{Zyyy}\p{Zinh}\p{Latin}\p{Greek}\p{Cyrillic}\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]"
_INVISIBLE = (
    r"[\xad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0e\ufeff\ufff9-\ufffb"
    r"\U000e0000-\U000e0fff\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]++"
    rf"|(?:^|(?<={_UNSHAPED}))[\u200c\u200d]++"
)
# Presentation forms: widths, ligatures, styled letters of mathematics, radicals that stand for characters.
# What carries meaning of its own, such as superscripts, fractions and circled digits, is not among them.
_FORM = (
    r"[\p{dt=wide}\p{dt=narrow}\p{dt=font}\p{dt=square}\p{dt=small}\p{dt=vertical}"
    r"\p{dt=initial}\p{dt=medial}\p{dt=final}\p{dt=isolated}"
    r"\u0132\u0133\u0149\u017f\u01c4-\u01cc\u01f1-\u01f3\ufb00-\ufb17"
    r"\u2000-\u200a\u2010\u2011\u205f\u2160-\u217f\u2e80-\u2fd5]"
)
# Full-width punctuation is the ordinary one in East Asian text, except within a number. A comma is within one
# if it is between thousands: １，０００; those of 第1，2，3章 are between numbers.
_PUNCTUATION = "[！（），：；？]"
_SPACED = frozenset("！，：；？")
_CHANGED = (
    r"(?P<emoji>\p{Extended_Pictographic}[\ufe0f\u200d\p{EMod}\U000e0020-\U000e007f]++)"
    rf"|(?P<marks>(?:(?:{_INVISIBLE})*+[\p{{M}}\u1100-\u11ff])++)|(?P<invisible>{_INVISIBLE})"
    r"|(?P<voiced>[\uff66-\uff9d][\uff9e\uff9f])|(?P<singleton>\p{NFC_QC=No})"
    rf"|(?P<form>(?=[\u0100-\u01ff\u2000-\u33ff\ufb00-\uffff\U0001d400-\U0001fbff])"
    rf"(?!{_PUNCTUATION}){_FORM}(?:(?:{_INVISIBLE})*+\p{{M}})*+)"
)
_EAST_ASIAN = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_THOUSANDS = r"(?<=(?<!\p{Nd})\p{Nd}{1,3})，(?=\p{Nd}{3}(?!\p{Nd}))"
_IN_NUMBER = regex.compile(rf"(?P<punctuation>(?<=\p{{Nd}})(?!，){_PUNCTUATION}(?=\p{{Nd}})|{_THOUSANDS})")
_ANYWHERE = regex.compile(rf"(?P<punctuation>{_PUNCTUATION})")
_IN_EAST_ASIAN = regex.compile(f"{_CHANGED}|{_IN_NUMBER.pattern}")
_ELSEWHERE = regex.compile(f"{_CHANGED}|{_ANYWHERE.pattern}")
_REMOVED, _FOLDED = regex.compile(_INVISIBLE), regex.compile(_FORM)
# Beginnings of whatever changes, punctuation aside; most lines have none, which is quickly seen.
_RARE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xa9\xad\xae\u0132\u0133\u0149\u017f\u01c4-\u01cc\u01f1-\u01f3"
    "\u0300-\u036f\u0374-\u037e\u0387\u0483-\u0489\u0591-\u200f\u2010\u2011\u2028-\u2fff\u3000\u302a-\u302f"
    "\u3099\u309a\u309f\u30ff\u3131-\u4dff\ua000-\uabff\ud7b0-\uff00\uff02-\uff07\uff0a\uff0b\uff0d-\uff19\uff1c-\uff1e"
    "\uff20-\U0010ffff]"
)
_UNUSUAL = re.compile(f"{_RARE.pattern[:-1]}{_PUNCTUATION[1:]}")
_LINE = regex.compile(r"[^\n]*\n|[^\n]+")
_NOT_DECOMPOSED = {"\u2010": "-", "\u2011": "-", "\ufb05": "st"}  # hyphens; a ligature with the long s


@dataclass(frozen=True)
class NormalText:
    """A text in normal form, and where its characters stand in the original.

    Attributes:
        starts, ends: for each character of ``text``, the span of the original that it came from; None if
            ``text`` is the original.
    """

    original: str
    text: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def original_span(self, start: int, end: int) -> Span:
        """The part of the original that became ``text[start:end]``."""
        if self.starts is None or self.ends is None:
            return start, end
        if start >= end:
            place = self.starts[start] if start < len(self.starts) else len(self.original)
            return place, place
        return self.starts[start], self.ends[end - 1]


def normal_text(text: str) -> str:
    """The normal form alone.

    Canonically composed (NFC); full-width and half-width forms, ligatures and styled letters as ordinary
    ones; without soft hyphens, zero-width characters, byte order marks, bidirectional marks and control
    characters. Line breaks and tabs stay, and so does what the joiners shape: emoji, Arabic, Indic scripts.
    """
    return text if _is_plain(text) else "".join(part for part, _, _ in _parts(text))


def normalise(text: str) -> NormalText:
    """The normal form as :func:`normal_text` returns it, with positions."""
    if _is_plain(text):
        return NormalText(text, text)
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for part, start, end in _parts(text):
        pieces.append(part)
        if part == text[start:end]:
            starts += range(start, end)
            ends += range(start + 1, end + 1)
        else:
            starts += [start] * len(part)
            ends += [end] * len(part)
    normal = "".join(pieces)
    return NormalText(text, text) if normal == text else NormalText(text, normal, tuple(starts), tuple(ends))


def _is_plain(text: str) -> bool:
    return (text.isascii() and text.isprintable()) or _UNUSUAL.search(text) is None


def _parts(text: str) -> Iterator[tuple[str, int, int]]:
    """The normal form in parts, each with the span of the original that it stands for."""
    for line in _LINE.finditer(text):
        begin = line.start()
        for match in _changes(text, line.start(), line.end()):
            start, end = match.span()
            if match["marks"] and start > begin:
                start -= 1  # a mark belongs to the letter before it
            if start > begin:
                yield text[begin:start], begin, start
            yield _normal_part(match, text[start:end]), start, end
            begin = end
        if line.end() > begin:
            yield text[begin : line.end()], begin, line.end()


def _changes(text: str, start: int, end: int) -> Iterable[regex.Match[str]]:
    """What changes in a line."""
    if _EAST_ASIAN.search(text, start, end):
        pattern, punctuation = _IN_EAST_ASIAN, _IN_NUMBER
    else:
        pattern, punctuation = _ELSEWHERE, _ANYWHERE
    if _RARE.search(text, start, end) or punctuation.search(text, start, end):
        return pattern.finditer(text, start, end)
    return ()


def _normal_part(match: regex.Match[str], part: str) -> str:
    if match["emoji"]:
        return part
    if match["invisible"]:
        return ""
    if match["punctuation"]:
        blank = " " if part in _SPACED and match.string[match.end() : match.end() + 1].isalpha() else ""
        return _decomposed(part) + blank
    composed = unicodedata.normalize("NFC", _REMOVED.sub("", part))
    return unicodedata.normalize("NFC", _FOLDED.sub(lambda form: _decomposed(form[0]), composed))


def _decomposed(character: str) -> str:
    """One step of compatibility decomposition, which keeps the meaning: ㎡ is m², not m2."""
    if character in _NOT_DECOMPOSED:
        return _NOT_DECOMPOSED[character]
    tag, _, codes = unicodedata.decomposition(character).partition("> ")
    return "".join(chr(int(code, 16)) for code in codes.split()) if tag.startswith("<") else character
