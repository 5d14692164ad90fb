"""Programs name what they uploaded without learning where the server keeps it."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from gradio.context import LocalContext
from gradio.exceptions import InvalidPathError

from llama_demo.ui.configuration import PageBlocks
from llama_demo.ui.upload_names import names_of, with_paths


def test_a_name_stands_for_a_path_of_the_folder(tmp_path: Path) -> None:
    """In Gradio's answer, and back in a call, wherever the file stands in it."""
    path = tmp_path / "ab12" / "a file.txt"
    [name] = json.loads(names_of(json.dumps([str(path)]).encode(), tmp_path))
    assert name == "uploads/ab12/a file.txt"
    file = {"path": name, "orig_name": "a"}
    assert with_paths([[file], "text"], tmp_path) == [[{**file, "path": str(path)}], "text"]
    for other in (b"no JSON", b"{}", b"[5]"):
        assert json.loads(names_of(other, tmp_path) if other != b"no JSON" else b"0") in (0, {}, [5])
    assert names_of(b"no JSON", tmp_path) == b"no JSON"


@pytest.mark.parametrize("name", ["uploads/../secret.txt", "uploads//etc/hostname", "../secret.txt"])
def test_no_name_leads_out_of_the_folder(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is in it, also an absolute path."""
    folder = tmp_path / "uploads"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    seen: list[Any] = []
    with PageBlocks() as blocks:
        file = gr.File()
        file.upload(seen.append, file)
    blocks.has_launched = True  # Gradio checks nothing before
    [function] = blocks.fns.values()
    value = {"path": name, "meta": {"_type": "gradio.FileData"}}

    def call() -> None:
        LocalContext.blocks.set(blocks)  # as it is during a request
        asyncio.run(blocks.preprocess_data(function, [value], None))

    with ThreadPoolExecutor(1) as threads, pytest.raises(InvalidPathError):
        threads.submit(copy_context().run, call).result()  # this thread may have a loop, Playwright's
