"""The row of an answer that is being written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlite_utils

from llama_demo.store import conversation_words, passages
from llama_demo.store.database import TIMEOUT, Database
from llama_demo.store.json_columns import as_json
from llama_demo.store.run import RUNNING
from llama_demo.unicode import replace_lone_surrogates


@dataclass(frozen=True)
class OpenMessage:
    """The row of a message that is not complete; bound to the owner that began it."""

    database: Database
    id: str
    owner: str

    def write(
        self,
        status: str,
        content: str,
        *,
        variant: Mapping[str, object],
        details: Mapping[str, object],
        now: int,
        timeout: float = TIMEOUT,
    ) -> None:
        """Store the text so far, or the final one; the final one can be searched for.

        Does nothing if the message was deleted meanwhile. Passages of documents that were deleted
        meanwhile are left out.

        Args:
            now: microseconds since 1970 in UTC.

        Raises:
            StoreError: it could not be written within ``timeout`` seconds.
        """
        values = {
            "status": status,
            "content": replace_lone_surrogates(content),
            "variant": as_json(variant),
            "id": self.id,
            "owner": self.owner,
        }
        with self.database.writing(timeout=timeout) as tables:
            values["details"] = as_json(stored_details(self.database, tables, details))
            written = tables.execute(_WRITE, values).rowcount
            if not written or status == RUNNING:
                return
            number, conversation = tables.execute(_PLACE, values).fetchone()
            conversation_words.put_message(
                tables,
                number,
                owner=self.owner,
                conversation=conversation,
                text=replace_lone_surrogates(content),
            )
            tables.execute(_TOUCH, {"now": now, "conversation": conversation})


def stored_details(
    database: Database, tables: sqlite_utils.Database, details: Mapping[str, object]
) -> dict[str, object]:
    """The details of an answer as a database may hold them: without passages of deleted documents.

    The library is not in memory, so there nothing can be left out.
    """
    return dict(details) if database.in_memory else passages.without_deleted(tables, details)


_WRITE = """
    UPDATE messages SET status = :status, content = :content, variant = :variant, details = :details
    WHERE id = :id AND owner = :owner
"""
_PLACE = "SELECT number, conversation FROM messages WHERE id = :id"
_TOUCH = "UPDATE conversations SET changed = max(changed, :now) WHERE id = :conversation"
