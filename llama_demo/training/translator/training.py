"""Training the bundled translator: an encoder-decoder of ten million parameters for five languages."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from llama_demo.engine.export import Files, export_model
from llama_demo.model.layers import StackConfig
from llama_demo.model.transformer import Transformer, TransformerConfig, checkpoint_parts
from llama_demo.training.checkpoint import TrainingProgress
from llama_demo.training.corpus import spread
from llama_demo.training.loop import TrainingRun, train
from llama_demo.training.optimiser import OptimiserName, build_optimisers
from llama_demo.training.precision import mixed_precision
from llama_demo.training.start import load_start
from llama_demo.training.translator import data as translator_data
from llama_demo.training.translator.data import (
    DIRECTIONS,
    PAD,
    PairEncoder,
    TranslationPair,
    TranslatorBatches,
    cut,
    other_language,
    padded,
)
from llama_demo.training.vocabulary_file import kept_vocabulary

LABEL_SMOOTHING = 0.1
CPU = torch.device("cpu")


@dataclass(frozen=True)
class TranslatorRecipe:
    """What is trained and on how much at a time.

    Attributes:
        tokens: of a batch, source and target with their padding.
        rate: peak learning rate of everything that Muon does not train, or of all weights without it.
        matrix_rate: that of Muon.
    """

    config: TransformerConfig
    tokens: int
    rate: float = 1e-3
    matrix_rate: float = 0.02

    def tuned(self) -> TranslatorRecipe:
        """The recipe to go on with from trained weights: rates that they survive."""
        return replace(self, rate=0.1 * self.rate, matrix_rate=0.1 * self.matrix_rate)


def shape(
    *, vocab_size: int, width: int, mlp_width: int, heads: int, layers: tuple[int, int]
) -> TransformerConfig:
    """A translator's shape, with ``layers`` of encoder and decoder."""
    encoder, decoder = (
        StackConfig(layers=count, width=width, heads=heads, mlp_width=mlp_width, dropout=0.0)
        for count in layers
    )
    return TransformerConfig(
        vocab_size=vocab_size,
        source_vocab_size=vocab_size,
        encoder=encoder,
        decoder=decoder,
        max_position_embeddings=512,
        embedding_scale=math.sqrt(width),
        pad_id=PAD,
        start_id=translator_data.START,
        end_id=translator_data.END,
    )


# A deep encoder and a shallow decoder: the decoder runs once a token, the encoder once a sentence.
BUNDLED = TranslatorRecipe(
    shape(vocab_size=12_000, width=256, mlp_width=1024, heads=4, layers=(6, 2)), tokens=4096
)


def train_translator(
    data: Path,
    out: Path,
    *,
    minutes: float,
    start_from: Path | None = None,
    recipe: TranslatorRecipe | None = None,
    device: torch.device = CPU,
    optimiser: OptimiserName = "muon",
    compiled: bool = True,
    report: Callable[[str], None] = print,
    clock: Callable[[], float] | None = None,
) -> TrainingProgress:
    """Train, or go on training, and leave a model folder in ``out/model``.

    Args:
        data: folder with the sources that ``docs/training.md`` lists.
        start_from: a model folder whose weights and vocabulary to begin with.
        recipe: the bundled one unless given, with lower rates to go on from a model.
    """
    recipe = recipe or (BUNDLED if start_from is None else BUNDLED.tuned())
    pairs = translator_data.read_training(data)
    vocabulary = kept_vocabulary(
        out, start_from, lambda: translator_data.build_vocabulary(pairs, recipe.config.vocab_size), report
    )
    encoder = PairEncoder(vocabulary)
    batches = TranslatorBatches(pairs, encoder, tokens=recipe.tokens)
    held_out = translator_data.read_held_out(data)
    config = recipe.config
    model = _fresh(recipe) if start_from is None else load_start(start_from, Transformer, config, device)
    model.to(device).train()
    report(f"{len(pairs.pairs):,} pairs, {sum(p.numel() for p in model.parameters()) / 1e6:.1f}M parameters")

    batch_loss = cross_entropy
    if compiled:  # each length of batches by itself
        torch._dynamo.config.recompile_limit = len(translator_data.LENGTHS) + 1
        batch_loss = torch.compile(cross_entropy, dynamic=False)

    def loss_of(step: int) -> tuple[Tensor, int]:
        source, target = batches.at(step)
        with mixed_precision(device):
            loss = batch_loss(model, source.to(device), target.to(device), smoothing=LABEL_SMOOTHING)
        return loss, int((source != PAD).sum() + (target != PAD).sum())

    def measure() -> dict[str, float]:
        return measure_losses(model, encoder, held_out, device)

    optimisers = build_optimisers(model, optimiser, rate=recipe.rate, matrix_rate=recipe.matrix_rate)
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
    return progress


def export(model: Transformer, config: TransformerConfig, folder: Path, vocabulary: bytes) -> None:
    """Write a folder that this app loads: weights, vocabulary, abilities."""
    files: Files = {
        "config.json": {**config.to_json(), "torch_dtype": "bfloat16"},
        "tokenizer.model": vocabulary,
        "abilities.json": {
            "licence": "CC BY-SA 4.0",
            "abilities": ["translate"],
            "directions": [f"{source}-{target}" for source, target in DIRECTIONS],
        },
    }
    export_model(model, checkpoint_parts(config), folder, files)


def _fresh(recipe: TranslatorRecipe) -> Transformer:
    torch.manual_seed(0)
    model = Transformer(recipe.config)
    model.initialise()
    return model


def cross_entropy(model: Transformer, source: Tensor, target: Tensor, *, smoothing: float) -> Tensor:
    """Mean cross-entropy of the target's tokens given the source, padding left out.

    With label smoothing (Szegedy et al. 2016, arXiv:1512.00567) the right token is asked for with
    probability ``1 - smoothing``, the rest of it spread over the vocabulary.
    """
    mask = source != PAD
    with _attention_of(source.device):
        logits = model(source, target[:, :-1], mask)  # (B, T, V)
        return F.cross_entropy(
            logits.flatten(0, 1), target[:, 1:].flatten(), ignore_index=PAD, label_smoothing=smoothing
        )


def _attention_of(device: torch.device) -> AbstractContextManager[object]:
    # For sentences the backward pass of a processor's fused kernel takes half as long again as that of plain
    # products of matrices, which cost little memory at this length.
    return sdpa_kernel(SDPBackend.MATH) if device.type == "cpu" else nullcontext()


@torch.no_grad()
def measure_losses(
    model: Transformer, encoder: PairEncoder, held_out: dict[str, list[TranslationPair]], device: torch.device
) -> dict[str, float]:
    """Cross-entropy a target token on held-out pairs, in nats, for each language into and out of English."""
    model.eval()
    losses = {}
    for from_, into in DIRECTIONS:
        total, count = 0.0, 0
        pairs = spread(held_out[other_language(from_, into)], 600)
        for batch in _sorted_batches(encoder, pairs, into == "en"):
            source, target = (padded([task[side] for task in batch]).to(device) for side in (0, 1))
            tokens = int((target[:, 1:] != PAD).sum())
            with mixed_precision(device):
                total += cross_entropy(model, source, target, smoothing=0.0).item() * tokens
            count += tokens
        losses[f"{from_}-{into}"] = round(total / max(count, 1), 4)
    model.train()
    return losses


def _sorted_batches(
    encoder: PairEncoder, pairs: list[TranslationPair], into_english: bool
) -> Iterator[list[translator_data.Encoded]]:
    tasks = [encoder.both_ways(pair, into_english) for pair in pairs]
    return cut(sorted(tasks, key=lambda task: max(map(len, task))), 8192)
