"""Answers in conversations as they are deleted: the run of the history and the messages that show it.

    runs.conversation ──> conversations <── messages ── details.run_id ──> runs

An answer is a run of the history and a message of a conversation, and of each branch that has it. They are
deleted together, in one transaction: with a run its messages and all that was said after them, whose prompts
hold the answer; with a conversation its runs, except those that a branch still shows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import sqlite_utils

from llama_demo.store import conversation_words, run_index

RUN = "json_extract(CASE WHEN json_valid(details) THEN details END, '$.run_id')"
"""SQL for the run of a message; NULL for a question."""

_MOST_NAMED = 100
"""Runs whose words are looked for in the index after a deletion; after more of them it is rewritten."""


def delete_runs(tables: sqlite_utils.Database, ids: Iterable[str], *, owner: str) -> None:
    """Delete runs of the owner, with their answers in conversations and all that was said after those."""
    wanted = set(ids)
    values = {"owner": owner, "ids": json.dumps(sorted(wanted))}
    rows = list(tables.query(_AROUND, values))
    gone = _with_followers(rows, wanted)
    after = {row["run"] for row in rows if row["id"] in gone and row["run"]}
    conversation_words.drop_messages(tables, [row["number"] for row in rows if row["id"] in gone])
    for conversation, messages in groupby(rows, key=lambda row: row["conversation"]):
        _delete_messages(tables, conversation, list(messages), gone, owner=owner)
    if gone:
        conversation_words.purge(tables)
    _delete_rows(tables, wanted | after, owner=owner)


def delete_conversations(tables: sqlite_utils.Database, ids: Sequence[str], *, owner: str) -> int:
    """Delete conversations of the owner with their runs; returns how many conversations existed.

    A run that a branch still shows stays, as the run of the branch.
    """
    values = {"owner": owner, "ids": json.dumps(list(ids))}
    runs = {run for (run,) in tables.execute(_RUNS_OF, values).fetchall()}
    existing = [one for (one,) in tables.execute(_EXISTING, values).fetchall()]
    conversation_words.drop(tables, existing)
    tables.execute(_DELETE_MESSAGES, values)
    tables.execute(_DELETE_CONVERSATIONS, values)
    if existing:
        conversation_words.purge(tables)
    shown = dict(tables.execute(_SHOWN, {"owner": owner, "ids": json.dumps(sorted(runs))}).fetchall())
    for run, conversation in shown.items():
        tables.execute("UPDATE runs SET conversation = ? WHERE id = ?", [conversation, run])
    _delete_rows(tables, runs - set(shown), owner=owner)
    return len(existing)


def _delete_rows(tables: sqlite_utils.Database, ids: Iterable[str], *, owner: str) -> None:
    """Delete the rows of runs, and their words from the index."""
    values = {"owner": owner, "ids": json.dumps(sorted(ids))}
    numbers = [number for (number,) in tables.execute(_NUMBERS, values).fetchall()]
    if not numbers:
        return
    few = len(numbers) <= _MOST_NAMED
    gone = {word for number in numbers for word in run_index.words_in(tables, number)} if few else None
    tables.execute(_DELETE_RUNS, values)
    run_index.drop(tables, numbers)
    run_index.purge(tables, gone)


def _with_followers(rows: Sequence[Mapping[str, Any]], runs: set[str]) -> set[str]:
    """The ids of the messages of these runs, of all that follow them, and of questions left unanswered.

    Args:
        rows: messages of whole conversations, parents before those that follow them.
    """
    gone: set[str] = set()
    for row in rows:
        if row["run"] in runs or row["parent"] in gone:
            gone.add(row["id"])
    answers: dict[str, list[str]] = {}
    for row in rows:
        answers.setdefault(row["parent"] or "", []).append(row["id"])
    questions = [row["id"] for row in rows if row["role"] == "user" and answers.get(row["id"])]
    return gone | {question for question in questions if gone.issuperset(answers[question])}


def _delete_messages(
    tables: sqlite_utils.Database,
    conversation: str,
    messages: Sequence[Mapping[str, Any]],
    gone: set[str],
    *,
    owner: str,
) -> None:
    """Delete messages of a conversation, which goes on at one that stays; with the last one it is deleted."""
    left = [row["id"] for row in messages if row["id"] not in gone]
    if not left:
        delete_conversations(tables, [conversation], owner=owner)
        return
    for row in messages:
        if row["id"] in gone:
            tables.execute("DELETE FROM messages WHERE id = ?", [row["id"]])
    values = {"id": conversation}
    row = next(iter(tables.query("SELECT number, title, leaf FROM conversations WHERE id = :id", values)))
    parents = {each["id"]: each["parent"] for each in messages}
    leaf = row["leaf"]
    while leaf in gone:
        leaf = parents[leaf]
    tables.execute(
        "UPDATE conversations SET leaf = :leaf WHERE id = :id", values | {"leaf": leaf or left[-1]}
    )
    asked = [each["content"] for each in messages if each["id"] in gone and each["role"] == "user"]
    if row["title"] and any(_is_title_of(row["title"], question) for question in asked):
        tables.execute("UPDATE conversations SET title = '' WHERE id = :id", values)
        conversation_words.put_title(tables, row["number"], owner=owner, conversation=conversation, text="")


def _is_title_of(title: str, question: str) -> bool:
    """Whether a title is the beginning of a question."""
    return " ".join(question.split()).startswith(title.removesuffix("…").rstrip())


_AROUND = f"""
    SELECT number, id, parent, role, conversation, content, {RUN} AS run FROM messages
    WHERE conversation IN (
        SELECT conversation FROM messages
        WHERE owner = :owner AND role = 'assistant' AND {RUN} IN (SELECT value FROM json_each(:ids))
    ) ORDER BY conversation, number
"""  # noqa: S608  (our own words, values are bound)
_NAMED = "owner = :owner AND {} IN (SELECT value FROM json_each(:ids))"
_RUNS_OF = f"""
    SELECT id FROM runs WHERE conversation != '' AND {_NAMED.format("conversation")}
    UNION SELECT {RUN} FROM messages WHERE {_NAMED.format("conversation")} AND {RUN} IS NOT NULL
"""  # noqa: S608
_EXISTING = f"SELECT id FROM conversations WHERE {_NAMED.format('id')}"  # noqa: S608
_DELETE_MESSAGES = f"DELETE FROM messages WHERE {_NAMED.format('conversation')}"  # noqa: S608
_DELETE_CONVERSATIONS = f"DELETE FROM conversations WHERE {_NAMED.format('id')}"  # noqa: S608
_SHOWN = f"""
    SELECT {RUN} AS run, conversation FROM messages WHERE role = 'assistant' AND {_NAMED.format("run")}
"""  # noqa: S608
_NUMBERS = f"SELECT number FROM runs WHERE {_NAMED.format('id')}"  # noqa: S608
_DELETE_RUNS = f"DELETE FROM runs WHERE {_NAMED.format('id')}"  # noqa: S608
