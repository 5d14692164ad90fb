"""Training the bundled embedder: a static model of nine million parameters for two languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import sentencepiece
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from llama_demo.engine.checkpoint import load_model
from llama_demo.engine.export import Files, export_model
from llama_demo.model.static import StaticConfig, StaticEmbedding, checkpoint_parts
from llama_demo.training.checkpoint import TrainingProgress
from llama_demo.training.embedder import data as embedder_data
from llama_demo.training.embedder.data import EmbedderBatch, EmbedderBatches, TextPair
from llama_demo.training.loop import TrainingRun, train
from llama_demo.training.muon import Muon
from llama_demo.training.optimiser import OptimiserName
from llama_demo.training.start import check_shape
from llama_demo.training.vocabulary_file import kept_vocabulary

CPU = torch.device("cpu")
TEMPERATURE = 0.05
# How widely a vector's numbers are spread at the start; a step moves each by at most about the rate.
_SPREAD, _RATE = 0.1, 3e-3
_MATRIX_RATE = 0.02


@dataclass(frozen=True)
class EmbedderRecipe:
    """What is trained."""

    config: StaticConfig


# Wide rather than many: the more numbers a vector has, the better a question's few pieces stand out of a long
# passage.
BUNDLED = EmbedderRecipe(StaticConfig(vocab_size=17_000, width=512))


def train_embedder(
    data: Path,
    out: Path,
    *,
    minutes: float,
    start_from: Path | None = None,
    recipe: EmbedderRecipe = BUNDLED,
    device: torch.device = CPU,
    optimiser: OptimiserName = "adamw",
    report: Callable[[str], None] = print,
    clock: Callable[[], float] | None = None,
) -> TrainingProgress:
    """Train, or go on training, and leave a model folder in ``out/model``.

    Args:
        data: folder with the sources that ``docs/training.md`` lists.
        out: where checkpoints, the vocabulary and the model go.
        start_from: a model folder whose weights and vocabulary to begin with.
    """
    pairs = embedder_data.read_training(data)
    vocabulary = kept_vocabulary(
        out, start_from, lambda: embedder_data.build_vocabulary(pairs, recipe.config.vocab_size), report
    )
    pieces = sentencepiece.SentencePieceProcessor(model_proto=vocabulary)
    batches = EmbedderBatches(pairs, pieces)
    kept_back = _whole(embedder_data.read_kept_back(data), pieces)
    model = _fresh(recipe, batches) if start_from is None else _loaded(start_from, recipe)
    model.to(device).train()
    size = sum(parameter.numel() for parameter in model.parameters())
    report(f"{sum(map(len, pairs.values())):,} pairs, {size / 1e6:.1f}M parameters")

    def loss_of(step: int) -> tuple[Tensor, int]:
        batch = batches.at(step)
        return info_nce(model, batch, device), len(batch.one[0]) + len(batch.other[0])

    def measure() -> dict[str, float]:
        return measure_losses(model, kept_back, device)

    progress = train(
        model,
        _optimisers(model, optimiser),
        TrainingRun(minutes, out),
        loss_of=loss_of,
        measure=measure,
        report=report,
        clock=clock,
    )
    export(model, out / "model", vocabulary)
    return progress


def export(model: StaticEmbedding, folder: Path, vocabulary: bytes) -> None:
    """Write a folder that this app loads: vectors of 8 bits with a scale each, vocabulary, abilities."""
    small = quantized(model)
    files: Files = {
        "config.json": {**small.config.to_json(), "torch_dtype": "bfloat16"},
        "tokenizer.model": vocabulary,
        "abilities.json": {"licence": "CC BY-SA 4.0", "abilities": ["embed"], "languages": ["en", "zh"]},
    }
    export_model(small, checkpoint_parts(small.config), folder, files)


@torch.no_grad()
def quantized(model: StaticEmbedding) -> StaticEmbedding:
    """The matrix as int8 with a scale for each row."""
    small = StaticEmbedding(replace(model.config, row_scales=True))
    table = model.embedding.weight.cpu()
    # As they will be stored, so that rounding the scales moves no vector.
    scales = (table.abs().amax(dim=1) / 127).clamp(min=1e-8).bfloat16().float()
    small.row_scales.copy_(scales)
    small.embedding.weight.copy_((table / scales[:, None]).round().clamp(-127, 127))
    small.token_weights.copy_(model.token_weights.cpu())
    return small


def info_nce(model: StaticEmbedding, batch: EmbedderBatch, device: torch.device = CPU) -> Tensor:
    """InfoNCE loss, in nats: cross-entropy of each text's partner among all texts of that side.

    InfoNCE in both directions (van den Oord et al. 2018, arXiv:1807.03748), over cosines divided by a
    temperature.
    """
    one, other = (
        F.normalize(model(ids.to(device), starts.to(device)), dim=-1)
        for ids, starts in (batch.one, batch.other)
    )
    scores = (one @ other.T / TEMPERATURE).masked_fill(batch.same.to(device), float("-inf"))  # (B, B)
    right = torch.arange(len(scores), device=device)
    return (F.cross_entropy(scores, right) + F.cross_entropy(scores.T, right)) / 2


@torch.no_grad()
def measure_losses(
    model: StaticEmbedding, kept_back: Mapping[str, EmbedderBatch], device: torch.device
) -> dict[str, float]:
    """The loss on held-out translations, by source."""
    return {name: round(info_nce(model, batch, device).item(), 4) for name, batch in kept_back.items()}


def _optimisers(model: StaticEmbedding, name: OptimiserName) -> list[torch.optim.Optimizer]:
    """AdamW for everything, or Muon for the table of vectors; neither decays a weight."""
    if name == "adamw":
        return [torch.optim.AdamW(model.parameters(), lr=_RATE, weight_decay=0.0, fused=True)]
    table = model.embedding.weight
    others = [parameter for parameter in model.parameters() if parameter is not table]
    return [
        torch.optim.AdamW(others, lr=_RATE, weight_decay=0.0, fused=True),
        Muon([table], lr=_MATRIX_RATE, momentum=0.95, weight_decay=0.0),
    ]


def _fresh(recipe: EmbedderRecipe, batches: EmbedderBatches) -> StaticEmbedding:
    """A model of random vectors, weighted by the information content of their pieces.

    Random vectors of many dimensions are nearly orthogonal, so it ranks texts by shared rare pieces before
    it has learned anything.
    """
    torch.manual_seed(0)
    model = StaticEmbedding(recipe.config)
    counts = embedder_data.count_pieces(batches, recipe.config.vocab_size).astype(np.float64) + 5.0
    information = torch.from_numpy(np.log(counts.sum() / counts))
    information[0] = 0.0  # the unknown piece
    with torch.no_grad():
        nn.init.normal_(model.embedding.weight, std=_SPREAD)
        model.token_weights.copy_(information / information.mean())
    return model


def _loaded(folder: Path, recipe: EmbedderRecipe) -> StaticEmbedding:
    stored = load_model(folder, StaticEmbedding, device=CPU, dtype=torch.float32).model
    check_shape(replace(stored.config, row_scales=False), recipe.config)
    model = StaticEmbedding(recipe.config)
    with torch.no_grad():
        model.embedding.weight.copy_(stored.embedding.weight * stored.row_scales[:, None])
        model.token_weights.copy_(stored.token_weights)
    return model


def _whole(
    pairs: Mapping[str, list[TextPair]], pieces: sentencepiece.SentencePieceProcessor
) -> dict[str, EmbedderBatch]:
    """Up to 600 pairs of each part as one batch."""
    found = {}
    for name, them in pairs.items():
        one, other = (embedder_data.encode_side([pair[i] for pair in them], pieces) for i in (0, 1))
        chosen = np.arange(len(them))[:600]
        found[name] = embedder_data.batch(one, other, chosen, np.random.default_rng(0), dropped=0.0)
    return found
