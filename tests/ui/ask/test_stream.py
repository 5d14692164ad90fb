"""What an answer sends to the page while it grows."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from llama_demo.errors import StoreError
from llama_demo.services.answering.answer import AnswerUpdate, Claim, Evidence, Variant
from llama_demo.services.answering.conversation import AnswerProgress
from llama_demo.services.history.runs import Run
from llama_demo.ui.ask.serializers import serialize_facts
from llama_demo.ui.ask.stream import AnswerStream, stream_of_run

TEXT = "One 🍵 [1].\n\nTwo is **not** so."
PASSAGE = Evidence("The cup 🍵 is hot.", "cup.txt", page=2, start=4, end=9, number=1)
FIRST = AnswerUpdate("", "running", Variant("generative"), model="m")
LAST = replace(
    FIRST, text=TEXT, status="done", evidence=(PASSAGE,), claims=(Claim(12, len(TEXT), (), supported=False),)
)


def drawn(text: str) -> dict[str, Any]:
    """The answer as the page puts it together."""
    answer: dict[str, Any] = {}
    for line in map(json.loads, text.splitlines()):
        match line:
            case {"answer": told}:
                answer |= told
            case {"set": [_, values]}:
                answer |= values
            case {"text": [_, keep, rest]}:
                units = answer["text"].encode("utf-16-le")[: 2 * keep]
                answer["text"] = units.decode("utf-16-le") + rest
            case {"blocks": [_, keep, rest]}:
                answer["blocks"] = (answer["blocks"] or [])[:keep] + rest
    return answer


def sent(*updates: AnswerUpdate) -> list[str]:
    """All lines after each of these."""
    seconds = itertools.count()
    stream, texts = AnswerStream(ask=3, clock=lambda: next(seconds)), []
    for update in updates:
        assert stream.answer(AnswerProgress("conversation", "question", "answer", update))
        texts.append(stream.text)
    return texts


def test_lines_only_grow_and_end_in_the_whole_answer() -> None:
    """Also where the text was not only added to: a reader may replace what it had."""
    steps = [replace(FIRST, text=text) for text in ("One 🍵", "One 🍵 [1].\n\nTw", "Another")]
    texts = sent(FIRST, *steps, LAST)
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(texts))
    answer = drawn(texts[-1])
    assert (answer["text"], answer["status"], answer["parent"]) == (TEXT, "done", "question")
    assert answer["unsupported"]
    assert answer["evidence"][0]["pieces"] == [["The ", 0], ["cup 🍵"[:5], 2], [" is hot.", 0]]
    assert [block[0] for block in answer["blocks"]] == ["p", "p"]
    assert ["cite", {"number": 1}, []] in answer["blocks"][0][2]
    assert answer["blocks"][1][2][0][0] == "mark"


def test_a_finished_paragraph_is_sent_once() -> None:
    """A long answer would otherwise be sent again with each of its words."""
    steps = [replace(FIRST, text=TEXT[:size]) for size in range(14, len(TEXT))]
    text = sent(FIRST, *steps)[-1]
    assert text.count('"cite"') == 0  # nothing is known of passages yet
    assert text.count("One 🍵 [1].") == 2  # as text, and as a block
    assert drawn(text)["text"] == TEXT[:-1]


def test_an_update_that_comes_too_soon_waits_unless_it_is_the_last() -> None:
    """Nobody reads faster, and each line is drawn anew."""
    stream = AnswerStream(ask=1, clock=lambda: 0.0)
    assert stream.answer(AnswerProgress("conversation", "question", "answer", FIRST))
    assert not stream.answer(AnswerProgress("conversation", "question", "answer", replace(FIRST, text="One")))
    assert stream.answer(AnswerProgress("conversation", "question", "answer", LAST))


def test_an_answer_that_quotes_has_no_markdown() -> None:
    """A star in a document is a star."""
    quoted = AnswerUpdate("*", "done", Variant("extractive"), confidence=0.5, evidence=(PASSAGE,))
    assert drawn(sent(quoted)[-1])["blocks"] is None


def test_what_failed_and_what_could_not_be_kept_are_told() -> None:
    """Escaped, in both languages."""
    failed = replace(FIRST, status="failed", error=StoreError("disk_full", path="<b>", detail="<i>"))
    told = drawn(sent(failed)[-1])["warning"]
    assert told.count('role="alert"') == 1
    assert "<b>" not in told


def test_a_search_across_languages_that_answers_nothing_says_so() -> None:
    """No reader finds a Chinese question's answer in an English passage: the page names the reason."""
    close = replace(PASSAGE, score=0.8)
    none = replace(FIRST, status="done", answerable=False, standalone="章鱼有几颗心脏？", retrieved=(close,))
    assert serialize_facts(none).across
    assert not serialize_facts(replace(none, retrieved=(replace(PASSAGE, score=0.1),))).across
    assert not serialize_facts(replace(none, answerable=True)).across
    assert not serialize_facts(replace(none, standalone="How many hearts?")).across
    assert not serialize_facts(replace(none, retrieved=())).across


def test_a_run_is_shown_again_as_often_as_it_is_opened() -> None:
    """The page takes two streams that begin alike for one, so each has an id of its own."""
    run = Run(
        id="r",
        owner="o",
        task="ask",
        created=datetime(2026, 1, 1, tzinfo=UTC),
        status="done",
        model="m",
        input="Why?",
        output="So.",
        options={"kind": "chat"},
        timings={},
    )
    first, second = (json.loads(stream_of_run(run, "library")) for _ in range(2))
    assert first["begin"] != second["begin"]
    assert first["reopen"] == {"run": "r", "question": "Why?", "kind": "chat", "collection": ""}
