"""The ES modules of the page: which there are, and what each of them imports.

The browser learns what a module imports when it has loaded it. Told earlier, it loads everything at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from posixpath import dirname, join, normpath

from llama_demo.settings import ASSETS

SCRIPTS = ASSETS / "js"

IMPORT = re.compile(r'^(?:import|export)\b(?:[^"]*\bfrom)? *"(\.[^"]+)"', re.MULTILINE)
"""Of another module, at the beginning of a line; ``import()`` is for what is loaded when it is needed."""


def modules() -> Mapping[str, bytes]:
    """Source by path of the tabs' modules, the shared ones, and the one that Gradio loads."""
    folders = {path.parent for path in SCRIPTS.glob("*/index.js")} | {SCRIPTS / "lib"}
    paths = [SCRIPTS / "index.js", *sorted(path for folder in folders for path in folder.glob("*.js"))]
    return {path.relative_to(SCRIPTS).as_posix(): path.read_bytes() for path in paths}


def imports(path: str, source: bytes) -> list[str]:
    """Paths of the modules that a module imports."""
    targets = IMPORT.findall(source.decode("utf-8"))
    return [normpath(join(dirname(path), target)) for target in targets]


def needed(entries: Iterable[str], sources: Mapping[str, bytes]) -> list[str]:
    """The entries and all that they import, directly or not, in breadth-first order."""
    ordered, waiting = dict.fromkeys(entries), list(entries)
    while waiting:
        path = waiting.pop(0)
        for target in imports(path, sources[path]):
            if target not in ordered:
                ordered[target] = None
                waiting.append(target)
    return list(ordered)
