"""Text encodings: detected from the bytes of a file, and used again when it is written."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from llama_demo.errors import InputError

# Longer marks first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WESTERN = frozenset("àâäæçèéêëîïôöœùûüÿñáíóúß¿¡«»“”„‘’–—…€°ºª§·×©®™ÀÂÄÆÇÈÉÊËÎÏÔÖŒÙÛÜŸÑÁÍÓÚ\u00a0")
_PLAUSIBLE = 0.8
"""Share of the letters beyond ASCII that must be common ones for an encoding to be believed."""
_MOST_CONTROLS = 0.01
_SHARE_OF_NULS = 0.2


@dataclass(frozen=True)
class Decoded:
    """A file's text.

    Attributes:
        encoding: Python's name of it.
        mark: the byte order mark that stood in front.
    """

    text: str
    encoding: str
    mark: bytes = b""

    def encoded(self, text: str) -> bytes:
        """Another text in the same encoding; in UTF-8 with a mark if that lacks one of its characters."""
        try:
            return self.mark + text.encode(self.encoding)
        except UnicodeEncodeError:
            return codecs.BOM_UTF8 + text.encode("utf-8", "replace")


def decode(data: bytes) -> Decoded:
    """Tell the encoding by a byte order mark, by UTF-8's own rules, or by which reading has common letters.

    Line ends stay as they are.

    Raises:
        InputError: ``document_binary`` for what is no text, ``document_encoding`` for a text in none of
            UTF-8, UTF-16, UTF-32, GB18030, Big5 and Windows-1252.
    """
    decoded = _marked(data) or _unmarked(data)
    controls = sum(unicodedata.category(c) == "Cc" and c not in "\t\n\r\f\v\x85\x1a" for c in decoded.text)
    if "\x00" in decoded.text or controls > _MOST_CONTROLS * len(decoded.text):
        raise InputError("document_binary")
    return decoded


def _marked(data: bytes) -> Decoded | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return Decoded(data[len(mark) :].decode(encoding), encoding, mark)
            except UnicodeDecodeError as exc:
                raise InputError("document_encoding") from exc
    return None


def _unmarked(data: bytes) -> Decoded:
    if wide := _wide(data):
        return wide
    if b"\x00" in data:
        raise InputError("document_binary")
    readings = {name: text for name in ("utf-8", *_COMMON) if (text := _read(data, name)) is not None}
    if "utf-8" in readings:
        return Decoded(readings["utf-8"], "utf-8")
    shares = {name: _share(text, _COMMON[name]) for name, text in readings.items()}
    best = max(shares, key=shares.__getitem__, default="")
    if not best or shares[best] < _PLAUSIBLE:
        raise InputError("document_encoding")
    return Decoded(readings[best], best)


def _read(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _wide(data: bytes) -> Decoded | None:
    """UTF-16 without a mark: Western letters and line ends have a zero in every other byte."""
    for encoding, at in (("utf-16-le", 1), ("utf-16-be", 0)):
        zeros = data[at::2]
        others = data[1 - at :: 2]
        if zeros and zeros.count(0) > _SHARE_OF_NULS * len(zeros) and not others.count(0):
            text = _read(data, encoding)
            return None if text is None else Decoded(text, encoding)
    return None


def _share(text: str, common: Callable[[str], bool]) -> float:
    signs = [character for character in text if character > "\x7f"]
    beyond = [character for character in signs if character.isalpha()] or signs
    return sum(map(common, beyond)) / max(1, len(beyond))


def _common_in(encoding: str, last: int) -> Callable[[str], bool]:
    """Whether a character is among the signs and frequent characters that an old encoding has up to here."""

    def common(character: str) -> bool:
        return 0xA1 <= character.encode(encoding, "ignore")[:1].ljust(1, b"\0")[0] <= last

    return common


# The first level of GB 2312 ends at D7, that of Big5 at C6.
_COMMON: dict[str, Callable[[str], bool]] = {
    "gb18030": _common_in("gb2312", 0xD7),
    "big5": _common_in("big5", 0xC6),
    "cp1252": _WESTERN.__contains__,
}
