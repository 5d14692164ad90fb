"""What a translation sends to the page."""

from __future__ import annotations

import itertools
import json
from typing import Any

from llama_demo.services.translation.service import (
    Guess,
    PlacedTerm,
    SentencePair,
    TranslationRequest,
    TranslationUpdate,
)
from llama_demo.ui.translate.stream import TranslationStream, stream_of_run

ASKED = TranslationRequest("Tea 🍵 is hot.\n\nThanks, Ada.", target="fr")
PAIRS = (
    SentencePair((0, 13), (0, 18), -0.2, doubts=("negation",)),
    SentencePair((15, 27), (20, 30), -2.5, unsure=True, terms=(PlacedTerm((23, 26), (26, 29)),)),
)
WHOLE = "Le thé 🍵 est chaud\n\nMerci Ada.\n"
INFO: dict[str, object] = {"source": "en", "source_confidence": 0.9, "target": "fr", "model": "m", "via": ""}


def updates() -> list[TranslationUpdate]:
    """As the service gives them."""
    guess = Guess("en", 0.9)
    return [
        TranslationUpdate("", (), total=2, info=INFO, guess=guess),
        TranslationUpdate(WHOLE[:18], PAIRS[:1], 1, 2, INFO, guess, run_id="r"),
        TranslationUpdate(WHOLE, PAIRS, 2, 2, INFO, guess, finish_reason="end", run_id="r"),
    ]


def merged(text: str) -> dict[str, Any]:
    """The lines as the page reads them, the sentences in one list."""
    lines = [json.loads(line) for line in text.splitlines()]
    pairs = [pair for line in lines for pair in line.get("pairs", [])]
    return {**{name: value for line in lines for name, value in line.items()}, "pairs": pairs}


def test_lines_only_grow_and_hold_every_sentence_once() -> None:
    """Each text begins with the one before, so little is sent."""
    lines = TranslationStream(ASKED, ask=3)
    texts = [lines.add(update) for update in updates()]
    for earlier, later in itertools.pairwise(texts):
        assert later.startswith(earlier)
    told = merged(texts[-1])
    assert (told["ask"], told["text"], told["guess"], told["run"]) == (3, ASKED.text, ["en", 0.9, ""], "r")
    assert told["route"] == ["en", "fr", "m", ""]
    assert (told["progress"], told["end"]) == ([2, 2], "end")


def test_the_page_can_put_both_texts_together() -> None:
    """Lengths are in the browser's units; what stands between sentences is kept."""
    lines = TranslationStream(ASKED)
    told = merged([lines.add(update) for update in updates()][-1])
    assert "".join(pair["lead"] + pair["text"] for pair in told["pairs"]) + told["tail"] == WHOLE
    source = ASKED.text.encode("utf-16-le")
    place, seen = 0, []
    for pair in told["pairs"]:
        start = place + pair["skip"]
        place = start + pair["length"]
        seen.append(source[2 * start : 2 * place].decode("utf-16-le"))
    assert seen == ["Tea 🍵 is hot.", "Thanks, Ada."]
    [[a, b, c, d]] = told["pairs"][1]["terms"]
    assert seen[1][a:b] == told["pairs"][1]["text"][c:d] == "Ada"
    assert [pair["unsure"] for pair in told["pairs"]] == [False, True]
    assert [pair["doubts"] for pair in told["pairs"]] == [["negation"], []]


def test_a_run_of_the_history_says_so() -> None:
    """It belongs to no request, so the page takes its text and languages over."""
    told = merged(stream_of_run(ASKED, updates()[-1], "stopped"))
    assert (told["ask"], told["reopened"], told["target"]) == (0, "stopped", "fr")


def test_what_breaks_ends_the_lines() -> None:
    """The page must not wait for ever."""
    lines = TranslationStream(ASKED)
    lines.add(updates()[1])
    assert merged(lines.broken())["end"] == "failed"
