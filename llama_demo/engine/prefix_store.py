"""Keys and values of texts that were read before, for requests that begin with the same tokens.

A second turn of a conversation, or a second question about the same document, then reads only what is new.
Each client has its own: how soon an answer comes must not tell what others have asked.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

from llama_demo.engine.fair_share import Client
from llama_demo.model.cache import KeyValueCache

# Shorter beginnings are read as fast as they are copied.
LEAST_TOKENS = 16
KEEP_SECONDS = 900.0


class _Entry(NamedTuple):
    client: Client
    ids: tuple[int, ...]
    cache: KeyValueCache
    kept: float


class PrefixStore:
    """The newest texts, least recently used first; used by the engine's thread alone.

    Args:
        memory: bytes that they may take.
    """

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._entries: list[_Entry] = []

    @property
    def bytes(self) -> int:
        """Memory that the texts take."""
        return sum(entry.cache.bytes for entry in self._entries)

    def keep(self, client: Client, ids: Sequence[int], cache: KeyValueCache) -> None:
        """Keep the cache of a text of this client; ``ids`` are the tokens that it has read."""
        if not cache.shortenable or cache.rows > 1 or cache.length < LEAST_TOKENS:
            return
        read = tuple(ids[: cache.length])
        self._forget()
        # A text that this one continues is of no further use.
        self._entries = [
            entry for entry in self._entries if entry.client != client or entry.ids != read[: len(entry.ids)]
        ]
        self._entries.append(_Entry(client, read, cache, time.monotonic()))
        while self.bytes > self._memory:
            del self._entries[0]

    def fill(self, client: Client, ids: Sequence[int], cache: KeyValueCache) -> None:
        """Fill an empty cache with the longest beginning that a text of the client shares with ``ids``.

        The last token stays unread, since its logits are needed.
        """
        self._forget()
        lengths = [_common(entry.ids, ids[:-1]) if entry.client == client else 0 for entry in self._entries]
        longest = max(lengths, default=0)
        if longest < LEAST_TOKENS or not cache.shortenable or cache.rows > 1:
            return
        entry = self._entries.pop(lengths.index(longest))
        self._entries.append(entry._replace(kept=time.monotonic()))
        cache.fill(entry.cache, longest)

    def _forget(self) -> None:
        oldest = time.monotonic() - KEEP_SECONDS
        self._entries = [entry for entry in self._entries if entry.kept > oldest]


def _common(first: Sequence[int], second: Sequence[int]) -> int:
    """Number of tokens with which both begin."""
    pairs = zip(first, second, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
