"""A small BERT that embeds, with random weights and a real vocabulary."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.random_checkpoint import write_checkpoint

_READER = Path(__file__).parent.parent / "assets" / "models" / "reader"
_CONFIG = {
    "model_type": "bert",
    "architectures": ["BertModel"],
    "hidden_size": 24,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 256,
    "type_vocab_size": 2,
    "layer_norm_eps": 1e-12,
    "hidden_act": "gelu",
    "pad_token_id": 1,
}


def made(folder: Path, *, seed: int = 0) -> Path:
    """The folder with the model in it; another seed makes another model."""
    rows = json.loads((_READER / "config.json").read_text())["vocab_size"]
    write_checkpoint(folder, {**_CONFIG, "vocab_size": rows}, seed=seed)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(_READER / name, folder / name)
    steps = [{"type": "x.Transformer", "path": ""}, {"type": "x.Normalize", "path": "2_Normalize"}]
    (folder / "modules.json").write_text(json.dumps(steps))
    prompts = {"prompts": {"query": "query: ", "passage": "passage: "}}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(prompts))
    return folder
