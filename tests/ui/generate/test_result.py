"""The figures under a text and what is said beside it."""

from __future__ import annotations

from llama_demo.errors import StoreError
from llama_demo.ui.generate import result
from llama_demo.ui.generate.schemas import FiguresItem
from llama_demo.ui.generate.serializers import pace, serialize_figures

DONE = {
    "tokens": 41,
    "tokens_per_second": 312.4,
    "first_token_ms": 18,
    "model": "generator",
    "seed": 7,
    "finish_reason": "length",
}


def test_figures_are_those_of_the_run() -> None:
    """Tokens, speed, time to the first token, model and seed, as the page shows them."""
    assert serialize_figures(DONE) == FiguresItem(
        tokens=41,
        speed="312",
        pace="far_faster",
        first="18",
        model="generator",
        seed=7,
        temperature=None,
    )


def test_a_compared_text_says_what_it_was_written_with() -> None:
    """A temperature of 0 is one; a quoted text has neither a seed nor a temperature."""
    assert serialize_figures({**DONE, "temperature": 0.0}).temperature == 0.0
    assert serialize_figures({**DONE, "seed": -1}).seed is None


def test_a_quoted_text_is_not_said_to_be_written() -> None:
    """Nobody reads of tokens, or of an end that the text came to by itself."""
    line = result.Announcer(unsaved=False).line(
        {"tokens": 0, "finish_reason": "end"}, waiting=0, warning=None, quotes=3
    )
    assert "3 sentences picked" in line
    assert "tokens" not in line


def test_only_what_is_not_in_the_history_can_be_saved_after_all() -> None:
    """The offer hangs on this mark; a run that goes on, or is saved, has none."""

    def marked(unsaved: bool, **info: object) -> bool:
        line = result.Announcer(unsaved=unsaved).line({"tokens": 3, **info}, waiting=0, warning=None)
        return "unsaved" in line

    assert marked(True, finish_reason="end")
    assert not marked(True)
    assert not marked(False, finish_reason="end")


def test_what_is_not_known_yet_is_not_shown() -> None:
    """Before the first token there is no time to it and no speed."""
    told = serialize_figures({**DONE, "tokens": 0, "tokens_per_second": 0.0, "first_token_ms": None})
    assert (told.first, told.speed, told.pace) == (None, None, None)


def test_a_speed_has_a_word() -> None:
    """From slower than reading to far faster."""
    assert [pace(speed) for speed in (1, 4, 8, 30, 300)] == [
        "slower",
        "slower",
        "as_you_read",
        "faster",
        "far_faster",
    ]


def test_the_status_changes_seldom() -> None:
    """Waiting, started, every five seconds, the end; a screen reader reads each of them."""
    now = 100.0
    announcer = result.Announcer(unsaved=False, clock=lambda: now)
    lines = [announcer.line({"tokens": 0}, waiting=2, warning=None)]
    assert "Waiting: 2 before you." in lines[0]
    for step in range(60):
        now += 0.1
        lines.append(announcer.line({"tokens": step}, waiting=0, warning=None))
    lines.append(announcer.line({"tokens": 60, "finish_reason": "end"}, waiting=0, warning=None))
    assert len(dict.fromkeys(lines)) == 4
    assert "Writing …" in lines[1]
    assert "60 tokens" in lines[-1]


def test_a_warning_stands_beside_the_status() -> None:
    """A full disk ends no run, but is told."""
    line = result.Announcer(unsaved=False).line(
        DONE, waiting=0, warning=StoreError("disk_full", path="/data")
    )
    assert "Finished" in line
    assert "disk is full" in line
    assert 'role="alert"' in line
