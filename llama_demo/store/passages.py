"""Copies of a document's passages and name, in the answers and searches that used it.

An answer quotes the passages that it was drawn from, in the details of its message and in the figures of its
run; a search lists the names of the documents that it found. A deleted document leaves none of these behind,
and a renamed one is named anew. What was answered stays: it belongs to the conversation.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import regex
import sqlite_utils

from llama_demo.store import run_index
from llama_demo.store.json_columns import edit_json, inside_json

LISTS = ("evidence", "retrieved")
"""Lists of passages in the details of an answer and in the figures of its run."""

DELETED = "…"
"""Stands for the name of a deleted document or collection."""

_Edit = Callable[[dict[str, Any]], bool]
"""Changes a record in place; returns whether there was anything to change."""

_LISTED = regex.compile(r"^(\d+\. )(.*?)((?: \(\d+\))? · \d\.\d\d)$", regex.MULTILINE)


@dataclass(frozen=True)
class DocumentCopies:
    """What of a document can stand in answers and searches.

    Attributes:
        name: of the document.
        texts: of its chunks, by their numbers.
    """

    name: str
    texts: Mapping[int, str]

    def holds(self, passage: Mapping[str, Any]) -> bool:
        """Whether a passage, perhaps shortened, is one of the document's; earlier runs give no number."""
        number, text = passage.get("chunk"), str(passage.get("text", ""))
        if number is None:
            return bool(text) and any(each.startswith(text) for each in self.texts.values())
        return number in self.texts and self.texts[number].startswith(text)


def copies_of(tables: sqlite_utils.Database, document_id: str) -> tuple[str, DocumentCopies] | None:
    """The owner of a document, and what can be copied of it; None if there is no such document."""
    row = tables.execute("SELECT owner, name FROM documents WHERE id = ?", [document_id]).fetchone()
    if row is None:
        return None
    chunks = tables.execute("SELECT number, text FROM chunks WHERE document = ?", [document_id]).fetchall()
    return row[0], DocumentCopies(row[1], dict(chunks))


def remove_passages(tables: sqlite_utils.Database, copies: DocumentCopies, *, owner: str) -> None:
    """Remove the passages of a document from the owner's answers, and the prompts that hold them."""

    def remove(record: dict[str, Any]) -> bool:
        kept = {
            name: [one for one in _passages(record, name) if not copies.holds(one)]
            for name in LISTS
            if name in record
        }
        changed = any(len(kept[name]) < len(record[name]) for name in kept)
        if changed:
            _replace_passages(record, kept)
        return changed

    _edit_answers(tables, remove, owner=owner)


def rename_copies(tables: sqlite_utils.Database, copies: DocumentCopies, name: str, *, owner: str) -> None:
    """Name a document anew in the owner's answers and searches."""

    def rename(record: dict[str, Any]) -> bool:
        found = [one for each in LISTS for one in _passages(record, each) if copies.holds(one)]
        for one in found:
            one["document"] = name
        if found and record.get("prompt"):
            record["prompt"] = record["prompt"].replace(f'source="{copies.name}', f'source="{name}')
        return bool(found)

    _edit_answers(tables, rename, owner=owner)
    rename_in_searches(tables, copies.name, name, owner=owner)


def rename_in_searches(tables: sqlite_utils.Database, old: str, new: str, *, owner: str) -> None:
    """Put another name of a document into the results of the owner's searches."""

    def renamed(match: regex.Match[str]) -> str:
        return f"{match[1]}{new}{match[3]}" if match[2] == old else str(match[0])

    gone: set[str] = set()
    for number, output in tables.execute(_SEARCHES, {"owner": owner, "name": old}).fetchall():
        told = _LISTED.sub(renamed, output)
        if told != output:
            gone |= run_index.words_in(tables, number)
            tables.execute("UPDATE runs SET output = ? WHERE number = ?", [told, number])
            run_index.put(tables, number)
    if gone:
        run_index.purge(tables, gone)


def rename_collection(tables: sqlite_utils.Database, old: str, new: str, *, owner: str) -> None:
    """Name a collection anew in the owner's conversations, questions and searches."""

    def rename(record: dict[str, Any]) -> bool:
        chosen = record.get("collection")
        if isinstance(chosen, list) and old in chosen:
            record["collection"] = [new if each == old else each for each in chosen]
        elif chosen == old:
            record["collection"] = new
        return bool(record.get("collection") != chosen)

    values = {"owner": owner, "name": inside_json(old)}
    edit_json(tables, "conversations", "subject", _SUBJECTS, values, rename)
    edit_json(tables, "runs", "options", _CHOICES, values, rename)


def without_deleted(tables: sqlite_utils.Database, record: Mapping[str, Any]) -> dict[str, Any]:
    """The details or figures of an answer without passages of documents that were deleted meanwhile."""
    named = {one["chunk"] for name in LISTS for one in _passages(record, name) if one.get("chunk")}
    if not named:
        return dict(record)
    select = "SELECT number FROM chunks WHERE number IN (SELECT value FROM json_each(?))"
    stored = {number for (number,) in tables.execute(select, [json.dumps(sorted(named))]).fetchall()}
    if named <= stored:
        return dict(record)
    kept = {
        name: [one for one in _passages(record, name) if not one.get("chunk") or one["chunk"] in stored]
        for name in LISTS
        if name in record
    }
    changed = dict(record)
    _replace_passages(changed, kept)
    return changed


def _replace_passages(record: dict[str, Any], kept: Mapping[str, list[Any]]) -> None:
    """Put the remaining passages into a record; the prompt, which held all of them, is emptied."""
    record.update(kept)
    if "prompt" in record:
        record["prompt"] = ""


def _passages(record: Mapping[str, Any], name: str) -> Iterable[dict[str, Any]]:
    return [one for one in record.get(name) or () if isinstance(one, dict)]


def _edit_answers(tables: sqlite_utils.Database, edit: _Edit, *, owner: str) -> None:
    """Edit the answers from the library, in conversations and in the history."""
    edit_json(tables, "messages", "details", _ANSWERS, {"owner": owner}, edit)
    edit_json(tables, "runs", "timings", _QUESTIONS, {"owner": owner}, edit)


_ANSWERS = """
    owner = :owner AND role = 'assistant'
    AND conversation IN (SELECT id FROM conversations WHERE owner = :owner AND kind = 'library')
"""
_QUESTIONS = """
    owner = :owner AND task = 'ask' AND json_valid(options) AND json_extract(options, '$.kind') = 'library'
"""
_SEARCHES = """
    SELECT number, output FROM runs WHERE owner = :owner AND task = 'search' AND instr(output, :name)
"""
_SUBJECTS = "owner = :owner AND instr(subject, :name)"
_CHOICES = "owner = :owner AND task IN ('ask', 'search') AND instr(options, :name)"
