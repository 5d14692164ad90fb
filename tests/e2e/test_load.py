"""The app under load and under SIGKILL, for seconds; ``bench.load`` and ``bench.kill`` do it for minutes."""

from __future__ import annotations

from pathlib import Path

from bench.kill import kill
from bench.load import load
from tests.e2e.conftest import App, free_port, start_preloaded


def test_no_row_is_lost_or_crossed_under_load(public_app: App) -> None:
    """Visitors use all tabs at once and leave in the middle; only the stated limits refuse anything."""
    result = load(public_app, visitors=8, seconds=10, pause=0.5)
    assert result.faults == []
    assert len(result.report.completed) >= 10


def test_a_kill_under_load_damages_nothing(tmp_path: Path) -> None:
    """Database and full-text indexes are intact, and every run that was reported as completed is there."""
    app = start_preloaded(tmp_path, "--public", "--port", str(free_port()))
    try:
        faults, completed = kill(app, times=1, visitors=4, pause=0.5, latest=4)
    finally:
        app.kill()
    assert faults == []
    assert completed >= 1
