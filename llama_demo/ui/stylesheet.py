"""The style sheet of the page: the files of ``assets/css``, each rule with higher specificity too.

Gradio's own rules are scoped to the class of a component, so a plain rule of ours would lose. Gradio solves
this for the ``css`` that it is given by repeating every rule below the page's container, and sends it inside
of the configuration. The same is done here, so that the browser can cache the result as a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import gradio as gr

from llama_demo.settings import ASSETS

CONTAINER = f".gradio-container.gradio-container-{gr.__version__.replace('.', '-')} .contain"

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
COMMA = re.compile(r",(?![^(]*\))")
"""Commas between selectors, not inside of ``:is(...)``."""


def files() -> list[Path]:
    """The files, in the order in which they apply."""
    return [ASSETS / "css" / "page.css", *sorted((ASSETS / "css" / "tabs").glob("*.css"))]


def stylesheet(paths: Iterable[Path]) -> str:
    """The rules of all files, each followed by its form below the container."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    return "\n".join(_scoped(head, body) for head, body in _blocks(COMMENT.sub("", text)))


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """Prelude and body of each outermost block."""
    depth, begin, head = 0, 0, ""
    for place, character in enumerate(css):
        if character == "{":
            depth += 1
            if depth == 1:
                head, begin = css[begin:place].strip(), place + 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                yield head, css[begin:place].strip()
                begin = place + 1


def _scoped(head: str, body: str) -> str:
    if head.startswith("@media"):
        inner = "\n".join(_below(selectors, rule) for selectors, rule in _blocks(body))
        return f"{head} {{\n{inner}\n}}"
    if head.startswith("@"):
        return f"{head} {{{body}}}"
    return f"{head} {{{body}}}\n{_below(head, body)}"


def _below(selectors: str, body: str) -> str:
    """The rule below the container; ``.dark`` stands above it, on the body of the page."""
    return f"{', '.join(map(_one_below, COMMA.split(selectors)))} {{{body}}}"


def _one_below(selector: str) -> str:
    selector = selector.strip()
    if ".dark" in selector:
        return f".dark {CONTAINER} {selector.replace('.dark', '', 1).strip()}".strip()
    return f"{CONTAINER} {selector}"
