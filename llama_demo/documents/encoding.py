"""Text encodings: told from the bytes of a file, and used again when it is written."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import regex
import webencodings

from llama_demo.documents.charset_detection import detect, is_readable
from llama_demo.documents.document import DocumentNotice
from llama_demo.errors import InputError

# Longer marks first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f-\x84\x86-\x9f]")
_MOST_CONTROLS = 0.01
_SHARE_OF_NULS = 0.2
_UTF8_TO_DAMAGE = 8
"""Characters of several bytes in UTF-8 to each byte that is not, in a text that is believed to be UTF-8."""
_UTF8_TO_CUT = 2
"""The same for a text that ends in the middle of a character."""
_LEAST_DAMAGE, _DECLARED_TO_DAMAGE = 2, 100
"""Bytes that may not be in a declared encoding: so many, or one in so many."""
_SEQUENCE = regex.compile(r"[^\x00-\x7f\udc80-\udcff]")
_HALF = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
"""Half a pair of surrogates, as some programs write it into UTF-8."""
_BYTES_OF_A_HALF = 3
_LONE = re.compile(r"([\udc80-\udcff])")
_ESCAPES = (b"\x1b$B", b"\x1b$@", b"\x1b(J")
_WIDTHS = {"utf-16-le": 2, "utf-16-be": 2, "utf-32-le": 4, "utf-32-be": 4}
"""Bytes of a unit of the encodings that are not made of bytes."""
_WIDE_LABELS = ("utf-16le", "utf-16be")
# Python's charsets that hold all that a browser reads under the label.
_CODECS = {"gbk": "gb18030"}


@dataclass(frozen=True)
class Decoded:
    """A file's text.

    Attributes:
        text: a byte that is not in the encoding stands in it as a lone surrogate, so that it can be written
            again; :func:`~llama_demo.documents.document.cleaned` makes it U+FFFD. So does half a pair of
            surrogates in UTF-16.
        encoding: Python's name of it.
        mark: the byte order mark that stood in front.
        tail: bytes behind the last whole character of UTF-16 or UTF-32; they are not in the text.
    """

    text: str
    encoding: str
    mark: bytes = b""
    tail: bytes = b""

    @property
    def damaged(self) -> int:
        """Number of bytes, or halves of characters, that are not in the encoding."""
        lone = len(self.text) - len(self.text.encode("utf-8", "ignore").decode("utf-8"))
        return lone + bool(self.tail)

    def encoded(self, text: str) -> bytes:
        """Another text in the same encoding; in UTF-8 with a mark if that lacks one of its characters."""
        try:
            if self.encoding in _WIDTHS:
                return self.mark + text.encode(self.encoding, "surrogatepass") + self.tail
            return self.mark + b"".join(map(self._encoded_part, _LONE.split(text)))
        except UnicodeEncodeError:
            return codecs.BOM_UTF8 + text.encode("utf-8", "replace")

    def _encoded_part(self, part: str) -> bytes:
        """Characters, or the byte that a lone surrogate stands for."""
        return bytes([ord(part) & 0xFF]) if _LONE.fullmatch(part) else part.encode(self.encoding)


def codec_of(label: str) -> str:
    """Python's name of what a label means in the WHATWG encoding standard; empty if it is unknown.

    ``iso-8859-1`` means windows-1252 and ``gb2312`` GB 18030. ``utf-16`` means UTF-8, since a label that can
    be read is not in UTF-16.
    """
    found = webencodings.lookup(label)
    if found is None or found.name in ("replacement", "x-user-defined"):
        return ""
    if found.name in _WIDE_LABELS:
        return "utf-8"
    return _CODECS.get(found.name, str(found.codec_info.name))


def decode(data: bytes, declared: str = "") -> Decoded:
    """Tell the encoding by a byte order mark, by UTF-8's own rules, by what is declared, or by its letters.

    Line ends stay as they are.

    Args:
        declared: label of an encoding that stands in the text itself.

    Raises:
        InputError: ``document_binary`` for what is no text, ``document_encoding`` if the encoding is unclear.
    """
    decoded = _marked(data) or _unmarked(data, codec_of(declared))
    controls = len(_CONTROL.findall(decoded.text))
    if "\x00" in decoded.text or controls > _MOST_CONTROLS * len(decoded.text):
        raise InputError("document_binary")
    return decoded


def damage_notices(decoded: Decoded) -> tuple[DocumentNotice, ...]:
    """What there is to say of bytes that are not in the encoding."""
    return (DocumentNotice("bytes_damaged", {"count": decoded.damaged}),) if decoded.damaged else ()


def _marked(data: bytes) -> Decoded | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            body = data[len(mark) :]
            decoded = (
                _in_units(body, encoding, mark) if encoding in _WIDTHS else _escaped(body, encoding, mark)
            )
            if decoded:
                return decoded
            raise InputError("document_encoding")
    return None


def _unmarked(data: bytes, declared: str) -> Decoded:
    if wide := _wide(data):
        return wide
    if b"\x00" in data:
        raise InputError("document_binary")
    if data.isascii():
        encoding = "iso2022_jp" if _is_japanese(data) else "utf-8"
        return Decoded(data.decode(encoding), encoding)
    utf8 = _escaped(data, "utf-8")
    if utf8 and not utf8.damaged:
        return utf8
    if declared and declared != "utf-8":
        decoded = Decoded(data.decode(declared, "surrogateescape"), declared)
        if decoded.damaged <= max(_LEAST_DAMAGE, len(data) // _DECLARED_TO_DAMAGE):
            return decoded
    if utf8:
        return utf8
    if encoding := detect(data):
        return Decoded(data.decode(encoding, "surrogateescape"), encoding)
    raise InputError("document_encoding")


def _is_japanese(data: bytes) -> bool:
    """Whether the bytes are ISO-2022-JP, which changes character sets by escape sequences."""
    if not any(sign in data for sign in _ESCAPES):
        return False
    try:
        return data.decode("iso2022_jp").encode("iso2022_jp") == data
    except UnicodeError:
        return False


def _wide(data: bytes) -> Decoded | None:
    """UTF-16 without a mark: Western letters and line ends have a zero in every other byte."""
    for encoding, at in (("utf-16-le", 1), ("utf-16-be", 0)):
        zeros = data[at::2]
        others = data[1 - at :: 2]
        if zeros and zeros.count(0) > _SHARE_OF_NULS * len(zeros) and not others.count(0):
            return _in_units(data, encoding)
    return None


def _in_units(data: bytes, encoding: str, mark: bytes = b"") -> Decoded | None:
    """The text in UTF-16 or UTF-32, if hardly a character of it is damaged."""
    whole = len(data) - len(data) % _WIDTHS[encoding]
    try:
        text = data[:whole].decode(encoding, "surrogatepass")
    except UnicodeDecodeError:  # beyond Unicode, in UTF-32
        return None
    decoded = Decoded(text, encoding, mark, data[whole:])
    return decoded if decoded.damaged <= max(_LEAST_DAMAGE, len(text) // _DECLARED_TO_DAMAGE) else None


def _escaped(data: bytes, encoding: str, mark: bytes = b"") -> Decoded | None:
    """The text, if hardly a byte of it is not in the encoding."""
    decoded = Decoded(data.decode(encoding, "surrogateescape"), encoding, mark)
    damaged = decoded.damaged
    if not damaged or damaged == _BYTES_OF_A_HALF * len(_HALF.findall(data)):
        return decoded
    is_cut = is_readable(data, encoding)
    if is_cut and encoding != "utf-8":
        return decoded
    needed = _UTF8_TO_CUT if is_cut else _UTF8_TO_DAMAGE * damaged
    return decoded if needed <= len(_SEQUENCE.findall(decoded.text)) else None
