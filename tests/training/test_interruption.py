"""A training run that is killed without warning and started again."""

from __future__ import annotations

import multiprocessing
import signal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from tests.training import bigrams

SECONDS = 4.0  # by the run's own clock, which gives each step a hundredth


def context() -> Any:
    """Of processes that share one import of torch, where there are such."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload([bigrams.__name__])
    return forking


def start(folder: Path, stop: int | None = None) -> tuple[Any, Connection]:
    """A process that trains, and what it reports."""
    reports, sent = multiprocessing.Pipe(duplex=False)
    process = context().Process(target=bigrams.run, args=(folder, SECONDS, sent, stop), daemon=True)
    process.start()
    sent.close()
    return process, reports


def finish(folder: Path) -> tuple[list[str], dict[str, Any]]:
    """Its reports and the progress at its end."""
    process, reports = start(folder)
    lines = []
    while isinstance(report := reports.recv(), str):
        lines.append(report)
    process.join(timeout=60)
    assert process.exitcode == 0
    return lines, report


def kill_at(folder: Path, step: int) -> None:
    process, reports = start(folder, step)
    while f"step {step} " not in reports.recv():
        pass
    process.kill()
    process.join(timeout=60)
    assert process.exitcode == -signal.SIGKILL


@pytest.mark.long
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
