"""Markdown: its headings and its words, without the marks."""

from __future__ import annotations

import re

from llama_demo.documents.document import Block, Document, Outline
from llama_demo.documents.encoding import decode

_HEADING = re.compile(r" {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-{3,})\s*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_RULE = re.compile(r" {0,3}([-*_])(?:\s*\1){2,}\s*$")
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+")
_FRONT_TITLE = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_INLINE = (
    (re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)"), r"\1"),
    (re.compile(r"!?\[([^\[\]]+)\]\[[^\[\]]*\]"), r"\1"),
    (re.compile(r"<(https?://[^<>\s]+)>"), r"\1"),
    (re.compile(r"</?[a-zA-Z][^<>]*>"), ""),
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])([*_])(?=\S)([^*_]+?)(?<=\S)\1(?![\w*])"), r"\2"),
    (re.compile(r"`+([^`]+)`+"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!|>~-])"), r"\1"),
)


class _Reading:
    """The blocks so far, and the paragraph that is open."""

    def __init__(self) -> None:
        self.outline = Outline()
        self.blocks: list[Block] = []
        self.title = ""
        self.lines: list[str] = []

    def close(self) -> None:
        text = "\n".join(line for line in self.lines if line.strip())
        if text.strip():
            self.blocks.append(Block(text.strip(), self.outline.path))
        self.lines = []

    def heading(self, level: int, text: str) -> None:
        self.close()
        text = words(text)
        self.title = self.title or (text if level == 1 else "")
        self.outline.enter(level, text)
        if text:
            self.blocks.append(Block(text, self.outline.path))


def read(data: bytes, suffix: str) -> Document:
    """Read a Markdown file; its title is in the front matter or the first heading of level 1."""
    del suffix
    front, text = _without_front(decode(data).text)
    reading = _Reading()
    fence = ""
    for line in _COMMENT.sub("", text).splitlines():
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) else fence
            reading.lines += [] if mark and not fence else [line]
        elif mark:
            reading.close()
            fence = mark[1]
        else:
            _read_line(reading, line)
    reading.close()
    named = _FRONT_TITLE.search(front)
    return Document(named[1] if named else reading.title, tuple(reading.blocks))


def _read_line(reading: _Reading, line: str) -> None:
    if match := _HEADING.match(line):
        reading.heading(len(match[1]), match[2])
    elif (under := _UNDERLINE.match(line)) and len(reading.lines) == 1:
        text = reading.lines.pop()
        reading.heading(1 if under[1][0] == "=" else 2, text)
    elif not line.strip() or _RULE.match(line):
        reading.close()
    elif not (_TABLE_RULE.match(line) and "|" in line):
        _add(reading.lines, line)


def _add(lines: list[str], line: str) -> None:
    """A further line of a paragraph goes on with it; an item or a row of a table stands for itself."""
    row = line.strip().startswith("|")
    text = line.strip().lstrip(">").strip()
    if row:
        text = " | ".join(cell.strip() for cell in text.strip("|").split("|"))
    item = _ITEM.match(text)
    text = words(text[item.end() :] if item and not item[0].strip()[0].isdigit() else text)
    if lines and not row and not item and text:
        blank = "" if lines[-1] and lines[-1][-1] > "\u2e80" else " "
        lines[-1] = f"{lines[-1]}{blank}{text}"
    else:
        lines.append(text)


def words(text: str) -> str:
    """A line without marks of emphasis, links and code."""
    for pattern, instead in _INLINE:
        text = pattern.sub(instead, text)
    return text.strip()


def _without_front(text: str) -> tuple[str, str]:
    """The front matter between two lines of three hyphens, and the rest."""
    match = re.match(r"---\r?\n(.*?)\r?\n---\r?\n", text, re.DOTALL)
    return (match[1], text[match.end() :]) if match else ("", text)
