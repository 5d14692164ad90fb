"""Packages: parts of XML that refer to one another by relationships.

A part that is damaged is left out and named, unless nothing can be read without it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from llama_demo.documents.archive import Archive, open_package
from llama_demo.documents.document import DocumentNotice
from llama_demo.documents.safe_xml import parse_xml
from llama_demo.errors import DocumentError

RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_WITH_MACROS = b"macroEnabled"
_STRICT_ROOT = b"http://purl.oclc.org/ooxml/"
_STRICT = tuple(
    (b"http://purl.oclc.org/ooxml/%s/" % name, b"http://schemas.openxmlformats.org/%s/2006/" % name)
    for name in (b"officeDocument", b"wordprocessingml", b"spreadsheetml", b"presentationml", b"drawingml")
)
"""Namespaces of the strict variant of the standard, and those that everybody else writes."""


@dataclass(frozen=True)
class Relationship:
    """A reference from one part to another.

    Attributes:
        kind: the last word of its type, such as ``footnotes``.
        target: name of the part; of an external one the address.
    """

    kind: str
    target: str
    external: bool = False


class OfficePackage:
    """A package whose parts are read when they are asked for.

    Raises:
        DocumentError: ``file_damaged``, ``file_locked``, ``file_macros``, ``document_bomb``.
    """

    def __init__(self, data: bytes) -> None:
        self.archive: Archive = open_package(data)
        self._names = {name.lower(): name for name in self.archive.names}
        self._damaged: list[str] = []
        self._given: set[str] = set()
        self._relationships: dict[str, Mapping[str, Relationship]] = {}
        self._strict: set[str] = set()
        self._refuse_macros()

    def _refuse_macros(self) -> None:
        types = self.named("[Content_Types].xml")
        if any(name.endswith("vbaproject.bin") for name in self._names) or (
            types and _WITH_MACROS in self.archive.read(types)
        ):
            raise DocumentError("file_macros")

    def named(self, name: str) -> str:
        """The name as the archive spells it; empty if there is no such part."""
        return self._names.get(name.lower(), "")

    def main(self, usual: str) -> str:
        """The name of the part that the package is about.

        Args:
            usual: where programs put it.

        Raises:
            DocumentError: ``file_damaged`` if there is none.
        """
        found = (one.target for one in self.relationships("").values() if one.kind == "officeDocument")
        name = self.named(next(found, usual)) or self.named(usual)
        if not name:
            raise DocumentError("file_damaged")
        return name

    def relationships(self, name: str) -> Mapping[str, Relationship]:
        """What a part refers to, by id; an empty name stands for the package."""
        if name not in self._relationships:
            folder, base = posixpath.split(name)
            listed = self.optional(posixpath.join(folder, "_rels", f"{base}.rels"))
            self._relationships[name] = {
                one.get("Id", ""): _relationship(one, folder)
                for one in (() if listed is None else listed)
                if one.get("Target")
            }
        return self._relationships[name]

    def related(self, name: str, kind: str) -> list[str]:
        """The parts of a kind that a part refers to, in the order of their names."""
        found = (self.named(one.target) for one in self.relationships(name).values() if one.kind == kind)
        return sorted(set(filter(None, found)), key=lambda part: (len(part), part))

    def embedded(self, name: str) -> int:
        """How many files are embedded in a part."""
        return sum(one.kind in ("oleObject", "package") for one in self.relationships(name).values())

    def xml(self, name: str) -> etree._Element:
        """The root of a part.

        Raises:
            DocumentError: ``file_damaged``, ``document_bomb``.
        """
        return parse_xml(self.content(name))

    def content(self, name: str) -> bytes:
        """The bytes of a part, with the usual namespaces.

        Raises:
            DocumentError: ``file_damaged``.
        """
        data = self.archive.read(self.named(name) or name)
        if _STRICT_ROOT in data[:8192]:
            self._strict.add(name)
            for strict, usual in _STRICT:
                data = data.replace(strict, usual)
        return data

    def serialized(self, name: str, root: etree._Element) -> bytes:
        """A part in the variant of the standard in which it was read."""
        data: bytes = etree.tostring(
            root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True
        )
        for strict, usual in _STRICT if name in self._strict else ():
            data = data.replace(usual, strict)
        return data

    def optional(self, name: str) -> etree._Element | None:
        """The root of a part; None if it is missing, or damaged, which :meth:`notices` tells.

        Raises:
            DocumentError: ``document_bomb``.
        """
        there = self.named(name)
        if not there or there in self._damaged:
            return None
        try:
            return self.xml(there)
        except DocumentError as exc:
            if exc.key != "file_damaged":
                raise
            self.report_damage(there)
            return None

    def once(self, name: str) -> etree._Element | None:
        """As :meth:`optional` at the first time; later None, however often the part is referred to."""
        if name in self._given:
            return None
        self._given.add(name)
        return self.optional(name)

    def report_damage(self, name: str) -> None:
        """Tell of a part that could not be read, or not to its end."""
        if name not in self._damaged:
            self._damaged.append(name)

    @property
    def title(self) -> str:
        """As the properties of the document give it; empty if they give none."""
        properties = self.optional("docProps/core.xml")
        return "" if properties is None else " ".join((properties.findtext(_TITLE) or "").split())

    @property
    def notices(self) -> tuple[DocumentNotice, ...]:
        """The parts that could not be read."""
        if not self._damaged:
            return ()
        parts = ", ".join(posixpath.basename(name) for name in self._damaged)
        return (DocumentNotice("parts_damaged", {"parts": parts}),)


def _relationship(element: etree._Element, folder: str) -> Relationship:
    target = element.get("Target", "")
    kind = posixpath.basename(element.get("Type", ""))
    if element.get("TargetMode") == "External":
        return Relationship(kind, target, external=True)
    joined = posixpath.join("/", folder, unquote(target))  # an absolute target begins at the root
    return Relationship(kind, posixpath.normpath(joined).lstrip("/"))
