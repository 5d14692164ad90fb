"""Whatever one visitor calls with the ids of another, in public mode: nothing is read, changed or stopped.

Functions, events and routes are taken from the running app, so that a new one is called here without an edit.
Ids of pages, sessions and calls are no ids in this sense: like a visitor's secret they are random, and known
to the page alone.
"""

from __future__ import annotations

import json
import re
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any, get_args

import pytest

from bench.visitor import Visitor, connection
from llama_demo.ui.ask.schemas import AskRequest
from llama_demo.ui.generate.schemas import VersionRequest
from llama_demo.ui.history.schemas import RunActionRequest
from llama_demo.ui.schemas import Schema
from llama_demo.ui.translate.schemas import TranslateRequest
from tests.whole_app import ServedApp, paths

NEEDLE = "Quokkaburg"

TEXT = f"The harbour of {NEEDLE} has nine ships."

ACTS = sorted(
    {
        act
        for schema in (AskRequest, TranslateRequest, VersionRequest, RunActionRequest)
        for act in get_args(schema.model_fields["act"].annotation)
    }
)


@pytest.fixture(scope="module")
def ann(public_server: ServedApp) -> Iterator[Visitor]:
    """A visitor who has stored something of every kind."""
    with connection(public_server.url) as client:
        yield Visitor(client)


@pytest.fixture(scope="module")
def ids(ann: Visitor) -> dict[str, Any]:
    """The ids of all that she has, by the names of the fields of requests."""
    told = {"act": "translate", "text": TEXT, "source": "en", "target": "fr"}
    run = found(ann.outcome("translate", "select", told=told), "run")
    ann.outcome("write", "click", prompt=TEXT, presets="free", max_new_tokens=2)
    shelf = {"collection": "shelf", "documents": [document(ann)]}
    chunk = ann.call("find", "search", query="harbour", **shelf)["found"]["hits"][0]["chunk"]
    ann.call("add_term", source="en", target="fr", term="quay", translation=NEEDLE)
    translated = ann.upload(
        "/translate/document", {"a": f"{TEXT} `{NEEDLE}`".encode()}, name="a.txt", source="en", target="fr"
    )
    lines = [json.loads(line) for line in translated.text.splitlines()]
    file = next(line["id"] for line in lines if line.get("id"))
    asked = ann.outcome("ask", "select", told=question(subject={"kind": "text", "text": TEXT}))
    conversation, message = found(asked, "conversation")["id"], found(asked, "answer")["id"]
    parent = found(asked, "question")["id"]
    job = ann.call("add_text", collection="shelf", name="second", text=f"{NEEDLE} again.")["job"]
    with closing(ann.upload_stream("/hood/train", text=f"{TEXT} " * 20, prompt=NEEDLE)) as lines:
        trained = next(line["plan"]["id"] for line in lines if line.get("plan"))
    indexed(ann, job)
    return {
        **shelf,
        "document": shelf["documents"][0],
        "chunk": chunk,
        "jobs": [job],
        "job": job,
        "conversation": conversation,
        "message": message,
        "parent": parent,
        "version": run,
        "run": run,
        "run_id": run,
        "id": run,
        "file": file,
        "trained": trained,
        "source": "en",
        "target": "fr",
        "term": "quay",
        "translation": "stolen",
    }


HARMLESS: Mapping[str, Any] = {
    "first": "generator",
    "second": "another",
    "choice": "left",
    "query": "harbour",
    "name": "stolen",
    "names": ["stolen.txt"],
    "title": "stolen",
    "text": "How many ships?",
    "sentences": ["One.", "Two."],
    "kept": [],
    "tokens": 1,
    "templates": "The {nurse|doctor} is here.",
    "attributes": "kind",
    "size": "small",
    "continuation": None,
    "kind": "library",
    "system": "",
    "answerer": "auto",
    "grounded": True,
    "model": "",
    "variants": [{}],
    "daring": "balanced",
    "list": "evidence",
    "place": 0,
    "before": None,
    "mode": "hybrid",
    "compare": False,
    "language": "",
    "since": None,
    "until": None,
    "typed": False,
    "again": False,
    "form": "json",
    "points": True,
    "otherwise": "",
    "unit": 0,
    "ask": 1,
    "task": "",
    "rating": None,
    "value": 1,
    "shown": 20,
    "filter": {},
    "preset": "free",
    "theme": "",
    "chosen": False,
    "act": "",
    "passage": "One.",
    "prompt": "One",
    "overfit": False,
    "seed": 1,
    "word": "one",
    "silenced": [],
    "context": "One two",
    "repository": "nobody/nothing",
    "address": "",
    "key": "",
    "token": "",
    "precision": "float32",
}
"""Fields of requests that name nothing of a visitor."""


def test_every_field_of_a_request_is_known(ids: Mapping[str, Any]) -> None:
    """A new one that is no number is one that the tests below send, or named as harmless."""
    fields = {
        name
        for schema in requests(Schema)
        for name, field in schema.model_fields.items()
        if field.annotation not in (int, float, bool)
    }
    assert fields <= {*ids, *HARMLESS, "subject"}


def test_she_reaches_what_is_hers(ann: Visitor, ids: dict[str, Any]) -> None:
    """By the calls that give others nothing."""
    hers = {**HARMLESS, **ids}
    for function in ("conversation", "surroundings", "terms"):
        assert NEEDLE in str(ann.call(function, **hers)), function
    assert NEEDLE in ann.download("/history/export", form="json", id=ids["run"]).text
    assert NEEDLE in ann.download("/translate/document/result", id=ids["file"]).text
    assert ann.download("/hood/train/model", id=ids["trained"]).content.startswith(b"PK")
    assert ann.call("continue_trained", id=ids["trained"], prompt=NEEDLE)["text"]
    assert NEEDLE in str(ann.program("search", "harbour", "shelf", 10, "hybrid", ann.secret, True))


@pytest.mark.parametrize("secret", ["b" * 64, ""], ids=["another visitor", "nobody"])
def test_no_function_reaches_another_s(
    public_server: ServedApp, ann: Visitor, ids: dict[str, Any], secret: str
) -> None:
    """Each is called with every id there is."""
    bob, before = Visitor(ann.client, secret=secret), rows(public_server)
    hers = {**HARMLESS, **ids}
    for function in bob.map.functions:
        answer = bob.call(function, **hers)
        assert NEEDLE not in json.dumps(answer, ensure_ascii=False), function
    assert bob.call("continue_trained", id=ids["trained"], prompt=NEEDLE).keys() == {"problem", "key"}
    assert bob.download("/hood/train/model", id=ids["trained"]).is_error
    for path in ("/translate/document/result", "/history/export"):
        for named in (ids["run"], ids["file"]):
            assert NEEDLE not in bob.download(path, form="json", id=named).text
    for endpoint, *values in (
        ("history", "", "", 100),
        ("search", "harbour", "shelf", 10, "hybrid"),
        ("search", "harbour", "", 10, "hybrid"),
        ("ask", "How many ships?", "", "shelf", "auto", ""),
    ):
        assert NEEDLE not in str(bob.program(endpoint, *values, secret, True))
    assert not before - rows(public_server)


def test_no_event_reaches_another_s(public_server: ServedApp, ann: Visitor, ids: dict[str, Any]) -> None:
    """Each is called with every action and every id there is."""
    bob, before = Visitor(ann.client), rows(public_server)
    typed: dict[str, object] = {"prompt": "One", "max_new_tokens": 1}
    subject = {"kind": "library", "collection": "shelf", "documents": ids["documents"]}
    for event in bob.map.events:
        for act in ACTS if event.name == "select" else ("",):
            told = {**HARMLESS, **ids, "act": act, "subject": subject}
            for conversation in {ids["conversation"], ""} if act == "say" else {ids["conversation"]}:
                answer = bob.outcome(event, told={**told, "conversation": conversation}, **typed)
                assert NEEDLE not in json.dumps(answer, ensure_ascii=False), (event, act)
    assert not before - rows(public_server)


def test_what_is_held_for_her_page_is_hers(ann: Visitor, ids: dict[str, Any]) -> None:
    """A temporary conversation belongs to its page, whoever else asks for it."""
    page = replace(ann.new_page(), save=False)
    asked = page.outcome("ask", "select", told=question(subject={"kind": "text", "text": TEXT}))
    held = {"conversation": found(asked, "conversation")["id"], "message": found(asked, "answer")["id"]}
    bob = Visitor(ann.client, save=False)
    for function in bob.map.functions:
        if function.element == "ask":
            assert NEEDLE not in str(bob.call(function, **{**HARMLESS, **ids, **held}))
    assert NEEDLE in str(page.call("conversation", "ask", **held))


def test_nobody_else_stops_her_work(ann: Visitor) -> None:
    """Neither by the buttons of another page nor by Gradio's cancellation."""
    told = {"act": "translate", "text": "The cat sleeps in the house. " * 60, "source": "en", "target": "fr"}
    event, begun, messages = ann.map.event("translate", "select"), threading.Event(), []

    def translate() -> None:
        for message in ann.event(event, told=told):
            messages.append(message)
            if message["msg"] == "process_generating":
                begun.set()

    work = threading.Thread(target=translate)
    work.start()
    assert begun.wait(60)
    bob = Visitor(ann.client)
    for function in bob.map.functions:
        if "stop" in function.name:
            bob.call(function, jobs=[])
    for button in ("stop", "clear"):
        bob.outcome(button, "click")
    for session in (bob.session, ""):
        cancel = {"session_hash": session, "fn_index": event.number, "event_id": "0" * 32}
        assert bob.post("/gradio_api/cancel", cancel).status_code == 200
    assert work.is_alive()
    assert ann.call("stop", "translate")["stopped"]
    work.join(60)
    assert '"end":"stopped"' in messages[-1]["output"]["data"][0]


def test_every_route_is_known_and_gives_nothing_of_hers(
    public_server: ServedApp, ann: Visitor, ids: dict[str, Any]
) -> None:
    """A route that is not listed, of the app or of Gradio, fails here."""
    known = {
        (method, re.sub("^/browser/.*", "/browser", path).rstrip("/"))
        for method, path in paths(public_server.app)
    }
    assert {path for _, path in known} == {*SAME_FOR_ALL, *REFUSED, *OWN, *CALLS}
    upload = ann.client.post("/gradio_api/upload", files={"files": ("hers.txt", TEXT.encode())}).json()[0]
    bob = Visitor(ann.client, secret="b" * 64)
    values = {"path": upload, "path_or_url": upload, "url_path": upload, "session_hash": ann.session}
    before = rows(public_server)
    for method, path in sorted(known):
        if method == "*" or path == "/gradio_api/heartbeat/{session_hash}":
            continue  # files of the app; a stream without an end, of nothing
        place = re.sub(r"\{(\w+)(:path)?\}", lambda one: str({**ids, **values}.get(one[1], 7)), path)
        body = {"data": [bob.visit()], "fn_index": 3, "session_hash": bob.session, **ids}
        sent = body if method == "POST" else None
        answer = ann.client.request(method, place or "/", json=sent)
        assert NEEDLE not in answer.text, (method, path)
        assert answer.status_code < 500, (method, path)
        if path in REFUSED:
            assert answer.status_code in (401, 403, 404), (method, path)
    assert not before - rows(public_server)


SAME_FOR_ALL = {
    "",
    "/alive",
    "/assets/{path:path}",
    "/browser",
    "/config",
    "/favicon.ico",
    "/gradio_api/app_id",
    "/gradio_api/info",
    "/gradio_api/login_check",
    "/gradio_api/openapi.json",
    "/gradio_api/queue/status",
    "/gradio_api/startup-events",
    "/gradio_api/theme.css",
    "/gradio_api/token",
    "/gradio_api/user",
    "/healthz",
    "/icons",
    "/login",
    "/logout",
    "/manifest.json",
    "/pwa_icon",
    "/pwa_icon/{size}",
    "/robots.txt",
    "/static/{path:path}",
    "/svelte/{path:path}",
    "/theme.css",
}
"""Routes that give everyone the same."""

REFUSED = {
    "/gradio_api/custom_component/{id}/{environment}/{type}/{file_name}",
    "/gradio_api/deep_link",
    "/gradio_api/dev/reload",
    "/gradio_api/file/{path:path}",
    "/gradio_api/file={path_or_url:path}",
    "/gradio_api/process_recording",
    "/gradio_api/proxy={url_path:path}",
    "/gradio_api/runs",
    "/gradio_api/stream/{event_id}",
    "/gradio_api/stream/{event_id}/close",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}",
    "/gradio_api/undo-vibe-edit",
    "/gradio_api/upload_progress",
    "/gradio_api/vibe-code",
    "/gradio_api/vibe-edit",
    "/gradio_api/vibe-starter-queries",
    "/monitoring",
    "/monitoring/summary",
    "/monitoring/{key}",
    "/v1/chat/completions",
    "/v1/completions",
    "/v1/embeddings",
    "/v1/models",
    "/v1/models/{name:path}",
    "/v1/{path:path}",
}
"""Routes of Gradio that the guard refuses, and those of an API that is off without the operator's key."""

OWN = {
    "/ask/text",
    "/history/export",
    "/history/import",
    "/hood/train",
    "/hood/train/model",
    "/library/add",
    "/models/compare",
    "/models/votes",
    "/safety/export",
    "/translate/document",
    "/translate/document/result",
}
"""Routes of the app, which read who asks from the request."""

CALLS = {
    "/gradio_api/api/{api_name}",
    "/gradio_api/call/v2/{api_name}",
    "/gradio_api/call/v2/{api_name}/{event_id}",
    "/gradio_api/call/{api_name}",
    "/gradio_api/call/{api_name}/{event_id}",
    "/gradio_api/cancel",
    "/gradio_api/component_server",
    "/gradio_api/heartbeat/{session_hash}",
    "/gradio_api/queue/data",
    "/gradio_api/queue/join",
    "/gradio_api/reset",
    "/gradio_api/run/{api_name}",
    "/gradio_api/upload",
}
"""Routes of Gradio by which functions are called, and their answers read, by a session or a call."""


def requests(schema: type[Schema]) -> Iterator[type[Schema]]:
    """The schemas of requests."""
    for one in schema.__subclasses__():
        if one.__module__.startswith("llama_demo") and one.__name__.endswith("Request"):
            yield one
        yield from requests(one)


def question(**subject: Any) -> dict[str, Any]:
    """What a page sends for a question."""
    return {"act": "say", "ask": 1, "text": "How many ships has the harbour?", **subject}


def found(values: list[Any], key: str) -> Any:
    """The value of a key in the lines of a stream."""
    lines = [json.loads(line) for line in str(values[0]).splitlines()]
    return next(line[key] for line in lines if line.get(key))


def document(visitor: Visitor) -> str:
    """Add a document; returns its id."""
    answer = visitor.upload(
        "/library/add", {"report.txt": TEXT.encode()}, collection="shelf", names=["report.txt"]
    )
    indexed(visitor, answer.json()["job"])
    return str(visitor.call("listing", "library", collection="shelf")["documents"][0]["id"])


def indexed(visitor: Visitor, job: str) -> None:
    """Wait for a job."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        samples = visitor.call("about", "search")["samples"]
        if (
            not visitor.call("progress", "library", jobs=[job])["running"]
            and samples["done"] == samples["total"]
        ):
            return
        time.sleep(0.05)
    raise AssertionError("the documents are not indexed")


def rows(app: ServedApp) -> Counter[tuple[Any, ...]]:
    """All rows of visitors and of what is theirs; the samples' documents change while they are indexed."""
    with closing(sqlite3.connect(app.data / "llama_demo.db")) as database:
        return Counter(
            (table, *row)
            for table, columns in owned(database)
            for row in database.execute(
                f'SELECT * FROM "{table}"' + (" WHERE owner != ''" if "owner" in columns else "")
            )
        )


def owned(database: sqlite3.Connection) -> Iterator[tuple[str, set[str]]]:
    """The tables, and their columns, without those of full-text indexes and of the health check."""
    tables = database.execute("SELECT name FROM pragma_table_list WHERE type = 'table'").fetchall()
    for (name,) in tables:
        if name not in ("health", "sqlite_schema", "sqlite_sequence"):
            yield name, {one for (one,) in database.execute("SELECT name FROM pragma_table_info(?)", [name])}
