"""Subjects, variants and answers as the database holds them: as JSON.

What a later version adds to a record is passed over when it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from llama_demo.errors import DemoError
from llama_demo.services.asking.conversation import Message
from llama_demo.services.asking.question import Part, Subject, Variant
from llama_demo.services.asking.update import Claim, Evidence, Update
from llama_demo.store import conversation as rows

_IN_COLUMNS = ("text", "status", "variant")
_OF_THE_MOMENT = ("waiting", "warning")


def subject_record(subject: Subject) -> dict[str, Any]:
    """What a conversation is about, for :func:`subject_of` to read."""
    return asdict(subject)


def subject_of(record: Mapping[str, Any]) -> Subject:
    """The subject of a record; one of an earlier version may lack fields, which then have their defaults."""
    parts = tuple(Part(**_known(Part, part)) for part in record.get("parts", ()))
    documents = tuple(record.get("documents", ()))
    return Subject(**_known(Subject, record) | {"parts": parts, "documents": documents})


def variant_record(variant: Variant) -> dict[str, Any]:
    """Who answered and how."""
    return asdict(variant)


def details(update: Update) -> dict[str, Any]:
    """What there is to an answer besides its text, its status and who answered."""
    record = asdict(replace(update, warning=None, error=None))
    for name in (*_IN_COLUMNS, *_OF_THE_MOMENT):
        del record[name]
    if update.error is not None:
        record["error"] = {"key": update.error.key, "values": update.error.values}
    return record


def message_of(row: rows.MessageRow) -> Message:
    """A message of the database with its answer."""
    update = _update(row) if row.role == "assistant" else None
    return Message(row.id, row.parent, row.content, row.created, update)


def _update(row: rows.MessageRow) -> Update:
    kept = _known(Update, row.details)
    for name in ("evidence", "retrieved"):
        kept[name] = tuple(Evidence(**_known(Evidence, each)) for each in kept.get(name, ()))
    kept["claims"] = tuple(
        Claim(**_known(Claim, each) | {"cites": tuple(each["cites"])}) for each in kept.get("claims", ())
    )
    kept["limits"] = tuple(kept.get("limits", ()))
    error = kept.get("error")
    kept["error"] = DemoError(error["key"], **error["values"]) if error else None
    variant = Variant(**_known(Variant, row.variant))
    return Update(**kept | {"text": row.content, "status": row.status, "variant": variant})


def _known(kind: type[Any], record: Mapping[str, Any]) -> dict[str, Any]:
    """What of a record this version has a field for."""
    names = {each.name for each in fields(kind)}
    return {name: value for name, value in record.items() if name in names}
