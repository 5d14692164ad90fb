"""Notebooks are read with their code and with what it printed."""

from __future__ import annotations

import json

import pytest

from llama_demo.documents.document import Block, BlockKind
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
