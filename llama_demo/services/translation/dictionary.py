"""The bundled Chinese-English dictionary, opened on the first look-up."""

from __future__ import annotations

import threading
from pathlib import Path

from llama_demo.settings import ASSETS
from llama_demo.text.dictionary import Dictionary, DictionaryEntry, Match

__all__ = ["ATTRIBUTION", "LICENCE", "SOURCE", "DictionaryEntry", "DictionaryService", "Match"]

ATTRIBUTION = "CC-CEDICT, CC BY-SA 4.0"
"""The licence requires this to be shown beside entries."""

SOURCE = "https://www.mdbg.net/chinese/dictionary?page=cc-cedict"
LICENCE = "https://creativecommons.org/licenses/by-sa/4.0/"

FILE = ASSETS / "dictionary" / "cedict.zip"

LONGEST_WORD = 200
"""Characters; nothing longer is looked up."""


class DictionaryService:
    """Looks up entries by word, and words by position in a text. Thread-safe.

    Args:
        path: of the archive that ``llama_demo.training.dictionary`` writes.
    """

    def __init__(self, path: Path = FILE) -> None:
        self._path = path
        self._opened: Dictionary | None = None
        self._lock = threading.Lock()

    def look_up(self, word: str) -> tuple[DictionaryEntry, ...]:
        """Entries of a Chinese word, simplified or traditional, or the best ones for an English word."""
        return self._open().look_up(word) if word.strip() and len(word) <= LONGEST_WORD else ()

    def words_at(self, text: str, position: int) -> tuple[Match, ...]:
        """The word of ``text`` that contains or ends at ``position``, then overlapping words."""
        return self._open().words_at(text, position)

    def _open(self) -> Dictionary:
        with self._lock:
            if self._opened is None:
                self._opened = Dictionary(self._path)
            return self._opened
