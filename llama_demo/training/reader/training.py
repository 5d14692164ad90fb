"""Training the bundled reader: an encoder of seven million parameters that marks answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from llama_demo.engine.checkpoint import load_model
from llama_demo.engine.export import Files, export_model
from llama_demo.errors import CheckpointError
from llama_demo.model.layers import StackConfig
from llama_demo.model.reader import OverlapReader, ReaderConfig, checkpoint_parts
from llama_demo.training.checkpoint import TrainingProgress
from llama_demo.training.loop import TrainingRun, train
from llama_demo.training.optimiser import OptimiserName, build_optimisers
from llama_demo.training.reader import data as reader_data
from llama_demo.training.reader.calibration import no_answer_bias
from llama_demo.training.reader.corpus import Corpus, read_calibration, read_corpus
from llama_demo.training.reader.data import Batch, Examples, PieceCache
from llama_demo.training.reader.word_vectors import count_pieces, factorise
from llama_demo.training.vocabulary_file import kept_vocabulary

CPU = torch.device("cpu")
LABEL_SMOOTHING = 0.02


@dataclass(frozen=True)
class Recipe:
    """What is trained and on how much at a time.

    Attributes:
        rows: questions of a step.
        tokens: of those that are read at once, padding included.
    """

    config: ReaderConfig
    rows: int = 32
    tokens: int = 2_560


BUNDLED = Recipe(
    ReaderConfig(
        vocab_size=16_000,
        encoder=StackConfig(
            layers=4, width=256, heads=4, mlp_width=1024, activation="gelu", norm="pre", dropout=0.0
        ),
        max_position_embeddings=384,
        pad_id=reader_data.PAD,
    )
)


def train_reader(
    data: Path,
    out: Path,
    *,
    minutes: float,
    start_from: Path | None = None,
    recipe: Recipe = BUNDLED,
    device: torch.device = CPU,
    optimiser: OptimiserName = "muon",
    report: Callable[[str], None] = print,
    clock: Callable[[], float] | None = None,
) -> TrainingProgress:
    """Train, or go on training, and leave a model folder in ``out/model``.

    Args:
        data: folder with the sources that ``docs/training.md`` lists.
        out: where checkpoints, the vocabulary and the model go.
        start_from: a model folder whose weights and vocabulary to begin with.
    """
    corpus = read_corpus(data)
    vocabulary = kept_vocabulary(
        out, start_from, lambda: reader_data.build_vocabulary(corpus, recipe.config.vocab_size), report
    )
    encoder = PieceCache(vocabulary)
    examples = Examples(corpus, encoder)
    model = _fresh(corpus, encoder, recipe, out) if start_from is None else _loaded(start_from, recipe)
    model.to(device).train()
    report(
        f"{sum(map(len, corpus.questions.values())):,} questions, "
        f"{sum(p.numel() for p in model.parameters()) / 1e6:.1f}M parameters"
    )
    kept_back = reader_data.measured_examples(read_calibration(data), encoder)

    def loss_of(step: int) -> tuple[Tensor, int]:
        batches = reader_data.batches_at(step, examples, rows=recipe.rows, tokens=recipe.tokens)
        losses = [span_loss(model, batch.to(device)) * len(batch.ids) for batch in batches]
        return torch.stack(losses).sum() / recipe.rows, sum(int(batch.mask.sum()) for batch in batches)

    def measure() -> dict[str, float]:
        return measure_losses(model, kept_back, device)

    optimisers = build_optimisers(model, optimiser, rate=6e-4, matrix_rate=0.02)
    progress = train(
        model,
        optimisers,
        TrainingRun(minutes, out),
        loss_of=loss_of,
        measure=measure,
        report=report,
        clock=clock,
    )
    export(model, recipe.config, out / "model", vocabulary)
    bias = no_answer_bias(out / "model", read_calibration(data))
    export(model, replace(recipe.config, no_answer_bias=bias), out / "model", vocabulary)
    return progress


def export(model: OverlapReader, config: ReaderConfig, folder: Path, vocabulary: bytes) -> None:
    """Write a folder that this app loads: weights, vocabulary, abilities."""
    files: Files = {
        "config.json": {**config.to_json(), "torch_dtype": "bfloat16"},
        "tokenizer.model": vocabulary,
        "tokenizer_config.json": {"cls_token": "<s>", "sep_token": "</s>"},
        "abilities.json": {"licence": "CC BY-SA 4.0", "abilities": ["extract"], "languages": ["en", "zh"]},
    }
    export_model(model, checkpoint_parts(config), folder, files)


def _loaded(folder: Path, recipe: Recipe) -> OverlapReader:
    model = load_model(folder, OverlapReader, device=CPU, dtype=torch.float32).model
    if replace(model.config, no_answer_bias=0.0) != recipe.config:
        raise CheckpointError("config_unsupported", name="config.json", value="another shape of model")
    model.config = recipe.config
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name != "rarity")
    return model


def _fresh(corpus: Corpus, encoder: PieceCache, recipe: Recipe, out: Path) -> OverlapReader:
    """A model whose vectors and rarities are counted, all else at random."""
    kept = out / "counted.safetensors"
    if not kept.exists():
        save_file(_count(corpus, encoder, recipe), kept)
    counted = load_file(kept)
    torch.manual_seed(0)
    model = OverlapReader(recipe.config)
    small = 0.02 / (2 * recipe.config.encoder.layers) ** 0.5
    for name, parameter in model.named_parameters():
        if parameter.ndim == 2:
            nn.init.normal_(parameter, std=small if name.endswith(("out.weight", "down.weight")) else 0.02)
    with torch.no_grad():
        model.overlap.weight.normal_(std=0.05)
        model.embedding.weight.copy_(counted["vectors"])
        model.rarity.copy_(counted["rarity"])
    return model


def _count(corpus: Corpus, encoder: PieceCache, recipe: Recipe) -> dict[str, Tensor]:
    size = recipe.config.vocab_size
    texts = [encoder.passage(each.text).ids for passages in corpus.texts.values() for each in passages]
    texts += [encoder.question(each.text).ids for asked in corpus.questions.values() for each in asked]
    pairs = [(encoder.question(one).ids, encoder.question(other).ids) for one, other in corpus.pairs]
    vectors = factorise(texts, pairs, vocab_size=size, width=recipe.config.encoder.width)
    return {"vectors": vectors, "rarity": rarity(texts, size)}


def rarity(texts: list[tuple[int, ...]], vocab_size: int) -> Tensor:
    """How rare each piece is (V): its information on a scale up to 1; 0 for marks and what is unknown."""
    counts = count_pieces(texts, vocab_size).astype(np.float64) + 0.5
    information = np.log(counts.sum() / counts)
    values = torch.from_numpy((information / information.max()).astype(np.float32))
    values[[reader_data.PAD, reader_data.UNKNOWN, reader_data.BEGIN, reader_data.END]] = 0.0
    return values


def _unchanged(name: str, tensor: Tensor) -> Tensor:  # noqa: ARG001 (a tap's name)
    return tensor


def span_loss(model: OverlapReader, batch: Batch, *, smoothing: float = LABEL_SMOOTHING) -> Tensor:
    """Mean cross-entropy of where the answer begins and where it ends.

    Each is a choice among the passage's tokens and the first one, which means that there is no answer.
    """
    with torch.autocast(batch.ids.device.type, torch.bfloat16):
        # Looked into, attention is written out, and then its backward pass is a fifth faster on a processor.
        logits = model(batch.ids, batch.mask, batch.types, taps=_unchanged).float()  # (B, T, 2)
    allowed = batch.mask & (batch.types == 1)
    allowed[:, 0] = True
    scores = logits.masked_fill(~allowed[..., None], float("-inf")).log_softmax(dim=1)  # (B, T, 2)
    right = scores.gather(1, batch.spans[:, None, :]).squeeze(1)  # (B, 2)
    even = scores.masked_fill(~allowed[..., None], 0.0).sum(dim=1) / allowed.sum(dim=1, keepdim=True)
    loss: Tensor = -((1 - smoothing) * right + smoothing * even).mean()
    return loss


@torch.no_grad()
def measure_losses(
    model: OverlapReader, kept_back: dict[str, list[Batch]], device: torch.device
) -> dict[str, float]:
    """Mean loss, in nats, on questions that are not trained on, by source."""
    model.eval()
    losses = {}
    for name, batches in kept_back.items():
        rows = sum(len(batch.ids) for batch in batches)
        total = sum(
            span_loss(model, batch.to(device), smoothing=0.0).item() * len(batch.ids) for batch in batches
        )
        losses[name] = round(total / max(rows, 1), 4)
    model.train()
    return losses
