"""The layers of the README's architecture section, held against the code's own imports."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from llama_demo.documents.registry import FORMATS

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "llama_demo"

# What each layer may import of the others. The files beside the folders are open to all.
LAYERS: dict[str, set[str]] = {
    "model": set(),
    "text": set(),
    "store": set(),
    "documents": set(),
    "hub": set(),
    "engine": {"model"},
    "tasks": {"engine", "text"},
    "training": {"tasks", "engine", "model", "text"},
    "safety": set(),
    "window": set(),
    "services": {"safety", "tasks", "store", "documents", "hub", "training", "engine", "model", "text"},
    "openai_api": {"services", "tasks", "text"},
    "ui": {"openai_api", "services", "tasks", "window"},
}
# Which layers own an outside library, "" being the files beside the folders; no other layer imports it. Only
# the hub opens a connection.
OWNERS = {
    "gradio": {"ui"},
    "webview": {"window"},
    "qtpy": {"window"},
    "gradio_client": {"ui"},
    "sqlite3": {"store"},
    "sqlite_utils": {"store"},
    "torch": {"model", "engine", "training"},
    "safetensors": {"engine", "training"},
    "spaces": {"engine"},
    "gguf": {"", "engine"},
    "yaml": {"safety"},
    "lxml": {"documents"},
    "pypdfium2": {"documents"},
    "chardet": {"documents"},
    "webencodings": {"documents"},
    "docutils": {"documents"},
    "sentencepiece": {"text", "training"},
    "tokenizers": {"text", "training"},
    "py3langid": {"text"},
    "babel": {"", "text"},
    "text_to_num": {"text"},
    "huggingface_hub": {"hub"},
    "httpx2": {"hub"},
    "httpx": set(),
    "requests": set(),
    "urllib.request": set(),
    "transformers": set(),
}
BINS = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "tools"}


@cache
def modules() -> list[tuple[Path, str, ast.Module]]:
    """Each file of the package with its layer (empty for the files beside the folders)."""
    folders = {path: path.relative_to(PACKAGE).parts[:-1] for path in sorted(PACKAGE.rglob("*.py"))}
    return [
        (path, next(iter(parts), ""), ast.parse(path.read_text(encoding="utf-8")))
        for path, parts in folders.items()
    ]


def imports(tree: ast.AST) -> Iterator[tuple[str, ast.stmt]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node
            yield from ((f"{node.module}.{alias.name}", node) for alias in node.names)


def test_imports_point_down() -> None:
    """A layer imports those below it only: the engine knows no page, the store knows no model."""
    wrong = []
    for path, layer, tree in modules():
        for name, node in imports(tree):
            parts = name.split(".")
            if parts[0] != "llama_demo" or len(parts) < 2 or not (PACKAGE / parts[1]).is_dir():
                continue
            allowed = LAYERS[layer] | {layer} if layer else set()
            if parts[1] not in allowed:
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} imports {name}")
    assert not wrong


def test_every_folder_is_a_layer() -> None:
    """A new folder gets its place among the layers, or nothing would check it."""
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(LAYERS)


def test_one_layer_owns_each_outside_library() -> None:
    """gradio only in the page, SQL only in the store, tensors only below the tasks."""
    wrong = []
    for path, layer, tree in modules():
        for name, node in imports(tree):
            for library, owners in OWNERS.items():
                if (name == library or name.startswith(f"{library}.")) and layer not in owners:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} imports {name}")
    assert not wrong


def test_each_format_is_parsed_in_one_place() -> None:
    """Search, answers and translation read a format by the one module of its registry entry."""
    folder = PACKAGE / "documents" / "formats"
    readers = {
        path.relative_to(PACKAGE / "documents").with_suffix("").as_posix().replace("/", ".")
        for path, layer, tree in modules()
        if layer == "documents"
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == "read"
    }
    assert readers == {one.module for one in FORMATS.values()}
    importers = [
        path.relative_to(ROOT)
        for path, _, tree in modules()
        for name, _ in imports(tree)
        if name.startswith("llama_demo.documents.formats") and folder not in path.parents
    ]
    assert not importers


def test_imports_stand_at_the_top() -> None:
    """An import inside a function hides a dependency, or a circle."""
    wrong = []
    for path, _, tree in modules():
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                wrong += [f"{path.relative_to(ROOT)}:{node.lineno}" for _, node in imports(function)]
    assert not wrong


def test_no_file_is_named_for_a_bin() -> None:
    """Such a file takes in whatever has no home."""
    assert not [path for path, _, _ in modules() if path.stem in BINS]


def test_a_public_class_name_is_one_class() -> None:
    """A name that is met in two files does not tell which of the two is meant."""
    names = Counter(
        node.name
        for _, _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_nothing_unpickles_or_evaluates() -> None:
    """Opening a model, a file or a setting never runs code from it."""
    forbidden = re.compile(
        r"\bpickle\b(?!\s+file)|torch\.load\(|\beval\(|\bexec\(|trust_remote_code|weights_only"
    )
    wrong = []
    for path, _, tree in modules():
        for node in ast.walk(tree):
            source = ast.unparse(node) if isinstance(node, ast.Call | ast.Import | ast.ImportFrom) else ""
            if forbidden.search(source) and not source.startswith(("re.compile", "CheckpointError")):
                if re.search(r"\.eval\(", source) and not re.search(r"(?<!\.)\beval\(", source):
                    continue  # a network's evaluation mode
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {source[:80]}")
    assert not wrong


@pytest.mark.parametrize("name", ["requirements.txt"])
def test_the_reference_library_is_for_tests_only(name: str) -> None:
    """The app computes with its own core; transformers is what the tests compare it with."""
    assert "transformers" not in (ROOT / name).read_text(encoding="utf-8")
