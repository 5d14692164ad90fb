"""Texts for the scripts: those of the first tab at once, those of the others when one of them is opened.

Sentences that only the server says stay on the server: errors, and what a document could not give.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from llama_demo.settings import ASSETS
from llama_demo.ui.texts import LANGUAGES, TAGS

Catalogues = Mapping[str, Mapping[str, str]]
"""Texts by key, by the tag of their language."""

FIRST = frozenset({"page", "generate", "provenance"})
"""Files of texts that the modules of the page and of its first tab need."""

OF_THE_SERVER = ("errors", "notices")
"""What the names of files begin with whose texts the server says, but for those that a script names."""


def first_and_later(scripts: Iterable[bytes]) -> tuple[Catalogues, Catalogues]:
    """The texts that the page begins with, and the others.

    Args:
        scripts: the sources of all modules.
    """
    named = b"\n".join(scripts).decode("utf-8")
    first: dict[str, dict[str, str]] = {}
    later: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        early, late = first.setdefault(TAGS[language], {}), later.setdefault(TAGS[language], {})
        for path in sorted((ASSETS / "locales" / language).glob("*.json")):
            entries = _entries(path)
            if path.stem.startswith(OF_THE_SERVER):
                early |= {key: text for key, text in entries.items() if f'"{key}"' in named}
            else:
                (early if path.stem in FIRST else late).update(entries)
    return first, later


def _entries(path: Path) -> dict[str, str]:
    entries: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return entries
