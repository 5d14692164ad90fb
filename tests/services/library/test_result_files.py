"""What was found, as a file."""

from __future__ import annotations

import csv
import io
import json

import pytest

from llama_demo.errors import InputError
from llama_demo.services.library.result_files import written
from llama_demo.services.library.search import Hit, SearchResults

HIT = Hit(1, "`a`.md", "id", "default", 0, 2, "=Top", "=1+1\n```\n# not a heading", "en", 0.5, 0.4, 0.3)
RESULTS = SearchResults("# query", (HIT,), "en", "hybrid", 1, 1.0)


def test_a_spreadsheet_runs_nothing_of_a_document() -> None:
    """A text that begins like a formula stays a text; Chinese is read as such by the mark in front."""
    data = written(RESULTS, "csv").data
    assert data.startswith(b"\xef\xbb\xbf")
    [row] = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    assert row["text"].startswith("'=1+1")
    assert row["heading"] == "'=Top"


def test_a_program_gets_every_value() -> None:
    """As it was found."""
    [hit] = json.loads(written(RESULTS, "json").data)["hits"]
    assert (hit["document"], hit["page"], hit["text"], hit["meaning"]) == (HIT.document, 2, HIT.text, 0.4)


def test_nothing_of_a_document_is_markup() -> None:
    """Neither its name nor its text makes a heading or ends a fence."""
    text = written(RESULTS, "md").data.decode()
    assert [line for line in text.splitlines() if line.startswith("# `")] == ["# `# query`"]
    assert "````text\n=1+1\n```\n# not a heading\n````" in text


def test_an_unknown_form_is_refused() -> None:
    """With the forms that there are."""
    with pytest.raises(InputError):
        written(RESULTS, "exe")
