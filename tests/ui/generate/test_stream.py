"""What a run sends to the page, and what comes back from there."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime

import pytest

from llama_demo.errors import DemoError
from llama_demo.services.generation import GenerationRequest, GenerationUpdate
from llama_demo.services.history.runs import Run
from llama_demo.tasks.generate import Choice, Token
from llama_demo.ui.generate.schemas import VersionRequest
from llama_demo.ui.generate.stream import GenerationStream, stream_of_runs
from llama_demo.ui.schemas import parse

ASKED = GenerationRequest("a dog", preset="story")
WORDS = tuple(
    Token(number, text, -0.5, (Choice(number, text, -0.5), Choice(2, "", -3.0)))
    for number, text in enumerate(("Once", " upon", "\n</script>${x}"), start=10)
)
INFO = {"tokens": 3, "tokens_per_second": 50.0, "first_token_ms": 5, "model": "generator", "seed": 7}


def lines(text: str) -> list[dict]:
    """The lines as the page reads them."""
    return [json.loads(line) for line in text.split("\n") if line]


def test_a_stream_only_grows() -> None:
    """Each update begins with the one before, so little is sent; every token is in it once."""
    stream = GenerationStream(ASKED)
    texts = [stream.add(GenerationUpdate("", WORDS[:count], INFO)) for count in range(4)]
    for earlier, later in itertools.pairwise(texts):
        assert later.startswith(earlier)
    told = [token for line in lines(texts[-1]) for token in line.get("tokens", [])]
    assert [token[1] for token in told] == [token.text for token in WORDS]


def test_the_end_of_a_text_can_be_told_from_a_word() -> None:
    """Among the choices, the token that ends the text is marked."""
    stream = GenerationStream(ASKED, endings=frozenset({2}))
    (token,) = lines(stream.add(GenerationUpdate("", WORDS[:1], INFO)))[1]["tokens"]
    assert [choice[3] for choice in token[3]] == [False, True]


def test_going_on_sends_only_what_is_new() -> None:
    """The page has the kept tokens; the stream names the version they come from, and how many."""
    kept = [[token.id, token.text, token.logprob, 0.0] for token in WORDS[:2]]
    told = {"act": "choose", "version": "v", "text": "a dog", "preset": "story", "kept": kept, "chosen": True}
    source = parse(VersionRequest, told)
    assert source.request == ASKED
    assert [token.id for token in source.tokens] == [10, 11]
    begin, *rest = lines(GenerationStream(ASKED, source=source).add(GenerationUpdate("", WORDS, INFO)))
    assert (begin["parent"], begin["kept"], begin["chosen"]) == ("v", 2, [11, " upon", -0.5, 0.0])
    assert [token[0] for line in rest for token in line.get("tokens", [])] == [12]


def test_halves_of_characters_are_mended() -> None:
    """A browser can send them, but nothing could send them back."""
    source = parse(VersionRequest, {"act": "again", "text": "a\ud83d", "kept": [[1, "b\ud83d", -0.5, 0]]})
    assert (source.text, source.tokens[0].text) == ("a\ufffd", "b\ufffd")


@pytest.mark.parametrize(
    "event",
    [{}, {"act": "delete"}, {"act": "again", "kept": "x"}, {"act": "choose", "kept": [["a", 1, None]]}],
)
def test_what_no_page_sends_is_refused(event: dict) -> None:
    """In a sentence, and not with a trace."""
    with pytest.raises(DemoError):
        parse(VersionRequest, event)


def test_a_poem_comes_with_its_tones() -> None:
    """When it has ended, and again when it is opened from the history."""
    poem = GenerationStream(GenerationRequest("", preset="poem"))
    text = "白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。"
    going = lines(poem.add(GenerationUpdate(text, (), {"tokens": 24})))
    assert "verse" not in going[-1] or going[-1]["verse"] is None
    verse = lines(poem.add(GenerationUpdate(text, (), {**INFO, "finish_reason": "end"})))[-1]["verse"]
    assert (verse["form"], verse["rhyme"]) == ("五言绝句", "下平十一尤")
    assert verse["lines"][0]["tones"] == ["oblique", "oblique", "level", "level", "oblique"]
    assert [line["rhymes"] for line in verse["lines"]] == [False, True, False, True]


@pytest.mark.parametrize("peaks", [None, [-0.25, 0.0], [-0.25], ["x", {}], 7])
def test_a_stored_text_is_whole_whatever_its_peaks_are(peaks: object) -> None:
    """They may come from an imported file; a poem's own colours come back with them."""
    run = Run(
        id="0" * 32,
        owner="me",
        task="generate",
        created=datetime(2026, 5, 1, tzinfo=UTC),
        status="done",
        model="generator",
        input="春天",
        output="春风",
        options={"preset": "poem"},
        timings={"peaks": peaks},
        rating=0,
        note="",
        trace=(("春", 5, -2.0), ("风", 6, -1.0)),
    )
    _, update, _ = lines(stream_of_runs([run], run.id))
    assert [token[1] for token in update["tokens"]] == ["春", "风"]
    assert update["tokens"][0][4] == (-0.25 if peaks == [-0.25, 0.0] else 0.0)
