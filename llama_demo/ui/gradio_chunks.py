"""Gradio's scripts and styles that the first tab needs, so that the browser can be told of them at once.

Gradio's page loads one script, which loads the next, and so on: the components come in the fourth round. Its
build tool (Vite) writes beside each dynamic import which files it needs. What is not found in that form is
left out, and then comes as late as without this.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr

FOLDER = Path(gr.__file__).parent / "templates" / "frontend"

_ENTRY = re.compile(r'<script type="module"[^>]* src="\./assets/([\w.-]+\.js)"')
_FILES = re.compile(r"m\.f=(\[[^\]]*\])")
_IMPORT = re.compile(r"import\(`\./([\w.-]+\.js)`\)[^`]*?__vite__mapDeps\(\[([\d,]*)\]\)")


def first_chunks(config: Mapping[str, Any]) -> list[str]:
    """Names of files below ``assets/``, in the order in which they are needed.

    Args:
        config: the page's configuration, with the components and how they lie in each other.
    """
    entry = _ENTRY.search((FOLDER / "index.html").read_text(encoding="utf-8"))
    if entry is None:
        return []
    app = next(_imports(entry[1]), [])
    blocks = next((files for files in _imports(app[0] if app else "") if files[0].startswith("Blocks-")), [])
    registry = next((file for file in app if file.startswith("core-") and file.endswith(".js")), "")
    components = [file for kind in sorted(first_kinds(config)) for file in _component(registry, kind)]
    return list(dict.fromkeys([entry[1], *app, *blocks, *components]))


def first_kinds(config: Mapping[str, Any]) -> set[str]:
    """The kinds of the components that are drawn first: not the invisible ones, nor those of other tabs."""
    visible = {
        component["id"]: component["type"]
        for component in config["components"]
        if component["props"].get("visible") is not False
    }

    def drawn(node: Mapping[str, Any]) -> Iterator[str]:
        if node["id"] not in visible:
            return
        kind = visible[node["id"]]
        children: Sequence[Mapping[str, Any]] = node.get("children") or []
        yield kind
        for child in children[:1] if kind == "tabs" else children:
            yield from drawn(child)

    return {kind for node in config["layout"]["children"] for kind in drawn(node)}


def chunk_links(chunks: Iterable[str]) -> list[str]:
    """The lines of the page's head that name them."""
    links = {".js": '<link rel="modulepreload" href="./assets/{}">'}
    style = '<link rel="preload" as="style" crossorigin href="./assets/{}">'
    return [links.get(Path(name).suffix, style).format(name) for name in chunks]


@cache
def _source(name: str) -> str:
    path = FOLDER / "assets" / name
    return path.read_text(encoding="utf-8") if name and path.is_file() else ""


def _imports(name: str) -> Iterator[list[str]]:
    """What each dynamic import of a script needs: the imported file first, then those that it imports."""
    source = _source(name)
    files = _files(source)
    for found in _IMPORT.finditer(source):
        yield [found[1], *_named(files, found[2])]


def _component(registry: str, kind: str) -> list[str]:
    """What a kind of component needs."""
    source = _source(registry)
    found = re.search(rf"[{{,]{re.escape(kind)}:\{{[^{{}}]*?\bcomponent:[^{{}}]*?{_IMPORT.pattern}", source)
    return [found[1], *_named(_files(source), found[2])] if found else []


def _files(source: str) -> list[str]:
    found = _FILES.search(source)
    return [name.removeprefix("./") for name in json.loads(found[1])] if found else []


def _named(files: Sequence[str], places: str) -> list[str]:
    return [files[int(place)] for place in places.split(",") if place and int(place) < len(files)]
