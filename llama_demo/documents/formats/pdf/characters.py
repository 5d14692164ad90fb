"""Characters as fonts in PDFs name them: ligatures and letters in places for private use are spelled."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from llama_demo.documents.document import UNREADABLE

_LIGATURES: Mapping[int, str] = MappingProxyType(
    {
        0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "ft", 0xFB06: "st",
        0xF001: "fi", 0xF002: "fl", 0xF003: "ffi", 0xF004: "ffl", 0xF000: "ff",  # TrueType fonts of Apple
        0xE09D: "ft", 0xE117: "ff", 0xE104: "fi", 0xE105: "fl", 0xE0BB: "Th",  # fonts of Adobe
        0xF6DE: "—", 0xF6C3: ",", 0xF6F9: "Ł", 0xF6FA: "Œ", 0xF6FD: "Š", 0xF6FF: "Ž",
    }
)  # fmt: skip
_ENDS_OF_LINES = (0x02, 0xFFFE)
"""What PDFium gives for a hyphen at which a word is divided."""
_BULLETS = (0xF0B7, 0xF0A7, 0xF0A8, 0xF0D8, 0xF0FC, 0xF076, 0xF06C, 0xF06E, 0xF071)
_ROMAN = range(0xF020, 0xF07F)
"""Letters of fonts with an encoding of their own."""
_SMALL_CAPITALS = range(0xF761, 0xF77B)
_ACCENTED_CAPITALS = range(0xF7E0, 0xF7FF)
_OLD_FIGURES = range(0xF730, 0xF73A)
_PRIVATE_USE = range(0xE000, 0xF900)


@cache
def characters(code: int) -> str:
    """The text of a character; empty for what is none."""
    if code in _LIGATURES:
        return _LIGATURES[code]
    if code in _ENDS_OF_LINES:
        return "-"
    if code in _BULLETS:
        return "•"
    if code in _ROMAN:
        return chr(code - 0xF000)
    if code in _SMALL_CAPITALS or code in _ACCENTED_CAPITALS or code in _OLD_FIGURES:
        return chr(code - 0xF700)
    if code in _PRIVATE_USE or 0xD800 <= code < 0xE000:
        return UNREADABLE
    return chr(code) if code >= 0x20 or code == 0x09 else ""
