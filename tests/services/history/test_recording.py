"""The recorder of rows that grow, with a clock and a row of the test's own."""

from __future__ import annotations

from dataclasses import dataclass

from llama_demo.errors import StoreError
from llama_demo.services.history.recording import INTERVAL, RETRY_INTERVAL, Recording


@dataclass(frozen=True)
class Text:
    """What is recorded."""

    text: str
    status: str = "running"


class Clock:
    """Seconds that the test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_growing_text_is_written_once_an_interval_and_its_end_once() -> None:
    """An answer of a thousand tokens is a few writes; what comes after its end changes nothing."""
    clock, written = Clock(), list[str]()

    def write(row: str, content: Text, timeout: float) -> None:
        written.append(content.text)

    recording = Recording(lambda: "row", write, clock=clock)
    recording.update(Text("soon"))
    clock.now = INTERVAL
    recording.update(Text("once"))
    recording.update(Text("again"))
    recording.update(Text("all", "done"))
    recording.update(Text("late", "failed"))
    assert (recording.row, written) == ("row", ["once", "all"])


def test_a_failure_is_told_once_and_the_next_attempt_waits() -> None:
    """A full disk ends no answer, and is not asked at each token."""
    clock, attempts = Clock(), list[str]()

    def write(row: str, content: Text, timeout: float) -> None:
        attempts.append(content.text)
        raise StoreError("database_locked")

    recording = Recording(lambda: "row", write, clock=clock)
    clock.now = INTERVAL
    recording.update(Text("first"))
    warning = recording.warning
    clock.now += RETRY_INTERVAL / 2
    recording.update(Text("too soon"))
    clock.now += RETRY_INTERVAL / 2
    recording.update(Text("second"))
    assert attempts == ["first", "second"]
    assert warning is not None
    assert recording.warning is warning


def test_what_is_not_to_be_stored_is_not() -> None:
    """A temporary visit leaves no row."""
    recording: Recording[str, Text] = Recording(None, lambda row, content, timeout: None)
    recording.update(Text("all", "done"))
    assert (recording.row, recording.warning) == (None, None)
