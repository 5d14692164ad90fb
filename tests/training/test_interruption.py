"""A training run that is killed without warning and started again."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SECONDS = 4.0  # by the run's own clock, which gives each step a hundredth


def start(folder: Path, *stop: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.training.bigrams", str(folder), str(SECONDS), *stop],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def finish(folder: Path) -> tuple[list[str], dict[str, Any]]:
    """Its reports and the progress at its end."""
    process = start(folder)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    *lines, progress = output.splitlines()
    return lines, json.loads(progress)


def kill_at(folder: Path, step: int) -> None:
    process = start(folder, str(step))
    assert process.stdout is not None
    assert process.stdin is not None
    assert any(f"step {step} " in line for line in process.stdout)
    process.kill()
    assert process.wait(timeout=60) == -signal.SIGKILL
    process.stdin.close()
    process.stdout.close()


def test_a_killed_run_goes_on_and_ends_like_one_that_was_not(tmp_path: Path) -> None:
    """Killed twice, before the decay and within it, a run loses minutes, not what it has learned."""
    _, whole = finish(tmp_path / "whole")
    kill_at(tmp_path / "killed", 200)
    kill_at(tmp_path / "killed", 360)
    lines, killed = finish(tmp_path / "killed")
    assert "step 340 " in lines[0]  # from the checkpoint at step 320 or later, not from the start
    assert killed["step"] == whole["step"]
    assert killed["tokens"] == whole["tokens"]
    # Smoothing of the printed loss begins anew after a kill, so the curves agree once it settles.
    for (tokens, mine), (others, other) in zip(killed["losses"][-2:], whole["losses"][-2:], strict=True):
        assert tokens == others
        assert mine == pytest.approx(other, abs=0.1)
    assert killed["measured"][-1][1]["all"] == pytest.approx(whole["measured"][-1][1]["all"], rel=0.02)
    assert whole["measured"][-1][1]["all"] < 1.5  # it had learned something that could have been lost
