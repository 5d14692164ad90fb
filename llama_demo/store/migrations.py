"""The schema as numbered migrations. A released one is never edited or renamed: add the next one.

sqlite-utils keeps the list of steps already taken in the database itself (``_sqlite_migrations``) and runs
each new one in a transaction.
"""

from __future__ import annotations

import json
from contextlib import closing

from sqlite_utils import Database, Migrations

from llama_demo.store import chunk_words, conversation_words, passages, run_index
from llama_demo.store.ids import number_of
from llama_demo.store.json_columns import as_json

migrations = Migrations("llama_demo")


@migrations()
def m001_runs(db: Database) -> None:
    """One row for each run of each task.

    ``id`` begins with ``created``, so sorting by it is sorting by time and no two rows tie. Times are
    microseconds since 1970 in UTC, as integers: text would need a fixed number of digits to sort.
    ``begun`` is when the present content began; it moves on when a run from the same ``box`` replaces the
    one before, and it tells a late writer of the replaced run that the row is no longer its own.
    ``process`` names the program that writes the row while it is running.
    """
    db.table("runs").create(
        {
            "id": str,
            "owner": str,
            "task": str,
            "box": str,
            "created": int,
            "begun": int,
            "process": str,
            "status": str,
            "model": str,
            "input": str,
            "output": str,
            "options": str,
            "timings": str,
        },
        pk="id",
        not_null={"id", "owner", "task", "box", "created", "begun", "process", "status"}
        | {"model", "input", "output", "options", "timings"},
    )
    # Newest first for one owner.
    db.table("runs").create_index(["owner", "id"])
    # Small indexes over the few rows that the look-ups at start and from a box can mean.
    db.execute("CREATE INDEX runs_running ON runs(process) WHERE status = 'running'")
    db.execute("CREATE INDEX runs_box ON runs(owner, box, begun) WHERE box != ''")


@migrations()
def m002_health(db: Database) -> None:
    """One row that the health check writes: only that tells of a disk that is full or read-only."""
    db.table("health").create({"id": int, "written": int}, pk="id", not_null={"written"})


@migrations()
def m003_search(db: Database) -> None:
    """Full-text search, what a visitor says of a run, its versions and its tokens.

    ``number`` is the id's time as an integer: the key of the full-text index, which needs one that never
    changes (SQLite may renumber the rows of a table that has none). ``rating`` is 1, -1 or 0, ``origin`` the
    id of the first of several versions of one run, ``trace`` the list of generated tokens.
    """
    for column in (
        "number INTEGER",
        "rating INTEGER NOT NULL DEFAULT 0",
        "note TEXT NOT NULL DEFAULT ''",
        "origin TEXT",
        "trace TEXT NOT NULL DEFAULT '[]'",
    ):
        db.execute(f"ALTER TABLE runs ADD COLUMN {column}")
    ids = [run_id for (run_id,) in db.execute("SELECT id FROM runs").fetchall()]
    numbered = [(number_of(run_id), run_id) for run_id in ids]
    db.conn.executemany("UPDATE runs SET number = ? WHERE id = ?", numbered)
    db.execute("CREATE UNIQUE INDEX runs_number ON runs(number)")
    db.execute("CREATE INDEX runs_origin ON runs(owner, origin) WHERE origin IS NOT NULL")
    # For the names that a list can be narrowed to, without reading the texts.
    db.execute("CREATE INDEX runs_names ON runs(owner, task, model)")
    db.execute(run_index.CREATE)
    for number, _ in numbered:
        run_index.put(db, number)


@migrations()
def m004_glossary(db: Database) -> None:
    """Terms that a person wants translated in one way, for one direction between two languages.

    ``key`` is the term as it is compared: without regard to letter case.
    """
    db.table("glossary").create(
        {"owner": str, "source": str, "target": str, "key": str, "term": str, "translation": str},
        pk=("owner", "source", "target", "key"),
        not_null={"term", "translation"},
    )


@migrations()
def m005_library(db: Database) -> None:
    """Collections of documents, the chunks they are cut into, and the vectors of those.

    An ``owner`` of '' is everybody. Numbers of chunks are never used twice, so that what holds vectors in
    memory can tell new ones from gone ones. ``starts`` and ``ends`` are places in the document's text.
    A model is known by its name and by ``probe``, the vector it makes of one sentence: another checkpoint of
    the same name makes another. ``revision`` counts the changes of a collection.
    """
    db.execute("""
        CREATE TABLE collections (
            number INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL, name TEXT NOT NULL,
            revision INTEGER NOT NULL DEFAULT 0, UNIQUE (owner, name)
        )
    """)
    db.execute("""
        CREATE TABLE documents (
            id TEXT PRIMARY KEY, owner TEXT NOT NULL, collection INTEGER NOT NULL, name TEXT NOT NULL,
            digest TEXT NOT NULL, bytes INTEGER NOT NULL, created INTEGER NOT NULL, process TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'waiting', language TEXT NOT NULL DEFAULT '',
            chunks INTEGER NOT NULL DEFAULT 0, pages INTEGER NOT NULL DEFAULT 0,
            reason TEXT NOT NULL DEFAULT '', details TEXT NOT NULL DEFAULT '{}'
        )
    """)
    db.execute("CREATE INDEX documents_collection ON documents(collection, name)")
    db.execute("CREATE INDEX documents_digest ON documents(digest)")
    db.execute("CREATE INDEX documents_owner ON documents(owner)")
    db.execute("CREATE INDEX documents_waiting ON documents(process) WHERE state = 'waiting'")
    db.execute("""
        CREATE TABLE chunks (
            number INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL, document TEXT NOT NULL,
            place INTEGER NOT NULL, page INTEGER, heading TEXT NOT NULL, language TEXT NOT NULL,
            text TEXT NOT NULL, starts INTEGER NOT NULL, ends INTEGER NOT NULL
        )
    """)
    db.execute("CREATE UNIQUE INDEX chunks_document ON chunks(document, place)")
    db.execute("""
        CREATE TABLE embedders (
            number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, width INTEGER NOT NULL,
            probe BLOB NOT NULL
        )
    """)
    db.execute("""
        CREATE TABLE vectors (
            embedder INTEGER NOT NULL, collection INTEGER NOT NULL, chunk INTEGER NOT NULL,
            vector BLOB NOT NULL,
            PRIMARY KEY (embedder, collection, chunk)
        ) WITHOUT ROWID
    """)
    db.execute(chunk_words.CREATE)
    db.execute(chunk_words.CREATE_TERMS)
    chunk_words.prepare(db)


@migrations()
def m006_conversations(db: Database) -> None:
    """Conversations and their messages, each of which names the one that it follows.

    ``changed`` is when a message was last begun or ended, by which a list is sorted; ``leaf`` is the message
    at which a conversation goes on. ``subject``, ``variant`` and ``details`` are JSON. ``process`` names the
    program that writes the message while it is running. Numbers are those of the full-text index.
    """
    db.execute("""
        CREATE TABLE conversations (
            number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL,
            title TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
            created INTEGER NOT NULL, changed INTEGER NOT NULL, leaf TEXT
        )
    """)
    db.execute("CREATE INDEX conversations_changed ON conversations(owner, changed, id)")
    db.execute("""
        CREATE TABLE messages (
            number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL,
            conversation TEXT NOT NULL, parent TEXT, role TEXT NOT NULL, content TEXT NOT NULL,
            status TEXT NOT NULL, variant TEXT NOT NULL, details TEXT NOT NULL,
            created INTEGER NOT NULL, process TEXT NOT NULL
        )
    """)
    db.execute("CREATE INDEX messages_conversation ON messages(conversation, number)")
    db.execute("CREATE INDEX messages_running ON messages(process) WHERE status = 'running'")
    db.execute(conversation_words.CREATE)


@migrations()
def m007_document_notices(db: Database) -> None:
    """What could not be read of a document that was read, as JSON: keys of sentences and their values."""
    db.execute("ALTER TABLE documents ADD COLUMN notices TEXT NOT NULL DEFAULT '[]'")


@migrations()
def m008_invisible_characters(db: Database) -> None:
    """Soft hyphens and zero-width characters part no words any more: what has them is indexed anew."""
    chunks = f"SELECT number, collection, heading, text FROM chunks WHERE {_invisible('heading', 'text')}"  # noqa: S608
    for number, collection, heading, text in db.execute(chunks).fetchall():
        chunk_words.drop(db, [number])
        chunk_words.put(db, [(number, collection, f"{heading}\n{text}")])
    runs = f"SELECT number FROM runs WHERE {_invisible('input', 'output', 'note')}"  # noqa: S608
    for (number,) in db.execute(runs).fetchall():
        run_index.put(db, number)
    messages = f"SELECT number, owner, conversation, content FROM messages WHERE {_invisible('content')}"  # noqa: S608
    for number, owner, conversation, text in db.execute(messages).fetchall():
        conversation_words.put_message(db, number, owner=owner, conversation=conversation, text=text)
    titles = f"SELECT number, owner, id, title FROM conversations WHERE {_invisible('title')}"  # noqa: S608
    for number, owner, conversation, text in db.execute(titles).fetchall():
        conversation_words.put_title(db, number, owner=owner, conversation=conversation, text=text)


def _invisible(*columns: str) -> str:
    """An SQL condition on rows with a character in one of the columns that cannot be seen."""
    codes = (0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF)
    return " OR ".join(f"instr({column}, char({code}))" for column in columns for code in codes)


@migrations()
def m009_runs_of_conversations(db: Database) -> None:
    """The conversation that a run is an answer in; empty for other runs.

    Passages of documents that were deleted earlier are removed from answers, with the prompts that hold them.
    """
    db.execute("ALTER TABLE runs ADD COLUMN conversation TEXT NOT NULL DEFAULT ''")
    db.execute("CREATE INDEX runs_conversation ON runs(conversation) WHERE conversation != ''")
    for number, owner, conversation, text, from_library in db.execute(_ANSWERS).fetchall():
        details = json.loads(text)
        run = {"id": details.get("run_id"), "owner": owner, "conversation": conversation}
        db.execute(_LINK, run)
        kept = passages.without_deleted(db, details) if from_library else details
        if kept != details:
            db.execute("UPDATE messages SET details = ? WHERE number = ?", [as_json(kept), number])
            _keep_evidence(db, run, [str(one["text"]) for one in kept.get("evidence", ())])


def _keep_evidence(db: Database, run: dict[str, str | None], texts: list[str]) -> None:
    """Leave of a run's evidence what begins one of these passages."""
    for number, text in db.execute(_FIGURES, run).fetchall():
        timings = json.loads(text)
        timings["evidence"] = [
            one for one in timings.get("evidence", ()) if any(each.startswith(one["text"]) for each in texts)
        ]
        db.execute("UPDATE runs SET timings = ? WHERE number = ?", [as_json(timings), number])


_ANSWERS = """
    SELECT messages.number, messages.owner, conversation, details, kind = 'library' FROM messages
    JOIN conversations ON conversations.id = conversation
    WHERE role = 'assistant' AND json_valid(details) ORDER BY messages.number
"""
_LINK = """
    UPDATE runs SET conversation = :conversation
    WHERE id = :id AND owner = :owner AND task = 'ask' AND conversation = ''
"""
_FIGURES = "SELECT number, timings FROM runs WHERE id = :id AND owner = :owner AND json_valid(timings)"


@migrations()
def m010_visitors(db: Database) -> None:
    """When a visitor of a public server who has stored something was last seen, in days since 1970."""
    db.execute("CREATE TABLE visitors (owner TEXT PRIMARY KEY, seen INTEGER NOT NULL) WITHOUT ROWID")
    db.execute("CREATE INDEX visitors_seen ON visitors(seen)")


@migrations()
def m011_models(db: Database) -> None:
    """The model that serves each task, as the operator chose it, and folders of further models."""
    db.execute("CREATE TABLE model_choices (task TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID")
    db.execute("CREATE TABLE model_folders (number INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE)")


@migrations()
def m012_edits(db: Database) -> None:
    """How many runs of earlier states of its text a run has replaced."""
    db.execute("ALTER TABLE runs ADD COLUMN edits INTEGER NOT NULL DEFAULT 0")


@migrations()
def m013_policy_decisions(db: Database) -> None:
    """What the content policy decided, without the texts; ``made`` is in microseconds since 1970.

    ``owner`` is empty for a visitor of whom nothing else is stored.
    """
    db.execute("""
        CREATE TABLE policy_decisions (
            number INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL, made INTEGER NOT NULL,
            tab TEXT NOT NULL, stage TEXT NOT NULL, action TEXT NOT NULL, category TEXT NOT NULL,
            layer TEXT NOT NULL, rule TEXT NOT NULL, version TEXT NOT NULL,
            false_positive INTEGER NOT NULL DEFAULT 0
        )
    """)
    db.execute("CREATE INDEX policy_decisions_owner ON policy_decisions(owner)")


@migrations()
def m014_model_votes(db: Database) -> None:
    """Votes between two models, without the texts; ``made`` is in microseconds since 1970.

    ``first`` and ``second`` are in alphabetical order, whichever side each stood on.
    """
    db.execute("""
        CREATE TABLE model_votes (
            number INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL, made INTEGER NOT NULL,
            task TEXT NOT NULL, first TEXT NOT NULL, second TEXT NOT NULL, choice TEXT NOT NULL
        )
    """)
    db.execute("CREATE INDEX model_votes_owner ON model_votes(owner)")


def is_newer(db: Database) -> bool:
    """Whether a later version of this app has taken steps that this one does not know."""
    with closing(Database(memory=True)) as blank:
        ours = {step.name for step in migrations.pending(blank)}
    return any(step.name not in ours for step in migrations.applied(db))
