"""Forms of OpenDocument: what was typed, ticked and chosen, by the control that shows it."""

from __future__ import annotations

from lxml import etree

from llama_demo.documents.formats.opendocument.paragraph import TEXT

_FORM = "{urn:oasis:names:tc:opendocument:xmlns:form:1.0}"
_ID = "{http://www.w3.org/XML/1998/namespace}id"
_SILENT = frozenset(f"{_FORM}{name}" for name in ("password", "hidden", "button", "image", "grid"))
_TICKED = (f"{_FORM}checkbox", f"{_FORM}radio")
_LISTS = (f"{_FORM}listbox",)
_TRUE = ("true", "checked")


def field_texts(root: etree._Element) -> dict[str, str]:
    """The name and the value of each field that has one, by the id of its control."""
    fields = {}
    for field in root.iter(f"{_FORM}*"):
        identity = field.get(f"{_FORM}id") or field.get(_ID)
        if identity and field.tag not in _SILENT and (text := _field_text(field)):
            fields[identity] = text
    return fields


def _field_text(field: etree._Element) -> str:
    label: str = field.get(f"{_FORM}label", "")
    if field.tag == f"{_FORM}fixed-text":
        return label
    name = label or field.get(f"{_FORM}name", "")
    value = " ".join(_value(field).split())
    return f"{name}: {value}" if name and value else value


def _value(field: etree._Element) -> str:
    if field.tag in _TICKED:
        is_ticked = _current(field, "state") in _TRUE or _current(field, "selected") in _TRUE
        return "☒" if is_ticked else "☐"
    if field.tag in _LISTS:
        options = field.iterchildren(f"{_FORM}option")
        return ", ".join(
            one.get(f"{_FORM}label", "") for one in options if _current(one, "selected") in _TRUE
        )
    paragraphs = " ".join("".join(one.itertext()) for one in field.iterchildren(f"{TEXT}p"))
    return _current(field, "value") or paragraphs


def _current(element: etree._Element, name: str) -> str:
    """What a property is now, or was at first."""
    first: str = element.get(f"{_FORM}{name}", "")
    value: str = element.get(f"{_FORM}current-{name}", first)
    return value
