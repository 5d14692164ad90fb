"""The full-text index over conversations: one entry for each title and one for each message.

Texts and queries are cut as the history's are (:mod:`llama_demo.store.words`). The words of a query may stand
in different messages of a conversation. After a deletion all segments of the index are merged into one, so
that no deleted word is left in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlite_utils import Database

from llama_demo.store import run_index
from llama_demo.store.words import Phrase, words

CREATE = """
    CREATE VIRTUAL TABLE conversation_search USING fts5(
        facts, words, conversation UNINDEXED, tokenize = "ascii tokenchars '_'", prefix = '1', columnsize = 0
    )
"""


def put_message(tables: Database, number: int, *, owner: str, conversation: str, text: str) -> None:
    """Index the message of this number, in place of its former text."""
    facts = " ".join(run_index.facts(owner=owner))
    tables.execute(_PUT, [number, facts, " ".join(words(text)), conversation])


def put_title(tables: Database, number: int, *, owner: str, conversation: str, text: str) -> None:
    """Index the title of the conversation of this number, in place of the former one."""
    put_message(tables, -number, owner=owner, conversation=conversation, text=text)


def drop(tables: Database, conversations: Iterable[str]) -> None:
    """Remove conversations with all of their messages from the index, before their rows are deleted."""
    for conversation in conversations:
        tables.execute(_DROP, {"id": conversation})


def drop_messages(tables: Database, numbers: Iterable[int]) -> None:
    """Remove messages from the index."""
    delete = "DELETE FROM conversation_search WHERE rowid = ?"
    tables.conn.executemany(delete, ((number,) for number in numbers))


def purge(tables: Database) -> None:
    """Clear the file of words that were removed or changed."""
    if tables.execute("SELECT 1 FROM conversation_search LIMIT 1").fetchone() is None:
        tables.execute("DROP TABLE conversation_search")
        tables.execute(CREATE)
    else:
        tables.execute("INSERT INTO conversation_search(conversation_search) VALUES ('optimize')")


def narrowed(phrases: Sequence[Phrase], *, owner: str) -> tuple[str, dict[str, str]]:
    """An SQL condition on ``id``, met by conversations that hold all of these phrases, and its values."""
    facts = run_index.facts(owner=owner)
    values = {f"match{i}": run_index.expression(facts, [phrase]) for i, phrase in enumerate(phrases)}
    return " AND ".join(_HOLDS.format(name) for name in values), values


_PUT = """
    INSERT OR REPLACE INTO conversation_search(rowid, facts, words, conversation) VALUES (?, ?, ?, ?)
"""
_DROP = """
    DELETE FROM conversation_search WHERE rowid IN (
        SELECT number FROM messages WHERE conversation = :id
        UNION ALL SELECT -number FROM conversations WHERE id = :id
    )
"""
_HOLDS = """
    id IN (SELECT conversation FROM conversation_search WHERE conversation_search MATCH :{})
"""
