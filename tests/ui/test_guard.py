"""Whom the server answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from llama_demo.ui.guard import HEADERS, LARGEST_BODY, UPLOADS, Guard
from llama_demo.ui.program_uploads import ProgramUploads

PROGRAMS = ProgramUploads(Path("no-such-folder"), largest=2 * LARGEST_BODY, most_bytes=3 * LARGEST_BODY)
HOSTS = ("127.0.0.1", "localhost", "::1", "demo.example")


def ask(
    method: str = "GET", path: str = "/", *, own: bool = True, hosts=HOSTS, uploads=(), **headers: str
) -> int:
    """The status of a request with these headers."""
    guard = Guard(
        PlainTextResponse("in"), hosts=hosts, own_pages_only=own, programs=PROGRAMS, uploads=uploads
    )
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return TestClient(guard, base_url="http://localhost").request(method, path, headers=named).status_code


@pytest.mark.parametrize(
    "host", ["localhost", "LocalHost:7860", "127.0.0.1:1", "[::1]", "[::1]:7860", "demo.example:443"]
)
def test_own_names_are_answered(host: str) -> None:
    """In any spelling, with any port."""
    assert ask(host=host) == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "demo.example.evil",
        "",
        "[",
        "[::2]",
        "127.0.0.1@evil.example",
    ],
)
def test_other_names_are_not(host: str) -> None:
    """Nor what cannot be read at all."""
    assert ask(host=host) == 400


def test_the_operator_can_allow_any_name() -> None:
    """Behind a proxy that checks it."""
    assert ask(host="anything.example", hosts=("*",)) == 200


@pytest.mark.parametrize(
    ("origin", "own", "status"),
    [
        ("http://localhost:7860", True, 200),
        ("http://127.0.0.1:3000", True, 200),
        ("https://evil.example", True, 403),
        ("null", True, 403),
        ("https://evil.example", False, 200),
    ],
)
def test_pages_of_other_sites(origin: str, own: bool, status: int) -> None:
    """Refused where the caller would be taken for the operator; a public host answers everybody."""
    assert ask(origin=origin, own=own) == status


def test_what_is_too_large_is_refused_unread() -> None:
    """Uploads have a limit of their own."""
    assert ask("POST", content_length=str(LARGEST_BODY + 1)) == 413
    assert ask("POST", content_length="many") == 413
    assert ask("POST", transfer_encoding="chunked") == 411
    assert ask("POST", UPLOADS, content_length=str(LARGEST_BODY + 1)) == 200
    assert ask("POST", UPLOADS, content_length=str(2 * LARGEST_BODY + 100_000)) == 413
    assert ask("POST", "/file/in", content_length=str(LARGEST_BODY + 1), uploads=("/file/in",)) == 200


@pytest.mark.parametrize(
    "path", ["/gradio_api/file=https://a.example/b", "/file=HTTP://a", "/proxy=https:/a"]
)
def test_nothing_is_fetched_for_others(path: str) -> None:
    """Gradio's server would fetch any public address."""
    assert ask(path=path) == 403


def test_headers_go_with_answers_and_refusals() -> None:
    """The same ones."""
    client = TestClient(
        Guard(PlainTextResponse("in"), hosts=HOSTS, own_pages_only=True, programs=PROGRAMS),
        base_url="http://localhost",
    )
    for host in ("localhost", "evil.example"):
        answer = client.get("/", headers={"host": host})
        assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)


@pytest.mark.parametrize("path", ["/gradio_api/process_recording", "/gradio_api/component_server", "/"])
def test_files_go_to_routes_for_files_alone(path: str) -> None:
    """Gradio would write them to the disk and leave them there."""
    multipart = {"content_type": "multipart/form-data; boundary=x", "content_length": "10"}
    assert ask("POST", path, **multipart) == 415
    assert ask("POST", "/file/in", uploads=("/file/in",), **multipart) == 200
