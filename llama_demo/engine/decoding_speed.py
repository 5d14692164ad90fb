"""How fast a model decodes on this machine, as its requests show."""

from __future__ import annotations

from collections import deque

PASSES, LEAST = 64, 8
"""Passes that are averaged, and how many of them there have to be."""


class DecodingSpeed:
    """Tokens per second of a request that has the model to itself. Not thread-safe."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=PASSES)

    def add(self, seconds: float) -> None:
        """Count a pass that read one token of one request."""
        self._seconds.append(seconds)

    @property
    def tokens_per_second(self) -> float:
        """0 before there were enough passes."""
        count, seconds = len(self._seconds), sum(self._seconds)
        return count / seconds if count >= LEAST and seconds > 0 else 0.0
