"""Markdown that a model wrote, parsed into a tree of elements for the page.

No HTML is made: a script creates each element from a list of allowed names and inserts every text as text.
So nothing that a model writes can run, and nothing is loaded: a picture is shown by its description, and a
link is followed by a click alone.

A node is a text or ``[tag, attributes, children]``.
"""

from __future__ import annotations

import html
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import regex
from latex2mathml.converter import convert_to_element
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.texmath import texmath_plugin

from llama_demo.span import Span

Node = str | list[Any]

LONGEST_FORMULA = 2_000
"""Characters; a longer formula is shown as source."""

HEADINGS = {"h1": "h4", "h2": "h5"}
"""Levels below the headings of the page; h3 and deeper become h5."""

PLAIN = {
    "paragraph": "p",
    "blockquote": "blockquote",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "table": "table",
    "thead": "thead",
    "tbody": "tbody",
    "tr": "tr",
    "th": "th",
    "td": "td",
    "em": "em",
    "strong": "strong",
    "s": "s",
    "hr": "hr",
    "hardbreak": "br",
    "softbreak": "br",
}
"""Elements without attributes, by type of token."""

FORMULA = frozenset(
    "math mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mtable mtr "
    "mtd mstyle menclose mpadded mphantom mfenced".split()
)
FORMULA_ATTRIBUTES = frozenset(
    "display mathvariant stretchy fence form separator largeop movablelimits accent accentunder "
    "columnalign columnlines rowlines columnspacing rowspacing linethickness displaystyle scriptlevel "
    "width height depth lspace rspace notation minsize maxsize open close".split()
)
"""Allowed attributes of MathML; none holds an address."""

OPEN, CLOSE = "\ue000", "\ue001"
"""Private-use characters that mark a doubtful sentence while the text is parsed."""

_CITED = regex.compile(r"[\[【](\d{1,3}(?:\s*[,，、;]\s*\d{1,3})*)[\]】]")
_PREFIX = regex.compile(r"(?:[ \t>*+\-#|]|\d{1,9}[.)](?=\s))*")
_SUFFIX = regex.compile(r"[\s`|*_~$]*$")


def read(text: str, *, cited: Collection[int] = (), doubtful: Sequence[Span] = ()) -> list[Node]:
    """Parse a text; returns its blocks.

    Args:
        text: Markdown, with formulas between dollar signs or ``\\(`` and ``\\)``.
        cited: numbers in brackets that are citations; each becomes ``["cite", {"number": n}, []]``.
        doubtful: spans of sentences in ``text`` that are marked.
    """
    tree = SyntaxTreeNode(_parser().parse(_marked(text, doubtful)))
    return _Reading(cited).nodes(tree.children)


class _Reading:
    """Converts the tokens of one text into a tree."""

    def __init__(self, cited: Collection[int]) -> None:
        self._cited = cited
        self._doubtful = False

    def nodes(self, children: Iterable[SyntaxTreeNode]) -> list[Node]:
        return [node for child in children for node in self._node(child)]

    def _node(self, node: SyntaxTreeNode) -> Iterator[Node]:
        kind = node.type
        if kind == "text":
            yield from self._text(node.content)
        elif kind in ("inline", "root") or (kind == "paragraph" and node.hidden):
            yield from self.nodes(node.children)
        elif kind in PLAIN:
            yield [PLAIN[kind], _attributes(node), self.nodes(node.children)]
        elif kind == "heading":
            yield [HEADINGS.get(node.tag, "h6"), {}, self.nodes(node.children)]
        elif kind == "link":
            yield self._link(node)
        elif kind == "image":
            yield ["picture", {}, [self._plain(node.content)]]
        elif kind in ("fence", "code_block"):
            language = node.info.split()[:1] if node.info else []
            code = ["code", {}, [self._plain(node.content.removesuffix("\n"))]]
            yield ["pre", {"language": language[0][:20]} if language else {}, [code]]
        elif kind == "code_inline":
            yield ["code", {}, [self._plain(node.content)]]
        elif kind.startswith("math"):
            yield _formula(self._plain(node.content), block="block" in kind or "double" in kind)
        else:
            yield from self._text(node.content)

    def _text(self, text: str) -> Iterator[Node]:
        """The nodes of a text: citations, doubtful parts, and plain text."""
        for piece in regex.split(f"([{OPEN}{CLOSE}])", text):
            if piece in (OPEN, CLOSE):
                self._doubtful = piece == OPEN
            elif piece:
                nodes = list(self._citations(piece))
                yield from [["mark", {}, nodes]] if self._doubtful else nodes

    def _citations(self, text: str) -> Iterator[Node]:
        at = 0
        for found in _CITED.finditer(text):
            numbers = [int(number) for number in regex.findall(r"\d+", found[1])]
            if not set(numbers) <= set(self._cited):
                continue
            if found.start() > at:
                yield text[at : found.start()]
            for number in numbers:
                yield ["cite", {"number": number}, []]
            at = found.end()
        if at < len(text):
            yield text[at:]

    def _link(self, node: SyntaxTreeNode) -> Node:
        address = str(node.attrs.get("href", ""))
        children = self.nodes(node.children)
        if urlsplit(address).scheme not in ("http", "https", "mailto"):
            return ["span", {}, children]
        return ["a", {"href": address}, children]

    def _plain(self, text: str) -> str:
        """The text without marks, for places where none can stand."""
        for found in regex.findall(f"[{OPEN}{CLOSE}]", text):
            self._doubtful = found == OPEN
        return regex.sub(f"[{OPEN}{CLOSE}]", "", text)


@cache
def _parser() -> MarkdownIt:
    """A parser of CommonMark with tables, formulas and hard line breaks, without HTML.

    Link references are off: a line ``[1]: https://...`` would turn every citation into a link.
    """
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True})
    parser.enable(["table", "strikethrough"]).disable("reference")
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    return parser.use(texmath_plugin, delimiters="brackets")


def _marked(text: str, doubtful: Sequence[Span]) -> str:
    """The text with private-use characters around each span, inside of Markdown's own marks."""
    pieces, at = [], 0
    clean = text.replace(OPEN, " ").replace(CLOSE, " ")
    for start, end in sorted(doubtful):
        if clean.rfind("\n", 0, start) == start - 1:  # the sentence begins its line, perhaps a list's
            start = _PREFIX.match(clean, start, end).end()  # type: ignore[union-attr]
        end = _SUFFIX.search(clean, start, end).start()  # type: ignore[union-attr]
        if at <= start < end:
            pieces += [clean[at:start], OPEN, clean[start:end], CLOSE]
            at = end
    return "".join((*pieces, clean[at:]))


def _attributes(node: SyntaxTreeNode) -> dict[str, Any]:
    if node.type == "ordered_list" and "start" in node.attrs:
        return {"start": int(node.attrs["start"])}
    align = regex.fullmatch(r"text-align:(left|center|right)", str(node.attrs.get("style", "")))
    return {"align": align[1]} if align else {}


def _formula(latex: str, *, block: bool) -> Node:
    """A formula as MathML, or as its source if it cannot be parsed."""
    as_written: Node = ["code", {}, [latex.strip()]]
    if len(latex) > LONGEST_FORMULA:
        return as_written
    try:
        return _mathml(convert_to_element(latex, display="block" if block else "inline"))
    except Exception:  # noqa: BLE001  (the reader raises whatever comes up, StopIteration for one)
        return as_written


def _mathml(element: Element) -> Node:
    tag = element.tag if element.tag in FORMULA else "mrow"
    attributes = {
        name: value
        for name, value in element.attrib.items()
        if name in FORMULA_ATTRIBUTES and regex.fullmatch(r"[\w .%+\-(){}\[\]|]*", value)
    }
    text = [html.unescape(element.text)] if element.text and element.text.strip() else []
    return [tag, attributes, [*text, *map(_mathml, element)]]
