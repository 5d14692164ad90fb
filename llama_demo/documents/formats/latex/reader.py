"""LaTeX (.tex): headings, paragraphs, items, rows, notes and code; formulas as they are written.

The arguments of a command that is not known are read as text, so that no words are lost with it.
"""

from __future__ import annotations

import unicodedata

import regex

from llama_demo.documents.document import Block, BlockKind, Document, DocumentNotice, Outline
from llama_demo.documents.encoding import damage_notices, decode
from llama_demo.documents.formats.latex.commands import (
    ACCENTS,
    BOXES,
    DEFINITIONS,
    ELSEWHERE,
    HEADINGS,
    LISTS,
    SIGNS,
    TABLES,
    UNREAD_ARGUMENTS,
)
from llama_demo.documents.list_numbers import list_number

_INPUTENC = regex.compile(rb"\\usepackage\s*\[([\w-]+)\]\s*\{inputenc\}")
_LABELS = {"latin1": "iso-8859-1", "ansinew": "cp1252", "latin9": "iso-8859-15", "applemac": "macintosh"}
_LONGEST_ARGUMENT = 50_000
"""Characters within which the end of an argument is looked for."""

_CODE = "verbatim|Verbatim|lstlisting|minted|alltt|filecontents"
_MATH = "equation|align|alignat|gather|multline|eqnarray|displaymath|math|flalign"
_TOKEN = regex.compile(
    rf"(?P<code>\\begin\{{(?P<name>(?:{_CODE})\*?)\}}(?:\[[^\]]*+\])?(?:\{{[^}}]*+\}})*"
    r"(?P<inner>.*?)\\end\{(?P=name)\})"
    r"|(?P<gone>\\begin\{comment\}.*?\\end\{comment\}"
    r"|\\iffalse(?![A-Za-z]).*?\\fi(?![A-Za-z])|%[^\n]*+(?:\n[ \t]*+)?)"
    rf"|(?P<display>\$\$.+?\$\$|\\\[.+?\\\]|\\begin\{{(?P<math>(?:{_MATH})\*?)\}}.+?\\end\{{(?P=math)\}})"
    r"|(?P<formula>\$[^$]+\$|\\\(.+?\\\))"
    r"|(?P<verb>\\(?:verb|lstinline)\*?(?P<sign>[^\w\s{*])(?P<word>[^\n]*?)(?P=sign))"
    r"|(?P<accent>\\(?:[`'^\"~=.]|[uvHtcdbrk](?![A-Za-z]))\s*+"
    r"(?:\{\\?(?P<under>[A-Za-z]?)\}|\\?(?P<bare>[A-Za-z])))"
    r"|(?P<command>\\(?:[A-Za-z@]+\*?|.|\n))"
    r"|(?P<blank>\n[ \t]*\n\s*)|(?P<dash>---?|``|''|~|&)|(?P<brace>[{}])",
    regex.DOTALL,
)
_LABEL = regex.compile(r"[ \t]*\\label\{[^}]*\}")
_OPTION = regex.compile(r"\s*\[([^\[\]]{0,2000})\]")
_BLANK = regex.compile(r"[ \t]*(?:\n[ \t]*(?!\n))?")
_NAME = regex.compile(r"\s*\\[A-Za-z@]+")
_TO_BRACE = regex.compile(r"\s*(?=\{)")
_BRACES = regex.compile(r"\\.|[{}]", regex.DOTALL)
_DEFINITION = regex.compile(rf"\\(?:{'|'.join(sorted(DEFINITIONS))})\*?(?![A-Za-z])")
_LONGEST_MACRO = 500
"""Characters of a command's definition, and of its text, that are put in its place."""
_NUMERALS = (
    ("decimal", "", "."),
    ("lowerLetter", "(", ")"),
    ("lowerRoman", "", "."),
    ("upperLetter", "", "."),
)
"""Of lists in one another, with the signs before and behind a number."""
_WITH_ARGUMENT = frozenset(("footnote", "thanks", "caption", "title"))


def read(data: bytes, suffix: str) -> Document:
    """Read a file of LaTeX; what it takes from other files is not in it.

    Raises:
        InputError: as :func:`~llama_demo.documents.encoding.decode`.
    """
    del suffix
    declared = _INPUTENC.search(data)
    label = declared[1].decode("ascii").lower() if declared else ""
    decoded = decode(data, _LABELS.get(label, label))
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    preamble, begin, body = text.partition(r"\begin{document}")
    reading = _Reading()
    if begin:
        reading.read_preamble(preamble)
    before, end, _ = body.rpartition(r"\end{document}")  # an earlier one is shown in code
    reading.read((before if end else body) if begin else text)
    notices = damage_notices(decoded)
    if reading.elsewhere:
        notices += (DocumentNotice("parts_elsewhere", {"count": reading.elsewhere}),)
    return Document(reading.title, tuple(reading.blocks), notices)


class _Reading:
    """The blocks so far, and the paragraph that is open."""

    def __init__(self, macros: dict[str, str] | None = None) -> None:
        self.blocks: list[Block] = []
        self.title = ""
        self._macros = {} if macros is None else macros
        self.elsewhere = 0
        self._outline = Outline()
        self._words: list[str] = []
        self._notes: list[str] = []
        self._lists: list[int | None] = []
        self._tables = 0
        self._kind = BlockKind.PARAGRAPH

    def read_preamble(self, text: str) -> None:
        """Read definitions, and title, authors and date, which may stand before the body."""
        for definition in _DEFINITION.finditer(text):
            self._define(text, definition.end())
        for name in ("title", "author", "date"):
            if found := regex.search(rf"\\{name}\s*(?:\[[^\]]*+\])?\s*(?=\{{)", text):
                said = self._inline(_argument(text, found.end())[0])
                self.title = self.title or (said if name == "title" else "")
                self._append(said, BlockKind.HEADING if name == "title" else BlockKind.PARAGRAPH)

    def read(self, text: str) -> None:
        """Go through the text once."""
        at = 0
        while token := _TOKEN.search(text, at):
            self._words.append(text[at : token.start()])
            at = self._take(token, text)
        self._words.append(text[at:])
        self._close()

    def _inline(self, text: str) -> str:
        """The text of an argument on one line."""
        inner = _Reading(self._macros)
        inner.read(text)
        self.elsewhere += inner.elsewhere
        return " ".join(" ".join(block.text for block in inner.blocks).split())

    def _append(self, text: str, kind: BlockKind) -> None:
        if text.strip():
            self.blocks.append(Block(text, self._outline.path, kind=kind))

    def _close(self) -> None:
        """End the paragraph; its notes stand behind it."""
        parts = "".join(self._words).replace("\n", " ").split("\v")
        lines = [line for part in parts if (line := " ".join(part.split()))]
        kind = BlockKind.TABLE_ROW if self._tables else self._kind
        for text in lines if self._tables else ["\n".join(lines)]:
            self._append(text.strip(" |"), kind)
        for note in self._notes:
            self._append(note, BlockKind.NOTE)
        self._words, self._notes, self._kind = [], [], BlockKind.PARAGRAPH

    def _take(self, token: regex.Match[str], text: str) -> int:
        """Read a token and its arguments; returns the place behind them."""
        whole = token[0]
        if token["command"]:
            name = whole[1:]
            return self._command(name.rstrip("*") if name != "*" else name, text, token.end())
        if token["code"]:
            self._close()
            self._append(token["inner"].strip("\n").rstrip(), BlockKind.CODE)
        elif token["display"]:
            self._close()
            self._append(_LABEL.sub("", whole), BlockKind.PARAGRAPH)
        elif token["blank"]:
            self._close()
        elif token["accent"]:
            letter = token["under"] or token["bare"] or ""
            self._words.append(unicodedata.normalize("NFC", letter + ACCENTS[whole[1]]) if letter else "")
        elif token["dash"]:
            self._words.append(" | " if whole == "&" else SIGNS[whole])
        else:
            self._words.append(token["formula"] or token["word"] or "")
        return token.end()

    def _command(self, name: str, text: str, at: int) -> int:
        sign = SIGNS.get(f"\\{name}")
        if name == "\\":
            self._words.append("\v")
            return _skip(text, at)
        if sign is not None or not name[:1].isalpha():
            self._words.append(name if sign is None else sign)
            return _after(_BLANK, text, at) if name.isalpha() else at
        if name in ("begin", "end"):
            return self._environment(text, at, begins=name == "begin")
        if name == "item":
            return self._item(text, at)
        if name in HEADINGS or name in _WITH_ARGUMENT:
            return self._with_argument(name, text, _skip(text, at))
        if name in DEFINITIONS:
            return self._define(text, at)
        if name in self._macros and name not in UNREAD_ARGUMENTS:
            self._words.append(self._macros[name])
            return at
        self._words.append("\v" if name in ("par", "newline", "linebreak") else "")
        self.elsewhere += name in ELSEWHERE
        return _skip(text, at, 1 if name in ELSEWHERE else UNREAD_ARGUMENTS.get(name, 0))

    def _define(self, text: str, at: int) -> int:
        """Keep the text of a command without arguments; returns the place behind its definition."""
        bare = _NAME.match(text, at)
        name, at = (bare[0], bare.end()) if bare else _argument(text, _after(_TO_BRACE, text, at))
        has_arguments = _OPTION.match(text, at) is not None
        body, end = _argument(text, _after(_TO_BRACE, text, _skip(text, at)))
        if not has_arguments and len(body) <= _LONGEST_MACRO:
            said = self._inline(body)
            if len(said) <= _LONGEST_MACRO:  # definitions that double each other grow without end
                self._macros[name.strip().removeprefix("\\")] = said
        return end

    def _environment(self, text: str, at: int, *, begins: bool) -> int:
        self._close()
        environment, at = _argument(text, _after(_TO_BRACE, text, at))
        if environment in LISTS and begins:
            self._lists.append(0 if environment == "enumerate" else None)
        elif environment in LISTS and self._lists:
            self._lists.pop()
        elif environment in TABLES:
            self._tables = max(0, self._tables + (1 if begins else -1))
            return _skip(text, at, begins * (2 if environment in ("tabularx", "tabular*") else 1))
        elif environment in BOXES:
            return _skip(text, at, int(begins))
        return at

    def _item(self, text: str, at: int) -> int:
        self._close()
        self._kind = BlockKind.LIST_ITEM
        if label := _OPTION.match(text, at):
            self._words.append(f"{self._inline(label[1])} ")
            return int(label.end())
        if self._lists and (count := self._lists[-1]) is not None:
            self._lists[-1] = count + 1
            depth = sum(each is not None for each in self._lists) - 1
            style, before, behind = _NUMERALS[min(depth, len(_NUMERALS) - 1)]
            self._words.append(f"{before}{list_number(style, count + 1)}{behind} ")
        return at

    def _with_argument(self, name: str, text: str, at: int) -> int:
        argument, end = _argument(text, _after(_TO_BRACE, text, at))
        said = self._inline(argument)
        if name in ("footnote", "thanks"):
            self._notes.append(said)
            return end
        self._close()
        is_heading = name != "caption"
        if name in HEADINGS:
            self._outline.enter(HEADINGS[name], said)
        self.title = self.title or (said if is_heading else "")
        self._append(said, BlockKind.HEADING if is_heading else BlockKind.PARAGRAPH)
        return end


def _after(pattern: regex.Pattern[str], text: str, at: int) -> int:
    """The place behind what the pattern matches; ``at`` if it does not."""
    match = pattern.match(text, at)
    return int(match.end()) if match else at


def _skip(text: str, at: int, arguments: int = 0) -> int:
    """The place behind a command's options and so many of its arguments."""
    while True:
        if option := _OPTION.match(text, at):
            at = option.end()
        elif arguments and text[(brace := _after(_TO_BRACE, text, at)) : brace + 1] == "{":
            at = _argument(text, brace)[1]
            arguments -= 1
        else:
            return at


def _argument(text: str, at: int) -> tuple[str, int]:
    """What stands in the braces that begin at ``at``, and the place behind them; empty without a brace."""
    if text[at : at + 1] != "{":
        return "", at
    depth = 0
    for sign in _BRACES.finditer(text, at, at + _LONGEST_ARGUMENT):
        depth += {"{": 1, "}": -1}.get(sign[0], 0)
        if depth == 0:
            return text[at + 1 : sign.start()], sign.end()
    return "", at + 1
