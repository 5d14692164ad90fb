"""The glossary's rows: whose they are, what replaces what, and that what is removed is gone."""

from __future__ import annotations

import pytest

from llama_demo.store.database import Database
from llama_demo.store.glossary import GlossaryRow, GlossaryStore

DIRECTION = {"source": "en", "target": "zh"}
TERM = GlossaryRow("llama", "羊驼")


@pytest.fixture
def store(database: Database) -> GlossaryStore:
    """An empty glossary."""
    return GlossaryStore(database)


def put(store: GlossaryStore, entry: GlossaryRow, *, owner: str = "ann", most: int = 10) -> bool:
    """Store a term for English to Chinese."""
    return store.put(entry, owner=owner, most=most, **DIRECTION)


def test_a_term_belongs_to_its_owner_and_direction(store: GlossaryStore) -> None:
    """Nobody sees or removes another's terms, and a term counts in one direction."""
    assert put(store, TERM)
    assert store.entries(owner="ann", **DIRECTION) == [TERM]
    assert store.entries(owner="bob", **DIRECTION) == []
    assert store.entries(owner="ann", source="zh", target="en") == []
    assert not store.remove("llama", owner="bob", **DIRECTION)
    assert store.entries(owner="ann", **DIRECTION) == [TERM]


def test_the_same_term_is_replaced(store: GlossaryStore) -> None:
    """Letter case and blanks make no other term; the last spelling counts."""
    put(store, TERM)
    put(store, GlossaryRow("Llama", "大羊驼"))
    put(store, GlossaryRow("alpaca", "羊驼"))
    assert store.entries(owner="ann", **DIRECTION) == [
        GlossaryRow("alpaca", "羊驼"),
        GlossaryRow("Llama", "大羊驼"),
    ]
    assert store.remove(" LLAMA ", owner="ann", **DIRECTION)
    assert store.entries(owner="ann", **DIRECTION) == [GlossaryRow("alpaca", "羊驼")]


def test_a_full_glossary_takes_only_what_it_has(store: GlossaryStore) -> None:
    """The limit is each owner's own, and a term can still be corrected."""
    assert put(store, TERM, most=1)
    assert not put(store, GlossaryRow("model", "模型"), most=1)
    assert put(store, GlossaryRow("llama", "大羊驼"), most=1)
    assert put(store, TERM, owner="bob", most=1)


@pytest.mark.parametrize("hostile", ["'; DROP TABLE glossary; --", "\ud800", "a\x00b", "%", "🦙", "=1+1"])
def test_any_text_is_a_term(store: GlossaryStore, hostile: str) -> None:
    """Signs of SQL are letters like others, and half a character does not keep the row from being stored."""
    assert put(store, GlossaryRow(hostile, hostile))
    assert len(store.entries(owner="ann", **DIRECTION)) == 1
    assert store.remove(hostile, owner="ann", **DIRECTION)
    assert store.entries(owner="ann", **DIRECTION) == []


def test_what_is_removed_is_not_on_the_disk(store: GlossaryStore, database: Database) -> None:
    """Neither a removed term nor a replaced translation can be found in the files."""
    put(store, GlossaryRow("SECRETTERM", "SECRETOLD"))
    put(store, GlossaryRow("SECRETTERM", "SECRETNEW"))
    assert store.remove("SECRETTERM", owner="ann", **DIRECTION)
    for file in database.path.parent.glob("llama_demo.db*"):
        assert b"SECRET" not in file.read_bytes(), file.name
