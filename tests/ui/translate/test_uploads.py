"""Documents that are sent to be translated, and fetched."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from tempfile import SpooledTemporaryFile
from typing import Any
from urllib.parse import unquote

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from llama_demo.services.translation.documents import LARGEST_FILE
from llama_demo.ui.handlers import Handlers
from llama_demo.ui.translate import uploads
from tests.ui.visits import ANN, BOB


@pytest.fixture
def client(parts: Any) -> TestClient:
    """A program that sends what the page sends, to a host with many visitors."""
    routes = uploads.routes(parts, Handlers(public=True))
    return TestClient(Starlette(routes=routes))


def sent(client: TestClient, name: str, data: bytes, visit: object = ANN, **asked: object) -> list[dict]:
    """Have a document translated; the lines that come."""
    told = {"source": "en", "target": "fr", "name": name, **asked}
    request = json.dumps({**told, "visit": visit})
    answer = client.post("/translate/document", data={"request": request}, files={"files": ("file", data)})
    if answer.status_code != 200:
        return [{"problem": answer.text}]
    return [json.loads(line) for line in answer.text.splitlines()]


def test_a_document_comes_back_to_its_owner_alone(client: TestClient) -> None:
    """Progress first, then the file under its new name; another visitor gets a sentence."""
    lines = sent(client, "grüße.txt", b"Hi there.\n\nOne.\n")
    assert (lines[0]["done"], lines[-1]["state"]) == (0, "done")
    file = client.post("/translate/document/result", json={"visit": ANN, "id": lines[-1]["id"]})
    assert file.status_code == 200
    assert unquote(file.headers["X-File-Name"]) == "grüße.fr.txt"
    other = client.post("/translate/document/result", json={"visit": BOB, "id": lines[-1]["id"]})
    assert other.status_code == 422
    assert "role" in other.text


@pytest.mark.parametrize(
    ("name", "data", "asked"),
    [
        ("a.exe", b"MZ", {}),
        ("a.txt", b"", {}),
        ("a.txt", b"x" * (LARGEST_FILE + 1), {}),
        ("a.docx", b"no zip", {}),
        ("a.txt", b"Hi there.", {"target": "xx"}),
        ("a.txt", b"Hi there.", {"target": ["fr"]}),
    ],
)
def test_what_cannot_be_translated_is_told_in_a_line(
    client: TestClient, name: str, data: bytes, asked: dict
) -> None:
    """One line, with a notice."""
    [line] = sent(client, name, data, **asked)
    assert "problem" in line["problem"]


def test_files_that_arrive_are_bounded_in_number_and_time(
    parts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is held in memory; nobody can fill it, or keep a place by never ending."""
    monkeypatch.setattr(uploads, "ARRIVING", 0)
    client = TestClient(Starlette(routes=uploads.routes(parts, Handlers(public=True))))
    assert "Many documents" in sent(client, "a.txt", b"One.")[0]["problem"]
    monkeypatch.setattr(uploads, "ARRIVING", 1)
    monkeypatch.setattr(uploads, "SLOWEST", 0.01)
    app = Starlette(routes=uploads.routes(parts, Handlers(public=True)))
    # On a thread of its own: where a browser is being driven, this one has a loop already.
    with ThreadPoolExecutor(1) as thread:
        assert "0 seconds" in thread.submit(asyncio.run, never_ending(app)).result(60)


async def never_ending(app: Starlette) -> str:
    """The answer to an upload whose body never comes."""
    headers = [(b"content-type", b"multipart/form-data; boundary=b")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/translate/document",
        "headers": headers,
        "query_string": b"",
    }
    answer = b""

    async def receive() -> dict[str, object]:
        await asyncio.Event().wait()
        return {}

    async def send(message: dict[str, Any]) -> None:
        nonlocal answer
        answer += message.get("body", b"")

    await app(scope, receive, send)  # type: ignore[arg-type]
    return answer.decode()


def test_a_document_that_arrives_is_never_written_to_the_disk(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However large it is: a file of the framework would be spooled to the disk from 1 MB on."""

    def rolled_over(_: object) -> None:
        raise AssertionError("an upload was written to the disk")

    monkeypatch.setattr(SpooledTemporaryFile, "rollover", rolled_over)
    [line] = sent(client, "a.docx", b"x" * (LARGEST_FILE - 1))
    assert "problem" in line["problem"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"visit": 1, "id": {}}'])
def test_nonsense_gets_a_sentence(client: TestClient, body: bytes) -> None:
    """And no trace."""
    assert client.post("/translate/document/result", content=body).status_code == 422
