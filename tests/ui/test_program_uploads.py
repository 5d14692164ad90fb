"""What programs may upload: how large, how much in all, and from where."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from llama_demo.ui.guard import UPLOADS, Guard
from llama_demo.ui.program_uploads import OVERHEAD, ProgramUploads


async def stored(scope: Scope, receive: Receive, send: Send) -> None:
    """Stands for Gradio: puts the body into the folder."""
    body = await Request(scope, receive).body()
    (Path(scope["app_folder"]) / str(len(body))).write_bytes(body)
    await PlainTextResponse("stored")(scope, receive, send)


def client(folder: Path, **limits: int) -> TestClient:
    """Of a server that stores below ``folder``."""
    space = ProgramUploads(folder, **{"largest": 1_000, "most_bytes": 100_000, **limits})

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await stored({**scope, "app_folder": str(folder)}, receive, send)

    guard = Guard(app, hosts=("localhost",), own_pages_only=False, programs=space)
    return TestClient(guard, base_url="http://localhost")


def test_one_file_of_the_size_allowed_comes_in(tmp_path: Path) -> None:
    """With what stands around it in the request."""
    assert client(tmp_path).post(UPLOADS, content=b"a" * 1_000).status_code == 200
    assert [path.stat().st_size for path in tmp_path.iterdir()] == [1_000]


@pytest.mark.parametrize(
    ("limits", "headers", "size", "status"),
    [
        ({}, {}, 1_000 + OVERHEAD + 1, 413),
        ({}, {"origin": "https://evil.example"}, 10, 403),
        ({}, {"origin": "http://localhost"}, 10, 403),
        ({"most_bytes": 5_000}, {}, 10, 507),
        ({"most_files": 1}, {}, 10, 507),
    ],
    ids=["too large", "foreign page", "own page", "space taken", "too many files"],
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


def test_uploads_that_arrive_together_share_the_space(tmp_path: Path) -> None:
    """What is on its way counts as if it lay there."""
    space = ProgramUploads(tmp_path, largest=1_000, most_bytes=1_500)
    headers = Request({"type": "http", "headers": [(b"content-length", b"1000")]}).headers
    assert space.refusal(headers) is None
    with space.arriving(headers):
        refused = space.refusal(headers)
        assert refused is not None
        assert refused.status_code == 507
    assert space.refusal(headers) is None
