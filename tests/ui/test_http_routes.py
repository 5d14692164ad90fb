"""Uploads and downloads: limits are told in a sentence, requests are checked, nothing of a file stays."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.testclient import TestClient

from llama_demo.errors import BusyError, InputError
from llama_demo.services.admission import Admission, CallLimits
from llama_demo.ui import http_routes
from llama_demo.ui.calls import Call, Caller, CallReader
from llama_demo.ui.http_routes import FileRoutes, Upload, UploadLimit, file_response
from llama_demo.ui.schemas import Name, Schema

LARGEST = 3_000_000
LIMIT = UploadLimit(bytes=LARGEST, too_large=InputError("document_too_large", bytes=LARGEST, limit=LARGEST))


class NoteRequest(Schema):
    """What comes beside the file."""

    title: Name = ""


class NoteResponse(Schema):
    """What is told of it."""

    title: str
    bytes: int
    language: str


async def take(upload: Upload[NoteRequest]) -> Response:
    """Answer with what arrived."""
    data = await upload.data()
    rolled = [getattr(file.file, "_rolled", False) for file in upload.files]
    assert rolled in ([], [False])
    told = NoteResponse(title=upload.request.title, bytes=len(data), language=upload.call.visit.language)
    return JSONResponse(told.model_dump())


async def give(call: Call, request: NoteRequest) -> Response:
    """Answer with a file, or refuse."""
    if not request.title:
        raise InputError("document_gone")
    return file_response(f"{request.title}.txt", "text/plain", b"content")


def steps() -> Iterator[NoteResponse]:
    """A stream that breaks off."""
    yield NoteResponse(title="one", bytes=1, language="en")
    raise InputError("document_gone")


FILES = FileRoutes(CallReader(public=False))


async def stream(upload: Upload[NoteRequest]) -> Response:
    """Answer with a stream."""
    return FILES.stream(upload.call.visit, steps)


@pytest.fixture
def client() -> TestClient:
    """A page in front of three routes."""
    files = FILES
    return TestClient(
        Starlette(
            routes=[
                files.upload("/take", NoteRequest, take, limit=LIMIT),
                files.upload("/stream", NoteRequest, stream, limit=LIMIT),
                files.download("/give", NoteRequest, give),
            ]
        )
    )


def sent(client: TestClient, path: str, data: bytes, **request: object) -> object:
    """What a page sends: the request as JSON, and a file."""
    fields = {"request": json.dumps({"visit": {"language": "zh"}, **request})}
    return client.post(path, data=fields, files={"files": ("file", data)})


def test_a_file_comes_with_its_request_and_stays_in_memory(client: TestClient) -> None:
    """Two megabytes would be spooled to the disk by default."""
    answer = sent(client, "/take", b"x" * 2_000_000, title="笔记")
    assert answer.json() == {"title": "笔记", "bytes": 2_000_000, "language": "zh"}


def test_a_file_that_is_too_large_is_refused_in_a_sentence(client: TestClient) -> None:
    """Also when its length is not announced."""
    assert "at most" in sent(client, "/take", b"x" * (LARGEST + http_routes.LONGEST_REQUEST * 2)).text
    body = b'--b\r\nContent-Disposition: form-data; name="files"; filename="f"\r\n\r\n' + b"x" * (LARGEST * 2)
    chunks = (body[start : start + 65536] for start in range(0, len(body), 65536))
    headers = {"content-type": "multipart/form-data; boundary=b"}
    answer = client.post("/take", content=chunks, headers=headers)
    assert (answer.status_code, "at most" in answer.text) == (422, True)


@pytest.mark.parametrize("request_", ["{", "[]", '{"title": 5}', "5"])
def test_a_forged_request_is_refused(client: TestClient, request_: str) -> None:
    """What is no object counts as empty; what is of the wrong type is refused."""
    answer = client.post("/take", data={"request": request_}, files={"files": ("f", b"x")})
    assert answer.status_code == (422 if "5}" in request_ else 200)


def test_no_form_at_all_is_refused(client: TestClient) -> None:
    """A sentence, not a trace."""
    answer = client.post("/take", content=b"raw")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_a_download_has_its_name_and_is_not_kept(client: TestClient) -> None:
    """By a header that any name fits in."""
    answer = client.post("/give", json={"visit": {}, "title": "译文"})
    assert answer.content == b"content"
    assert answer.headers["x-file-name"] == "%E8%AF%91%E6%96%87.txt"
    assert answer.headers["cache-control"] == "no-store"
    assert client.post("/give", json={}).status_code == 422


def test_a_stream_that_breaks_off_ends_with_a_sentence(client: TestClient) -> None:
    """What was told before stays."""
    first, last = map(json.loads, sent(client, "/stream", b"x").text.splitlines())
    assert first["title"] == "one"
    assert 'role="alert"' in last["problem"]


def test_a_defect_is_logged_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    """The page gets a sentence; the trace goes to the operator."""

    async def break_off(call: Call, request: NoteRequest) -> Response:
        raise RuntimeError("inside")

    routes = [FileRoutes(CallReader(public=False)).download("/break", NoteRequest, break_off)]
    answer = TestClient(Starlette(routes=routes)).post("/break", json={})
    assert answer.status_code == 422
    assert "should not have" in answer.text
    assert "inside" not in answer.text
    assert "RuntimeError" in caplog.text


def test_a_full_server_says_when_to_try_again() -> None:
    """To programs, by status and header; to people, in the sentence."""

    async def refuse(call: Call, request: NoteRequest) -> Response:
        raise BusyError("busy_address", limit=3)

    routes = [FileRoutes(CallReader(public=False)).download("/busy", NoteRequest, refuse)]
    answer = TestClient(Starlette(routes=routes)).post("/busy", json={})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "30")
    assert "Try again in a minute" in answer.text


def test_downloads_count_as_calls_of_their_visitor() -> None:
    """Beyond the limit one is refused at once, and reads nothing; it counts no longer once it has ended."""
    calls = CallReader(public=True, admission=Admission(CallLimits(visitor=1)))
    inside: list[int] = []

    async def nested(call: Call, request: NoteRequest) -> Response:
        with pytest.raises(BusyError), calls.admission.admit(call.visit):
            raise AssertionError
        inside.append(1)
        return file_response("a.txt", "text/plain", b"content")

    routes = [FileRoutes(calls).download("/give", NoteRequest, nested)]
    client, sent = TestClient(Starlette(routes=routes)), {"visit": {"secret": "s" * 40}}
    assert [client.post("/give", json=sent).status_code for _ in range(2)] == [200, 200]
    assert inside == [1, 1]
    visit = calls.read(sent["visit"], caller=Caller("testclient")).visit
    with calls.admission.admit(visit):
        assert client.post("/give", json=sent).status_code == 429
    assert inside == [1, 1]
