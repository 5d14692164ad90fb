"""Requests to Gradio's own routes that nobody's page sends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from gradio.routes import App
from starlette.testclient import TestClient

from llama_demo.ui.guard import Callers, GuardedApp
from llama_demo.ui.program_uploads import ProgramUploads

CALLERS = Callers(hosts=("localhost",), own_pages_only=False)
FIELD = b'--X\r\nContent-Disposition: form-data; name="files"\r\n\r\nhello\r\n--X--\r\n'


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """Of a page with one function, without a server."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    with gr.Blocks(analytics_enabled=False) as blocks:
        gr.Button().click(str, gr.Dropdown(["a", "b"]), gr.Textbox(), api_name="pick")
    blocks.max_file_size = 10_000
    space = ProgramUploads(tmp_path, largest=10_000, most_bytes=100_000)
    app = App.create_app(blocks, app=GuardedApp(callers=CALLERS, programs=space))
    with TestClient(app, base_url="http://localhost") as client:
        yield client


@pytest.mark.parametrize(
    ("path", "payload"),
    [
        ("run/predict", {"fn_index": 999, "data": []}),
        ("run/nothing", {"data": []}),
        ("queue/join", {"fn_index": -1, "data": [], "session_hash": "x"}),
        ("call/nothing", {"data": []}),
        ("call/v2/nothing", {}),
        ("component_server", {"session_hash": "x", "component_id": 999, "fn_name": "a", "data": 1}),
    ],
)
def test_an_unknown_function_is_not_found(client: TestClient, path: str, payload: dict[str, Any]) -> None:
    """Not an error of the server, whose log would fill with tracebacks."""
    answer = client.post(f"/gradio_api/{path}", json=payload)
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


def test_a_refused_call_is_an_error_of_the_caller(client: TestClient) -> None:
    """Also where Gradio answers at once."""
    assert client.post("/gradio_api/run/pick", json={"data": ["c"]}).status_code == 422


@pytest.mark.parametrize("path", ["queue/data?session_hash=nobody", "call/pick/nothing"])
def test_a_stream_of_nothing_is_told_and_ends(client: TestClient, path: str) -> None:
    """Without a traceback in the log."""
    answer = client.get(f"/gradio_api/{path}")
    assert "404" in answer.text


def test_a_field_where_a_file_belongs_is_refused(client: TestClient) -> None:
    """As a bad request."""
    headers = {"Content-Type": "multipart/form-data; boundary=X"}
    assert client.post("/gradio_api/upload", content=FIELD, headers=headers).status_code == 400


def test_a_name_that_no_file_can_have_is_not_found(client: TestClient) -> None:
    """Gradio asks the system for it, which refuses names that are too long."""
    assert client.get(f"/assets/{'a' * 5_000}").status_code == 404


def test_a_body_that_is_no_text_is_refused(client: TestClient) -> None:
    """And is not repeated: bytes that are not UTF-8 cannot be."""
    answer = client.post("/gradio_api/queue/join", content=b"\xff\xfe\x00")
    assert answer.status_code == 422
    assert b"\xff" not in answer.content


def test_a_defect_of_the_app_s_own_routes_is_none_of_the_caller_s(client: TestClient) -> None:
    """It stays an error of the server."""

    def broken(_: object) -> None:
        raise KeyError("ours")

    client.app.add_route("/broken", broken)  # type: ignore[attr-defined]
    with pytest.raises(KeyError):
        client.get("/broken")
