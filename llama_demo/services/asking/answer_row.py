"""An answer in the database: written from its first moment to its end."""

from __future__ import annotations

import time

from llama_demo.errors import DemoError, StoreError
from llama_demo.services.asking.records import details, variant_record
from llama_demo.services.asking.update import Update
from llama_demo.services.history.recording import (
    END_TIMEOUT,
    GROWING_TIMEOUT,
    INTERVAL,
    RETRY_INTERVAL,
)
from llama_demo.store.conversations import ConversationStore
from llama_demo.store.open_message import OpenMessage
from llama_demo.store.run import RUNNING


class AnswerRow:
    """The row of one answer while it comes.

    A database that cannot be written never ends an answer: ``warning`` says so, once.

    Attributes:
        warning: why the answer, or its latest text, could not be stored at some point.
    """

    def __init__(self, store: ConversationStore, message: OpenMessage) -> None:
        self._store = store
        self._message = message
        self._over = False
        self._next_write = time.monotonic() + INTERVAL
        self.warning: DemoError | None = None

    @property
    def id(self) -> str:
        """Of the message."""
        return self._message.id

    def write(self, update: Update) -> None:
        """Take an update: at most one a second is written while it runs, and the last one at once.

        Only the first one with another status than ``running`` counts as the last.
        """
        if self._over or (update.status == RUNNING and time.monotonic() < self._next_write):
            return
        self._over = update.status != RUNNING
        self._next_write = time.monotonic() + INTERVAL
        try:
            self._store.write(
                self._message,
                update.status,
                update.text,
                variant=variant_record(update.variant),
                details=details(update),
                timeout=END_TIMEOUT if self._over else GROWING_TIMEOUT,
            )
        except StoreError as exc:
            self.warning = self.warning or exc
            self._next_write = time.monotonic() + RETRY_INTERVAL
