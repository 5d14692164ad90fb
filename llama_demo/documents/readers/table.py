"""Tables in text: CSV with whichever separator, and tabs."""

from __future__ import annotations

import csv
import io
from itertools import islice

from llama_demo.documents.document import Block, Document
from llama_demo.documents.encoding import decode
from llama_demo.documents.readers.rows import MOST_ROWS, named
from llama_demo.errors import DocumentError

_SEPARATORS = ",;\t|"
_SAMPLE = 20  # lines


def read(data: bytes, suffix: str) -> Document:
    """Read a table, a block for each row.

    Raises:
        DocumentError: ``file_damaged``.
    """
    text = decode(data).text
    separator = "\t" if suffix == ".tsv" else _separator(text)
    try:
        rows = islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), MOST_ROWS)
        return Document("", tuple(Block(row) for row in named(rows) if row))
    except csv.Error as exc:
        raise DocumentError("file_damaged") from exc


def _separator(text: str) -> str:
    """The one that most lines have, and equally often."""
    lines = text.splitlines()[:_SAMPLE]
    counts = {mark: [line.count(mark) for line in lines if line.strip()] for mark in _SEPARATORS}
    return max(_SEPARATORS, key=lambda mark: sum(c == counts[mark][0] > 0 for c in counts[mark]))
