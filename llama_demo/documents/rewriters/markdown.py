"""Markdown (.md): headings, lists, tables, links, emphasis and code stay what they are.

A paragraph is one passage, whatever lines it is wrapped into, and comes back as one line, which means the
same. Not translated: code, front matter, blocks of HTML, the text that stands for an image.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import regex

from llama_demo.documents.encoding import decode
from llama_demo.documents.rewriters.inline_markdown import LONGEST_MARKED, definitions, marked, spelled
from llama_demo.documents.segments import RewritableDocument, SegmentTranslation, has_words
from llama_demo.documents.skeleton import SegmentSlot, Skeleton

# Quotation signs and blanks, which may stand before everything else.
_OUTER = r"(?:[ \t]*+>)*+[ \t]*+"
_FENCE = regex.compile(rf"{_OUTER}(?:(?:[-*+]|\d{{1,9}}[.)])[ \t]++)?(?P<sign>`{{3,}}|~{{3,}}|\$\$)[^`]*+")
_ITEM = regex.compile(
    rf"{_OUTER}(?:(?:[-*+]|\d{{1,9}}[.)])[ \t]++(?:\[[ xX]\][ \t]++)?)*+"
    r"(?:(?P<heading>\#{1,6}[ \t]++)|(?P<note>\[\^[^\]\s]++\]:[ \t]++))?"
)
_LIST = regex.compile(rf"{_OUTER}(?:[-*+]|\d{{1,9}}[.)])[ \t]++\S")
_DEFINITION = regex.compile(r" {0,3}\[(?!\^)[^\]]++\]:")
_ALERT = regex.compile(r"[ \t]*>[ \t]*\[![A-Z]+\][ \t]*")
_BEGINS_BLOCK = regex.compile(rf"{_OUTER}(?:[-*+][ \t]|\d{{1,9}}[.)][ \t]|\#{{1,6}}[ \t]|\[\^[^\]]+\]:)")
_UNSPACED = regex.compile(r"[\p{Han}\u3000-\u303f\uff00-\uffef]")
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


def open_markdown(data: bytes) -> RewritableDocument:
    """Read the file.

    Raises:
        InputError: as :func:`~llama_demo.documents.encoding.decode` and :class:`Skeleton` do.
    """
    decoded = decode(data)
    return Skeleton.of(decoded, _Reader(decoded.text).parts())


class _Reader:
    """Goes through the lines once; what it does not know it leaves as it is."""

    def __init__(self, text: str) -> None:
        self._lines: list[str] = regex.findall(r"[^\r\n]*+(?:\r\n|\r|\n)|[^\r\n]++$", text)
        self._known = definitions(text)
        self._at = 0
        self._in_list = False

    def parts(self) -> Iterator[str | SegmentSlot]:
        """Literal text and slots."""
        if self._bare(0) == "---" and any(self._bare(at) == "---" for at in range(1, len(self._lines))):
            yield from self._until(lambda line: line == "---")
        while self._at < len(self._lines):
            yield from self._block()

    def _bare(self, at: int) -> str:
        return self._lines[at].rstrip("\r\n") if at < len(self._lines) else ""

    def _take(self) -> str:
        self._at += 1
        return self._lines[self._at - 1]

    def _until(self, is_last: Callable[[str], bool]) -> Iterator[str]:
        """This line and those after it to the last one, all literal."""
        yield self._take()
        while self._at < len(self._lines):
            line = self._bare(self._at)
            yield self._take()
            if is_last(line):
                return

    def _block(self) -> Iterator[str | SegmentSlot]:
        line = self._bare(self._at)
        if fence := _FENCE.fullmatch(line):
            yield from self._until(lambda later: _closes(later, fence["sign"]))
        elif not has_words(line) or self._is_code(line) or _DEFINITION.match(line) or _ALERT.fullmatch(line):
            yield self._take()
        elif _HTML.match(line):
            yield from self._html(line)
        elif "|" in line and _RULE.fullmatch(self._bare(self._at + 1)):
            yield from self._table()
        else:
            yield from self._paragraph()

    def _is_code(self, line: str) -> bool:
        """Indented behind a blank line, outside of lists, where indentation means a further paragraph."""
        blank = self._at == 0 or not self._bare(self._at - 1).strip() or self._is_code_before
        self._is_code_before = blank and not self._in_list and bool(_CODE_INDENT.match(line))
        return self._is_code_before

    _is_code_before = False

    def _html(self, line: str) -> Iterator[str]:
        end = next((end for begins, end in _HTML_ENDS if begins.match(line)), None)
        if end is None:
            yield from self._until(lambda later: not later.strip())
        elif end in line.lower():
            yield self._take()
        else:
            yield from self._until(lambda later: end in later.lower())

    def _table(self) -> Iterator[str | SegmentSlot]:
        while "|" in (line := self._bare(self._at)):
            whole = self._take()
            for cell in _CELL.findall(line):
                yield from self._slot(cell, cell, table=True) if has_words(cell) else [cell]
            yield whole[len(line) :]

    def _paragraph(self) -> Iterator[str | SegmentSlot]:
        """One line with a marker in front, or several that make a paragraph."""
        line = self._bare(self._at)
        beginning = _beginning(line)
        self._in_list = bool(_LIST.match(line)) or (self._in_list and line[:1] in " \t")
        prefix = beginning[0]
        yield prefix
        text, original = line[len(prefix) :], self._take()[len(prefix) :]
        if not beginning["heading"]:
            while self._goes_on(text):
                following = self._bare(self._at)
                text = joined(text, _beginning(following)[0], following)
                original += self._take()
        elif closing := _CLOSING.search(text):
            text = text[: closing.start()]
        yield from self._slot(text, original)

    def _goes_on(self, text: str) -> bool:
        """Whether the next line belongs to the same passage."""
        following = self._bare(self._at)
        return (
            len(text) < LONGEST_MARKED
            and has_words(following)
            and not _HARD_BREAK.search(text[-2:])
            and not _BEGINS_BLOCK.match(following)
            and not _FENCE.fullmatch(following)
            and not _HTML.match(following)
            and not _RULE.fullmatch(self._bare(self._at + 1))
            and following.count(">", 0, _outer(following)) == self._quoted(self._at - 1)
        )

    def _quoted(self, at: int) -> int:
        line = self._bare(at)
        return line.count(">", 0, _outer(line))

    def _slot(self, text: str, original: str, *, table: bool = False) -> Iterator[str | SegmentSlot]:
        """The text as a slot, with the blanks and line ends around it as literal text."""
        words = text.strip().removesuffix("\\").rstrip()
        if not has_words(words):
            yield original
            return
        start = original.find(words[0])
        tail = original.rstrip("\r\n")
        end = len(tail) - (len(text) - len(text.rstrip()) if table else _trailing(tail))
        passage = marked(words, self._known)

        def written(translation: SegmentTranslation) -> str:
            return spelled(passage, translation, words, table=table)

        yield original[:start]
        yield SegmentSlot(passage.segment, original[start:end], written)
        yield original[end:]


def _closes(line: str, sign: str) -> bool:
    """Whether the line ends a block that began with this sign of code or formulas."""
    words = line.lstrip(" \t>").rstrip(" \t")
    return words.startswith(sign) and not words.strip(sign[0])


def _beginning(line: str) -> regex.Match[str]:
    """The signs in front of a line's words, perhaps none."""
    match = _ITEM.match(line)
    assert match is not None
    return match


def _outer(line: str) -> int:
    """How many characters of quotation signs and blanks there are in front."""
    return len(line) - len(line.lstrip(" \t>"))


def _trailing(line: str) -> int:
    """Characters behind the words: a hard break, a heading's closing signs, blanks."""
    closing = _CLOSING.search(line)
    return len(line) - (closing.start() if closing else len(line.rstrip().removesuffix("\\").rstrip()))


def joined(before: str, prefix: str, following: str) -> str:
    """Two lines of a paragraph as one; Chinese has no blank between them."""
    after = following[len(prefix) :]
    unspaced = _UNSPACED.match(before.rstrip()[-1:]) and _UNSPACED.match(after[:1])
    return before.rstrip() + ("" if unspaced else " ") + after
