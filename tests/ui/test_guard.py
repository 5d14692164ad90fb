"""Whom the server answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from llama_demo.ui.guard import HEADERS, LARGEST_BODY, UPLOADS, Callers, Guard
from llama_demo.ui.program_uploads import ProgramUploads

PROGRAMS = ProgramUploads(Path("no-such-folder"), largest=2 * LARGEST_BODY, most_bytes=3 * LARGEST_BODY)
HOSTS = ("127.0.0.1", "localhost", "::1", "demo.example")


def guarded(
    *,
    own: bool = True,
    hosts=HOSTS,
    uploads=(),
    origins=(),
    password: str = "",
    base: str = "http://localhost",
) -> TestClient:
    """A client of a guarded application, which greets whoever gets in."""
    callers = Callers(hosts=hosts, own_pages_only=own, origins=origins, password=password)
    guard = Guard(PlainTextResponse("in"), callers=callers, programs=PROGRAMS, uploads=uploads)
    return TestClient(guard, base_url=base)


def ask(method: str = "GET", path: str = "/", *, options=None, **headers: str) -> int:
    """The status of a request with these headers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return guarded(**(options or {})).request(method, path, headers=named).status_code


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
    assert ask(host="anything.example", options={"hosts": ("*",)}) == 200


@pytest.mark.parametrize(
    ("origin", "host", "own", "status"),
    [
        ("http://localhost:7860", "localhost:7860", True, 200),
        ("http://LOCALHOST", "localhost:80", True, 200),
        ("http://[::1]:7860", "[::1]:7860", True, 200),
        ("http://localhost:9999", "localhost:7860", True, 403),
        ("http://127.0.0.1:7860", "localhost:7860", True, 403),
        ("https://localhost:7860", "localhost:7860", True, 403),
        ("https://evil.example", "localhost:7860", True, 403),
        ("http://localhost:7860.evil.example", "localhost:7860", True, 403),
        ("http://localhost:port", "localhost:7860", True, 403),
        ("null", "localhost:7860", True, 403),
        ("https://evil.example", "localhost:7860", False, 200),
    ],
)
def test_pages_of_other_sites(origin: str, host: str, own: bool, status: int) -> None:
    """Refused where the caller would be taken for the operator, and another port is another site; a public
    host answers everybody.
    """
    assert ask(origin=origin, host=host, options={"own": own}) == status


def test_an_allowed_origin_is_an_own_page() -> None:
    """For a proxy that ends TLS and passes on another name."""
    options = {"origins": ("https://demo.example",)}
    assert ask(origin="https://demo.example", host="localhost:7860", options=options) == 200
    assert ask(origin="https://demo.example:8443", host="localhost:7860", options=options) == 403


def test_a_password_is_asked_for() -> None:
    """By the browser itself, with any user name; only the state of the server is told without."""
    client = guarded(password="horse staple")
    refused = client.get("/")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Basic")
    assert client.get("/healthz").status_code == 200
    assert client.get("/", auth=("anyone", "horse staple")).text == "in"
    assert client.get("/", auth=("anyone", "horse")).status_code == 401
    assert client.get("/", headers={"Authorization": "Bearer horse staple"}).text == "in"
    for authorization in ("Bearer horse", "Basic", "Basic %%%", "Basic aG9yc2U="):
        assert client.get("/", headers={"Authorization": authorization}).status_code == 401


def test_what_is_too_large_is_refused_unread() -> None:
    """Uploads have a limit of their own."""
    assert ask("POST", content_length=str(LARGEST_BODY + 1)) == 413
    assert ask("POST", content_length="many") == 413
    assert ask("POST", transfer_encoding="chunked") == 411
    assert ask("POST", UPLOADS, content_length=str(LARGEST_BODY + 1)) == 200
    assert ask("POST", UPLOADS, content_length=str(2 * LARGEST_BODY + 100_000)) == 413
    options = {"uploads": ("/file/in",)}
    assert ask("POST", "/file/in", content_length=str(LARGEST_BODY + 1), options=options) == 200


@pytest.mark.parametrize(
    "path", ["/gradio_api/file=https://a.example/b", "/file=HTTP://a", "/proxy=https:/a"]
)
def test_nothing_is_fetched_for_others(path: str) -> None:
    """Gradio's server would fetch any public address."""
    assert ask(path=path) == 403


def test_headers_go_with_answers_and_refusals() -> None:
    """The same ones."""
    client = guarded()
    for host in ("localhost", "evil.example"):
        answer = client.get("/", headers={"host": host})
        assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)


@pytest.mark.parametrize("path", ["/gradio_api/component_server", "/"])
def test_files_go_to_routes_for_files_alone(path: str) -> None:
    """Gradio would write them to the disk and leave them there."""
    multipart = {"content_type": "multipart/form-data; boundary=x", "content_length": "10"}
    assert ask("POST", path, **multipart) == 415
    assert ask("POST", "/file/in", options={"uploads": ("/file/in",)}, **multipart) == 200
