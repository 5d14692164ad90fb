"""A visitor's glossary: terms with a fixed translation, for each direction.

Terms of a temporary visit are held in memory for its page, and override the owner's stored terms.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from llama_demo.errors import InputError
from llama_demo.language import language_of
from llama_demo.services.translation.request import LONGEST_TERM, MOST_TERMS
from llama_demo.services.visits import Visit
from llama_demo.store.glossary import GlossaryRow, GlossaryStore, key_of
from llama_demo.tasks.glossary import Term

MOST_PAGES = 64
"""Pages of temporary visits whose terms are held; the least recently used are dropped first."""

Direction = tuple[str, str]


@dataclass(frozen=True)
class TermPair:
    """A term of the source language and its fixed translation.

    Attributes:
        kept: whether it is stored; else it is lost with the page.
    """

    source: str
    target: str
    term: str
    translation: str
    kept: bool


class Glossary:
    """The glossaries of all visitors; each visitor reads and changes their own."""

    def __init__(self, store: GlossaryStore) -> None:
        self._store = store
        self._pages: OrderedDict[str, dict[Direction, dict[str, GlossaryRow]]] = OrderedDict()
        self._lock = threading.Lock()

    def add(
        self, visit: Visit, source: str, target: str, term: str, translation: str
    ) -> tuple[TermPair, ...]:
        """Add a term, or replace it; returns all terms of the direction.

        Raises:
            InputError: ``glossary_language``, ``glossary_empty``, ``glossary_long``, ``glossary_full``.
            StoreError: the term could not be stored.
        """
        entry = GlossaryRow(" ".join(term.split()), " ".join(translation.split()))
        _check(source, target, entry)
        if visit.temporary or visit.owner is None:
            self._hold(visit, (source, target), entry)
        elif not self._store.put(entry, owner=visit.owner, source=source, target=target, most=MOST_TERMS):
            raise InputError("glossary_full", limit=MOST_TERMS)
        else:
            self._drop(visit, (source, target), term)
        return self.terms(visit, source, target)

    def remove(self, visit: Visit, source: str, target: str, term: str) -> tuple[TermPair, ...]:
        """Remove a term, from the disk too; returns the remaining ones.

        Raises:
            StoreError: ``deletion_incomplete`` if the row is deleted but its bytes are not yet overwritten.
        """
        self._drop(visit, (source, target), term)
        if visit.owner is not None:
            self._store.remove(term, owner=visit.owner, source=source, target=target)
        return self.terms(visit, source, target)

    def drop_held(self, visit: Visit) -> None:
        """Drop the terms that are held in memory for the page."""
        with self._lock:
            self._pages.pop(visit.page, None)

    def terms(self, visit: Visit, source: str, target: str) -> tuple[TermPair, ...]:
        """The terms of a direction in alphabetical order; the page's own override stored ones."""
        stored = (
            []
            if visit.owner is None
            else self._store.entries(owner=visit.owner, source=source, target=target)
        )
        with self._lock:
            held = dict(self._held(visit, (source, target)))
        pairs = {key_of(e.term): TermPair(source, target, e.term, e.translation, kept=True) for e in stored}
        pairs |= {key: TermPair(source, target, e.term, e.translation, kept=False) for key, e in held.items()}
        return tuple(pair for _, pair in sorted(pairs.items()))

    def for_translation(self, visit: Visit, source: str, target: str) -> tuple[Term, ...]:
        """The terms for a translation request, the page's own first, at most :data:`MOST_TERMS`."""
        pairs = sorted(self.terms(visit, source, target), key=lambda pair: pair.kept)
        return tuple(Term(pair.term, pair.translation) for pair in pairs[:MOST_TERMS])

    def _drop(self, visit: Visit, direction: Direction, term: str) -> None:
        with self._lock:
            self._held(visit, direction).pop(key_of(term), None)

    def _hold(self, visit: Visit, direction: Direction, entry: GlossaryRow) -> None:
        with self._lock:
            held = self._held(visit, direction, new=True)
            if key_of(entry.term) not in held and len(held) >= MOST_TERMS:
                raise InputError("glossary_full", limit=MOST_TERMS)
            held[key_of(entry.term)] = entry

    def _held(self, visit: Visit, direction: Direction, *, new: bool = False) -> dict[str, GlossaryRow]:
        """The terms in memory for the visit's page; empty for an API call, which has no page."""
        if not visit.page or (visit.page not in self._pages and not new):
            return {}
        page = self._pages.setdefault(visit.page, {})
        self._pages.move_to_end(visit.page)
        while len(self._pages) > MOST_PAGES:
            self._pages.popitem(last=False)
        return page.setdefault(direction, {})


def _check(source: str, target: str, entry: GlossaryRow) -> None:
    if not _is_known(source) or not _is_known(target) or source == target:
        raise InputError("glossary_language")
    if not entry.term or not entry.translation:
        raise InputError("glossary_empty")
    longest = max(len(entry.term), len(entry.translation))
    if longest > LONGEST_TERM:
        raise InputError("glossary_long", characters=longest, limit=LONGEST_TERM)


def _is_known(code: str) -> bool:
    """Whether this is the code of a language that has a name."""
    language = language_of(code)
    return language is not None and language.code == code and language.name("en") != code
