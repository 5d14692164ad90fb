"""A sentence model that is made on the spot: random vectors for the pieces of words, averaged."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from llama_demo.model.static import StaticConfig
from tests.text.tokenizers.spm import trained

ROWS = 2_000


def made(folder: Path, *, width: int = 32, seed: int = 0) -> Path:
    """The folder with the model in it; another seed makes another model."""
    folder.mkdir(parents=True, exist_ok=True)
    dice = torch.Generator().manual_seed(seed)
    tensors = {
        "embedding.weight": torch.randn(ROWS, width, generator=dice),
        "token_weights": torch.ones(ROWS),
    }
    save_file(tensors, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(StaticConfig(ROWS, width).to_json()))
    (folder / "tokenizer.model").write_bytes(trained(byte_fallback=True))
    steps = [{"type": "x.StaticEmbedding", "path": ""}, {"type": "x.Normalize", "path": "1_Normalize"}]
    (folder / "modules.json").write_text(json.dumps(steps))
    return folder
