"""XML of foreign files: parsed without document types, entities and addresses to fetch."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from lxml import etree

from llama_demo.errors import DocumentError

_MOST_TAGS = 2_000_000
"""Of a part, opening and closing ones: in memory an element takes many times what it takes in the file."""


_DECLARED = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_PROLOGUE = 4096  # bytes; a declaration stands before the first element


def refuse_entities(data: bytes) -> None:
    """Refuse what no office program writes: entities, which can grow without end or name other files.

    Raises:
        DocumentError: ``document_bomb``.
    """
    if _DECLARED.search(data[:_PROLOGUE].replace(b"\0", b"")):
        raise DocumentError("document_bomb")


def stream_elements(data: bytes, *tags: str) -> Iterator[etree._Element]:
    """The elements of these tags one at a time; each is emptied when the next one is asked for.

    Raises:
        DocumentError: ``file_damaged``, ``document_bomb``.
    """
    refuse_entities(data)
    events = etree.iterparse(
        io.BytesIO(data), tag=tags, resolve_entities=False, no_network=True, load_dtd=False
    )
    try:
        for _, element in events:
            yield element
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError as exc:
        raise DocumentError("file_damaged") from exc


def whole_number(text: str, otherwise: int) -> int:
    """The number of an attribute; ``otherwise`` if the text is none."""
    return int(text) if text.isdecimal() else otherwise


def parse_xml(data: bytes) -> etree._Element:
    """The root of a document.

    Raises:
        DocumentError: ``file_damaged``, ``document_bomb`` if it declares entities or has too many elements.
    """
    if data.count(b"<") > _MOST_TAGS:
        raise DocumentError("document_bomb")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as exc:
        raise DocumentError("file_damaged") from exc
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and next(declared.iterentities(), None) is not None:
        raise DocumentError("document_bomb")
    return root
