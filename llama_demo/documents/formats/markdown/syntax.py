"""Markdown as a sequence of elements that make up the whole file: what is read and what stands between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum, auto
from typing import NamedTuple

import regex

from llama_demo.documents.formats.markdown.inline import DEFINITION, LONGEST_MARKED
from llama_demo.documents.lines import join_wrapped, split_lines
from llama_demo.documents.segments import has_words

# Quotation signs and blanks, which may stand before everything else.
_OUTER = r"(?:[ \t]*+>)*+[ \t]*+"
_FENCE = regex.compile(rf"{_OUTER}(?:(?:[-*+]|\d{{1,9}}[.)])[ \t]++)?(?P<sign>`{{3,}}|~{{3,}})[^`]*+")
# A formula of one line, or the first line of one.
_FORMULA = regex.compile(
    rf"{_OUTER}(?:(?P<line>\$\$[^$]++\$\$[ \t]*+)|(?:(?:[-*+]|\d{{1,9}}[.)])[ \t]++)?(?P<sign>\$\$)[^$]*+)"
)
_ITEM = regex.compile(
    rf"{_OUTER}(?:(?:[-*+]|\d{{1,9}}[.)])[ \t]++(?:\[[ xX]\][ \t]++)?)*+"
    r"(?:(?P<heading>\#{1,6}[ \t]++)|(?P<note>\[\^[^\]\s]++\]:[ \t]++))?"
)
_LIST = regex.compile(rf"{_OUTER}(?:[-*+]|\d{{1,9}}[.)])[ \t]++\S")
_ALERT = regex.compile(r"[ \t]*>[ \t]*\[!([A-Z]+)\][ \t]*")
_BEGINS_BLOCK = regex.compile(rf"{_OUTER}(?:[-*+][ \t]|\d{{1,9}}[.)][ \t]|\#{{1,6}}[ \t]|\[\^[^\]]+\]:)")
_CLOSING = regex.compile(r"[ \t]++\#++[ \t]*+$")
_HARD_BREAK = regex.compile(r"(?: {2,}|\\)$")
_HTML = regex.compile(
    r" {0,3}(?:<!--|<[?!]|</?(?:address|article|aside|blockquote|body|center|dd|details|div|dl|dt|fieldset"
    r"|figcaption|figure|footer|form|h[1-6]|head|header|hr|html|iframe|img|link|main|meta|nav|ol|p|picture|pre"
    r"|script|section|style|summary|table|tbody|td|textarea|tfoot|th|thead|title|tr|ul|video)\b)",
    regex.IGNORECASE,
)
# Those whose block ends with a sign of its own, not at a blank line.
_HTML_ENDS = (
    (regex.compile(r" {0,3}<!--"), "-->"),
    (regex.compile(r" {0,3}<script\b", regex.IGNORECASE), "</script>"),
    (regex.compile(r" {0,3}<style\b", regex.IGNORECASE), "</style>"),
    (regex.compile(r" {0,3}<pre\b", regex.IGNORECASE), "</pre>"),
)
_RULE = regex.compile(rf"{_OUTER}\|?[ \t]*+:?-+:?[ \t]*+(?:\|[ \t]*+:?-+:?[ \t]*+)*+\|?[ \t]*+")
_CELL = regex.compile(r"(?:\\.|`[^`]*+`|[^|\\])++|[|\\]")
_CODE_INDENT = regex.compile(r"(?: {4}| {0,3}\t)")
_UNDERLINE = regex.compile(r" {0,3}(?:(=+)|-+)[ \t]*")
_MARKER = regex.compile(rf"({_OUTER})(?:[-*+]|(\d{{1,9}})([.)]))[ \t]")
_FRONT = ("---", "+++")
_LONGEST_FORMULA = 200
"""Lines."""
# What is only markup: rules, empty items and quotations, the line under a table's head.
_SIGNS_ONLY = regex.compile(r"[\s>*_=\-+|:#~`\\]*+")


class Role(Enum):
    """What an element is."""

    SYNTAX = auto()
    """Markup, and what is not shown."""
    PARAGRAPH = auto()
    HEADING = auto()
    ITEM = auto()
    NOTE = auto()
    CELL = auto()
    ROW_END = auto()
    CODE = auto()
    HTML = auto()
    FRONT_MATTER = auto()
    ALERT = auto()
    """The kind of a note, a word of the syntax that is shown."""


class Element(NamedTuple):
    """A part of the file; the sources of all elements are the file.

    Attributes:
        text: what it says: Markdown inside of a line, code or HTML, without the signs of the block.
        level: of a heading.
        number: of an item, as it is counted: ``3.``; empty without one.
        continues: whether it goes on with the paragraph before, behind a hard break.
    """

    source: str
    role: Role = Role.SYNTAX
    text: str = ""
    level: int = 0
    number: str = ""
    continues: bool = False


def elements(text: str) -> Iterator[Element]:
    """The elements of a file in their order."""
    return _Reader(text).elements()


class _Reader:
    """Goes through the lines once; what it does not know it leaves as it is."""

    def __init__(self, text: str) -> None:
        self._lines = split_lines(text)
        self._bares = [line.rstrip("\r\n") for line in self._lines]
        self._at = 0
        self._in_list = False
        self._is_code_before = False
        self._numbers: dict[int, int] = {}
        self._unclosed = 0
        self._behind_break = 0

    def elements(self) -> Iterator[Element]:
        """All of them."""
        sign = self._bare(0)
        if sign in _FRONT and any(self._bare(at) == sign for at in range(1, len(self._lines))):
            source = self._until(lambda line: line == sign)
            yield Element("".join(source), Role.FRONT_MATTER, "".join(source[1:-1]).strip())
        while self._at < len(self._lines):
            yield from self._block()

    def _bare(self, at: int) -> str:
        return self._bares[at] if at < len(self._bares) else ""

    def _take(self) -> str:
        self._at += 1
        return self._lines[self._at - 1]

    def _until(self, is_last: Callable[[str], bool]) -> list[str]:
        """This line and those after it to the last one."""
        taken = [self._take()]
        while self._at < len(self._lines):
            line = self._bare(self._at)
            taken.append(self._take())
            if is_last(line):
                break
        return taken

    def _block(self) -> Iterator[Element]:
        line = self._bares[self._at]
        if not line or line.isspace():
            self._is_code_before = False
            yield Element(self._take())
        elif line[0].isalpha() and "|" not in line:
            self._is_code_before = False
            yield from self._paragraph()
        elif literal := self._literal(line):
            yield literal
        elif "]:" in line and DEFINITION.fullmatch(line):
            yield Element(self._take())
        elif alert := "[!" in line and _ALERT.fullmatch(line):
            yield Element(self._take(), Role.ALERT, alert[1].capitalize())
        elif "<" in line and _HTML.match(line):
            source = "".join(self._html(line))
            yield Element(source, Role.HTML, source)
        elif "|" in line and _is_rule(self._bare(self._at + 1)):
            yield from self._table()
        elif has_words(line) or not _SIGNS_ONLY.fullmatch(line):
            yield from self._paragraph()
        else:
            yield Element(self._take())

    def _literal(self, line: str) -> Element | None:
        """Code or a formula that begins with this line; None if none does."""
        if fence := _fence(line):
            return self._fenced(fence["sign"], fence.start("sign"))
        if (formula := _formula(line)) and (count := self._formula_lines(formula)):
            return self._formula(formula, count)
        return self._indented() if self._is_code(line) else None

    def _fenced(self, sign: str, indent: int) -> Element:
        """Code between two lines of signs, without the indentation of the first."""
        source = self._until(lambda later: _closes(later, sign))
        inner = source[1:-1] if len(source) > 1 and _closes(source[-1].rstrip("\r\n"), sign) else source[1:]
        code = "".join(each[min(indent, _outer(each)) :] for each in inner)
        return Element("".join(source), Role.CODE, code)

    def _formula_lines(self, opening: regex.Match[str]) -> int:
        """How many lines a formula has; 0 if its signs are not closed before a blank line."""
        if opening["line"]:
            return 1
        if self._at < self._unclosed:
            return 0
        following = self._bares[self._at + 1 : self._at + _LONGEST_FORMULA]
        count = 1
        for count, line in enumerate(following, 2):
            words = line.strip(" \t>")
            if not words:
                break
            if words.endswith("$$"):
                return count
        self._unclosed = self._at + count  # nor is any formula that begins before that line
        return 0

    def _formula(self, opening: regex.Match[str], count: int) -> Element:
        """A formula of so many lines, whose signs may share their lines with it."""
        source = [self._take() for _ in range(count)]
        first = source[0][opening.end("sign") if opening["sign"] else opening.start("line") + 2 :]
        formula = "".join([first, *(each[_outer(each) :] for each in source[1:])])
        return Element("".join(source), Role.CODE, formula.rstrip().removesuffix("$$"))

    def _indented(self) -> Element:
        source = self._take()
        while self._at < len(self._lines) and self._is_code(self._bare(self._at)):
            source += self._take()
        code = "".join(_CODE_INDENT.sub("", line, count=1) for line in split_lines(source))
        return Element(source, Role.CODE, code)

    def _is_code(self, line: str) -> bool:
        """Indented behind a blank line, outside of lists, where indentation means a further paragraph."""
        blank = self._at == 0 or not self._bare(self._at - 1).strip() or self._is_code_before
        self._is_code_before = (
            blank and not self._in_list and bool(line.strip()) and bool(_CODE_INDENT.match(line))
        )
        return self._is_code_before

    def _html(self, line: str) -> list[str]:
        end = next((end for begins, end in _HTML_ENDS if begins.match(line)), None)
        if end is None:
            return self._until(lambda later: not later.strip())
        if end in line.lower():
            return [self._take()]
        return self._until(lambda later: end in later.lower())

    def _table(self) -> Iterator[Element]:
        while "|" in (line := self._bare(self._at)):
            whole = self._take()
            if _is_rule(line):
                yield Element(whole)
                continue
            before = ""
            for cell in _CELL.findall(line):
                if cell == before == "|":
                    yield Element("", Role.CELL)
                yield Element(cell) if cell == "|" else Element(cell, Role.CELL, cell.strip())
                before = cell
            yield Element(whole[len(line) :], Role.ROW_END)

    def _paragraph(self) -> Iterator[Element]:
        """One line with a marker in front, or several that make a paragraph."""
        line = self._bare(self._at)
        continues = 0 < self._at == self._behind_break
        beginning = None if line[0].isalpha() else _ITEM.match(line)
        is_item = bool(beginning and _LIST.match(line))
        self._in_list = is_item or (self._in_list and line[0] in " \t")
        prefix = beginning[0] if beginning else ""
        if prefix:
            yield Element(prefix)
        text, source = line[len(prefix) :], self._take()[len(prefix) :]
        if beginning and beginning["heading"]:
            closing = _CLOSING.search(text)
            text = text[: closing.start()] if closing else text
            yield Element(source, Role.HEADING, text, level=beginning["heading"].count("#"))
            return
        while self._goes_on(text):
            following = self._bare(self._at)
            text = join_wrapped(text, following[_beginning_length(following) :])
            source += self._take()
        self._behind_break = self._at if _is_broken(self._bares[self._at - 1]) else 0
        is_bare = not prefix.strip()
        if is_bare and (level := self._underlined()):
            yield Element(source, Role.HEADING, text, level=level)
        elif beginning and beginning["note"]:
            yield Element(source, Role.NOTE, text)
        elif marker := None if is_bare else _MARKER.match(line):
            yield Element(source, Role.ITEM, text, number=self._number(marker))
        else:
            if not self._in_list:
                self._numbers.clear()
            yield Element(source, Role.PARAGRAPH, text, continues=continues and is_bare)

    def _underlined(self) -> int:
        """The level of a heading whose line is above this one; 0 if this line is no underline."""
        underline = _UNDERLINE.fullmatch(self._bare(self._at))
        return 0 if underline is None else 1 if underline[1] else 2

    def _number(self, marker: regex.Match[str]) -> str:
        """The number of an item: all may be written as 1, and are counted."""
        depth = len(marker[1].expandtabs(4))
        self._numbers = {at: number for at, number in self._numbers.items() if at <= depth}
        if not marker[2]:
            self._numbers.pop(depth, None)
            return ""
        number = self._numbers[depth] + 1 if depth in self._numbers else int(marker[2])
        self._numbers[depth] = number
        return f"{number}{marker[3]}"

    def _goes_on(self, text: str) -> bool:
        """Whether the next line belongs to the same passage."""
        following = self._bare(self._at)
        return (
            bool(following)
            and len(text) < LONGEST_MARKED
            and has_words(following)
            and not _is_broken(text)
            and (following[0].isalpha() or not _begins_block(following))
            and not _is_rule(self._bare(self._at + 1))
            and following.count(">", 0, _outer(following)) == self._quoted(self._at - 1)
        )

    def _quoted(self, at: int) -> int:
        line = self._bare(at)
        return line.count(">", 0, _outer(line))


def _begins_block(line: str) -> bool:
    return bool(
        _BEGINS_BLOCK.match(line) or _fence(line) or _formula(line) or ("<" in line and _HTML.match(line))
    )


# Each line is asked what it begins; most have not even the sign of it.
def _fence(line: str) -> regex.Match[str] | None:
    return _FENCE.fullmatch(line) if "```" in line or "~~~" in line else None


def _formula(line: str) -> regex.Match[str] | None:
    return _FORMULA.fullmatch(line) if "$$" in line else None


def _is_rule(line: str) -> bool:
    """Whether the line is the one under the head of a table."""
    return "-" in line and not line.strip(" \t>|:-") and bool(_RULE.fullmatch(line))


def _closes(line: str, sign: str) -> bool:
    """Whether the line ends a block that began with this sign of code."""
    words = line.lstrip(" \t>").rstrip(" \t")
    return words.startswith(sign) and not words.strip(sign[0])


def _beginning_length(line: str) -> int:
    """How many signs there are in front of a line's words."""
    match = None if line[0].isalpha() else _ITEM.match(line)
    return match.end() if match else 0


def _is_broken(line: str) -> bool:
    """Whether a line ends with a hard break."""
    return line[-1:] in ("\\", " ") and bool(_HARD_BREAK.search(line[-2:]))


def _outer(line: str) -> int:
    """How many characters of quotation signs and blanks there are in front."""
    return len(line) - len(line.lstrip(" \t>"))


def trailing(line: str) -> int:
    """Characters behind the words: a hard break, a heading's closing signs, blanks."""
    closing = _CLOSING.search(line)
    return len(line) - (closing.start() if closing else len(line.rstrip().removesuffix("\\").rstrip()))
