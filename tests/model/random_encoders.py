"""Small translators and encoders with random weights, written by the reference implementation.

Made once and used by many tests.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
import transformers
from torch import Tensor, nn

from llama_demo.engine.checkpoint import load_model

transformers.utils.logging.disable_progress_bar()

SIZES: dict[str, Any] = {
    "vocab_size": 199,
    "d_model": 32,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 48,
    "decoder_ffn_dim": 64,
    "max_position_embeddings": 128,
    "attn_implementation": "eager",
}
MARIAN: dict[str, Any] = {
    **SIZES,
    "activation_function": "swish",
    "scale_embedding": True,
    "pad_token_id": 198,
    "decoder_start_token_id": 198,
    "eos_token_id": 0,
    "forced_eos_token_id": 0,
}
BERT: dict[str, Any] = {
    "vocab_size": 151,
    "hidden_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 80,
    "max_position_embeddings": 66,
    "attn_implementation": "eager",
}


@dataclass(frozen=True)
class Checkpoint:
    """A folder and the reference network that wrote it."""

    folder: Path
    reference: Any

    def load(self) -> Any:
        """Our network of the folder."""
        return load_model(self.folder, nn.Module, device=torch.device("cpu"), dtype=torch.float32).model


@cache
def marian(**changes: Any) -> Checkpoint:
    """A Marian model; the padding's row is zero and the bias of the logits is not."""
    torch.manual_seed(0)
    model = transformers.MarianMTModel(transformers.MarianConfig(**{**MARIAN, **changes}))
    with torch.no_grad():
        model.final_logits_bias.normal_(std=0.1)
    return _translator(model, pad=198, spread=0.5)


@cache
def m2m100() -> Checkpoint:
    """An M2M100 model."""
    model = transformers.M2M100ForConditionalGeneration(transformers.M2M100Config(**SIZES))
    return _translator(model, pad=1, spread=0.5)


@cache
def encoder(architecture: str) -> Checkpoint:
    """A model of a class of the reference's with BERT's or XLM-R's encoder."""
    network = getattr(transformers, architecture)
    sizes = (
        BERT if architecture.startswith("Bert") else {**BERT, "type_vocab_size": 1, "layer_norm_eps": 1e-5}
    )
    return _written(network(network.config_class(**sizes)), spread=0.2)


def _translator(model: Any, *, pad: int, spread: float) -> Checkpoint:
    """Weights that were tried out: targets of many different tokens and lengths, most of them ended."""
    # Converted checkpoints forbid the padding token in this way.
    model.generation_config.bad_words_ids = [[pad]]
    torch.manual_seed(0)
    _disturb(model, spread)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("out_proj.weight"):
                parameter.mul_(0.1)
            elif name.endswith("fc2.weight"):
                parameter.sub_(parameter.mean(1, keepdim=True))
        for embedding in (model.get_encoder().embed_tokens, model.get_decoder().embed_tokens):
            # One matrix is input and output: a large one would only repeat the token before.
            embedding.weight.normal_(std=0.15)
            embedding.weight[model.config.eos_token_id] *= 2.0
            embedding.weight[pad] = 0.0
    return _saved(model)


def _written(model: Any, *, spread: float) -> Checkpoint:
    torch.manual_seed(0)
    _disturb(model, spread)
    return _saved(model)


@torch.no_grad()
def _disturb(model: Any, spread: float) -> None:
    """Draw every weight; fresh norms and biases would hide one that is skipped or lost."""
    for name, parameter in model.named_parameters():
        if "embed_positions" in name:
            continue
        if parameter.dim() > 1:
            parameter.normal_(std=spread)
        else:
            parameter.add_(0.1 * torch.randn_like(parameter))


def _saved(model: Any) -> Checkpoint:
    folder = TemporaryDirectory()
    atexit.register(folder.cleanup)
    model.eval().save_pretrained(folder.name)
    return Checkpoint(Path(folder.name), model)


def padded(lengths: tuple[int, ...], pad: int, *, low: int = 6, high: int = 150) -> tuple[Tensor, Tensor]:
    """Random ids (B, T) of these lengths and their mask."""
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(low, high, (len(lengths), max(lengths)), generator=generator)
    mask = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
    return ids.where(mask, pad), mask


def recorder(found: dict[str, Tensor]) -> Callable[[str, Tensor], Tensor]:
    """Taps that keep every tensor by its name."""

    def keep(name: str, tensor: Tensor) -> Tensor:
        found[name] = tensor.detach().clone()
        return tensor

    return keep
