"""Markdown inside a paragraph: emphasis, links and code as styles, images and tags as pins, and back."""

from __future__ import annotations

import html
import re

import regex

from llama_demo.documents.formats.html.elements import is_element
from llama_demo.documents.lines import split_lines
from llama_demo.documents.marks import Mark, Marked, Stack
from llama_demo.documents.segments import SegmentTranslation

LONGEST_MARKED = 20_000
"""Characters of a passage whose markup is parsed; longer ones are not written by hand."""

_DEEPEST = 6
_INSIDE = r"(?:[^\[\]\\]|\\.|\[[^\[\]]{0,300}\]){0,1000}+"
_ATTRIBUTE = r"\s++[A-Za-z_:@][\w.:@-]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>`]++))?+"
_INLINE = regex.compile(
    r"(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<code>(?<!`)(?P<ticks>`{1,8})(?!`)[^\n]{1,1000}?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<math>\$(?=[^\s$])[^$\n]{1,300}(?<=[^\s$])\$(?!\d))"
    rf"|(?P<image>!\[{_INSIDE}\](?:\([^()\s]*+(?:\([^()]*+\)[^()]*+)?[^()]*+\)|\[[^\[\]]*+\])?)"
    r"|(?P<note>\[\^[^\]\s]++\])"
    rf"|(?P<link>\[(?P<label>{_INSIDE})\](?P<target>\((?:[^()\\]|\\.|\([^()]*+\)){{0,2000}}+\)|\[[^\[\]]*+\])?)"
    rf"|(?P<tag><(?:!--.*?--|/?[A-Za-z][\w:-]*+(?:{_ATTRIBUTE})*+\s*+/?|[^\s<>]+[@:][^\s<>]+)>)"
    r"|(?P<entity>&(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});)"
    r"|(?P<sign>\*{1,3}|(?<![\p{L}\p{N}_])_{1,3}|~~)(?=[^\s*_~])",
    regex.DOTALL,
)
_SIGN = re.compile(r"[\\`$!\[<&*_~]")
_LABEL = regex.compile(rf"!\[({_INSIDE})\]")
_ADDRESS = regex.compile(r"<([^\s<>]+[@:][^\s<>]+)>")
_SIGNS = ("*", "**", "***", "_", "__", "___", "~~")
_CLOSING_SIGNS = {
    sign: regex.compile(rf"(?<![\s*_]){regex.escape(sign)}(?!\*)(?!(?<=_)[\p{{L}}\p{{N}}_])")
    for sign in _SIGNS
}
DEFINITION = regex.compile(
    r" {0,3}\[(?!\^)(?P<label>[^\[\]]{1,300}+)\]:[ \t]*+(?:<[^<>]*+>|\S++)"
    r"(?:[ \t]++(?:\"[^\"]*+\"|'[^']*+'|\([^()]*+\)))?+[ \t]*+"
)
"""A line that gives the address of a link's label, with nothing behind it but a title."""

# What would begin a block if a line began with it.
_BLOCK = regex.compile(r"([-+*>#|]|\d{1,9}(?=[.)]\s))(?=\s|[.)]|$)|(>)")


def definitions(text: str) -> frozenset[str]:
    """The labels that links of the file can refer to."""
    lines = (line.rstrip("\r\n") for line in split_lines(text) if line.lstrip(" ").startswith("["))
    return frozenset(_label(match["label"]) for line in lines if (match := DEFINITION.fullmatch(line)))


def has_signs(text: str) -> bool:
    """Whether a character of it could be markup."""
    return _SIGN.search(text) is not None


def marked(text: str, known: frozenset[str]) -> Marked:
    """A paragraph's text without its markup, which is remembered."""
    passage = Marked()
    if len(text) > LONGEST_MARKED or not has_signs(text):
        passage.write(text)
    else:
        _read(text, (), known, passage)
    return passage


def spelled(passage: Marked, translation: SegmentTranslation, original: str, *, table: bool = False) -> str:
    """The translation in Markdown, on one line.

    Signs are escaped that were in ``original``, that would end a table's cell, or that would make the line
    something else than text.
    """
    signs = {match[0][1] for match in _INLINE.finditer(original) if match["escape"]} | (
        {"|"} if table else set()
    )

    def escaped(text: str) -> str:
        return "".join("\\" + c if c in signs else c for c in text)

    flat = SegmentTranslation(regex.sub(r"[\r\n]", " ", translation.text), translation.links)
    written = passage.spelled(flat, escaped)
    if not table and (block := _BLOCK.match(written)) and not _BLOCK.match(original):
        return (
            f"{written[: block.end() - 1]}\\{written[block.end() - 1 :]}"
            if not block[0][0].isdigit()
            else (f"{block[0]}\\{written[block.end() :]}")
        )
    return written


class _Closings:
    """Where signs of emphasis are closed in a text, asked from left to right.

    Each stretch is searched once for each sign, so that signs that are never closed cost no more than others.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._next: dict[str, int] = {}

    def after(self, sign: str, start: int) -> int:
        """The first place from ``start`` on, or -1."""
        place = self._next.get(sign, 0)
        if 0 <= place < start:
            found = _CLOSING_SIGNS[sign].search(self._text, start)
            place = self._next[sign] = found.start() if found else -1
        return place


def _read(text: str, stack: Stack, known: frozenset[str], passage: Marked) -> None:
    closings = _Closings(text)
    written = at = 0
    while first := _SIGN.search(text, at):
        match = _INLINE.match(text, first.start())
        if match is None:
            at = first.end()
            continue
        sign, end = match["sign"], match.end()
        close = closings.after(sign, end + 1) if sign and len(stack) < _DEEPEST else -1
        if sign and close < 0:
            at = match.start() + 1
            continue
        passage.write(text[written : match.start()], stack)
        if sign:
            mark = sign.replace("_", "*")  # between Chinese characters an underscore is one
            _read(text[end:close], (*stack, Mark(mark, mark, tight=True)), known, passage)
            end = close + len(sign)
        else:
            _write(match, stack, known, passage)
        written = at = end
    passage.write(text[written:], stack)


def _write(match: regex.Match[str], stack: Stack, known: frozenset[str], passage: Marked) -> None:
    whole = match[0]
    if match["escape"]:
        passage.write(whole[1], stack)
    elif match["code"]:
        passage.write(whole, stack, kept=True, shown=_code(whole, match["ticks"]))
    elif match["entity"]:
        passage.write(whole, stack, kept=True, shown=html.unescape(whole))
    elif match["link"] and len(stack) < _DEEPEST and (close := _link_end(match, known)):
        _read(match["label"], (*stack, Mark("[", close)), known, passage)
    elif match["link"]:
        passage.write(whole, stack)
    else:
        passage.pin(whole, _shown(match))


def _code(whole: str, ticks: str) -> str:
    """What a span of code shows; a blank on either side parts it from its signs."""
    inner = whole[len(ticks) : -len(ticks)]
    padded = inner.strip() and inner[0] == inner[-1] == " "
    return inner[1:-1] if padded else inner


def _shown(match: regex.Match[str]) -> str:
    """What a reader sees of an image, a formula, an address or a tag."""
    whole = match[0]
    if match["image"]:
        label = _LABEL.match(whole)
        return label[1] if label else ""
    if match["math"]:
        return whole
    if match["tag"]:
        if address := _ADDRESS.fullmatch(whole):
            return address[1]
        if whole[:3].lower() == "<br":
            return " "
        return "" if whole.startswith("<!") or is_element(whole.strip("</>").split()[0]) else whole
    return ""


def _link_end(match: regex.Match[str], known: frozenset[str]) -> str:
    """What stands behind the words of a link; a short reference is spelled out, since its words change."""
    target = match["target"] or ""
    if target.startswith("(") or len(target) > len("[]"):
        return f"]{target}"
    return f"][{match['label']}]" if _label(match["label"]) in known else ""


def _label(text: str) -> str:
    return " ".join(text.split()).casefold()
