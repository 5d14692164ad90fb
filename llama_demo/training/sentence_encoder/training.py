"""Tuning the bundled sentence encoder: a pretrained encoder, by contrast (InfoNCE)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from llama_demo.engine.batching import batches, pad
from llama_demo.engine.checkpoint import load_model
from llama_demo.engine.export import Files, export_model
from llama_demo.engine.pooling import mean
from llama_demo.model.bert import Bert, encoder_parts
from llama_demo.model_file import read_json
from llama_demo.settings import ASSETS
from llama_demo.text.dictionary import Dictionary
from llama_demo.text.tokenizers.encoder_vocabulary import load_pieces
from llama_demo.text.tokenizers.pieces import PieceTokenizer
from llama_demo.training.checkpoint import TrainingProgress
from llama_demo.training.loop import TrainingRun, train
from llama_demo.training.optimiser import OptimiserName
from llama_demo.training.reader.code_switching import CodeSwitcher
from llama_demo.training.sentence_encoder.data import (
    ContrastBatch,
    batch_at,
    batch_of,
    read_kept_back,
    read_training,
)

CPU = torch.device("cpu")
SHIPPED = ASSETS / "models" / "sentence-encoder"
PROMPTS = {"query": "query: ", "passage": "passage: "}
"""What the pretraining put in front of queries and of passages."""

_COPIED = ("tokenizer.json", "tokenizer_config.json")
_MODULES = (("0", "", "Transformer"), ("1", "1_Pooling", "Pooling"), ("2", "2_Normalize", "Normalize"))


@dataclass(frozen=True)
class SentenceEncoderRecipe:
    """How a sentence encoder is tuned.

    Attributes:
        fixed_layers: from the bottom, that stay as they are, as the embeddings do. What they make of a text
            never changes, so it is computed once and kept.
        rate: peak learning rate.
        temperature: by which cosines are divided.
        longest: tokens of a text that are read, marks included.
        tokens: that are read at once, padding included.
    """

    fixed_layers: int = 8
    rate: float = 1e-4
    temperature: float = 0.02
    longest: int = 224
    tokens: int = 4_096


def train_sentence_encoder(
    data: Path,
    out: Path,
    *,
    minutes: float,
    start_from: Path | None = None,
    recipe: SentenceEncoderRecipe | None = None,
    device: torch.device = CPU,
    optimiser: OptimiserName = "adamw",  # noqa: ARG001 (tuning keeps to the optimiser of the pretraining)
    report: Callable[[str], None] = print,
    clock: Callable[[], float] | None = None,
) -> TrainingProgress:
    """Tune, or go on tuning, and leave a model folder in ``out/model``.

    Args:
        data: folder with the sources that ``docs/training.md`` lists.
        out: where checkpoints and the model go.
        start_from: a folder of a BERT; the shipped sentence encoder unless given.
    """
    recipe, source = recipe or SentenceEncoderRecipe(), start_from or SHIPPED
    model = load_model(source, Bert, device=CPU, dtype=torch.float32).model.to(device).train()
    texts = TunedTexts(model, load_pieces(source, model.config.vocab_size), recipe)
    pairs = read_training(data, CodeSwitcher(Dictionary(ASSETS / "dictionary" / "cedict.zip")))
    kept_back = {name: batch_of(those) for name, those in read_kept_back(data).items() if those}
    tuned = sum(parameter.numel() for parameter in texts.tuned) / 1e6
    report(f"{sum(map(len, pairs.values())):,} pairs, {tuned:.1f}M parameters are tuned")

    def loss_of(step: int) -> tuple[Tensor, int]:
        batch = batch_at(step, pairs)
        return contrast(texts, batch, recipe.temperature), texts.count(batch)

    progress = train(
        model,
        [_optimiser(texts.tuned, recipe.rate)],
        TrainingRun(minutes, out),
        loss_of=loss_of,
        measure=lambda: measure_losses(texts, kept_back, recipe.temperature),
        report=report,
        clock=clock,
    )
    export(model, source, out / "model")
    return progress


class TunedTexts:
    """Vectors of texts by an encoder of which only the upper layers are tuned.

    Attributes:
        tuned: the parameters of those.
    """

    def __init__(self, model: Bert, tokenizer: PieceTokenizer, recipe: SentenceEncoderRecipe) -> None:
        self._model, self._tokenizer, self._recipe = model, tokenizer, recipe
        self._lower = model.encoder.layers[: recipe.fixed_layers]
        self._upper = model.encoder.layers[recipe.fixed_layers :]
        model.requires_grad_(False)
        self._upper.requires_grad_(True)
        self.tuned = list(self._upper.parameters())
        self._known: dict[str, Tensor] = {}

    def vectors(self, texts: Sequence[str], role: str) -> Tensor:
        """Unit vectors (texts, C), through which gradients flow."""
        hidden = self._hidden([PROMPTS[role] + text for text in texts])
        found: list[Tensor] = []
        order: list[int] = []
        for batch in batches([len(each) for each in hidden], tokens=self._recipe.tokens):
            rows = [hidden[place].to(self._device, torch.float32) for place in batch]
            x = nn.utils.rnn.pad_sequence(rows, batch_first=True)  # (B, T, C)
            lengths = torch.tensor([len(row) for row in rows], device=self._device)
            mask = torch.arange(x.size(1), device=self._device) < lengths[:, None]
            for layer in self._upper:
                x = layer(x, mask[:, None, None, :], None)
            found.append(F.normalize(mean(x, mask), dim=-1))
            order += batch
        return torch.cat(found)[torch.tensor(order, device=self._device).argsort()]

    def count(self, batch: ContrastBatch) -> int:
        """Tokens of a batch's texts, once they were read."""
        queries = (PROMPTS["query"] + text for text in batch.queries)
        passages = (PROMPTS["passage"] + text for text in batch.passages)
        return sum(len(self._known[text]) for text in (*queries, *passages))

    @property
    def _device(self) -> torch.device:
        return self._model.embedding.device

    @torch.no_grad()
    def _hidden(self, texts: Sequence[str]) -> list[Tensor]:
        """What the fixed layers make of each text (T, C), kept in half precision."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        frame, room = self._tokenizer.frame, self._recipe.longest - self._tokenizer.frame.single
        ids = [frame.one(each.cut(0, room)).ids for each in self._tokenizer.pieces(new)]
        for batch in batches([len(each) for each in ids], tokens=self._recipe.tokens):
            x, mask = self._lowered([ids[place] for place in batch])
            for place, row, length in zip(batch, x, mask.sum(dim=1).tolist(), strict=True):
                self._known[new[place]] = row[:length].half().cpu().clone()
        return [self._known[text] for text in texts]

    def _lowered(self, ids: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
        padded, mask = pad(ids, self._model.config.pad_id, self._device)
        if mask is None:
            mask = torch.ones_like(padded, dtype=torch.bool)
        x = self._model.embedded(padded)
        for layer in self._lower:
            x = layer(x, mask[:, None, None, :], None)
        return x, mask


def contrast(texts: TunedTexts, batch: ContrastBatch, temperature: float) -> Tensor:
    """InfoNCE loss, in nats: cross-entropy of each query's passage among all passages of the batch.

    Van den Oord et al. 2018, arXiv:1807.03748, over cosines divided by a temperature.
    """
    queries, passages = texts.vectors(batch.queries, "query"), texts.vectors(batch.passages, "passage")
    scores = queries @ passages.T / temperature  # (Q, P)
    scores = scores.masked_fill(batch.barred.to(scores.device), float("-inf"))
    return F.cross_entropy(scores, batch.right.to(scores.device))


@torch.no_grad()
def measure_losses(
    texts: TunedTexts, kept_back: Mapping[str, ContrastBatch], temperature: float
) -> dict[str, float]:
    """The loss on questions that are not trained on, by source."""
    return {name: round(contrast(texts, batch, temperature).item(), 4) for name, batch in kept_back.items()}


def _optimiser(tuned: Sequence[nn.Parameter], rate: float) -> torch.optim.Optimizer:
    """AdamW (arXiv:1711.05101); norms and biases are not decayed."""
    matrices, others = [p for p in tuned if p.ndim > 1], [p for p in tuned if p.ndim == 1]
    groups = [{"params": matrices, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98))


def export(model: Bert, source: Path, folder: Path) -> None:
    """Write a folder that this app, transformers and sentence-transformers load.

    Matrices in 8 bits, the source's vocabulary, what makes one vector of a text, abilities.
    """
    config = {**read_json(source / "config.json"), "architectures": ["BertModel"], "torch_dtype": "float32"}
    files: Files = {
        "config.json": config,
        "abilities.json": {"licence": "CC BY-SA 4.0", "abilities": ["embed"], "languages": ["en", "zh"]},
        **{name: (source / name).read_bytes() for name in _COPIED},
        "modules.json": [
            {"idx": int(name), "name": name, "path": path, "type": f"sentence_transformers.models.{kind}"}
            for name, path, kind in _MODULES
        ],
        "sentence_bert_config.json": {"max_seq_length": model.config.max_position_embeddings},
        "config_sentence_transformers.json": {"prompts": PROMPTS, "similarity_fn_name": "cosine"},
        "1_Pooling/config.json": {
            "word_embedding_dimension": model.config.width,
            "pooling_mode_mean_tokens": True,
        },
    }
    export_model(model, encoder_parts(model.config, prefix=""), folder, files, matrices=torch.float8_e4m3fn)
