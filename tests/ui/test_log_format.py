"""Logs for programs: what was asked and how it ended, and nothing of who asked or what they wrote."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from llama_demo.errors import InputError
from llama_demo.ui.guard import Callers, Guard
from llama_demo.ui.log_format import configure, logged_event, take_over
from llama_demo.ui.program_uploads import ProgramUploads

pytestmark = pytest.mark.usefixtures("logging_as_it_was")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """What was logged."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


async def answer(_: object) -> PlainTextResponse:
    """Answer anything."""
    return PlainTextResponse("yes")


def client(folder: Path) -> TestClient:
    """Of a guarded server with one route."""
    guard = Guard(
        Starlette(routes=[Route("/files/{name:path}", answer, methods=["GET", "POST"])]),
        callers=Callers(hosts=("localhost",), own_pages_only=False),
        programs=ProgramUploads(folder, largest=1_000, most_bytes=1_000),
    )
    return TestClient(guard, base_url="http://localhost")


def test_a_request_is_a_line_without_what_identifies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The route, not the name in it, the query, the body or the address."""
    configure("json")
    server = client(tmp_path)
    server.post("/files/needle.txt?visitor=needle", content=b"needle", headers={"Cookie": "needle"})
    server.get("/needle")
    server.get("/files/a", headers={"Host": "needle.example"})
    told = lines(capsys)
    assert [(one["method"], one["route"], one["status"]) for one in told] == [
        ("POST", "/files/{name:path}", 200),
        ("GET", "", 404),
        ("GET", "", 400),
    ]
    assert all(one["message"] == "request" and one["level"] == "info" for one in told)
    assert "needle" not in json.dumps(told)


def test_an_event_says_how_it_ended(capsys: pytest.CaptureFixture[str]) -> None:
    """By the key of its error, without the values."""
    configure("json")
    with logged_event("find"):
        pass
    with pytest.raises(InputError), logged_event("find"):
        raise InputError("collection_unknown", name="needle")
    with pytest.raises(ValueError, match="needle"), logged_event("find"):
        raise ValueError("needle")
    told = lines(capsys)
    assert [one["outcome"] for one in told] == ["done", "collection_unknown", "unexpected"]
    assert "needle" not in json.dumps(told)


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_trace_says_where_and_not_what(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A message can quote what a visitor sent; the server's own log is in the same form."""
    server = logging.getLogger("uvicorn.error")
    server.addHandler(logging.StreamHandler())
    server.propagate = False
    configure(form)  # type: ignore[arg-type]
    take_over(("uvicorn", "uvicorn.error"))
    sent = "".join(["need", "le"])
    try:
        try:
            int(sent)
        except ValueError as exc:
            raise KeyError(sent) from exc
    except KeyError:
        server.exception("Exception in ASGI application")
    told = capsys.readouterr().err
    assert "needle" not in told
    assert all(kind in told for kind in ("ValueError", "KeyError", "test_log_format.py"))
    if form == "json":
        assert json.loads(told)["logger"] == "uvicorn.error"


def test_people_get_lines_of_what_went_wrong_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As before there were formats."""
    configure("text")
    client(tmp_path).get("/files/a")
    logging.getLogger("llama_demo").warning("the disk is %s", "full")
    assert capsys.readouterr().err.endswith("WARNING llama_demo: the disk is full\n")
