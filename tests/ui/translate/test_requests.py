"""What the Translate tab asks beside its streams: documents by two routes, look-ups by its scripts."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any
from urllib.parse import unquote

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from llama_demo.services.history.runs import RunService
from llama_demo.services.models import Models
from llama_demo.services.translation.dictionary import DictionaryService
from llama_demo.services.translation.documents import LARGEST_FILE, DocumentTranslationService
from llama_demo.services.translation.glossary import Glossary
from llama_demo.services.translation.service import TranslationService
from llama_demo.store.database import Database
from llama_demo.store.glossary import GlossaryStore
from llama_demo.store.runs import RunStore
from llama_demo.ui.handlers import Handlers
from llama_demo.ui.translate import uploads
from llama_demo.ui.translate.server import AT_ONCE, WAITING, GlossaryServer, TranslateServer
from tests.conftest import GENERATOR
from tests.translators import write_translator

ANN = {"secret": "a" * 40, "page": "a", "temporary": False}
BOB = {"secret": "b" * 40, "page": "b", "temporary": False}


class Parts:
    """The services that the tab uses, on an empty database."""

    def __init__(self, models: Models, database: Database) -> None:
        runs = RunService(RunStore(database))
        self.translating = TranslationService(models, runs)
        self.documents = DocumentTranslationService(self.translating, runs)
        self.glossary = Glossary(GlossaryStore(database))
        self.dictionary = DictionaryService()


@pytest.fixture(scope="module")
def translators(tmp_path_factory: pytest.TempPathFactory) -> Models:
    """A small one with random weights beside the generator."""
    folder = write_translator(tmp_path_factory.mktemp("models") / "tiny", positions=24)
    return Models([GENERATOR, folder], device="cpu")


@pytest.fixture
def parts(translators: Models, tmp_path: Path) -> Iterator[Parts]:
    """The services."""
    database = Database(tmp_path / "history.db")
    yield Parts(translators, database)
    database.close()


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

    monkeypatch.setattr(parts.translating, "alternatives", slow)
    _, alternatives, *_ = Handlers(public=True).functions(TranslateServer(parts))
    most = AT_ONCE + WAITING
    with ThreadPoolExecutor(most + 1) as crowd:
        asked = [crowd.submit(alternatives, {"visit": ANN}) for _ in range(most + 1)]
        (refused,), others = wait(asked, timeout=60, return_when=FIRST_COMPLETED)
        assert "Many people" in refused.result()["problem"]
        ended.set()
        assert [one.result(60) for one in others] == [{"found": []}] * most
