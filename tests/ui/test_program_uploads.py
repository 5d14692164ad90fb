"""What programs may upload: how large, how much in all, and from where."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from llama_demo.ui import program_uploads
from llama_demo.ui.guard import UPLOADS, Callers, Guard
from llama_demo.ui.http_routes import MULTIPART_OVERHEAD
from llama_demo.ui.program_uploads import KEPT, ProgramUploads


async def stored(scope: Scope, receive: Receive, send: Send) -> None:
    """Stands for Gradio: puts the body into the folder."""
    body = await Request(scope, receive).body()
    (Path(scope["app_folder"]) / str(len(body))).write_bytes(body)
    await PlainTextResponse("stored")(scope, receive, send)


def client(folder: Path, **limits: int) -> TestClient:
    """Of a server that stores below ``folder``."""
    space = ProgramUploads(folder, **{"largest": 1_000, "most_bytes": 10_000_000, **limits})

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await stored({**scope, "app_folder": str(folder)}, receive, send)

    guard = Guard(app, callers=Callers(hosts=("localhost",), own_pages_only=False), programs=space)
    return TestClient(guard, base_url="http://localhost")


def test_one_file_of_the_size_allowed_comes_in(tmp_path: Path) -> None:
    """With what stands around it in the request."""
    assert client(tmp_path).post(UPLOADS, content=b"a" * 1_000).status_code == 200
    assert [path.stat().st_size for path in tmp_path.iterdir()] == [1_000]


@pytest.mark.parametrize(
    ("limits", "headers", "size", "status"),
    [
        ({}, {}, 1_000 + MULTIPART_OVERHEAD + 1, 413),
        ({}, {"origin": "https://evil.example"}, 10, 403),
        ({}, {"transfer-encoding": "chunked"}, 10, 411),
        ({}, {"origin": "http://localhost"}, 10, 403),
        ({"most_bytes": 5_000}, {}, 10, 507),
        ({"most_files": 1}, {}, 10, 507),
    ],
    ids=["too large", "foreign page", "chunks beside a length", "own page", "space taken", "too many files"],
)
def test_what_is_refused_leaves_no_file(
    tmp_path: Path, limits: dict[str, int], headers: dict[str, str], size: int, status: int
) -> None:
    """It is refused before it is read."""
    (tmp_path / "earlier").write_bytes(bytes(5_000))
    answer = client(tmp_path, **limits).post(UPLOADS, content=b"a" * size, headers=headers)
    assert answer.status_code == status
    assert [path.name for path in tmp_path.iterdir()] == ["earlier"]


def test_a_request_of_unknown_length_is_refused(tmp_path: Path) -> None:
    """It could go on for ever."""
    assert client(tmp_path).post(UPLOADS, content=iter([b"a"])).status_code == 411


@pytest.mark.parametrize("limits", [{"most_bytes": 70_000}, {"most_at_once": 1}])
def test_uploads_that_arrive_together_share_the_space(tmp_path: Path, limits: dict[str, int]) -> None:
    """What is on its way counts as if it lay there, until it has arrived."""
    outside: list[int] = []
    space = ProgramUploads(tmp_path, **{"largest": 60_000, "most_bytes": 10**6, **limits})

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if not outside:  # the first one: a second comes meanwhile
            outside.append(0)
            other = TestClient(guard, base_url="http://localhost")
            outside.append(
                await run_in_threadpool(lambda: other.post(UPLOADS, content=b"b" * 60_000).status_code)
            )
        await PlainTextResponse("stored")(scope, receive, send)

    guard = Guard(app, callers=Callers(hosts=("localhost",), own_pages_only=False), programs=space)
    client = TestClient(guard, base_url="http://localhost")
    assert client.post(UPLOADS, content=b"a" * 60_000).status_code == 200
    assert outside[1:] == [507]
    assert client.post(UPLOADS, content=b"a" * 60_000).status_code == 200


def test_each_address_has_a_share_of_the_space(tmp_path: Path) -> None:
    """One that has filled its own leaves room for others, and has room again once its files are indexed."""
    space = ProgramUploads(
        tmp_path, largest=1_000, most_bytes=10_000, most_of_address=1_500, behind_proxy=True
    )

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        path = tmp_path / scope["query_string"].decode()
        path.write_bytes(await Request(scope, receive).body())
        await JSONResponse([str(path)])(scope, receive, send)

    guard = Guard(app, callers=Callers(hosts=("localhost",), own_pages_only=False), programs=space)
    client = TestClient(guard, base_url="http://localhost")

    def send(name: str, address: str) -> int:
        headers = {"x-forwarded-for": address}
        return client.post(f"{UPLOADS}?{name}", content=bytes(1_000), headers=headers).status_code

    assert send("a", "8.8.8.8") == 200
    assert send("b", "8.8.8.8") == 507
    assert send("c", "9.9.9.9") == 200
    (tmp_path / "a").unlink()
    assert send("d", "8.8.8.8") == 200


def test_an_upload_that_takes_too_long_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And gives its place back."""
    monkeypatch.setattr(program_uploads, "ARRIVAL", 0.05)
    space = ProgramUploads(tmp_path, largest=1_000, most_bytes=10_000, most_at_once=1)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(float(await Request(scope, receive).body()))
        await PlainTextResponse("stored")(scope, receive, send)

    guard = Guard(app, callers=Callers(hosts=("localhost",), own_pages_only=False), programs=space)
    client = TestClient(guard, base_url="http://localhost")
    assert client.post(UPLOADS, content=b"9").status_code == 408
    assert client.post(UPLOADS, content=b"0").status_code == 200


def test_what_aborted_uploads_leave_is_swept(tmp_path: Path) -> None:
    """Old files and the folders that held them; new ones stay."""
    for name, age in (("old", 2 * KEPT), ("new", 0.0)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "file").write_bytes(bytes(5_000))
        for path in (folder / "file", folder):
            os.utime(path, times=(time.time() - age,) * 2)
    assert client(tmp_path, most_files=2).post(UPLOADS, content=b"a").status_code == 200
    assert not (tmp_path / "old" / "file").exists()
    assert (tmp_path / "new" / "file").exists()
