"""Reading the training data: xz-compressed JSON lines, and what is held out of training."""

from __future__ import annotations

import hashlib
import json
import lzma
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

Item = TypeVar("Item")

# One poem in fifty is never trained on; their published figures are measured on these.
HELD_OUT_SHARE, HELD_OUT_REMAINDER = 50, 3


def held_out(text: str, *, share: int = HELD_OUT_SHARE) -> bool:
    """True for one text in ``share``, which is kept for measuring; decided by its MD5, so always the same."""
    digest = hashlib.md5(text.strip().encode(), usedforsecurity=False).hexdigest()
    return int(digest, 16) % share == HELD_OUT_REMAINDER


def read_records(path: Path) -> Iterator[dict[str, Any]]:
    """The JSON objects of a ``.jsonl.xz`` file, one a line."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def read_json(path: Path) -> Any:
    """The content of a ``.json.xz`` file."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        return json.load(file)


def read_rows(path: Path) -> Iterator[list[str]]:
    """The tab-separated rows of a ``.tsv.xz`` file."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n").split("\t")


def spread(items: Sequence[Item], most: int) -> list[Item]:
    """At most so many items at equal distances, since some held-out files are sorted by length."""
    count = min(most, len(items))
    return [items[place * len(items) // count] for place in range(count)]


def plain_gloss(gloss: str) -> str:
    """A dictionary's meaning without its parts in brackets."""
    return re.sub(r"\([^)]*\)|\[[^\]]*\]", "", gloss).strip(" ;,")
