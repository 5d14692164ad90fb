"""The text of Rich Text Format: control words and groups, with the destinations whose text is shown.

{\\rtf1 {\\fonttbl ...} Words {\\b bold} {\\footnote a note}\\par}
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from llama_demo.errors import DocumentError

_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})?[ ]?|\\'(?P<byte>[0-9a-fA-F]{2})"
    rb"|\\(?P<sign>[^a-zA-Z])|(?P<brace>[{}])|[\r\n]+|(?P<plain>[^\\{}\r\n]+)",
    re.DOTALL,
)
_DEEPEST = 1_000
_BODY_LEVEL = 9
_HEAD = 4096
"""Bytes in which the encoding of the file stands."""
_HIDDEN = frozenset(
    "fonttbl colortbl stylesheet listtable listoverridetable revtbl rsidtbl themedata colorschememapping "
    "pict datastore latentstyles xmlnstbl generator fldinst objdata bkmkstart bkmkend nonshppict xe tc tcn "
    "filetbl info template pgptbl mmathPr atnid atndate atnref atrfstart atrfend pnseclvl listpicture "
    "falt panose sp formfield datafield objclass ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn".split()
)
"""Destinations whose text is not shown."""
_SHOWN = frozenset("shpinst shptxt shprslt fldrslt result pntext listtext do dptxbx annotation".split())
"""Destinations that are marked as ignorable and shown all the same."""
_ASIDE = {"footnote": "footnote", "annotation": "annotation", **dict.fromkeys(
    "header headerl headerr headerf footer footerl footerr footerf".split(), "header"
)}  # fmt: skip
_DESTINATIONS = frozenset((*_HIDDEN, *_ASIDE, "listtext", "pntext", "title", "atnauthor"))
_SIGNS = {
    "tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ",
}  # fmt: skip
_ENDS = frozenset(("par", "sect", "page", "column"))
_CHARSETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "cp950", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
"""Encodings of fonts by their ``\\fcharset``."""
_SYSTEMS = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
"""Encodings of files by the system that they are from."""
_SYSTEM = re.compile(rb"\\(mac|pca?)(?![a-z])")
_HEADING = re.compile(rb"\\s(\d{1,5})\b[^{};]*?[ ](?:heading|berschrift|Titre|T.tulo) ?(\d);", re.IGNORECASE)


@dataclass
class RtfPart:
    """A paragraph or a row.

    Attributes:
        kind: empty, or ``footnote``, ``annotation`` or ``header``.
        cells: of a row.
        level: of a heading, from 1; 0 for other paragraphs.
        numbered: whether the text begins with the number or the bullet of a list.
    """

    text: str = ""
    kind: str = ""
    cells: tuple[str, ...] = ()
    level: int = 0
    numbered: bool = False
    author: str = ""


@dataclass(frozen=True)
class _Group:
    """What holds until a brace closes."""

    shown: bool = True
    skip: int = 1
    encoding: str = "cp1252"
    destination: str = ""
    ignorable: bool = False
    deleted: bool = False
    hidden: bool = False


@dataclass
class _Text:
    """A text that is being read: of the page, or of a note beside it."""

    kind: str = ""
    pieces: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    level: int = 0
    numbered: bool = False
    in_cell: bool = False


class RtfReader:
    """Reads a file from its beginning to its end.

    Attributes:
        title: as the properties give it.
        embedded: objects that are not read.
        hidden: pieces of text that are formatted as hidden.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.title = ""
        self.embedded = self.hidden = 0
        self._levels = {int(one[1]): int(one[2]) for one in _HEADING.finditer(data)}
        self._fonts: dict[int, str] = {}
        self._font = 0
        self._group = _Group()
        self._stack: list[tuple[_Group, bool]] = []
        self._texts = [_Text()]
        self._waiting: list[RtfPart] = []
        self._bytes = bytearray()
        self._skip = 0
        self._author = ""

    def parts(self) -> Iterator[RtfPart]:
        """The parts in order; notes stand behind the paragraph that refers to them.

        Raises:
            DocumentError: ``file_damaged``.
        """
        place = 0
        while match := _TOKEN.match(self._data, place):
            place = match.end()
            if word := match["word"]:
                number = int(match["number"]) if match["number"] else None
                if word == b"bin":
                    place += max(0, number or 0)
                else:
                    yield from self._word(word.decode("ascii"), number)
            elif brace := match["brace"]:
                yield from self._brace(brace)
            elif match["byte"]:
                self._add_bytes(bytes.fromhex(match["byte"].decode("ascii")))
            elif sign := match["sign"]:
                yield from self._sign(sign)
            elif plain := match["plain"]:
                self._add_bytes(plain)
        if self._text.cells:
            yield RtfPart(cells=tuple(self._text.cells))
        yield from self._end()
        yield from self._released()

    def _brace(self, brace: bytes) -> Iterator[RtfPart]:
        self._flush()
        self._skip = 0
        if brace == b"{":
            if len(self._stack) >= _DEEPEST:
                raise DocumentError("file_damaged")
            self._stack.append((self._group, False))
            self._group = replace(self._group, ignorable=False, destination="")
            return
        if self._stack:
            self._group, aside = self._stack.pop()
            if aside and len(self._texts) > 1:
                yield from self._end()
                self._texts.pop()

    def _word(self, word: str, number: int | None) -> Iterator[RtfPart]:
        if word == "u" and number is not None:
            self._flush()
            self._add(chr(number % 0x10000))
            self._skip = self._group.skip
            return
        self._flush()
        if word in _SIGNS:
            self._add(_SIGNS[word])
        elif word in _ENDS and not self._text.in_cell:
            yield from self._end()
        elif word in _ENDS:
            self._add("\n")
        elif word in ("cell", "nestcell"):
            self._text.cells.append(self._taken())
        elif word in ("row", "nestrow"):
            if cells := tuple(self._text.cells):
                self._text.cells = []
                yield RtfPart(kind=self._text.kind, cells=cells)
                yield from self._released()
        elif word in _DESTINATIONS or self._group.ignorable:
            self._destination(word)
        else:
            self._look(word, number)

    def _destination(self, word: str) -> None:
        shown = self._group.shown and word not in _HIDDEN and (not self._group.ignorable or word in _SHOWN)
        if word in ("title", "atnauthor"):
            shown = False
        self._group = replace(self._group, shown=shown, destination=word, ignorable=False)
        if word == "objdata":
            self.embedded += 1
        if word in ("listtext", "pntext"):
            self._text.numbered = True
        if shown and word in _ASIDE and self._stack:
            self._stack[-1] = self._stack[-1][0], True
            self._texts.append(_Text(kind=_ASIDE[word]))

    def _look(self, word: str, number: int | None) -> None:
        """Settings of characters and paragraphs."""
        if word == "uc":
            self._group = replace(self._group, skip=max(0, number or 0))
        elif word in ("deleted", "v", "plain"):
            self._unseen(word, is_on=number != 0)
        elif word in _SYSTEMS:
            self._group = replace(self._group, encoding=self._base())
        elif word in ("ansicpg", "f", "fcharset"):
            self._encoding(word, number or 0)
        elif word == "pard":
            self._text.level, self._text.in_cell = 0, False
            self._text.numbered = self._text.numbered and bool(self._text.pieces)
        elif word == "intbl":
            self._text.in_cell = True
        elif word == "s":
            self._text.level = self._levels.get(number or 0, 0)
        elif word == "outlinelevel" and number is not None and number < _BODY_LEVEL:
            self._text.level = number + 1

    def _unseen(self, word: str, *, is_on: bool) -> None:
        """Text that the page does not show; ``plain`` ends both kinds."""
        if word == "deleted":
            self._group = replace(self._group, deleted=is_on)
        elif word == "v":
            self._group = replace(self._group, hidden=is_on)
        else:
            self._group = replace(self._group, deleted=False, hidden=False)

    def _encoding(self, word: str, number: int) -> None:
        """The encoding of the file, of a font, or of the font that is used from here on."""
        if word == "fcharset":
            self._fonts[self._font] = _CHARSETS.get(number, self._base())
        elif word == "ansicpg":
            self._group = replace(self._group, encoding=_known(f"cp{number}", self._group.encoding))
        else:
            self._font = number
            self._group = replace(self._group, encoding=self._fonts.get(number, self._base()))

    def _base(self) -> str:
        """The encoding of the file."""
        head = self._data[:_HEAD]
        system = _SYSTEM.search(head)
        encoding = _SYSTEMS[system[1].decode("ascii")] if system else "cp1252"
        match = re.search(rb"\\ansicpg(\d{1,5})", head)
        return _known(f"cp{match[1].decode('ascii')}", encoding) if match else encoding

    def _sign(self, sign: bytes) -> Iterator[RtfPart]:
        if sign == b"*":
            self._group = replace(self._group, ignorable=True)
        elif sign in (b"\n", b"\r"):
            self._flush()
            yield from self._end()
        else:
            self._flush()
            self._add({b"~": "\u00a0", b"_": "-", b"-": ""}.get(sign, sign.decode("ascii", "ignore")))

    def _add_bytes(self, data: bytes) -> None:
        """Bytes in the encoding of their font, without those that stand in for a Unicode character."""
        left = min(self._skip, len(data))
        self._skip -= left
        self._bytes += data[left:]

    def _flush(self) -> None:
        if self._bytes:
            text = self._bytes.decode(self._group.encoding, "replace")
            self._bytes.clear()
            self._add(text)

    def _add(self, text: str) -> None:
        if self._group.destination == "title":
            self.title += text
        elif self._group.destination == "atnauthor":
            self._author += text
        elif self._group.shown and self._group.hidden:
            self.hidden += bool(text.strip())
        elif self._group.shown and not self._group.deleted:
            self._text.pieces.append(text)

    @property
    def _text(self) -> _Text:
        return self._texts[-1]

    def _taken(self) -> str:
        text = "".join(self._text.pieces).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        self._text.pieces = []
        return "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n"))))

    def _end(self) -> Iterator[RtfPart]:
        """The end of a paragraph of the page, or of a note, which waits for that of the page."""
        self._flush()
        text, now = self._taken(), self._text
        numbered, now.numbered = now.numbered, False
        if text:
            part = RtfPart(text, now.kind, level=now.level, numbered=numbered)
            if now.kind == "annotation":
                part.author, self._author = " ".join(self._author.split()), ""
            if now.kind:
                self._waiting.append(part)
                return
            yield part
        if not now.kind:
            yield from self._released()

    def _released(self) -> Iterator[RtfPart]:
        """The notes of the paragraph that has ended."""
        yield from self._waiting
        self._waiting = []


def _known(encoding: str, otherwise: str) -> str:
    try:
        "".encode(encoding)
    except LookupError:
        return otherwise
    return encoding
