"""Excel workbooks: each sheet under its name, values as they were last computed."""

from __future__ import annotations

import datetime
import io
import zipfile
from itertools import islice

from lxml.etree import XMLSyntaxError
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from llama_demo.documents.document import Block, Document
from llama_demo.documents.office import check_package
from llama_demo.documents.rows import MOST_ROWS, named
from llama_demo.errors import DocumentError


def read(data: bytes, suffix: str) -> Document:
    """Read an .xlsx file, a block for each row.

    Raises:
        DocumentError: ``file_damaged``, ``file_locked``, ``document_bomb``.
    """
    del suffix
    check_package(data)
    blocks: list[Block] = []
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # the size that a file declares is not to be believed
            rows = ([_shown(value) for value in row] for row in sheet.iter_rows(values_only=True))
            blocks += [Block(row, (sheet.title,)) for row in named(islice(rows, MOST_ROWS)) if row]
        title = (book.properties.title or "").strip()
    except (InvalidFileException, XMLSyntaxError, zipfile.BadZipFile, KeyError, ValueError, TypeError) as exc:
        raise DocumentError("file_damaged") from exc
    return Document(title, tuple(blocks))


def _shown(value: object) -> str:
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return "" if value is None else str(value)
