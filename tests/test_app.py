"""Starts that cannot succeed: one sentence on the terminal, and an exit code."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

import app
from llama_demo.hub.endpoints import VARIABLE
from llama_demo.services.checkpoints import machine
from llama_demo.store.database import Database
from tests.conftest import GENERATOR
from tests.hub_server import hub_server

Refused = Callable[..., tuple[int, str]]


pytestmark = pytest.mark.usefixtures("logging_as_it_was")


@pytest.fixture
def refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Refused:
    """Exit code and sentence of a start, in a data folder of its own; it must not come to serve."""
    for name in [name for name in os.environ if name.startswith(("LLAMA_DEMO_", "SPACE_", "LC_", "LANG"))]:
        monkeypatch.delenv(name)
    for name in ("GRADIO_TEMP_DIR", "NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(app.launch, "wait_for_end", lambda: pytest.fail("the app serves"))

    def start(*flags: str, data: Path = tmp_path / "data") -> tuple[int, str]:
        code = app.main(["--port", "0", "--data-dir", str(data), *flags])
        said = capsys.readouterr().err.strip()
        assert len(said.splitlines()) == 1, said
        return code, said

    return start


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--port", "99999"], "--port (or LLAMA_DEMO_PORT) cannot be “99999”"),
        (["--device", "tpu"], "--device"),
        (["--host", "203.0.113.7"], "203.0.113.7 is no address of this machine"),
    ],
)
def test_a_flag_that_cannot_be(refused: Refused, flags: list[str], words: str) -> None:
    """The flag and the way out are named."""
    code, said = refused(*flags)
    assert code == 2
    assert words in said


def test_a_variable_that_cannot_be(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its own name."""
    monkeypatch.setenv("LLAMA_DEMO_THREADS", "many")
    code, said = refused()
    assert code == 2
    assert "LLAMA_DEMO_THREADS" in said


def test_the_terminal_is_answered_in_its_language(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Chinese terminal reads Chinese."""
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "不能是" in refused("--port", "99999")[1]


def test_a_data_folder_that_is_a_file(refused: Refused, tmp_path: Path) -> None:
    """It cannot be written to."""
    (tmp_path / "file").write_text("")
    code, said = refused(data=tmp_path / "file")
    assert code == 1
    assert f"cannot write to {tmp_path / 'file'}" in said


def test_a_model_folder_that_is_not_there(refused: Refused, tmp_path: Path) -> None:
    """Its path is in the sentence."""
    code, said = refused("--model", str(tmp_path / "none"))
    assert code == 1
    assert str(tmp_path / "none") in said


def test_a_policy_or_a_guard_model_that_cannot_be_used(refused: Refused, tmp_path: Path) -> None:
    """The app does not start without what its operator wanted; the sentence names the place."""
    file = tmp_path / "mine.yaml"
    file.write_text("version: 1\ncategories: {club: {action: forbid}}\nrules: []\n")
    code, said = refused("--policy", str(file))
    assert code == 2
    assert "categories / club / action" in said
    code, said = refused("--guard", str(GENERATOR.parent / "reader"))
    assert code == 1
    assert "Llama Guard 3" in said


@pytest.mark.parametrize("missing", ["config.json", "tokenizer.model", "model.safetensors"])
def test_a_model_folder_that_lacks_a_file(refused: Refused, tmp_path: Path, missing: str) -> None:
    """The file is named."""
    folder = tmp_path / "model"
    folder.mkdir()
    stem = missing.partition(".")[0] if missing.endswith("safetensors") else missing
    for file in GENERATOR.iterdir():
        if not file.name.startswith(stem):
            (folder / file.name).symlink_to(file)
    code, said = refused("--model", str(folder))
    assert code == 1
    assert missing in said


def test_a_database_of_a_newer_version(refused: Refused, tmp_path: Path) -> None:
    """It is left as it was."""
    path = tmp_path / "data" / "llama_demo.db"
    Database(path).close()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('llama_demo', 'm999_from_the_future', '2030-01-01')"
        )
    before = path.read_bytes()
    code, said = refused()
    assert code == 1
    assert "newer version" in said
    assert path.read_bytes() == before


def test_a_download_in_the_terminal_is_interrupted_and_says_what_does_not_fit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C is how a download is paused there; a model that is too large would end each later start."""
    memory = machine.read_memory()
    monkeypatch.setattr(machine, "read_memory", lambda: replace(memory, total=10_000_000))
    get = ["--get", "small", "--language", "en", "--data-dir", str(tmp_path)]
    with hub_server({}) as hub:
        monkeypatch.setenv(VARIABLE, hub.url)
        monkeypatch.setattr(app, "show_downloads", lambda progress: None)
        assert app.main(get) == 0
        assert "Qwen2.5-0.5B-Instruct needs" in capsys.readouterr().err
        monkeypatch.setattr(app, "show_downloads", _interrupted)
        assert app.main(get) == 130
        assert "resumes it" in capsys.readouterr().err


def _interrupted(_: object) -> None:
    raise KeyboardInterrupt
