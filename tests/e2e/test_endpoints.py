"""The endpoints for programs, through gradio_client against the running app."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from tests.e2e.conftest import App


@pytest.fixture(scope="module")
def client(local_app: App) -> Client:
    """A program on the same machine."""
    return Client(local_app.url, verbose=False)


def test_names_and_parameters_are_as_promised(client: Client) -> None:
    """Other programs call these by name, in this order, with these defaults."""
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    shown = {
        name: {
            parameter["parameter_name"]: parameter["parameter_default"]
            if parameter["parameter_has_default"]
            else ...
            for parameter in endpoint["parameters"]
        }
        for name, endpoint in endpoints.items()
    }
    assert shown == {
        "/add_documents": {"files": ..., "collection": "default", "visitor": "", "save": False},
        "/ask": {
            "question": ...,
            "passage": "",
            "collection": "",
            "answerer": "auto",
            "model": "",
            "visitor": "",
            "save": None,
        },
        "/embed": {"texts": ..., "model": "", "visitor": "", "save": None},
        "/search": {
            "query": ...,
            "collection": "sample",
            "limit": 10,
            "mode": "hybrid",
            "visitor": "",
            "save": None,
        },
        "/generate": {
            "prompt": ...,
            "preset": "free",
            "max_new_tokens": 200,
            "temperature": 0.8,
            "top_k": 50,
            "top_p": 0.95,
            "min_p": 0.0,
            "repetition_penalty": 1.0,
            "seed": -1,
            "stop": "",
            "model": "",
            "form": "",
            "theme": "",
            "visitor": "",
            "save": None,
        },
        "/history": {"query": "", "task": "", "limit": 20, "visitor": "", "save": None},
        "/models": {},
        "/translate": {
            "text": ...,
            "source": "auto",
            "target": "en",
            "beams": 1,
            "model": "",
            "visitor": "",
            "save": None,
        },
    }


def test_generate_streams_and_reports(client: Client) -> None:
    """The text grows, the last figures are complete, the same seed repeats it."""
    job = client.submit("Once upon a time", max_new_tokens=120, seed=7, api_name="/generate")
    parts = list(job)
    texts = [text for text, _ in parts]
    assert len(parts) >= 3
    assert all(later.startswith(earlier) for earlier, later in pairwise(texts))
    assert "finish_reason" not in parts[0][1]
    info = parts[-1][1]
    assert set(info) == {"tokens", "tokens_per_second", "first_token_ms", "model", "seed", "finish_reason"}
    assert info["seed"] == 7
    assert info["finish_reason"] in ("length", "end")
    again, _ = client.predict("Once upon a time", max_new_tokens=120, seed=7, api_name="/generate")
    assert again == texts[-1]
    assert not again.startswith("Once upon")


def test_a_drawn_seed_can_be_used_again(client: Client) -> None:
    """seed -1 reports what was drawn, and that repeats the text."""
    text, info = client.predict("The sea", max_new_tokens=20, api_name="/generate")
    again, _ = client.predict("The sea", max_new_tokens=20, seed=info["seed"], api_name="/generate")
    assert text == again


def test_stop_strings_end_the_text(client: Client) -> None:
    """The stop string is not part of the text."""
    text, info = client.predict(
        "Once upon a time", max_new_tokens=200, seed=7, stop=".\n!", temperature=0.0, api_name="/generate"
    )
    assert info["finish_reason"] == "stop"
    assert "." not in text


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"prompt": ""}, "Type something first"),
        ({"prompt": None}, "prompt has to be a text"),
        ({"prompt": ["a"]}, "prompt has to be a text"),
        ({"prompt": "a" * 1_000_000}, "1,000,000 characters"),
        ({"prompt": "word " * 5000}, "tokens"),
        ({"temperature": 2.5}, "temperature is 2.5, but must be between 0 and 2"),
        ({"temperature": "warm"}, "temperature has to be a number"),
        ({"temperature": None}, "temperature has to be a number"),
        ({"top_p": 0}, "top_p"),
        ({"top_k": -1}, "top_k"),
        ({"min_p": 1.5}, "min_p"),
        ({"max_new_tokens": 0}, "max_new_tokens"),
        ({"max_new_tokens": 1.5}, "max_new_tokens has to be a whole number"),
        ({"seed": "seven"}, "seed has to be a whole number"),
        ({"seed": -2}, "seed"),
        ({"stop": 5}, "stop has to be a text"),
        ({"stop": "\n".join("abcdefghij")}, "8"),
        ({"preset": "nonsense"}, "nonsense"),
        ({"model": "nonsense"}, "nonsense"),
        ({"save": "perhaps"}, "save has to be true or false"),
        ({"visitor": "v" * 5000}, "5,000"),
    ],
)
def test_a_wrong_value_is_told_in_a_sentence(client: Client, values: dict[str, Any], sentence: str) -> None:
    """Never a trace, never silence."""
    with pytest.raises(AppError) as caught:
        client.predict(**{"prompt": "Once", "max_new_tokens": 2, **values}, api_name="/generate")
    assert sentence in str(caught.value)
    assert "verbose error" not in str(caught.value)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"limit": 0}, "limit is 0"),
        ({"limit": 101}, "limit is 101"),
        ({"limit": "many"}, "limit has to be a whole number"),
        ({"task": "dance"}, "dance"),
        ({"query": 5}, "query has to be a text"),
        ({"query": "q" * 200_001}, "200,001"),
    ],
)
def test_a_wrong_question_to_the_history_is_told(
    client: Client, values: dict[str, Any], sentence: str
) -> None:
    """Here too."""
    with pytest.raises(AppError) as caught:
        client.predict(**values, api_name="/history")
    assert sentence in str(caught.value)


def test_the_history_has_the_run(client: Client) -> None:
    """With everything that is needed to make it again."""
    text, info = client.predict("A fox in the snow", max_new_tokens=5, top_k=7, seed=3, api_name="/generate")
    run = client.predict(query="fox in the snow", task="generate", limit=1, api_name="/history")[0]
    assert set(run) == {"id", "task", "created", "status", "model", "input", "output", "options"}
    assert (run["task"], run["status"], run["model"]) == ("generate", "done", info["model"])
    assert (run["input"], run["output"]) == ("A fox in the snow", text)
    assert run["options"]["top_k"] == 7
    assert run["options"]["seed"] == 3
    assert run["created"].endswith("+00:00")
    assert client.predict(query="no such text anywhere", api_name="/history") == []


def test_ask_marks_an_answer_in_a_passage(client: Client) -> None:
    """Answer, evidence and places agree; the run is in the history under its task."""
    passage = "Llamas live in herds. The iron bridge over the river was opened in 1893 by the mayor."
    job = client.submit("When was the iron bridge opened?", passage=passage, api_name="/ask")
    answer, info = list(job)[-1]
    assert set(info) == {"answerable", "confidence", "calibrated", "model", "evidence"}
    assert (info["answerable"], info["model"]) == (True, "reader")
    assert 0 < info["confidence"] <= 1
    assert info["calibrated"] is True
    [evidence] = info["evidence"]
    assert set(evidence) == {"document", "page", "text", "start", "end"}
    assert evidence["text"] == passage
    assert evidence["text"][evidence["start"] : evidence["end"]] == answer
    run = client.predict(task="ask", limit=1, api_name="/history")[0]
    assert (run["status"], run["input"], run["output"]) == (
        "done",
        "When was the iron bridge opened?",
        answer,
    )


def test_ask_reads_a_collection_and_says_when_it_does_not_know(client: Client) -> None:
    """A question about something that no document speaks of gets a sentence and no evidence."""
    answer, info = client.predict("骆驼的驼峰里装的是什么？", collection="sample", api_name="/ask")
    [evidence, *_] = info["evidence"]
    assert evidence["document"] == "zh/science/camels.txt"
    assert evidence["text"][evidence["start"] : evidence["end"]] == answer
    nothing = client.predict("Who is the president of Mongolia?", collection="sample", api_name="/ask")
    assert nothing[0] == "No answer was found in these documents."
    assert (nothing[1]["answerable"], nothing[1]["evidence"]) == (False, [])


def test_ask_without_a_subject_is_a_chat(client: Client) -> None:
    """The bundled decoder writes what it can; its answer has no evidence."""
    parts = list(client.submit("Tell me a story about a fox.", api_name="/ask"))
    assert len(parts) >= 3
    assert all(later.startswith(earlier) for (earlier, _), (later, _) in pairwise(parts))
    assert parts[-1][1] == {
        "answerable": True,
        "confidence": None,
        "calibrated": False,
        "model": "generator",
        "evidence": [],
    }


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"question": " "}, "Type a question"),
        ({"answerer": "extractive"}, "nothing to read"),
        ({"answerer": "oracle"}, "oracle"),
        ({"passage": "One.", "collection": "sample"}, "not about both"),
        ({"passage": "One.", "answerer": "generative"}, "does not follow instructions"),
        ({"collection": "nowhere"}, "nowhere"),
        ({"collection": "default"}, "empty"),
        ({"passage": "a. " * 400_000}, "1,200,000"),
        ({"question": "why " * 5_000, "passage": "One."}, "20,000"),
        ({"question": "why " * 2_000, "passage": "One."}, "shorten"),
        ({"passage": "One.", "model": "embedder"}, "embedder"),
    ],
)
def test_a_wrong_question_is_told_in_a_sentence(
    client: Client, values: dict[str, Any], sentence: str
) -> None:
    """No trace, and what to do instead."""
    with pytest.raises(AppError) as caught:
        client.predict(**{"question": "Who?", **values}, api_name="/ask")
    assert sentence in str(caught.value)


def test_models_says_what_there_is(client: Client) -> None:
    """The model of a run is one of these names."""
    models = client.predict(api_name="/models")
    keys = {"name", "task", "family", "parameters", "bytes", "installed", "active", "licence"}
    assert all(set(model) == keys for model in models)
    assert [model["name"] for model in models if model["active"]] == [
        "generator",
        "translator",
        "embedder",
        "reader",
    ]


def test_messages_follow_accept_language(local_app: App) -> None:
    """A program that asks for Chinese gets Chinese sentences."""
    client = Client(local_app.url, verbose=False, headers={"Accept-Language": "zh-HK,zh;q=0.9,en;q=0.1"})
    with pytest.raises(AppError, match="先写"):
        client.predict("", api_name="/generate")


def test_health_says_so(local_app: App) -> None:
    """For those who watch the service."""
    answer = httpx.get(f"{local_app.url}/healthz")
    assert answer.status_code == 200
    told = answer.json()
    models = told.pop("models")
    assert told == {"status": "ok", "database": "ok", "queue": 0}
    assert models.keys() == {"generator", "translator", "embedder", "sentence-encoder", "reader"}
    assert models["generator"] == "loaded"
    assert set(models.values()) <= {"loaded", "available"}


def test_a_client_that_leaves_stops_its_run(client: Client) -> None:
    """A cancelled job ends the model and the row."""
    job = client.submit("Once", max_new_tokens=450, temperature=2.0, top_k=0, top_p=1.0, api_name="/generate")
    next(job)
    job.cancel()
    deadline = time.monotonic() + 60
    while client.predict(limit=1, api_name="/history")[0]["status"] == "running":
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_texts_become_vectors_of_their_meaning(client: Client) -> None:
    """Unit vectors, in the texts' order; what means the same lies close, whatever its language."""
    texts = ["The cat sleeps on the sofa.", "猫在沙发上睡觉。", "Interest rates were raised.", ""]
    vectors = client.predict(texts, api_name="/embed")
    assert [round(sum(x * x for x in vector), 3) for vector in vectors] == [1, 1, 1, 0]
    same, other = (sum(x * y for x, y in zip(vectors[0], vectors[n], strict=True)) for n in (1, 2))
    assert same > other + 0.3
    for wrong in ({"texts": "no list"}, {"texts": ["a"] * 1_001}, {"texts": ["a"], "model": "nonsense"}):
        with pytest.raises(AppError) as caught:
            client.predict(**wrong, api_name="/embed")
        assert "verbose error" not in str(caught.value)


def test_files_are_added_found_and_known_again(client: Client, local_app: App, tmp_path: Path) -> None:
    """A program drops in its files and finds the right one, under the name that it was uploaded with."""
    for name, text in (("退款 1.txt", "退款三十天内到账。"), ("leave.txt", "Annual leave is thirty days.")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    files = [handle_file(str(path)) for path in sorted(tmp_path.iterdir())]
    added = client.predict(files=files, collection="mine", api_name="/add_documents")
    assert sorted(one["document"] for one in added["added"]) == ["leave.txt", "退款 1.txt"]
    again = client.predict(files=files, collection="mine", api_name="/add_documents")
    assert len(again["unchanged"]) == 2
    uploads = local_app.folder / "cache" / "gradio"
    assert uploads.is_dir()
    assert not [path for path in uploads.rglob("*") if path.suffix == ".txt"]
    hits = client.predict("什么时候退款", collection="mine", mode="words", api_name="/search")
    assert [hit["document"] for hit in hits] == ["退款 1.txt"]
    assert set(hits[0]) == {"document", "chunk", "page", "heading", "text", "score", "meaning", "words"}
    for wrong in ({"query": " "}, {"query": "a", "mode": "x"}, {"query": "a", "collection": "none"}):
        with pytest.raises(AppError):
            client.predict(**wrong, api_name="/search")
