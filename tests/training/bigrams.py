"""A model that trains in a second, and a run of it for a process that can be killed."""

from __future__ import annotations

import time
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from llama_demo.training.loop import TrainingRun, train
from llama_demo.training.optimiser import build_optimisers
from tests.training.clocks import every_step


class Bigrams(nn.Module):
    """Predicts the next of eight symbols from the one before."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.table = nn.Embedding(8, 16)
        self.layers = nn.ModuleList([nn.Linear(16, 16)])
        self.head = nn.Linear(16, 8)

    def loss(self, step: int) -> tuple[Tensor, int]:
        symbols = torch.randint(0, 8, (64,), generator=torch.Generator().manual_seed(step))
        logits = self.head(self.layers[0](self.table(symbols)))
        return F.cross_entropy(logits, (symbols + 1) % 8), 64


def run(folder: Path, seconds: float, reports: Connection, stop: int | None = None) -> None:
    """Train, and send the reports and in the end the progress, a dictionary. ``stop``: a step to wait at."""
    model = Bigrams()

    def report(line: str) -> None:
        reports.send(line)
        if f"step {stop} " in line:
            time.sleep(600)

    progress = train(
        model,
        build_optimisers(model, "muon", rate=1e-3, matrix_rate=0.002),
        TrainingRun(seconds / 60, folder, save_every=0.3),
        loss_of=model.loss,
        measure=lambda: {"all": model.loss(0)[0].item()},
        report=report,
        clock=every_step(0.01),
    )
    reports.send(asdict(progress))
