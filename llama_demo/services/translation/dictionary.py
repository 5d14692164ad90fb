"""The Chinese-English dictionary that came with the program, opened when somebody first asks for a word."""

from __future__ import annotations

import threading
from pathlib import Path

from llama_demo.settings import ASSETS
from llama_demo.text.dictionary import Dictionary, DictionaryEntry, Match

__all__ = ["ATTRIBUTION", "LICENCE", "SOURCE", "DictionaryEntry", "DictionaryService", "Match"]

ATTRIBUTION = "CC-CEDICT, CC BY-SA 4.0"
"""To be shown wherever entries are."""

SOURCE = "https://www.mdbg.net/chinese/dictionary?page=cc-cedict"
LICENCE = "https://creativecommons.org/licenses/by-sa/4.0/"

FILE = ASSETS / "dictionary" / "cedict.zip"

LONGEST_WORD = 200
"""Characters of what is looked up; longer texts are no words."""


class DictionaryService:
    """Entries by word, and words by their place in a text. Many threads may ask at once.

    Args:
        path: of the file that ``llama_demo.training.dictionary`` makes.
    """

    def __init__(self, path: Path = FILE) -> None:
        self._path = path
        self._opened: Dictionary | None = None
        self._lock = threading.Lock()

    def look_up(self, word: str) -> tuple[DictionaryEntry, ...]:
        """The entries of a Chinese word, simplified or traditional, or those that best say an English one."""
        return self._open().look_up(word) if word.strip() and len(word) <= LONGEST_WORD else ()

    def words_at(self, text: str, position: int) -> tuple[Match, ...]:
        """The word of ``text`` that holds or ends at ``position``, then other words that are there."""
        return self._open().words_at(text, position)

    def _open(self) -> Dictionary:
        with self._lock:
            if self._opened is None:
                self._opened = Dictionary(self._path)
            return self._opened
