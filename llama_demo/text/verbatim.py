"""Verbatim parts of a text, the same in every language: placeholders, tags, paths, numbers, emoji."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

_EXTENSIONS = (
    "bash|bat|bz2|cfg|conf|cpp|cs|css|csv|dll|docx?|epub|exe|gif|go|gz|h|html?|ico|ini|ipynb|jar|java|jpe?g|js|json|"
    "jsonl|kt|lock|log|lua|md|mkv|mp3|mp4|odt|pdf|php|png|po|pptx?|ps1|py|rar|rb|rs|rst|rtf|sh|sql|srt|svg|swift|"
    "tar|tex|toml|ts|tsx|txt|vue|wav|webp|xlsx?|xml|ya?ml|zip"
)
_DOMAINS = "app|biz|cn|co|com|de|dev|edu|es|eu|fr|gov|info|io|jp|net|org|uk"
_UNITS = (
    "°[CF]?|℃|℉|%|‰|[kcmµμn]?m[²³]?|km/h|m/s|mph|[kmµμ]?g|[mckd]?l|[kMGT]?Hz|[kMGT]i?B|[kMGT]bit/s|[kM]?W(?:h)?|"
    "[km]?V|m?Ah?|[kMG]?Ω|h?k?Pa|m?bar|px|pt|em|rem|dpi|fps|K|s|ms|min|h"
)
WORD = r"\p{Latin}\p{Greek}\p{Cyrillic}\p{M}\p{N}_"
"""Characters of words that have blanks around them, for a set of a regular expression.

Chinese, Japanese and Korean have none around what they borrow, so there ``\\w`` would not find an end.
"""
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}"
_ADDRESS = r"\s<>\"'`，。；：、！？（）「」《》“”{}"  # what ends one
# 3.755.251 is a number in German, but 192.168.100.200 is an address of the Internet Protocol.
_THOUSANDS = r"(?!\d{1,3}(?:\.[12]\d\d){3}(?!\.?\d))\d{1,3}(?:\.\d{3})+(?!\.?\d|[-+]\w)"
_SEGMENT = r"[^\\/:*?\"<>|\s，。；：、！？（）「」《》“”]+"  # of a path on Windows
# In the order of precedence. Each is written so that a text of any length is read in linear time.
_PATTERNS = {
    "code": r"``[^\n]{1,1000}?``|`[^`\n]+`",
    "address": (
        r"(?:[a-z][a-z0-9+.-]{1,15}+://|www\.|mailto:)"
        rf"(?:(?:[{_UNSPACED}][^{_ADDRESS}/?#]*|[^{_UNSPACED}{_ADDRESS}/?#]+)(?:[/?#][^{_ADDRESS}]*)?|/[^{_ADDRESS}]+)"
        rf"|(?<![{WORD}.@/-])(?:[A-Za-z0-9-]{{1,63}}+\.){{1,5}}+(?<=\.)(?:{_DOMAINS})(?![{WORD}-])(?:/[^\s<>\"'，。；：、！？（）]*)?"
    ),
    "mail": r"(?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
    "tag": r"</?[A-Za-z][\w:-]*+(?:\s[^<>\n]*+)?/?>|<!--[^\n]{0,1000}?-->|<!\[CDATA\[|\]\]>",
    "link": r"!?\[(?=[^\[\]\n]{1,300}\]\([^()\s]{1,1000}\))|\]\([^()\s]{1,1000}\)",
    "entity": r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});",
    "placeholder": (
        r"\{\s*\w+\s*,\s*(?:plural|select|selectordinal|choice|number|date|time)\b"
        r"(?:[^{}]++|\{(?:[^{}]++|\{[^{}]*+\})*+\})*+\}"
        r"|\{\{\{?[^{}\n]{0,200}\}?\}\}|\{%[^\n]{1,200}?%\}|[$#%@]\{[^{}\n]{1,200}\}|\[\[\w{1,60}\]\]"
        r"|<<\w{1,60}>>"
        r"|\{[\w.\[\]'\"-]{0,80}(?:![rsa])?(?::[^{}\s]{0,40})?\}"
        r"|%(?:\([\w.]{1,60}\)|<\w{1,60}>)[-+#0]*+\d*+(?:\.\d++)?[a-zA-Z]"
        rf"|(?<![{WORD}%])%\d++\$[-+#0]*+\d*+(?:\.\d++)?(?:ll?|h)?[a-zA-Z@]"
        r"|(?<![\d%])%[-+#0]*+(?:\d++|\*)?(?:\.(?:\d++|\*))?(?:[ds]|(?:ll?|hh?"
        r"|[zjt])?[dsfiuxXogGeEcp@](?![a-z]{2}))"
        rf"|(?<![{WORD}%])%(?:[nL]?\d{{1,2}}(?![{WORD}%.,])|n(?![{WORD}])|[A-Za-z_]{{2,40}}%)|%%"
        rf"|(?<![{WORD}$])\$[A-Za-z_][{WORD}]{{0,60}}(?![{WORD}])|__[A-Z][A-Z0-9_]{{1,60}}__"
        rf"|(?<![\w:：])::?[A-Za-z_][{WORD}]{{0,60}}(?:-[{WORD}]+)?:?(?![{WORD}])"
    ),
    "path": (
        rf"[A-Za-z]:\\(?:{_SEGMENT}(?: {_SEGMENT}){{0,4}}\\)*(?:{_SEGMENT})?|\\\\[\w.-]+(?:\\{_SEGMENT})+"
        r"|(?<![\w/.<>~:@+-])(?:[~@]|\.{1,2})?/(?:[\w.@+-]+/)*+[\w.@+-]*[A-Za-z0-9_]/?"
        r"|(?<![A-Za-z0-9_/-])(?:[A-Za-z0-9-]++[/_])++[A-Za-z0-9.-]*\.[A-Za-z][A-Za-z0-9_]{0,4}(?![A-Za-z0-9_])"
        rf"|(?<![A-Za-z0-9-])[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+){{0,3}}\.(?:{_EXTENSIONS})(?![A-Za-z0-9_])"
        r"|(?<!\S)--?[a-z][a-z0-9]*(?:-[a-z0-9]+)+(?:=\S+)?|(?<!\S)--[a-z][a-z0-9]+(?:=\S+)?"
        r"|(?<![A-Za-z0-9_.])(?:[a-z][a-z0-9]*_[a-z0-9_]+|[A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:\(\))?(?![A-Za-z0-9])"
    ),
    "mention": (
        rf"(?<![{WORD}@./])@[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*(?:@[A-Za-z0-9.-]+[A-Za-z0-9])?"
        rf"|(?<![{WORD}@./])@\p{{Han}}{{1,8}}(?![\p{{Han}}\w])"
    ),
    "hashtag": (
        rf"(?<![{WORD}&#/])#(?=\w{{0,30}}\p{{Han}})\w{{1,31}}#"
        rf"|(?<![{WORD}&#/])#[\p{{Latin}}\d_][\p{{Latin}}\p{{M}}\d_-]*(?<!-)"
        r"|(?<![\w&#/])#[\p{Han}\w]+(?![\p{Han}\w])"
    ),
    "version": (
        rf"(?<![{WORD}.])[vV]\d+(?:\.\d+)*(?:[-+][A-Za-z0-9.]*[A-Za-z0-9])?(?![{WORD}])"
        rf"|(?<![{WORD}.,])(?!{_THOUSANDS})\d+(?:\.\d+){{2,}}(?:[-+][A-Za-z0-9.]*[A-Za-z0-9])?(?![{WORD}])"
        r"|(?<![\w-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\w-])|(?<!\w)0x[0-9A-Fa-f]+(?!\w)"
        r"|(?<![\w-])[A-Z]{1,6}[A-Z0-9]*-\d[A-Za-z0-9-]*(?<!-)(?!\w)"
    ),
    "time": (
        rf"(?<![{WORD}.:/-])(?:\d{{1,2}}:\d{{2}}(?::\d{{2}})?|\d{{4}}-\d{{2}}-\d{{2}}(?:T[\d:.]+Z?)?)"
        rf"(?![{WORD}:/]|-\d)"
    ),
    "quantity": (
        rf"(?<![{WORD}.,-])\+\d{{1,3}}(?:[ .()/-]{{1,2}}\d{{1,8}}){{2,6}}(?!\d)"
        r"|(?<![\w.,)\]-])[-−+±]\d(?:[\d.,]*\d)?(?:[\u00a0\u202f ]?(?:" + _UNITS + r")(?![\p{Latin}\d]))?"
        # Behind Chinese a dash may as well mean "to", but seldom before degrees.
        r"|(?<=\p{Han})[-−+±]\d(?:[\d.,]*\d)?[\u00a0\u202f ]?(?:°[CF]?|℃|℉|[%‰])"
        r"|(?<![\p{Latin}\d.,])\d(?:[\d.,]*\d)?[\u00a0\u202f ]?"
        r"(?:°[CF]?|℃|℉|km/h|m/s|mph|[kMGT]i?B|[kMGT]?Hz|px|dpi|hPa)(?![\p{Latin}\d])"
    ),
    "number": r"(?<![\p{Latin}\d])\d(?:[\d.,:]*\d)?",
    "emoji": r"(?:(?!\d)[\p{Emoji_Presentation}\p{Extended_Pictographic}\p{Emoji_Modifier}\u200d\ufe0f])+",
}
_VERBATIM = regex.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items()))
# Without any of these a text has no such part.
_POSSIBLE = regex.compile(r"[^\p{L}\p{M}\s.,;!?'’“”«»¿¡()\-–—，。；：、！？（）《》]|\.\w|(?<!\p{L})-\w")
_TRAILING = ".,;:!?)]}"
_LETTER = regex.compile(r"\p{L}")
# A number may be said in words, or counted in ten thousands.
_SPELT = regex.compile(
    r"[零〇一二三四五六七八九十百千万亿萬億]"
    r"|\b(?:hundred|thousand|million|billion|mill|mille|cent|mil|millones|tausend|hundert|Million)",
    regex.IGNORECASE,
)
_SAID_IN_WORDS = 2  # digits of a number that any language may spell out
_TRANSLATED = frozenset({"number", "emoji"})


@dataclass(frozen=True)
class Verbatim:
    """A part of a text that a translation must have too.

    Attributes:
        kind: ``code``, ``address``, ``mail``, ``tag``, ``link``, ``entity``, ``placeholder``, ``path``,
            ``mention``, ``hashtag``, ``version``, ``time``, ``quantity`` (a signed number, or one with its
            unit), ``number`` or ``emoji``. Of a Markdown link the brackets and the address are parts.
    """

    kind: str
    text: str
    start: int
    end: int


def find_verbatim(text: str) -> list[Verbatim]:
    """Those parts in order; punctuation behind an address is not part of it."""
    if not _POSSIBLE.search(text):
        return []
    found = []
    for match in _VERBATIM.finditer(text):
        part, kind = match[0], match.lastgroup or ""
        if kind in ("address", "path"):
            part = part.rstrip(_TRAILING if "(" not in part else ".,;:!?")
        found.append(Verbatim(kind, part, match.start(), match.start() + len(part)))
    return found


def find_untranslated(text: str) -> list[Verbatim]:
    """Those that no language writes differently: all but plain numbers and emoji."""
    return [part for part in find_verbatim(text) if part.kind not in _TRANSLATED]


def without_verbatim(text: str) -> str:
    """The text with blanks in the place of those parts that have letters."""
    return _VERBATIM.sub(" ", text) if _POSSIBLE.search(text) else text


def translatable(text: str) -> bool:
    """Whether the text has words, beyond what is the same in every language."""
    return bool(_LETTER.search(without_verbatim(text)))


def lost(source: str, translation: str) -> list[Verbatim]:
    """The parts of ``source`` that its translation lacks, or has in another order.

    A number counts by its digits, since languages separate thousands differently; one that is short, or
    whose translation counts in words, is not missed.
    """
    parts = find_verbatim(source)
    rest, missing = translation, []
    for part in sorted(parts, key=lambda part: -len(part.text)):
        place = _place(part, source, rest)
        if place >= 0:
            rest = rest[:place] + " " + rest[place + len(part.text) :]
        elif part.kind != "number" or _is_missed(part.text, rest, translation):
            missing.append(part)
    if missing:
        return sorted(missing, key=lambda part: part.start)
    return _out_of_order([part for part in parts if part.kind not in _TRANSLATED], source, translation)


def _place(part: Verbatim, source: str, text: str, begin: int = 0) -> int:
    """Where ``text`` has a part of ``source``, not within a longer number or name; -1 if nowhere."""
    starts, ends = _continued(source, part.start, part.end)
    place = text.find(part.text, begin)
    while place >= 0:
        started, ended = _continued(text, place, place + len(part.text))
        if (starts or not started) and (ends or not ended):
            break
        place = text.find(part.text, place + 1)
    return place


def _continued(text: str, start: int, end: int) -> tuple[bool, bool]:
    """Whether a number or name at either end of ``text[start:end]`` goes on outside it."""
    return start > 0 and _are_one(text[start], text[start - 1]), _are_one(text[end - 1], text[end : end + 1])


def _are_one(inner: str, outer: str) -> bool:
    if inner.isdecimal():
        return outer.isdecimal()
    return inner.isascii() and inner.isalpha() and outer.isascii() and (outer.isalnum() or outer == "_")


def _is_missed(number: str, rest: str, translation: str) -> bool:
    wanted = digits(number)
    spelt = len(wanted) <= _SAID_IN_WORDS or _SPELT.search(translation)
    return not spelt and all(digits(n.text) != wanted for n in find_verbatim(rest) if n.kind == "number")


def _out_of_order(parts: Sequence[Verbatim], source: str, translation: str) -> list[Verbatim]:
    begin, moved = 0, []
    for part in parts:
        place = _place(part, source, translation, begin)
        if place < 0:
            moved.append(part)
        else:
            begin = place + len(part.text)
    return moved


def digits(number: str) -> str:
    """A number without the separators that languages write differently."""
    return "".join(str(int(character)) for character in number if character.isdecimal())
