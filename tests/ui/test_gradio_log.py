"""What a forged call leaves in the log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from gradio import queueing, routes
from gradio.routes import App
from starlette.testclient import TestClient

from llama_demo.ui.gradio_log import log_without_values
from llama_demo.ui.guard import Callers, GuardedApp
from llama_demo.ui.program_uploads import ProgramUploads


@pytest.mark.parametrize(
    ("data", "logged"),
    [
        (["SECRETWORD" * 100_000, 1], "a call was refused: Error"),
        (["SECRETWORD" * 100_000], "a call was refused: ValueError"),
        (["a", {"SECRETWORD": "x"}], "a call was refused: ComponentProcessingError"),
        (
            [{"path": "SECRETWORD" * 1_000, "meta": {"_type": "gradio.FileData"}}, 1],
            "a call was refused: OSError",
        ),
    ],
    ids=["a choice that is none", "too few values", "a value of the wrong type", "too long a path"],
)
def test_what_was_sent_is_not_logged(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    data: list[Any],
    logged: str,
) -> None:
    """Only where the call failed, and how."""
    for module in (queueing, routes):
        monkeypatch.setattr(module, "traceback", module.traceback)  # put back afterwards
    log_without_values()
    with gr.Blocks(analytics_enabled=False) as blocks:
        inputs = [gr.Dropdown(["a", "b"]), gr.Slider(0, 1)]
        gr.Button().click(lambda *_: "", inputs, gr.Textbox(), api_name="pick")
    callers = Callers(hosts=("localhost",), own_pages_only=False)
    space = ProgramUploads(tmp_path, largest=1, most_bytes=1)
    app = App.create_app(blocks, app=GuardedApp(callers=callers, programs=space))
    with TestClient(app, base_url="http://localhost") as client:
        assert client.post("/gradio_api/run/pick", json={"data": data}).status_code == 422
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    printed = capfd.readouterr()
    assert logged in caplog.text
    assert "SECRETWORD" not in printed.out + printed.err + caplog.text
    assert len(caplog.text) < 5_000
