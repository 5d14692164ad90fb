"""Search results as files: CSV, JSON and Markdown."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from llama_demo.errors import InputError
from llama_demo.services.history.exports import fenced
from llama_demo.services.library.results import Hit, SearchResults, source
from llama_demo.spreadsheet import guard_formula

_COLUMNS = ("document", "page", "heading", "text", "score", "meaning", "words")


@dataclass(frozen=True)
class ResultFile:
    """A file to download."""

    name: str
    media_type: str
    data: bytes


def written(results: SearchResults, form: str) -> ResultFile:
    """The hits as ``csv``, ``json`` or ``md``.

    Raises:
        InputError: ``form_unknown``.
    """
    if form not in FORMS:
        raise InputError("form_unknown", name=form[:40], known=", ".join(FORMS))
    media_type, write = FORMS[form]
    return ResultFile(f"search.{form}", media_type, write(results))


def _as_csv(results: SearchResults) -> bytes:
    """CSV with a byte order mark, without which Excel misreads Chinese."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(_COLUMNS)
    for hit in results.hits:
        table.writerow(
            [guard_formula(value) if isinstance(value, str) else value for value in _row(hit).values()]
        )
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _as_json(results: SearchResults) -> bytes:
    document = {"query": results.query, "mode": results.mode, "hits": [_row(hit) for hit in results.hits]}
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def _as_markdown(results: SearchResults) -> bytes:
    """Markdown with names as code and texts in fences, so that nothing in them is markup."""
    parts = [f"# {_code(results.query)}\n"] if results.query.strip() else []
    for number, hit in enumerate(results.hits, start=1):
        parts += [f"## {number}. {_code(source(hit))}\n", fenced(hit.text)]
    return "\n".join(parts).encode()


def _code(text: str) -> str:
    return f"`{' '.join(text.replace('`', ' ').split())}`"


def _row(hit: Hit) -> dict[str, object]:
    scores = {name: round(getattr(hit, name), 4) for name in ("score", "meaning", "words")}
    return {"document": hit.document, "page": hit.page, "heading": hit.heading, "text": hit.text, **scores}


FORMS: Mapping[str, tuple[str, Callable[[SearchResults], bytes]]] = {
    "csv": ("text/csv", _as_csv),
    "json": ("application/json", _as_json),
    "md": ("text/markdown", _as_markdown),
}
"""Media type and writer of each."""
