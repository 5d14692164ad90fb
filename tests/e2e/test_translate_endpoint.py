"""``/translate`` for programs, with a small translator of random weights in front of the bundled ones."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from tests.e2e.conftest import App, start_preloaded
from tests.translators import write_translator

TEXT = "Hi.\n- One\n- Two\nhttps://example.com/a"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app with a folder of one's own."""
    folder = tmp_path_factory.mktemp("app")
    app = start_preloaded(folder, "--model", str(write_translator(folder / "tiny", positions=24)))
    yield app
    assert app.foreign() == [], "the server tried to reach other machines"
    assert app.stop() == 0
    assert not [line for line in app.log if "Traceback" in line], "\n".join(app.log)


@pytest.fixture(scope="module")
def client(app: App) -> Client:
    """A program on the same machine."""
    return Client(app.url, verbose=False)


def test_it_streams_and_reports(client: Client) -> None:
    """The text grows; the last figures name languages, model and every sentence; the row has it all."""
    parts = list(client.submit(TEXT, source="en", target="fr", model="tiny", api_name="/translate"))
    texts = [text for text, _ in parts]
    assert all(later.startswith(earlier) for earlier, later in pairwise(texts))
    info = parts[-1][1]
    assert set(info) == {"source", "source_confidence", "target", "model", "via", "sentences", "doubts"}
    assert (info["source"], info["target"], info["model"], info["via"]) == ("en", "fr", "tiny", "")
    assert [set(sentence) for sentence in info["sentences"]] == [{"source", "target", "score", "doubts"}] * 3
    assert texts[-1].count("\n- ") == 2
    assert texts[-1].endswith("https://example.com/a")
    run = client.predict(task="translate", limit=1, api_name="/history")[0]
    assert (run["status"], run["model"], run["input"], run["output"]) == ("done", "tiny", TEXT, texts[-1])
    assert (run["options"]["source"], run["options"]["target"]) == ("en", "fr")


def test_defaults(client: Client) -> None:
    """A text alone is detected and comes in English."""
    _, info = client.predict("今天天气很好。", api_name="/translate")
    assert (info["source"], info["target"]) == ("zh", "en")
    assert info["source_confidence"] > 0.9
    text, info = client.predict("Hello, how are you?", api_name="/translate")
    assert (text, info["source"], info["model"]) == ("Hello, how are you?", "en", "")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"text": " "}, "Type or paste"),
        ({"text": None}, "text has to be a text"),
        ({"text": "a" * 100_001}, "100,001 characters"),
        ({"target": "klingon"}, "klingon"),
        ({"source": "xx"}, "xx"),
        ({"beams": 0}, "beams is 0"),
        ({"beams": 99}, "beams is 99"),
        ({"beams": "many"}, "beams has to be a whole number"),
        ({"model": "nonsense"}, "nonsense"),
    ],
)
def test_a_wrong_value_is_told_in_a_sentence(client: Client, values: dict[str, Any], sentence: str) -> None:
    """Never a trace, never silence."""
    with pytest.raises(AppError) as caught:
        client.predict(**{"text": "Hi.", "source": "en", "target": "zh", **values}, api_name="/translate")
    assert sentence in str(caught.value)
    assert "verbose error" not in str(caught.value)


def test_a_client_that_leaves_stops_its_run(client: Client) -> None:
    """A cancelled job ends the model and the row."""
    job = client.submit("One. " * 5_000, source="en", target="zh", api_name="/translate")
    next(job)
    job.cancel()
    deadline = time.monotonic() + 10
    while client.predict(task="translate", limit=1, api_name="/history")[0]["status"] == "running":
        assert time.monotonic() < deadline
        time.sleep(0.1)
