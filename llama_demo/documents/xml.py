"""XML of foreign files: parsed without document types, entities and addresses to fetch."""

from __future__ import annotations

from lxml import etree

from llama_demo.errors import DocumentError

_MOST_TAGS = 2_000_000
"""Of a part, opening and closing ones: in memory an element takes many times what it takes in the file."""


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
    if root.getroottree().docinfo.internalDTD is not None:
        raise DocumentError("document_bomb")
    return root
