"""Notebooks are read with their code and with what it printed."""

from __future__ import annotations

import json

import pytest

from llama_demo.documents.document import Block, BlockKind, DocumentNotice
from llama_demo.documents.registry import read_document
from llama_demo.errors import DocumentError

CELLS = [
    {"cell_type": "markdown", "source": ["# Tides\n", "See *this*.\n"]},
    {
        "cell_type": "code",
        "source": "def f():\n    return 1\n",
        "outputs": [
            {"output_type": "stream", "text": ["high\n", "water\n"]},
            {"output_type": "execute_result", "data": {"text/html": ["<b>x</b>"], "text/plain": ["<x>"]}},
            {"output_type": "display_data", "data": {"image/png": "aGk="}},
            {"output_type": "error", "ename": "TideError", "evalue": "too low", "traceback": ["\x1b[31m"]},
        ],
    },
    {"cell_type": "raw", "source": "raw words"},
]


@pytest.mark.parametrize(
    "notebook", [{"nbformat": 4, "cells": CELLS}, {"nbformat": 3, "worksheets": [{"cells": CELLS}]}]
)
def test_cells(notebook: object) -> None:
    """Each under the heading above it; pictures have no words."""
    document = read_document("a.ipynb", json.dumps(notebook).encode())
    under = ("Tides",)
    assert document.title == "Tides"
    assert document.blocks == (
        Block("Tides", under, kind=BlockKind.HEADING),
        Block("See this.", under),
        Block("def f():\n    return 1", under, kind=BlockKind.CODE),
        Block("high\nwater", under, kind=BlockKind.CODE),
        Block("<x>", under, kind=BlockKind.CODE),
        Block("TideError: too low", under, kind=BlockKind.CODE),
        Block("raw words", under, kind=BlockKind.CODE),
    )


@pytest.mark.parametrize("data", [b"{", b"[1]", b'{"cells": [1]}', b'{"cells": 5}'])
def test_what_is_no_notebook_is_refused(data: bytes) -> None:
    """Each with the same sentence."""
    with pytest.raises(DocumentError, match="file_damaged"):
        read_document("a.ipynb", data)


def test_a_damaged_cell_refuses_nothing() -> None:
    """What says not what it is, is read as it stands."""
    cells = [1, {"source": ["words", 2]}, {"cell_type": "code", "source": None, "outputs": None}]
    assert read_document("a.ipynb", json.dumps({"cells": cells}).encode()).text == "words2"


def test_a_damaged_output_refuses_nothing() -> None:
    """Control characters in one piece of HTML are not those of the file."""
    shown = {"output_type": "display_data", "data": {"text/html": "<b>low" + "\x00\x01" * 20 + "</b>"}}
    cells = [{"cell_type": "code", "source": "tide()", "outputs": [shown]}]
    document = read_document("a.ipynb", json.dumps({"cells": cells}).encode())
    assert document.text.startswith("tide()\n\nlow")


def test_what_html_cannot_give_is_told() -> None:
    """Of a text and of what was shown, once."""
    deep = "<div>" * 5_000 + "deep"
    shown = {"output_type": "display_data", "data": {"text/html": deep}}
    cells = [
        {"cell_type": "markdown", "source": deep},
        {"cell_type": "code", "source": "1", "outputs": [shown]},
    ]
    document = read_document("a.ipynb", json.dumps({"nbformat": 4, "cells": cells}).encode())
    assert document.notices == (DocumentNotice("elements_too_deep"),)
