"""``python -m llama_demo.training average``: one model of the weights of several tunings.

Where fine-tuned models began with the same pretrained weights, the mean of their weights is often better than
each of them (Wortsman et al. 2022, arXiv:2203.05482), and the mean of late states of one run does what a
lower learning rate would have done (Kaddour 2022, arXiv:2209.14981). It costs nothing when the model is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from llama_demo.engine.checkpoint import load_model
from llama_demo.model.bert import Bert
from llama_demo.training.reader import training as reader
from llama_demo.training.sentence_encoder import training as sentence_encoder

_MODEL = "model."  # before a parameter's name in a run's state


@dataclass(frozen=True)
class Averageable:
    """A kind of model of which an average can be made.

    Attributes:
        load: a folder, in float32.
        export: a model, with what else its folder needs taken from another folder.
    """

    load: Callable[[Path], Any]
    export: Callable[[Any, Path, Path], None]


KINDS: Mapping[str, Averageable] = {
    "reader": Averageable(reader.load_start, reader.export),
    "sentence-encoder": Averageable(
        lambda folder: load_model(folder, Bert, device=torch.device("cpu"), dtype=torch.float32).model,
        sentence_encoder.export,
    ),
}


def average(kind: str, sources: Sequence[Path], out: Path, *, shares: Sequence[float] | None = None) -> None:
    """Write the folder of the weighted mean.

    Args:
        kind: of :data:`KINDS`.
        sources: model folders and states of runs; the first must be a folder, whose other files are taken.
        shares: of each source in the mean, in any unit; equal unless given.

    Raises:
        ValueError: there are not as many shares as sources, or their sum is 0.
    """
    shares = shares or [1.0] * len(sources)
    if len(shares) != len(sources) or not sum(shares):
        raise ValueError(f"{len(sources)} sources need as many shares that are not all 0")
    model = KINDS[kind].load(sources[0])
    means: dict[str, Tensor] = {}
    for source, share in zip(sources, shares, strict=True):
        for name, tensor in _parameters(KINDS[kind], source).items():
            means[name] = means.get(name, torch.zeros(())) + tensor.float() * (share / sum(shares))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(means[name])
    KINDS[kind].export(model, sources[0], out)


def _parameters(kind: Averageable, source: Path) -> dict[str, Tensor]:
    if source.is_dir():
        model: nn.Module = kind.load(source)
        return {name: parameter.detach() for name, parameter in model.named_parameters()}
    state = load_file(source)
    return {name.removeprefix(_MODEL): each for name, each in state.items() if name.startswith(_MODEL)}
