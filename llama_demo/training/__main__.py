"""``python -m llama_demo.training``: one command a model, and one that measures."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import torch

from llama_demo.training.averaging import KINDS, average
from llama_demo.training.checkpoint import TrainingProgress
from llama_demo.training.curve import draw
from llama_demo.training.embedder.evaluation import evaluate_embedder
from llama_demo.training.embedder.training import train_embedder
from llama_demo.training.generator.evaluation import evaluate_generator
from llama_demo.training.generator.training import train_generator
from llama_demo.training.reader.evaluation import evaluate_reader
from llama_demo.training.reader.training import train_reader
from llama_demo.training.sentence_encoder.training import train_sentence_encoder
from llama_demo.training.translator.evaluation import evaluate_translator
from llama_demo.training.translator.training import train_translator
from llama_demo.training.trunk.cutting import make_trunk

SHIPPED = Path(__file__).parents[2] / "assets" / "models"
# What each model is, and what trains it.
TRAIN: dict[str, tuple[str, Callable[..., TrainingProgress]]] = {
    "generator": ("the LLaMA decoder that writes stories and poems", train_generator),
    "translator": ("the encoder-decoder that translates between five languages", train_translator),
    "embedder": ("the table that turns a text into a vector", train_embedder),
    "sentence-encoder": (
        "the encoder that turns a text into a vector, tuned from a pretrained one",
        train_sentence_encoder,
    ),
    "reader": ("the encoder that marks the answer to a question, tuned from a pretrained one", train_reader),
}
# What measures it: a model folder and the data in, the figures of its card out.
EVALUATE: dict[str, Callable[[Path, Path], dict[str, float]]] = {
    "generator": evaluate_generator,
    "embedder": evaluate_embedder,
    "sentence-encoder": evaluate_embedder,
    "reader": evaluate_reader,
    "translator": evaluate_translator,
}


def main() -> None:
    """Read the command line, and train or measure."""
    parser = argparse.ArgumentParser(prog="python -m llama_demo.training", description=__doc__)
    commands = parser.add_subparsers(dest="model", required=True)
    parsers = {name: commands.add_parser(name, help=what) for name, (what, _) in TRAIN.items()}
    for command in parsers.values():
        _add_options(command)
    for name in ("generator", "translator"):
        parsers[name].add_argument("--no-compile", dest="compiled", action="store_false")
    evaluation = commands.add_parser("evaluate", help="measure a shipped model on held-out data")
    evaluation.add_argument("name", choices=tuple(EVALUATE))
    evaluation.add_argument("--data", type=Path, required=True)
    evaluation.add_argument("--folder", type=Path, help="the model; the one in assets/models unless given")
    trunk = commands.add_parser("trunk", help="make a small encoder of a pretrained one, for the reader")
    trunk.add_argument("--data", type=Path, required=True)
    trunk.add_argument("--from", dest="source", type=Path, required=True, help="folder of a BERT or an XLM-R")
    trunk.add_argument("--out", type=Path, required=True)
    trunk.add_argument("--pieces", type=int, default=24_700, help="of the vocabulary")
    trunk.add_argument("--layers", type=int, default=8, help="that are kept, the first ones")
    trunk.add_argument("--positions", type=int, default=256, help="tokens that are read at once")
    mean = commands.add_parser("average", help="make one model of the weights of several tunings")
    mean.add_argument("kind", choices=tuple(KINDS))
    mean.add_argument("sources", type=Path, nargs="+", help="a model folder, then others or states of runs")
    mean.add_argument("--shares", type=float, nargs="+", help="of each in the mean; equal unless given")
    mean.add_argument("--out", type=Path, required=True)
    chosen = vars(parser.parse_args())
    if chosen["model"] == "average":
        average(chosen["kind"], chosen["sources"], chosen["out"], shares=chosen["shares"])
        return
    if chosen["model"] == "trunk":
        del chosen["model"]
        make_trunk(chosen.pop("source"), chosen.pop("data"), chosen.pop("out"), **chosen)
        return
    if chosen["model"] == "evaluate":
        EVALUATE[chosen["name"]](chosen["folder"] or SHIPPED / chosen["name"], chosen["data"])
        return
    _, train = TRAIN[chosen.pop("model")]
    progress = train(**chosen)
    (chosen["out"] / "progress.json").write_text(json.dumps(asdict(progress)) + "\n", encoding="utf-8")
    (chosen["out"] / "model" / "loss.svg").write_text(draw(progress), encoding="utf-8")


def _add_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--data", type=Path, required=True, help="folder with the sources of docs/training.md"
    )
    command.add_argument("--out", type=Path, required=True, help="folder for checkpoints and the model")
    command.add_argument(
        "--minutes", type=float, required=True, help="training time in all; more can be added"
    )
    command.add_argument("--from", dest="start_from", type=Path, help="model folder to go on from")
    command.add_argument(
        "--device", type=torch.device, default=torch.device("cuda" if torch.cuda.is_available() else "cpu")
    )
    command.add_argument(
        "--optimiser",
        choices=("muon", "adamw"),
        default=argparse.SUPPRESS,
        help="muon unless given; adamw for the embedder",
    )


if __name__ == "__main__":
    main()
