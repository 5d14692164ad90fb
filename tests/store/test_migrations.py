"""The schema: what a blank database gets, and what happens to the rows of an older one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

import pytest
import sqlite_utils

from llama_demo.store import chunk_words
from llama_demo.store.migrations import is_newer, migrations
from llama_demo.store.run_index import Filter, selection

STEPS = [step.name for step in migrations.pending(sqlite_utils.Database(memory=True))]


@pytest.fixture
def tables() -> Iterator[sqlite_utils.Database]:
    """A blank database in memory."""
    database = sqlite_utils.Database(memory=True)
    yield database
    database.close()


def schema(tables: sqlite_utils.Database) -> list[tuple[str, str]]:
    """Every table and index with the statement that makes it, sqlite-utils' own list left out."""
    rows = tables.execute(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '%migrat%'"
    )
    return sorted(rows.fetchall())


def of_ours(tables: sqlite_utils.Database) -> list[str]:
    """The tables with rows of ours: neither SQLite's own lists nor full-text indexes."""
    others = ("_", "sqlite_", "run_search", "chunk_search", "chunk_terms", "conversation_search")
    return [name for name in tables.table_names() if not name.startswith(others)]


def fill(tables: sqlite_utils.Database) -> dict[str, list[dict[str, object]]]:
    """Put one row into every table that there is, whatever its columns; returns all rows."""
    for name in of_ours(tables):
        columns = tables.table(name).columns
        row = {column.name: 7 if column.type == "INTEGER" else "文字 text" for column in columns}
        tables.table(name).insert(row | ({"id": f"{7:032x}"} if name == "runs" else {}))
    return rows_of(tables)


def rows_of(tables: sqlite_utils.Database) -> dict[str, list[dict[str, object]]]:
    """All rows of all tables of ours."""
    return {name: list(tables.table(name).rows) for name in of_ours(tables)}


def test_a_blank_database_gets_every_table(tables: sqlite_utils.Database) -> None:
    """A newcomer's first start makes the whole schema, and a second start changes nothing."""
    migrations.apply(tables)
    made = schema(tables)
    migrations.apply(tables)
    assert set(tables.table_names()) >= {"runs", "health"}
    assert schema(tables) == made
    assert [step.name for step in migrations.applied(tables)] == STEPS


@pytest.mark.parametrize("step", STEPS[1:])
def test_rows_of_every_earlier_schema_survive(tables: sqlite_utils.Database, step: str) -> None:
    """Whoever updates the app keeps the rows they have and gets the schema of a blank database."""
    migrations.apply(tables, stop_before=step)
    before = fill(tables)
    migrations.apply(tables)

    after = rows_of(tables)
    for name, rows in before.items():
        for old, new in zip(rows, after[name], strict=True):
            assert new.items() >= old.items()

    blank = sqlite_utils.Database(memory=True)
    migrations.apply(blank)
    assert schema(tables) == schema(blank)
    assert tables.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    blank.close()


def test_old_rows_can_be_searched(tables: sqlite_utils.Database) -> None:
    """A history that was written before there was a search is found by it, at once and by its owner."""
    migrations.apply(tables, stop_before="m003_search")
    ids = [f"{number:014x}{number:018x}" for number in (3, 1_700_000_000_000_000)]
    for run_id, text in zip(ids, ("机器翻译模型", "a dog is running"), strict=True):
        columns = [column.name for column in tables.table("runs").columns]
        tables.table("runs").insert(
            dict.fromkeys(columns, "") | {"id": run_id, "owner": "ann", "output": text}
        )
    migrations.apply(tables)
    assert [row["number"] for row in tables.query("SELECT number FROM runs ORDER BY id")] == [
        3 << 8,
        1_700_000_000_000_000 << 8,
    ]
    for query, run_id in (("翻译", ids[0]), ("run", ids[1])):
        chosen = selection(Filter(query=query), owner="ann")
        assert [row["id"] for row in tables.query(f"SELECT id FROM {chosen.source}", chosen.values)] == [
            run_id
        ]
    for row in tables.query("SELECT rating, note, origin, trace FROM runs"):
        assert row == {"rating": 0, "note": "", "origin": None, "trace": "[]"}


def test_old_rows_with_soft_hyphens_are_found_by_the_whole_word(tables: sqlite_utils.Database) -> None:
    """They were indexed in parts before such characters were seen through."""
    migrations.apply(tables, stop_before="m008_invisible_characters")
    text = "Die Hoch\xadwasser\xadanlage"
    columns = [column.name for column in tables.table("chunks").columns]
    tables.table("chunks").insert(dict.fromkeys(columns, 1) | {"heading": "", "language": "de", "text": text})
    tables.execute("INSERT INTO chunk_search(rowid, place, words) VALUES (1, 'c1', 'die hoch wasser anlage')")
    migrations.apply(tables)
    assert [number for number, _ in chunk_words.best(tables, "Hochwasseranlage", [1], most=5)] == [1]


def test_a_step_that_fails_leaves_nothing_behind(tables: sqlite_utils.Database) -> None:
    """A migration that cannot finish is undone whole, so that the next start can try it again."""
    tables.execute("CREATE TABLE health (somebody_else TEXT)")
    with pytest.raises(sqlite3.OperationalError):
        migrations.apply(tables)
    assert [step.name for step in migrations.applied(tables)] == STEPS[:1]


def test_every_row_of_a_person_has_an_owner(tables: sqlite_utils.Database) -> None:
    """Rows of a person say whose they are, or name the row with an owner that they are a part of."""
    migrations.apply(tables)
    nobodys = {"health", "embedders", "model_choices", "model_folders"}  # the last two are the operator's
    part_of = {"chunks": "document", "vectors": "chunk"}
    for name in set(of_ours(tables)) - nobodys:
        assert part_of.get(name, "owner") in tables.table(name).columns_dict, name


def test_a_step_of_a_later_version_is_noticed(tables: sqlite_utils.Database) -> None:
    """An older app must not write into a schema that it does not know."""
    migrations.apply(tables)
    assert not is_newer(tables)
    later = {"migration_set": "llama_demo", "name": "m999_later", "applied_at": "2030-01-01"}
    tables.table("_sqlite_migrations").insert(later)
    assert is_newer(tables)


def test_runs_of_conversations_are_known_and_deleted_passages_removed(tables: sqlite_utils.Database) -> None:
    """An older conversation can be deleted with its runs, and what an older deletion left is cleared."""
    migrations.apply(tables, stop_before="m009_runs_of_conversations")
    chunk = {"collection": 1, "document": "d", "place": 0, "heading": "", "language": "en"}
    tables.table("chunks").insert(chunk | {"number": 5, "text": "kept text", "starts": 0, "ends": 9})
    kept, gone = ({"chunk": number, "text": f"{word} text"} for number, word in ((5, "kept"), (6, "gone")))
    for place, (run_id, kind) in enumerate((("a" * 32, "library"), ("b" * 32, "text"), ("c" * 32, ""))):
        columns = tables.table("runs").columns
        blank = {column.name: 0 if column.type == "INTEGER" else "" for column in columns}
        run = {"id": run_id, "number": place, "owner": "ann", "task": "ask"}
        tables.table("runs").insert(blank | run | {"timings": json.dumps({"evidence": [kept, gone]})})
        if not kind:
            continue
        one = {"id": kind, "owner": "ann", "title": "", "kind": kind, "subject": "{}"}
        tables.table("conversations").insert(one | {"created": 1, "changed": 1})
        details = {"run_id": run_id, "evidence": [kept, gone], "retrieved": [gone], "prompt": "gone text"}
        message = {"id": kind, "owner": "ann", "conversation": kind, "role": "assistant", "content": ""}
        values = {"status": "done", "variant": "{}", "details": json.dumps(details)}
        tables.table("messages").insert(message | values | {"created": 1, "process": ""})
    migrations.apply(tables)

    found = {row["conversation"]: row for row in tables.query("SELECT conversation, timings FROM runs")}
    assert set(found) == {"library", "text", ""}
    assert json.loads(found["library"]["timings"])["evidence"] == [kept]
    assert json.loads(found["text"]["timings"])["evidence"] == [kept, gone]
    answers = {row["id"]: json.loads(row["details"]) for row in tables.table("messages").rows}
    assert answers["library"] == {"run_id": "a" * 32, "evidence": [kept], "retrieved": [], "prompt": ""}
    assert answers["text"]["retrieved"] == [gone]
