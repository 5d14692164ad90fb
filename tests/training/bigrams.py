"""A model that trains in a second; as a program, a run of it that another process can end.

python -m tests.training.bigrams FOLDER SECONDS [STEP]

prints its reports and its progress. With ``STEP`` it waits there for what is never written to its input.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
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


def main() -> None:
    folder, seconds, *stop = sys.argv[1:]
    model = Bigrams()

    def report(line: str) -> None:
        print(line, flush=True)
        if stop and f"step {stop[0]} " in line:
            sys.stdin.read()

    progress = train(
        model,
        build_optimisers(model, "muon", rate=1e-3, matrix_rate=0.002),
        TrainingRun(float(seconds) / 60, Path(folder), save_every=0.3),
        loss_of=model.loss,
        measure=lambda: {"all": model.loss(0)[0].item()},
        report=report,
        clock=every_step(0.01),
    )
    print(json.dumps(asdict(progress)))


if __name__ == "__main__":
    main()
