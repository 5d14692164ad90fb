"""The declarations by which the scripts are checked against the server."""

from __future__ import annotations

from typing import Literal

from llama_demo.ui.schemas import Schema
from llama_demo.ui.typescript import TARGET, declarations, typescript


class Inner(Schema):
    """A message inside of another."""


def test_the_committed_declarations_are_current() -> None:
    """``python -m llama_demo.ui.typescript`` writes them anew after a change of a schema."""
    assert TARGET.read_text(encoding="utf-8") == declarations()


def test_types_as_the_browser_gets_them() -> None:
    """JSON has fewer of them than Python."""
    assert typescript(list[tuple[str, int]]) == "[string, number][]"
    assert typescript(dict[str, list[Inner] | None]) == "Record<string, Inner[] | null>"
    assert typescript(Literal["a", "b"]) == '"a" | "b"'
    assert typescript(tuple[float, ...]) == "number[]"
