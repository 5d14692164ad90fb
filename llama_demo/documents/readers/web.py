"""Web pages: what is to be read, never what is to be run; nothing that a page refers to is fetched."""

from __future__ import annotations

import re

from lxml import etree

from llama_demo.documents.document import Block, Document, Outline
from llama_demo.documents.encoding import decode
from llama_demo.errors import DocumentError

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{2,20})", re.IGNORECASE)
_UNREAD = frozenset("script style noscript template svg math iframe object nav select button head".split())
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q rp rt ruby s "
    "samp small span strike strong sub sup time tt u var wbr".split()
)
_LEVELS = {f"h{level}": level for level in range(1, 7)}


class _Reading:
    def __init__(self) -> None:
        self.outline = Outline()
        self.blocks: list[Block] = []
        self.words: list[str] = []

    def close(self, level: int = 0) -> None:
        """End a paragraph, or a heading of ``level``."""
        lines = (" ".join(line.split()) for line in "".join(self.words).split("\n"))
        text = "\n".join(line for line in lines if line)
        self.words = []
        if level:
            self.outline.enter(level, text)
        if text:
            self.blocks.append(Block(text, self.outline.path))

    def add(self, text: str | None) -> None:
        self.words.append(re.sub(r"\s+", " ", text or ""))


def read(data: bytes, suffix: str) -> Document:
    """Read an HTML page."""
    del suffix
    tree = _tree(data)
    if tree is None:
        return Document("", ())
    title = " ".join((tree.findtext(".//title") or "").split())
    reading = _Reading()
    walk(tree, reading)
    return Document(title, tuple(reading.blocks))


def _tree(data: bytes) -> etree._Element | None:
    """The page's elements; its declared encoding is believed if the bytes are in it."""
    declared = _CHARSET.search(data[:4096])
    text = None
    if declared:
        try:
            text = data.decode(declared[1].decode("ascii"))
        except (UnicodeDecodeError, LookupError):
            text = None
    text = (text if text is not None else decode(data).text).lstrip("\ufeff").replace("\0", "")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as exc:
        raise DocumentError("file_damaged") from exc


def walk(tree: etree._Element, reading: _Reading) -> None:
    """Go through the elements in order without calling itself: pages nest as deep as they like."""
    walker = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walker:
        tag = element.tag.lower() if isinstance(element.tag, str) else ""
        if event == "start":
            if tag in _UNREAD or not tag:
                walker.skip_subtree()
            else:
                _enter(reading, tag, element.text)
            continue
        if tag == "br":
            reading.words.append("\n")
        elif tag in ("td", "th"):
            reading.words.append(" | " if element.getnext() is not None else "")
        elif tag not in _INLINE and tag not in _UNREAD:
            reading.close(_LEVELS.get(tag, 0))
        reading.add(element.tail)
    reading.close()


def _enter(reading: _Reading, tag: str, text: str | None) -> None:
    if tag not in _INLINE and tag not in ("td", "th", "br"):
        reading.close()
    if tag == "pre":
        reading.words.append(text or "")
    else:
        reading.add(text)
