"""JSON (.json, .jsonl, .ndjson): each record a block of ``name: value`` lines; JSON Lines a record a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import TypeGuard

from llama_demo.documents.document import Block, BlockKind, Document, DocumentNotice
from llama_demo.documents.encoding import damage_notices, decode
from llama_demo.errors import DocumentError


class _Members(list[tuple[str, object]]):
    """The members of an object, in order, also those that have the same name."""


# Numbers stay as they are written; a dictionary would lose members of the same name.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_Members, parse_int=str, parse_float=str, parse_constant=str, strict=False
)

_BLANKS = re.compile(r"[ \t\r\n]*")
_STRING = r'"(?:[^"\\]++|\\.)*+"'
_PUNCTUATION = re.compile(rf"{_STRING}|[\[\]{{}},]", re.DOTALL)
_CLOSED_BY = {"[": "]", "{": "}"}
# What editors let people write, and JSON does not have: comments, and commas behind the last member.
_COMMENT = re.compile(rf"({_STRING})|//[^\n]*|/\*.*?\*/", re.DOTALL)
_LAST_COMMA = re.compile(rf"({_STRING})|,(?=\s*[\]}}])", re.DOTALL)


def read(data: bytes, suffix: str) -> Document:
    """Read JSON, or JSON Lines under any ending.

    Raises:
        DocumentError: ``file_damaged`` if none of it is JSON.
        InputError: as :func:`~llama_demo.documents.encoding.decode`.
    """
    del suffix
    decoded = decode(data)
    values, damage = _records(decoded.text)
    if not values:
        raise DocumentError("file_damaged")
    notices = (*damage_notices(decoded), *damage)
    try:
        return Document("", tuple(_blocks(values, ())), notices)
    except RecursionError as exc:
        raise DocumentError("file_damaged") from exc


def _records(text: str) -> tuple[list[object], tuple[DocumentNotice, ...]]:
    """The values of a file, and what there is to say of its damage.

    Values over several lines are read up to the first damage; where each has a line of its own, the
    others are read too.
    """
    values, ends = _values(text)
    behind = len(_filled_lines(text[ends[-1] if ends else 0 :]))
    if not behind:
        return values, ()
    lines = _filled_lines(text)
    if ends and "\n" in text[: ends[0]].strip():
        return values, _lines_damaged(behind, len(lines))
    by_line = _line_values(lines)
    if 2 * len(by_line) >= len(lines):
        return by_line, _lines_damaged(len(lines) - len(by_line), len(lines))
    relaxed = _LAST_COMMA.sub(_string, _COMMENT.sub(_string, text))
    if len(found := _values(relaxed)[0]) == 1 and not values:
        return found, ()
    end, closing = _whole_part(text)
    if found := _values(text[:end] + closing)[0]:
        return found, (DocumentNotice("cut_off", {"line": text.count("\n", 0, end) + 1}),)
    return by_line or values, _lines_damaged(len(lines) - len(by_line or values), len(lines))


def _lines_damaged(damaged: int, count: int) -> tuple[DocumentNotice, ...]:
    return (DocumentNotice("lines_damaged", {"damaged": damaged, "count": count}),) if damaged else ()


def _string(match: re.Match[str]) -> str:
    return match[1] or ""


def _whole_part(text: str) -> tuple[int, str]:
    """Where the last whole member before a damage ends, and the brackets that close what is open there."""
    try:
        _DECODER.raw_decode(text, _BLANKS.match(text).end())  # type: ignore[union-attr]
        return 0, ""
    except json.JSONDecodeError as exc:
        damage = exc.pos
    except (ValueError, RecursionError):
        return 0, ""
    end = 0
    for sign in _PUNCTUATION.finditer(text, 0, damage):
        if sign[0] in ",]}":
            end = sign.start() if sign[0] == "," else sign.end()
    closing: list[str] = []
    for sign in _PUNCTUATION.finditer(text, 0, end):
        if sign[0] in _CLOSED_BY:
            closing.append(_CLOSED_BY[sign[0]])
        elif sign[0] in "]}":
            closing.pop()
    return end, "".join(reversed(closing))


def _values(text: str) -> tuple[list[object], list[int]]:
    """The values that follow each other up to the first damage, and where each of them ends."""
    values: list[object] = []
    ends: list[int] = []
    at = 0
    try:
        while (at := _BLANKS.match(text, at).end()) < len(text):  # type: ignore[union-attr]
            value, at = _DECODER.raw_decode(text, at)
            values.append(value)
            ends.append(at)
    except (ValueError, RecursionError):
        pass
    return values, ends


def _filled_lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]  # U+2028 and the like end no line


def _line_values(lines: Sequence[str]) -> list[object]:
    """The values of the lines that are JSON."""
    values: list[object] = []
    for line in lines:
        try:
            values.append(_DECODER.decode(line.rstrip().removesuffix(",")))
        except (ValueError, RecursionError):
            continue
    return values


def _blocks(value: object, path: tuple[str, ...]) -> Iterator[Block]:
    """An object becomes one block; what it nests becomes blocks under its name."""
    if _is_list(value) and not _is_flat(value):
        for item in value:
            yield from _blocks(item, path)
        return
    inner: list[tuple[str, object]] = []
    lines = []
    if isinstance(value, _Members):
        for name, each in value:
            if each and (isinstance(each, _Members) or (_is_list(each) and not _is_flat(each))):
                inner.append((name, each))
            else:
                lines.append(f"{name}: {'null' if each is None else _line(each)}".rstrip())
    elif text := _line(value):
        lines.append(text)
    if lines:
        yield Block("\n".join(lines), path, kind=BlockKind.FIELD)
    for name, each in inner:
        yield from _blocks(each, (*path, name))


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, list) and not isinstance(value, _Members)


def _is_flat(value: Sequence[object]) -> bool:
    return not any(isinstance(item, list) for item in value)


def _line(value: object) -> str:
    if _is_list(value):
        return ", ".join(filter(None, map(_line, value)))
    if value is None or isinstance(value, _Members):
        return ""  # a member of a list, or an object without members
    if isinstance(value, bool):
        return str(value).lower()
    return " ".join(str(value).split())
