"""Small random checkpoints written by ``transformers``, and what ``transformers`` computes with them.

Every weight is drawn, norms and biases too: fresh networks have ones and zeros there, which would hide
a norm that is skipped or a bias that is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
import transformers
from torch import Tensor

SIZES: dict[str, Any] = {
    "vocab_size": 131,
    "hidden_size": 48,
    "intermediate_size": 80,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 512,
    "bos_token_id": None,
    "eos_token_id": None,
    "pad_token_id": None,
}


@dataclass(frozen=True)
class Variant:
    """A kind of checkpoint: the library's class, and what differs from :data:`SIZES`."""

    architecture: str
    options: dict[str, Any]
    shard: str = "1GB"


class Reference:
    """A checkpoint folder and the reference network that wrote it."""

    def __init__(self, variant: Variant, folder: Path) -> None:
        self.folder = folder
        network = getattr(transformers, variant.architecture)
        config = network.config_class(**{**SIZES, **variant.options})
        torch.manual_seed(len(str(variant)))
        self.model = network._from_config(config, attn_implementation="eager").eval()
        with torch.no_grad():
            for name, parameter in self.model.named_parameters():
                parameter.normal_(1.0 if "norm" in name else 0.0, 0.3 if parameter.ndim == 1 else 0.15)
        self.model.save_pretrained(folder, max_shard_size=variant.shard)

    @cached_property
    def ids(self) -> Tensor:
        """Two rows of 40 tokens."""
        return torch.randint(0, SIZES["vocab_size"], (2, 40), generator=torch.Generator().manual_seed(1))

    @cached_property
    def output(self) -> Any:
        """Logits, attention rows and hidden states for :attr:`ids`."""
        with torch.inference_mode():
            return self.model(self.ids, output_attentions=True, output_hidden_states=True)

    def likeliest(self, ids: list[int]) -> list[int]:
        """For each position the token that the reference would write next."""
        with torch.inference_mode():
            return self.model(torch.tensor([ids])).logits[0].argmax(-1).tolist()
