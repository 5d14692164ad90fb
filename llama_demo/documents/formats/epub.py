"""EPUB books: the chapters in the order of their spine; what is missing is counted, the rest is read."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from urllib.parse import unquote

from lxml import etree

from llama_demo.documents.archive import Archive, open_package
from llama_demo.documents.document import Block, Document, DocumentNotice, merged_notices
from llama_demo.documents.formats.html.reader import read as read_page
from llama_demo.errors import DemoError, DocumentError

_PAGES = (
    "application/xhtml+xml",
    "application/xhtml",
    "text/html",
    "text/xhtml",
    "application/xml",
    "text/xml",
    "image/svg+xml",
    "text/x-oeb1-document",
)
_MEDIA = ("image/", "audio/", "video/")
_PAGE_SUFFIXES = (".xhtml", ".html", ".htm")
_ENCRYPTION = "META-INF/encryption.xml"


def read(data: bytes, suffix: str) -> Document:
    """Read a book.

    Raises:
        DocumentError: ``file_damaged`` if no chapter can be read, ``file_locked`` for copy protection.
    """
    del suffix
    archive = open_package(data)
    place = _package_place(archive)
    package = _xml(archive, place) if place else None
    chapters = _chapters(archive, package, posixpath.dirname(place)) if package is not None else []
    chapters = chapters or sorted(name for name in archive.names if name.lower().endswith(_PAGE_SUFFIXES))
    if not _encrypted(archive).isdisjoint(chapters):
        raise DocumentError("file_locked")
    blocks: list[Block] = []
    told: list[DocumentNotice] = []
    missing = 0
    for name in chapters:
        try:
            content = archive.read(name)
            chapter = read_page(content, ".xhtml")
        except DemoError:
            content = b""
        if not content:
            missing += 1
            continue
        blocks += chapter.blocks
        told += chapter.notices
    if not blocks and missing:
        raise DocumentError("file_damaged")
    values = {"missing": missing, "count": len(chapters)}
    if missing:
        told.insert(0, DocumentNotice("chapters_missing", values))
    return Document(_title(package), tuple(blocks), merged_notices(told))


def _xml(archive: Archive, name: str) -> etree._Element | None:
    """The root of a part, as far as it is well-formed; None without one."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        return etree.fromstring(archive.read(name), parser)
    except (DocumentError, etree.XMLSyntaxError, ValueError):
        return None


def _package_place(archive: Archive) -> str:
    """The name of the file that lists the chapters; empty without one."""
    container = _xml(archive, "META-INF/container.xml")
    for each in _named(container, "rootfile"):
        place = unquote(each.get("full-path", "")).lstrip("/")
        if place in archive.names:
            return place
    return next((name for name in sorted(archive.names) if name.lower().endswith(".opf")), "")


def _named(root: etree._Element | None, name: str) -> Iterator[etree._Element]:
    """The elements of a name, in whatever namespace."""
    if root is not None:
        yield from root.iter(f"{{*}}{name}")


def _title(package: etree._Element | None) -> str:
    found = next(_named(package, "title"), None)
    return " ".join("".join(found.itertext()).split()) if found is not None else ""


def _chapters(archive: Archive, package: etree._Element, folder: str) -> list[str]:
    """The names of the entries that are to be read, in order, whether they are there or not.

    A chapter that the list of entries lacks, or that is in a format which is not read, goes by its id.
    """
    by_name = {name.lower(): name for name in archive.names}
    places: dict[str, str] = {}
    for item in _named(package, "item"):
        href = unquote(item.get("href", "").partition("#")[0])
        media_type = item.get("media-type", "").partition(";")[0].strip().lower()
        is_page = media_type in _PAGES or href.lower().endswith(_PAGE_SUFFIXES)
        place = posixpath.normpath(posixpath.join(folder, href)).lstrip("/")
        if is_page or media_type.startswith(_MEDIA):
            places[item.get("id", "")] = by_name.get(place.lower(), place) if is_page else ""
    order = dict.fromkeys(reference.get("idref", "") for reference in _named(package, "itemref"))
    if not any(places.get(identity) for identity in order):
        return list(filter(None, places.values()))
    return [place for identity in order if (place := places.get(identity, identity))]


def _encrypted(archive: Archive) -> set[str]:
    listed = _xml(archive, _ENCRYPTION) if _ENCRYPTION in archive.names else None
    return {unquote(reference.get("URI", "")) for reference in _named(listed, "CipherReference")}
