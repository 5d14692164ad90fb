"""What the scripts of the Translate tab look up."""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import Any

import pytest

from llama_demo.ui.handlers import Handlers
from llama_demo.ui.translate.server import AT_ONCE, WAITING, GlossaryServer, TranslateServer
from tests.ui.visits import ANN, BOB


def test_look_ups(parts: Any) -> None:
    """Places are in the browser's units; another's glossary is not seen; nonsense gets a notice."""
    stop, alternatives, alignment, word, terms, add, remove = Handlers(public=True).functions(
        TranslateServer(parts), GlossaryServer(parts)
    )
    found = word({"visit": ANN, "text": "🍵图书馆", "unit": 3})
    assert (found["start"], found["end"]) == (2, 5)
    assert "library" in str(found["entries"][0]["glosses"])
    direction = {"source": "en", "target": "fr"}
    asked = {"visit": ANN, **direction, "text": "😀 Hi there.", "translation": "😀 Salut."}
    for a, b, c, d, weight in alignment(asked)["links"]:
        assert 0 <= a < b <= len(asked["text"]) + 1
        assert 0 <= c < d <= len(asked["translation"]) + 1
        assert 0 < weight <= 1
    assert alignment(asked)["limit"] == ""
    assert alignment({**asked, "translation": "😀 Salut. " * 100})["limit"] == "translation"
    assert alignment({**asked, "text": "😀 Hi there. " * 100}) == {"links": [], "limit": "sentence"}
    shares = [one["share"] for one in alternatives(asked)["found"]]
    assert shares == sorted(shares, reverse=True) != []
    entry = {"visit": ANN, **direction, "term": " tea ", "translation": "thé"}
    assert add(entry)["terms"] == [["tea", "thé"]]
    assert terms({"visit": BOB, **direction})["terms"] == []
    assert "problem" in add({**entry, "term": ""})
    assert remove({**entry, "term": "tea"})["terms"] == []
    assert stop({"visit": ANN}) == {"stopped": False}
    for nonsense in ({"visit": ANN, "text": 1}, {"visit": {"secret": "short"}}):
        assert "problem" in word(nonsense)
    assert word(None)["entries"] == []


def test_a_crowd_of_look_ups_is_told_to_wait(parts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each holds a thread of the server, so few may wait for the model; the rest gets a sentence."""
    ended = threading.Event()

    def slow(*_: object, **__: object) -> tuple[()]:
        ended.wait(60)
        return ()

    monkeypatch.setattr(parts.translation, "alternatives", slow)
    _, alternatives, *_ = Handlers(public=True).functions(TranslateServer(parts))
    most = AT_ONCE + WAITING
    with ThreadPoolExecutor(most + 1) as crowd:
        asked = [crowd.submit(alternatives, {"visit": ANN}) for _ in range(most + 1)]
        (refused,), others = wait(asked, timeout=60, return_when=FIRST_COMPLETED)
        assert "Many people" in refused.result()["problem"]
        ended.set()
        assert [one.result(60) for one in others] == [{"found": []}] * most
