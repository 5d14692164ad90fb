"""JSON: each record a block of ``name: value`` lines; JSON Lines a record a line."""

from __future__ import annotations

import json
from collections.abc import Iterator

from llama_demo.documents.document import Block, Document
from llama_demo.documents.encoding import decode
from llama_demo.errors import DocumentError


def read(data: bytes, suffix: str) -> Document:
    """Read .json or .jsonl.

    Raises:
        DocumentError: ``file_damaged``, with the line for JSON Lines.
    """
    text = decode(data).text
    try:
        if suffix == ".jsonl":
            values = [json.loads(line) for line in text.splitlines() if line.strip()]
            return Document("", tuple(_blocks(values, ())))
        return Document("", tuple(_blocks(json.loads(text), ())))
    except (ValueError, RecursionError) as exc:
        raise DocumentError("file_damaged") from exc


def _blocks(value: object, path: tuple[str, ...]) -> Iterator[Block]:
    """An object becomes one block; what it nests becomes blocks under its name."""
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        for item in value:
            yield from _blocks(item, path)
        return
    inner: dict[str, object] = {}
    lines = []
    if isinstance(value, dict):
        for name, each in value.items():
            if isinstance(each, dict | list) and not _is_flat(each):
                inner[name] = each
            elif text := _line(each):
                lines.append(f"{name}: {text}")
    elif text := _line(value):
        lines.append(text)
    if lines:
        yield Block("\n".join(lines), path)
    for name, each in inner.items():
        yield from _blocks(each, (*path, name))


def _is_flat(value: object) -> bool:
    return isinstance(value, list) and not any(isinstance(item, dict | list) for item in value)


def _line(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_line, value)))
    return "" if value is None else " ".join(str(value).split())
