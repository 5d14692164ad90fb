"""CSV files: no writer lets a spreadsheet evaluate a text of a visitor or of a document."""

from __future__ import annotations

import ast
import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from llama_demo.documents.segments import SegmentTranslation
from llama_demo.services.history.exports import exported
from llama_demo.services.history.runs import Run
from llama_demo.services.library.result_files import written
from llama_demo.services.library.results import Hit, SearchResults
from llama_demo.spreadsheet import FORMULA_STARTS, guard_formula
from tests.documents.translators import rewritable

PACKAGE = Path(__file__).parent.parent / "llama_demo"


def exported_run(text: str) -> str:
    """The file of a run of the history."""
    run = Run("1", "ann", "generate", datetime.now(UTC), "done", "tiny", text, "", {}, {})
    return "".join(exported([run], "csv", lambda run: ""))


def exported_hit(text: str) -> str:
    """The file of a search result."""
    hit = Hit(1, "a.md", "id", "default", 0, None, "", text, "en", 0.5, 0.4, 0.3)
    return written(SearchResults("query", (hit,), "en", "hybrid", 1, 1.0), "csv").data.decode()


def translated_table(text: str) -> str:
    """A table whose only cell was translated."""
    return rewritable("a.csv", b'"one"\n').rewritten([SegmentTranslation(text)]).decode()


@pytest.mark.parametrize("start", FORMULA_STARTS)
@pytest.mark.parametrize("write", [exported_run, exported_hit, translated_table])
def test_every_writer_guards_every_sign(write: Callable[[str], str], start: str) -> None:
    """The cell begins with an apostrophe and is otherwise unchanged."""
    text = f"{start}1+1"
    cells = [cell for row in csv.reader(io.StringIO(write(text), newline="")) for cell in row]
    assert f"'{text}" in cells
    assert not [cell for cell in cells if cell.startswith(FORMULA_STARTS)]


def test_other_text_is_unchanged() -> None:
    """A sign inside a cell is harmless; NUL is removed."""
    assert guard_formula("1 + 1 = 2") == "1 + 1 = 2"
    assert guard_formula("a\x00b") == "ab"
    assert guard_formula("") == ""


def test_every_module_that_writes_csv_uses_the_guard() -> None:
    """A new writer that forgets it fails here."""
    writers = []
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        if calls & {"writerow", "writerows"}:
            writers.append(path)
            assert "guard_formula" in names, path
    assert len(writers) == 4
