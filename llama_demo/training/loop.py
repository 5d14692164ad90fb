"""The training loop: forward, cross-entropy, backward, step; with a clock, a curve and checkpoints."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from llama_demo.training.checkpoint import TrainingProgress, load_state, save_state
from llama_demo.training.optimiser import set_rate
from llama_demo.training.schedule import decaying, rate_at


@dataclass(frozen=True)
class TrainingRun:
    """How long to train and where to keep the state.

    Attributes:
        minutes: planned in all, earlier sittings of the same run included.
        folder: where checkpoints go.
        save_every: seconds between checkpoints.
        measure_every: seconds between measurements on held-out text.
    """

    minutes: float
    folder: Path
    save_every: float = 120.0
    measure_every: float = 600.0

    def share(self, progress: TrainingProgress) -> float:
        """Share of the planned time that has passed, 0 to 1."""
        return progress.seconds / (self.minutes * 60)

    @property
    def constant_file(self) -> Path:
        """The last state before the decay, kept apart so that more hours can be added to a finished run."""
        return self.folder / "constant.state"

    @property
    def decay_file(self) -> Path:
        """The state within the decay of a run of this length."""
        return self.folder / f"decay-{self.minutes:g}.state"

    def latest(self) -> Path | None:
        """The state to go on from, if there is one."""
        return next((file for file in (self.decay_file, self.constant_file) if file.exists()), None)


def train(
    model: nn.Module,
    optimisers: list[torch.optim.Optimizer],
    run: TrainingRun,
    *,
    loss_of: Callable[[int], tuple[Tensor, int]],
    measure: Callable[[], dict[str, float]],
    report: Callable[[str], None] = print,
    clock: Callable[[], float] | None = None,
) -> TrainingProgress:
    """Train until the planned time is over, going on from the run's last checkpoint.

    Args:
        loss_of: makes the batch of a step and returns its mean loss and its number of tokens.
        measure: losses on held-out parts.
        clock: seconds, read before and after each step; unless given, see :func:`clock_of`.
    """
    clock = clock or clock_of(next(model.parameters()).device)
    run.folder.mkdir(parents=True, exist_ok=True)
    state = run.latest()
    progress = load_state(state, model, optimisers) if state else TrainingProgress()
    since_save, since_measure, smooth = 0.0, 0.0, None
    constant = not decaying(run.share(progress))
    while run.share(progress) < 1.0:
        if constant and decaying(run.share(progress)):
            save_state(run.constant_file, model, optimisers, progress)
            constant = False
        began = clock()
        batch_loss, tokens = loss_of(progress.step)
        loss = take_step(model, optimisers, batch_loss, rate_at(progress.step, run.share(progress)))
        spent = clock() - began
        progress.step += 1
        progress.tokens += tokens
        progress.seconds += spent
        since_save, since_measure = since_save + spent, since_measure + spent
        smooth = loss if smooth is None else 0.98 * smooth + 0.02 * loss
        if progress.step % 20 == 0:
            progress.losses.append((progress.tokens, round(smooth, 4)))
            report(_line(progress, run, smooth, tokens / spent))
        if since_measure >= run.measure_every:
            progress.measured.append((progress.tokens, measure()))
            report(f"  held out: {_figures(progress.measured[-1][1])}")
            since_measure = 0.0
        if since_save >= run.save_every:
            save_state(run.constant_file if constant else run.decay_file, model, optimisers, progress)
            since_save = 0.0
    progress.measured.append((progress.tokens, measure()))
    report(f"  held out: {_figures(progress.measured[-1][1])}")
    save_state(run.decay_file, model, optimisers, progress)
    return progress


def clock_of(device: torch.device) -> Callable[[], float]:
    """The clock that counts the minutes of a run on ``device``, in seconds.

    On a processor it is the time that this thread computes, so that hours in which the program was held, or
    other work had the processor, are not counted. With an accelerator this thread mostly waits, so there it
    is the time that passes.
    """
    return time.thread_time if device.type == "cpu" else time.perf_counter


def take_step(
    model: nn.Module, optimisers: list[torch.optim.Optimizer], loss: Tensor, factor: float
) -> float:
    """Update every parameter against the gradient of ``loss``, and return the loss in nats.

    Args:
        factor: on the peak learning rates; see :func:`~llama_demo.training.schedule.rate_at`.
    """
    set_rate(optimisers, factor)
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for optimiser in optimisers:
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
    return loss.item()


def _line(progress: TrainingProgress, run: TrainingRun, loss: float, speed: float) -> str:
    left = max(0.0, run.minutes * 60 - progress.seconds)
    done = int(20 * min(1.0, run.share(progress)))
    bar = "█" * done + "░" * (20 - done)
    return (
        f"{bar} step {progress.step}  loss {loss:.3f}  {progress.tokens / 1e6:.1f}M tokens  "
        f"{speed:,.0f} tokens/s  {left / 60:.0f} min left"
    )


def _figures(measured: dict[str, float]) -> str:
    return "  ".join(f"{name} {value:.3f}" for name, value in measured.items())
