"""A row whose run is still going on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from llama_demo.store import index
from llama_demo.store.database import TIMEOUT, Database
from llama_demo.store.ids import number_of
from llama_demo.store.run import RUNNING, Token, as_json, as_trace, storable


@dataclass(frozen=True)
class OpenRun:
    """A row that its run is still writing; bound to the owner that began it."""

    database: Database
    id: str
    owner: str
    begun: int

    def write(
        self,
        status: str,
        output: str,
        timings: Mapping[str, object],
        *,
        trace: Sequence[Token] = (),
        timeout: float = TIMEOUT,
    ) -> None:
        """Store the text so far, or the final one; the final one can be searched for.

        Does nothing if the row was deleted meanwhile, or belongs to a later run of the same debounce key.

        Raises:
            StoreError: the row could not be written within ``timeout`` seconds.
        """
        values = {
            "status": status,
            "output": storable(output),
            "timings": as_json(timings),
            "trace": as_trace(trace),
            "id": self.id,
            "owner": self.owner,
            "begun": self.begun,
        }
        with self.database.writing(timeout=timeout) as tables:
            written = tables.execute(_WRITE, values).rowcount
            if written and status != RUNNING:
                index.put(tables, number_of(self.id))


_WRITE = """
    UPDATE runs SET status = :status, output = :output, timings = :timings, trace = :trace
    WHERE id = :id AND owner = :owner AND begun = :begun
"""
