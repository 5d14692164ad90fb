"""Keys and values of texts that were read before, for requests that begin with the same tokens.

A second turn of a conversation, or a second question about the same document, then reads only what is new.
Each client has its own: how soon an answer comes must not tell what others have asked.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from weakref import WeakMethod

from llama_demo.delayed_call import DelayedCall
from llama_demo.engine.fair_share import Client
from llama_demo.model.cache import KeyValueCache

# Shorter beginnings are read as fast as they are copied.
LEAST_TOKENS = 16
KEEP_SECONDS = 900.0
# A buffer that is larger than this share of what was read is copied, else it is kept as it is.
LARGEST_SHARE = 1.25
# Of the newest demands to forget a client it is remembered when they came, for texts that end after them.
MOST_FORGOTTEN = 1_000


@dataclass(frozen=True, eq=False)
class _Entry:
    client: Client
    ids: tuple[int, ...]
    cache: KeyValueCache
    kept: float


class PrefixStore:
    """The newest texts, least recently used first. Thread-safe.

    Args:
        memory: bytes that they may take; beyond them the address that has most loses its oldest text.
        lifetime: seconds that a text is kept after its last use.
    """

    def __init__(self, memory: int, *, lifetime: float = KEEP_SECONDS) -> None:
        self._memory, self._lifetime = memory, lifetime
        self._entries: list[_Entry] = []
        self._forgotten: dict[Client, float] = {}
        self._lock = threading.Lock()
        expire = WeakMethod(self._expire)  # a pending call keeps no texts of an engine that is gone

        def expired() -> bool:
            method = expire()
            return method is not None and method()

        self._expiry = DelayedCall(lifetime / 15, expired)

    @property
    def bytes(self) -> int:
        """Memory that the texts take."""
        with self._lock:
            return self._bytes()

    def keep(
        self, client: Client, ids: Sequence[int], cache: KeyValueCache, *, begun: float | None = None
    ) -> None:
        """Keep the cache of a text of this client; ``ids`` are the tokens that it has read.

        Args:
            begun: when the text was asked for, by the monotonic clock; nothing is kept of one that is to be
                forgotten since.
        """
        if not cache.shortenable or cache.rows > 1 or cache.length < LEAST_TOKENS:
            return
        if cache.bytes_read > self._memory:
            return
        if cache.bytes > min(LARGEST_SHARE * cache.bytes_read, self._memory):
            cache = cache.trimmed()
        read = tuple(ids[: cache.length])
        with self._lock:
            if begun is not None and self._forgotten_since(client, begun):
                return
            self._drop_expired()
            # A text that this one continues is of no further use.
            self._entries = [
                entry
                for entry in self._entries
                if entry.client != client or entry.ids != read[: len(entry.ids)]
            ]
            self._entries.append(_Entry(client, read, cache, time.monotonic()))
            while self._bytes() > self._memory:
                self._drop_oldest()
        self._expiry.schedule()

    def fill(self, client: Client, ids: Sequence[int], cache: KeyValueCache) -> None:
        """Fill an empty cache with the longest beginning that a text of the client shares with ``ids``.

        The last token stays unread, since its logits are needed.
        """
        with self._lock:
            self._drop_expired()
            lengths = [_common(one.ids, ids[:-1]) if one.client == client else 0 for one in self._entries]
            longest = max(lengths, default=0)
            if longest < LEAST_TOKENS or not cache.shortenable or cache.rows > 1:
                return
            entry = self._entries.pop(lengths.index(longest))
            self._entries.append(replace(entry, kept=time.monotonic()))
        cache.fill(entry.cache, longest)

    def forget(self, client: Client) -> None:
        """Drop the texts of a client; without an address, of all clients of its name."""
        with self._lock:
            self._entries = [entry for entry in self._entries if not _matches(client, entry.client)]
            self._forgotten.pop(client, None)
            self._forgotten[client] = time.monotonic()
            while len(self._forgotten) > MOST_FORGOTTEN:
                del self._forgotten[next(iter(self._forgotten))]

    def clear(self) -> None:
        """Drop all texts."""
        with self._lock:
            self._entries.clear()

    def _forgotten_since(self, client: Client, begun: float) -> bool:
        return any(when >= begun and _matches(one, client) for one, when in self._forgotten.items())

    def _bytes(self) -> int:
        return sum(entry.cache.bytes for entry in self._entries)

    def _drop_oldest(self) -> None:
        """Drop the oldest text of the address that has most."""
        sizes: Counter[str] = Counter()
        for entry in self._entries:
            sizes[entry.client.address] += entry.cache.bytes
        most = max(sizes.values())
        self._entries.remove(next(one for one in self._entries if sizes[one.client.address] == most))

    def _drop_expired(self) -> None:
        oldest = time.monotonic() - self._lifetime
        self._entries = [entry for entry in self._entries if entry.kept > oldest]

    def _expire(self) -> bool:
        """Drop the texts that are too old; returns whether any is left."""
        with self._lock:
            self._drop_expired()
            return bool(self._entries)


def _matches(wanted: Client, client: Client) -> bool:
    """Whether a client has the wanted name, and the wanted address if there is one."""
    return client.name == wanted.name and wanted.address in ("", client.address)


def _common(first: Sequence[int], second: Sequence[int]) -> int:
    """Number of tokens with which both begin."""
    pairs = zip(first, second, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
