"""Tuning the bundled reader: a pretrained encoder with a span head, which marks answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from llama_demo.engine.checkpoint import load_model
from llama_demo.engine.export import Files, export_model
from llama_demo.model.bert import Bert, BertSpans, bert_span_parts
from llama_demo.model_file import read_json
from llama_demo.settings import ASSETS
from llama_demo.text.dictionary import Dictionary
from llama_demo.text.tokenizers.encoder_vocabulary import load_pieces
from llama_demo.training.checkpoint import TrainingProgress
from llama_demo.training.loop import TrainingRun, train
from llama_demo.training.optimiser import OptimiserName
from llama_demo.training.reader import data as reader_data
from llama_demo.training.reader.code_switching import CodeSwitcher
from llama_demo.training.reader.corpus import read_calibration, read_questions
from llama_demo.training.reader.data import Batch, Examples, PieceCache

CPU = torch.device("cpu")
SHIPPED = ASSETS / "models" / "reader"
LABEL_SMOOTHING = 0.02
ARCHITECTURE = "BertForQuestionAnswering"
_COPIED = ("tokenizer.json", "tokenizer_config.json")


@dataclass(frozen=True)
class ReaderRecipe:
    """How a reader is tuned.

    Attributes:
        rows: questions of a step.
        tokens: of those that are read at once, padding included.
        fixed_layers: of the encoder, from the bottom, that stay as they are, as the embeddings do; nothing is
            computed backwards for them.
        rate: peak learning rate of the encoder.
        head_rate: of the span head, which starts at random.
        dropout: share of what each sublayer adds that is left out at random; without it the reader learns the
            few thousand questions by heart.
    """

    rows: int = 16
    tokens: int = 1_300
    fixed_layers: int = 3
    rate: float = 1.5e-4
    head_rate: float = 1e-3
    dropout: float = 0.1


def train_reader(
    data: Path,
    out: Path,
    *,
    minutes: float,
    start_from: Path | None = None,
    recipe: ReaderRecipe | None = None,
    device: torch.device = CPU,
    optimiser: OptimiserName = "adamw",  # noqa: ARG001 (tuning keeps to the optimiser of the pretraining)
    report: Callable[[str], None] = print,
    clock: Callable[[], float] | None = None,
) -> TrainingProgress:
    """Tune, or go on tuning, and leave a model folder in ``out/model``.

    Args:
        data: folder with the sources that ``docs/training.md`` lists.
        out: where checkpoints and the model go.
        start_from: a folder of a BERT, with a span head or without; the shipped reader unless given.
    """
    recipe, source = recipe or ReaderRecipe(), start_from or SHIPPED
    model = load_start(source)
    encoder = PieceCache(
        load_pieces(source, model.config.vocab_size),
        pad_id=model.config.pad_id,
        longest=model.config.max_position_embeddings,
    )
    questions = read_questions(data)
    examples = Examples(questions, encoder, CodeSwitcher(Dictionary(ASSETS / "dictionary" / "cedict.zip")))
    trained = fix(model, recipe.fixed_layers)
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = recipe.dropout
    model.to(device).train()
    tuned, whole = (sum(p.numel() for p in those) / 1e6 for those in (trained, model.parameters()))
    report(
        f"{sum(map(len, questions.values())):,} questions, {tuned:.1f}M of {whole:.1f}M parameters are tuned"
    )
    kept_back = reader_data.measured_examples(read_calibration(data), encoder)

    def loss_of(step: int) -> tuple[Tensor, int]:
        batches = reader_data.batches_at(step, examples, rows=recipe.rows, tokens=recipe.tokens)
        losses = [span_loss(model, batch.to(device)) * len(batch.ids) for batch in batches]
        return torch.stack(losses).sum() / recipe.rows, sum(int(batch.mask.sum()) for batch in batches)

    def measure() -> dict[str, float]:
        return measure_losses(model, kept_back, device)

    progress = train(
        model,
        [_optimiser(model, recipe)],
        TrainingRun(minutes, out),
        loss_of=loss_of,
        measure=measure,
        report=report,
        clock=clock,
    )
    export(model, source, out / "model")
    return progress


def load_start(folder: Path) -> BertSpans:
    """A BERT's folder with its span head, or with a new one if it has none.

    Raises:
        CheckpointError: it cannot be loaded, or is no BERT.
    """
    if read_json(folder / "config.json").get("architectures") == [ARCHITECTURE]:
        return load_model(folder, BertSpans, device=CPU, dtype=torch.float32).model
    bert = load_model(folder, Bert, device=CPU, dtype=torch.float32).model
    torch.manual_seed(0)
    model = BertSpans(bert.config)
    model.bert = bert
    nn.init.normal_(model.head.weight, std=0.02)
    nn.init.zeros_(model.head.bias)
    return model


def fix(model: BertSpans, layers: int) -> list[nn.Parameter]:
    """Freeze the embeddings and the first ``layers``; returns the parameters that are tuned."""
    tuned = [*model.bert.encoder.layers[layers:], model.head]
    model.requires_grad_(False)
    for module in tuned:
        module.requires_grad_(True)
    return [parameter for parameter in model.parameters() if parameter.requires_grad]


def _optimiser(model: BertSpans, recipe: ReaderRecipe) -> torch.optim.Optimizer:
    """AdamW (arXiv:1711.05101); norms and biases are not decayed."""
    body = [p for p in model.bert.parameters() if p.requires_grad]
    groups: list[dict[str, Any]] = [
        {"params": [p for p in body if p.ndim > 1], "weight_decay": 0.01},
        {"params": [p for p in body if p.ndim == 1], "weight_decay": 0.0},
        {"params": list(model.head.parameters()), "lr": recipe.head_rate, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=recipe.rate, betas=(0.9, 0.98))


def export(model: BertSpans, source: Path, folder: Path) -> None:
    """Write a folder that this app and transformers load: weights, the source's vocabulary, abilities."""
    config = {**read_json(source / "config.json"), "architectures": [ARCHITECTURE], "torch_dtype": "float32"}
    files: Files = {
        "config.json": config,
        "abilities.json": {"licence": "CC BY-SA 4.0", "abilities": ["extract"], "languages": ["en", "zh"]},
        **{name: (source / name).read_bytes() for name in _COPIED},
    }
    export_model(model, bert_span_parts(model.config), folder, files, matrices=torch.float8_e4m3fn)


def span_loss(model: BertSpans, batch: Batch, *, smoothing: float = LABEL_SMOOTHING) -> Tensor:
    """Mean cross-entropy of the answer's start and end.

    Each is a choice among the passage's tokens and the first one, which means that there is no answer.
    """
    logits = model(batch.ids, batch.mask, batch.types).float()  # (B, T, 2)
    allowed = batch.mask & (batch.types == 1)
    allowed[:, 0] = True
    scores = logits.masked_fill(~allowed[..., None], float("-inf")).log_softmax(dim=1)  # (B, T, 2)
    right = scores.gather(1, batch.spans[:, None, :]).squeeze(1)  # (B, 2)
    even = scores.masked_fill(~allowed[..., None], 0.0).sum(dim=1) / allowed.sum(dim=1, keepdim=True)
    loss: Tensor = -((1 - smoothing) * right + smoothing * even).mean()
    return loss


@torch.no_grad()
def measure_losses(
    model: BertSpans, kept_back: dict[str, list[Batch]], device: torch.device
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
