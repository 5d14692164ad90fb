"""``python -m llama_demo.training``: one command a model."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from llama_demo.training.checkpoint import Progress
from llama_demo.training.evaluate import evaluate_generator
from llama_demo.training.generator import train_generator
from llama_demo.training.translator import train_translator

SHIPPED = Path(__file__).parents[2] / "assets" / "models"
TRAIN: dict[str, Callable[..., Progress]] = {"generator": train_generator, "translator": train_translator}


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(prog="python -m llama_demo.training", description=__doc__)
    models = parser.add_subparsers(dest="model", required=True)
    generator = _command(models, "generator", "the LLaMA decoder that writes stories and poems")
    generator.add_argument("--from", dest="start_from", type=Path, help="model folder to go on from")
    generator.add_argument("--no-compile", dest="compiled", action="store_false")
    _command(models, "translator", "the encoder-decoder that translates between five languages")
    evaluation = models.add_parser("evaluate", help="measure a shipped model on held-out data")
    evaluation.add_argument("name", choices=("generator",))
    evaluation.add_argument("--data", type=Path, required=True)
    evaluation.add_argument("--folder", type=Path, help="the model; the one in assets/models unless given")
    chosen = vars(parser.parse_args())
    if chosen["model"] == "evaluate":
        evaluate_generator(chosen["folder"] or SHIPPED / chosen["name"], chosen["data"])
        return
    chosen["device"] = torch.device(chosen["device"])
    progress = TRAIN[chosen.pop("model")](**chosen)
    (chosen["out"] / "progress.json").write_text(json.dumps(asdict(progress)) + "\n", encoding="utf-8")


def _command(models: Any, name: str, what: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = models.add_parser(name, help=what)
    command.add_argument(
        "--data", type=Path, required=True, help="folder with the sources of docs/training.md"
    )
    command.add_argument("--out", type=Path, required=True, help="folder for checkpoints and the model")
    command.add_argument(
        "--minutes", type=float, required=True, help="training time in all; more can be added"
    )
    command.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    command.add_argument("--optimiser", choices=("muon", "adamw"), default="muon")
    return command


if __name__ == "__main__":
    main()
