"""EPUB books: the chapters in the order of their spine."""

from __future__ import annotations

import posixpath
from urllib.parse import unquote

from lxml import etree

from llama_demo.documents.archive import Archive
from llama_demo.documents.document import Block, Document
from llama_demo.documents.office import open_package
from llama_demo.documents.readers import web
from llama_demo.errors import DocumentError

_OPF = "{http://www.idpf.org/2007/opf}"
_CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_CIPHER = "{http://www.w3.org/2001/04/xmlenc#}CipherReference"
_PAGES = ("application/xhtml+xml", "text/html")


def read(data: bytes, suffix: str) -> Document:
    """Read a book.

    Raises:
        DocumentError: ``file_damaged``, ``file_locked`` for one with copy protection.
    """
    del suffix
    archive = open_package(data)
    root = _xml(archive, "META-INF/container.xml").find(f".//{_CONTAINER}rootfile")
    if root is None:
        raise DocumentError("file_damaged")
    place = root.get("full-path", "")
    package = _xml(archive, place)
    chapters = _chapters(package, posixpath.dirname(place))
    if not _encrypted(archive).isdisjoint(chapters):
        raise DocumentError("file_locked")
    blocks: list[Block] = []
    for name in chapters:
        blocks += web.read(archive.read(name), ".xhtml").blocks
    return Document(" ".join((package.findtext(f".//{_TITLE}") or "").split()), tuple(blocks))


def _xml(archive: Archive, name: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(archive.read(name), parser)
    except etree.XMLSyntaxError as exc:
        raise DocumentError("file_damaged") from exc


def _chapters(package: etree._Element, folder: str) -> list[str]:
    """The names of the entries that are to be read, in order."""
    pages = {
        item.get("id"): posixpath.normpath(posixpath.join(folder, unquote(item.get("href", ""))))
        for item in package.iter(f"{_OPF}item")
        if item.get("media-type") in _PAGES
    }
    order = (reference.get("idref") for reference in package.iter(f"{_OPF}itemref"))
    return [pages[identity] for identity in order if identity in pages]


def _encrypted(archive: Archive) -> set[str]:
    if "META-INF/encryption.xml" not in archive.names:
        return set()
    listed = _xml(archive, "META-INF/encryption.xml")
    return {unquote(reference.get("URI", "")) for reference in listed.iter(_CIPHER)}
