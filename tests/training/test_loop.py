"""The training loop, on a very small model and by a clock of its own."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from llama_demo.training import checkpoint
from llama_demo.training.checkpoint import TrainingProgress
from llama_demo.training.loop import TrainingRun, train
from llama_demo.training.optimiser import build_optimisers
from llama_demo.training.schedule import WARM_UP_STEPS, decaying, rate_at
from tests.training.bigrams import Bigrams
from tests.training.clocks import every_step


def run(
    folder: Path, seconds: float, *, lines: list[str] | None = None, stop_at: int | None = None
) -> TrainingProgress:
    """Train for ``seconds`` in all; with ``stop_at`` the run breaks off at that report."""
    model = Bigrams()
    said = itertools.count()

    def report(line: str) -> None:
        if lines is not None:
            lines.append(line)
        if stop_at is not None and next(said) >= stop_at:
            raise KeyboardInterrupt

    return train(
        model,
        build_optimisers(model, "muon", rate=1e-2, matrix_rate=0.02),
        TrainingRun(seconds / 60, folder, save_every=0.1),
        loss_of=model.loss,
        measure=lambda: {"all": model.loss(0)[0].item()},
        report=report,
        clock=every_step(0.01),
    )


def test_the_rate_warms_up_stays_and_decays() -> None:
    """Warm-up, constant, and a linear decay over the last fifth, so that hours can be added before it."""
    assert rate_at(0, 0.0) == pytest.approx(1 / WARM_UP_STEPS)
    assert rate_at(10_000, 0.1) == rate_at(10_000, 0.79) == 1.0
    assert rate_at(10_000, 0.9) == pytest.approx(0.5)
    assert rate_at(10_000, 1.0) == 0.0
    assert not decaying(0.79)
    assert decaying(0.81)


def test_a_run_learns_and_tells_how_far_it_is(tmp_path: Path) -> None:
    """The loss falls well below guessing, and each line has a bar, the loss and the time left."""
    lines: list[str] = []
    progress = run(tmp_path, 1.5, lines=lines)
    assert progress.measured[-1][1]["all"] < 1.0 < 2.0 < progress.losses[0][1]
    assert "loss" in lines[0]
    assert "min left" in lines[0]
    assert any("held out" in line for line in lines)


def test_an_interrupted_run_goes_on_where_it_was(tmp_path: Path) -> None:
    """After an interruption the steps, the clock, the curve and the optimiser's memory are all there."""
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, 1.5, stop_at=2)
    broken_off_at = 60  # the third report, one every twenty steps
    lines: list[str] = []
    progress = run(tmp_path, 1.5, lines=lines)
    assert int(lines[0].split("step ")[1].split()[0]) >= 40  # not from the start again
    assert progress.step > broken_off_at
    tokens = [tokens for tokens, _ in progress.losses]
    assert tokens == sorted(set(tokens))
    assert [later for _, later in progress.losses][-1] < progress.losses[0][1]


def test_more_minutes_go_on_from_before_the_decay(tmp_path: Path) -> None:
    """A finished run given more time continues its constant phase, not with a rate that has reached zero."""
    short = run(tmp_path, 1.0)
    lines: list[str] = []
    longer = run(tmp_path, 2.0, lines=lines)
    assert longer.seconds >= 2.0
    assert longer.step > short.step
    assert (tmp_path / "constant.state").exists()
    assert short.step // 2 < int(lines[0].split("step ")[1].split()[0]) <= short.step


def test_a_finished_run_is_not_trained_again(tmp_path: Path) -> None:
    """The same command once more only measures."""
    finished = run(tmp_path, 0.5)
    lines: list[str] = []
    assert run(tmp_path, 0.5, lines=lines).step == finished.step
    assert not [line for line in lines if "step " in line]


def test_an_interrupted_save_keeps_the_state_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A state is written beside the old one and then takes its name: never half a file under that name."""
    run(tmp_path, 0.5)
    state = tmp_path / "constant.state"
    whole = state.read_bytes()

    def break_off(tensors: object, path: Path, metadata: object) -> None:
        path.write_bytes(b"half a file")
        raise KeyboardInterrupt

    monkeypatch.setattr(checkpoint, "save_file", break_off)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, 1.0)
    assert state.read_bytes() == whole
    monkeypatch.undo()
    assert run(tmp_path, 1.0).seconds >= 1.0, "half a file beside it does no harm"
