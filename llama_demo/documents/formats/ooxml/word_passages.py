"""Passages of Word documents: the words of paragraphs, in tables, headers, footers, notes and text boxes too.

Only the parts with text are written anew; styles, pictures and everything else are copied as they are. A
paragraph is one passage; a tab, a line break or a field (a page number, a reference) parts it. Not
translated: comments, deleted text of tracked changes, hidden text, charts, SmartArt, alternative texts of
pictures. Where a text box is stored twice, for programs of different ages, both get the same translation.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import replace

import regex
from lxml import etree

from llama_demo.documents.formats.ooxml.package import OfficePackage
from llama_demo.documents.formats.ooxml.word_text import CHOICE, CHOICES, FALLBACK, chosen
from llama_demo.documents.formats.ooxml.word_xml import W, is_hidden
from llama_demo.documents.segments import (
    DocumentSegment,
    SegmentBudget,
    SegmentTranslation,
    StyledSpan,
    has_words,
)
from llama_demo.documents.style_projection import Pin, placed
from llama_demo.errors import DocumentError

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_WRAPPING = "hyperlink ins smartTag moveTo customXml dir bdo".split()
# Elements around runs that stay around them: links, insertions of tracked changes, tags.
_WRAPPERS = frozenset(W + name for name in _WRAPPING)
# What holds runs of a passage of its own.
_CONTAINERS = (f"{W}sdtContent", f"{W}fldSimple", CHOICE, FALLBACK)
# A hyphen at which no line ends is one; where a word may be divided, no sign stands.
_HYPHENS = {f"{W}noBreakHyphen": "-", f"{W}softHyphen": ""}
# What a reader does not see as formatting, though Word parts runs by it.
_UNSEEN = frozenset(W + name for name in ("lang", "noProof"))
# Marks of the spelling check and of the last printing, which Word makes again.
_DROPPED = tuple(W + name for name in ("proofErr", "lastRenderedPageBreak"))
# What parts a paragraph into passages, because its order or its place must not change.
_BOUNDARIES = frozenset(
    W + name
    for name in (
        *"pPr tab ptab br cr fldChar instrText fldSimple sdt".split(),
        *_WRAPPING,  # inside one another
    )
)
# Properties of a run that the schema wants before its highlight.
_BEFORE_HIGHLIGHT = frozenset(
    W + name
    for name in (
        "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof "
        "snapToGrid vanish webHidden color spacing w kern position sz szCs"
    ).split()
)
_MOST_COPIES = 1_000_000
"""Of elements that say how text looks, where runs are parted."""
_FORBIDDEN = regex.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class RewritableWord:
    """The opened file. Each writing begins with freshly read parts, so it can be written many times.

    Args:
        package: the file.
        parts: names of those with text, in the order in which they are translated.

    Raises:
        DemoError: ``document_bomb``, ``file_damaged``, and what
            :class:`~llama_demo.documents.segments.SegmentBudget` raises.
    """

    def __init__(self, package: OfficePackage, parts: Sequence[str]) -> None:
        self._package = package
        self._parts = parts
        self.segments: Sequence[DocumentSegment] = list(self._segments())

    def _segments(self) -> Iterator[DocumentSegment]:
        size = SegmentBudget()
        for name in self._parts:
            for passage in _passages(_bounded(self._package.xml(name))):
                if not passage.is_copy:
                    size.add(passage.segment)
                    yield passage.segment

    def rewritten(self, translations: Sequence[SegmentTranslation | None], note: str = "") -> bytes:
        """The file with these translations, doubtful ones highlighted; a note is its first paragraph."""
        waiting = iter(translations)
        contents = {}
        for name in self._parts:
            root = self._package.xml(name)
            passages = list(_passages(root))
            given = {}
            for passage in passages:
                if not passage.is_copy and (translation := next(waiting)) is not None:
                    given[passage.segment] = translation.written
                    passage.fill(translation.written)
            for passage in passages:
                if passage.is_copy and passage.segment in given:
                    passage.fill(given[passage.segment])
            is_noted = bool(note) and name == self._parts[0]
            if is_noted:
                _add_note(root, note)
            if given or is_noted:
                contents[name] = self._package.serialized(name, root)
        return self._package.archive.replaced(contents)


def _bounded(root: etree._Element) -> etree._Element:
    """The root, if its runs can be parted without growing beyond measure.

    Raises:
        DocumentError: ``document_bomb``.
    """
    looks = ((run, run.find(f"{W}rPr")) for run in root.iter(f"{W}r") if len(run) > 2)
    copies = sum(
        len(run) * sum(1 for _ in properties.iter()) for run, properties in looks if properties is not None
    )
    if copies > _MOST_COPIES:
        raise DocumentError("document_bomb")
    return root


class _Passage:
    """Neighbouring runs of a paragraph that are translated together, with what stands between them.

    Args:
        nodes: in order; the first and the last one have text.

    Attributes:
        is_copy: whether it stands in another place too, which readers of today take.
    """

    def __init__(self, nodes: Sequence[etree._Element]) -> None:
        self._nodes = nodes
        self._pinned = [node for node in nodes if _text_of(node) is None]
        self._numbers: dict[tuple[etree._Element | None, tuple[bytes, ...]], int] = {}
        self._prototypes: list[etree._Element] = []
        self._own = 0
        self.is_copy = _is_copy(nodes[0])
        self.segment = self._read()

    def _read(self) -> DocumentSegment:
        """The style with the most text is the passage's own, the others lie on it."""
        text = ""
        stretches: list[StyledSpan] = []
        pins: list[int] = []
        amounts: dict[int, int] = {}
        for node in self._nodes:
            content = _text_of(node)
            if content is None:
                pins.append(len(text))
            elif content:
                style, start = self._style(node), len(text)
                if stretches and stretches[-1].style == style:
                    start = stretches.pop().start
                text += content
                stretches.append(StyledSpan(start, len(text), style))
                amounts[style] = amounts.get(style, 0) + len(content)
        self._own = max(amounts, key=amounts.__getitem__, default=0)
        styles = tuple(stretch for stretch in stretches if stretch.style != self._own)
        return DocumentSegment(text, styles, tuple(pins))

    def _style(self, run: etree._Element) -> int:
        """The number of the run's formatting and wrapper; the first run that has it is its prototype."""
        properties = run.find(f"{W}rPr")
        seen = [] if properties is None else [each for each in properties if each.tag not in _UNSEEN]
        key = _wrapper(run), tuple(sorted(etree.tostring(each, method="c14n") for each in seen))
        if key not in self._numbers:
            self._numbers[key] = len(self._prototypes)
            self._prototypes.append(run)
        return self._numbers[key]

    def fill(self, translation: SegmentTranslation) -> None:
        """Put runs with the translation where these stood."""
        clean = replace(translation, text=_FORBIDDEN.sub(" ", translation.text))
        place = etree.Element(f"{W}r")
        around = _wrapper(self._nodes[0])
        (self._nodes[0] if around is None else around).addprevious(place)
        for piece in placed(self.segment, clean):
            if isinstance(piece, Pin):
                node = self._pinned[piece.number]
                place.addprevious(_wrapped(_wrapper(node), node))
            else:
                prototype = self._prototypes[self._own if piece.style is None else piece.style]
                run = _like(prototype, piece.text)
                if translation.doubtful:
                    _highlight(run)
                place.addprevious(_wrapped(_wrapper(prototype), run))
        _remove([node for node in self._nodes if _text_of(node) is not None])
        place.getparent().remove(place)


def _is_copy(node: etree._Element) -> bool:
    """Whether a node stands in a way to draw something that is not the one which is read."""
    return any(
        (choices := way.getparent()) is not None and choices.tag == CHOICES and way not in chosen(choices)
        for way in node.iterancestors(CHOICE, FALLBACK)
    )


def _passages(root: etree._Element) -> Iterator[_Passage]:
    """Those with words in them, in the order of the file."""
    etree.strip_elements(root, *_DROPPED, with_tail=False)
    for paragraph in list(root.iter(f"{W}p")):
        for run in list(paragraph.iter(f"{W}r")):
            _part(run)
        contents = [
            each
            for each in paragraph.iter(*_CONTAINERS, *_WRAPPERS)
            if _of(each, paragraph) and (each.tag in _CONTAINERS or _is_inside_another(each))
        ]
        for container in (paragraph, *contents):
            for nodes in _stretches(container):
                if has_words("".join(_text_of(node) or "" for node in nodes)):
                    yield _Passage(nodes)


def _of(element: etree._Element, paragraph: etree._Element) -> bool:
    """Whether this is the paragraph around the element, not one around that, as with a text box."""
    return next(element.iterancestors(f"{W}p"), None) is paragraph


def _is_inside_another(wrapper: etree._Element) -> bool:
    """Whether a wrapper is not looked through from outside, as one wrapper around a run is."""
    depth = 0
    while (parent := wrapper.getparent()) is not None and parent.tag in _WRAPPERS:
        wrapper = parent
        depth += 1
    return depth % 2 == 1


def _part(run: etree._Element) -> None:
    """Give each text, tab or picture of a run a run of its own with the same formatting."""
    contents = [child for child in run if child.tag != f"{W}rPr"]
    for content in reversed(contents[1:]):
        own = etree.Element(run.tag, run.attrib)
        if (properties := run.find(f"{W}rPr")) is not None:
            own.append(copy.deepcopy(properties))
        own.append(content)
        run.addnext(own)


def _stretches(container: etree._Element) -> Iterator[list[etree._Element]]:
    """Nodes between two boundaries, from the first with text to the last."""
    nodes: list[etree._Element] = []
    for node in (*_nodes(container), None):
        if node is not None and not _is_boundary(node):
            nodes.append(node)
            continue
        with_text = [i for i, each in enumerate(nodes) if _text_of(each) is not None]
        if with_text:
            yield nodes[with_text[0] : with_text[-1] + 1]
        nodes = []


def _nodes(container: etree._Element) -> Iterator[etree._Element]:
    """The children, and those of wrappers in their place."""
    for child in container:
        if child.tag in _WRAPPERS:
            yield from child
        else:
            yield child


def _is_boundary(node: etree._Element) -> bool:
    return node.tag in _BOUNDARIES or (
        node.tag == f"{W}r" and any(child.tag in _BOUNDARIES for child in node)
    )


def _text_of(node: etree._Element) -> str | None:
    """The text of a run; None for a node that is none, is hidden or holds something else."""
    if node.tag == f"{W}r" and not is_hidden(node):
        for child in node:
            if child.tag == f"{W}t":
                return child.text or ""
            if child.tag in _HYPHENS:
                return _HYPHENS[child.tag]
            if child.tag == f"{W}ruby":  # its reading belongs to the original characters alone
                return "".join(base.text or "" for base in child.iterfind(f"{W}rubyBase//{W}t"))
    return None


def _wrapper(node: etree._Element) -> etree._Element | None:
    """The link or the like around a node."""
    parent = node.getparent()
    return parent if parent is not None and parent.tag in _WRAPPERS else None


def _wrapped(wrapper: etree._Element | None, node: etree._Element) -> etree._Element:
    """The node in a copy of the wrapper, or as it is."""
    if wrapper is None:
        return node
    around = etree.Element(wrapper.tag, wrapper.attrib, wrapper.nsmap)
    around.append(node)
    return around


def _like(prototype: etree._Element, text: str) -> etree._Element:
    """A run with the prototype's formatting and this text."""
    run = etree.Element(prototype.tag, prototype.attrib)
    if (properties := prototype.find(f"{W}rPr")) is not None:
        run.append(copy.deepcopy(properties))
    content = etree.SubElement(run, f"{W}t")
    content.text = text
    content.set(_SPACE, "preserve")
    return run


def _highlight(run: etree._Element) -> None:
    """Give a run a yellow ground; the schema wants the properties in an order."""
    properties = run.find(f"{W}rPr")
    if properties is None:
        properties = etree.Element(f"{W}rPr")
        run.insert(0, properties)
    for former in properties.findall(f"{W}highlight"):
        properties.remove(former)
    place = sum(child.tag in _BEFORE_HIGHLIGHT for child in properties)
    properties.insert(place, etree.Element(f"{W}highlight", {f"{W}val": "yellow"}))


def _add_note(root: etree._Element, note: str) -> None:
    """Put a paragraph in italics at the beginning of the document."""
    paragraph = etree.Element(f"{W}p")
    run = etree.SubElement(paragraph, f"{W}r")
    etree.SubElement(etree.SubElement(run, f"{W}rPr"), f"{W}i")
    etree.SubElement(run, f"{W}t").text = _FORBIDDEN.sub(" ", note)
    if (body := root.find(f"{W}body")) is not None:
        body.insert(0, paragraph)


def _remove(nodes: Sequence[etree._Element]) -> None:
    """Take runs out, and wrappers that are empty then."""
    for node in nodes:
        parent = node.getparent()
        parent.remove(node)
        if parent.tag in _WRAPPERS and len(parent) == 0:
            parent.getparent().remove(parent)
