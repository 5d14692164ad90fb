"""Stop strings: end a text where one appears, without emitting any of it."""

from __future__ import annotations


class StopStrings:
    """Lets text through until one of ``strings`` appears in it.

    Attributes:
        found: whether one has.
    """

    def __init__(self, strings: tuple[str, ...]) -> None:
        self._strings = strings
        self._held = ""
        self.found = False

    def add(self, text: str) -> str:
        """The part of all text so far that is certainly not part of a stop string, and is new."""
        if self.found or not self._strings:
            return "" if self.found else text
        self._held += text
        ends = [at for string in self._strings if (at := self._held.find(string)) >= 0]
        if ends:
            self.found = True
            return self._take(min(ends))
        return self._take(len(self._held) - self._possible_start())

    def finish(self) -> str:
        """What was held back in case a stop string began there."""
        return "" if self.found else self._take(len(self._held))

    def _possible_start(self) -> int:
        # The longest end of the text that begins some stop string.
        longest = max(map(len, self._strings)) - 1
        return next(
            (
                size
                for size in range(min(longest, len(self._held)), 0, -1)
                if any(string.startswith(self._held[-size:]) for string in self._strings)
            ),
            0,
        )

    def _take(self, end: int) -> str:
        text, self._held = self._held[:end], self._held[end:]
        return text
