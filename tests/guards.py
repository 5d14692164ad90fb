"""Guard models whose few weights are set by hand, so that their verdicts are known, and random ones.

The one set by hand is a LLaMA of one layer over bytes. Its attention head looks for one letter in the
conversation; with it the verdict is ``unsafe`` and S9, without it ``safe``. Each letter of the verdicts makes
the next one the likeliest.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from tests.instructed import byte_vocabulary
from tests.random_checkpoint import write_checkpoint

LETTER = "Q"
"""What makes a text unsafe."""

TEMPLATE = (
    "<|user|>Task: Check if there is unsafe content.\n\n"
    "{% for message in messages %}{{ message['role'] }}: "
    "{% for content in message['content'] %}{% if content['type'] == 'text' %}{{ content['text'] }}"
    "{% endif %}{% endfor %}\n\n{% endfor %}<|end|><|assistant|>"
)
"""Messages are lists of parts to it, as to that of Llama Guard 3 1B."""

PLAIN_TEMPLATE = (
    "<|user|>{% for message in messages %}{{ message['content'] }}{% endfor %}<|end|><|assistant|>"
)

_MARKS = ("<|user|>", "<|assistant|>", "<|end|>")
_ASSISTANT, _END = 257, 258
_WIDTH = 64
_ALWAYS, _FOUND, _LETTER, _FIRST = 0, 1, 2, 3
_CONFIG: dict[str, Any] = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "vocab_size": 259,
    "hidden_size": _WIDTH,
    "intermediate_size": 8,
    "num_hidden_layers": 1,
    "num_attention_heads": 1,
    "num_key_value_heads": 1,
    "max_position_embeddings": 8_192,
    "rms_norm_eps": 1e-6,
    "rope_theta": 1e6,
    "tie_word_embeddings": False,
    "eos_token_id": _END,
    "torch_dtype": "float32",
}


def write_guard(folder: Path) -> Path:
    """Write the one set by hand, in Hugging Face format, with a card."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(_CONFIG))
    save_file(_weights(), folder / "model.safetensors")
    (folder / "README.md").write_text("---\nlicense: mit\n---\n# A small guard\n")
    return _with_vocabulary(folder, TEMPLATE)


def write_random_guard(folder: Path, model_type: str) -> Path:
    """Write one with random weights, of the family of Llama Guard 3 or of Qwen3Guard."""
    config = {**_CONFIG, "model_type": model_type, "hidden_size": 32, "num_attention_heads": 2}
    write_checkpoint(folder, {**config, "num_key_value_heads": 1, "head_dim": 16}, seed=3)
    return _with_vocabulary(folder, PLAIN_TEMPLATE)


def _with_vocabulary(folder: Path, template: str) -> Path:
    (folder / "tokenizer.json").write_text(json.dumps(byte_vocabulary(_MARKS)))
    settings = {"eos_token": "<|end|>", "chat_template": template}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return folder


def _weights() -> dict[str, torch.Tensor]:
    said = {byte: _FIRST + place for place, byte in enumerate(b"unsafe\nS9")}
    embedding = torch.zeros(259, _WIDTH)
    embedding[:, _ALWAYS] = 1.0
    embedding[ord(LETTER), _LETTER] = 1.0
    answering = _FIRST + len(said)
    embedding[_ASSISTANT, answering] = 1.0
    for byte, dimension in said.items():
        embedding[byte, dimension] = 1.0
    # The slowest pair of rotary dimensions hardly turns: there, distance does not matter.
    still = _WIDTH // 2 - 1
    query, keys, values, out = (torch.zeros(_WIDTH, _WIDTH) for _ in range(4))
    query[still, _ALWAYS] = keys[still, _LETTER] = 3.2
    values[_FOUND, _LETTER] = 1.0
    out[_FOUND, _FOUND] = 0.2
    head = torch.zeros(259, _WIDTH)
    for byte, following in zip(b"unsaf\nS", b"nsafeS9", strict=True):
        head[following, said[byte]] = 8.0
    head[_END, said[ord("9")]] = 8.0
    for dimension, otherwise, found in ((answering, ord("s"), ord("u")), (said[ord("e")], _END, ord("\n"))):
        head[otherwise, dimension] += 6.0
        head[found, [dimension, _FOUND, _ALWAYS]] = torch.tensor([4.0, 8.0, -4.0])
    layer = "model.layers.0."
    return {
        "model.embed_tokens.weight": embedding,
        f"{layer}input_layernorm.weight": torch.ones(_WIDTH),
        f"{layer}self_attn.q_proj.weight": query,
        f"{layer}self_attn.k_proj.weight": keys,
        f"{layer}self_attn.v_proj.weight": values,
        f"{layer}self_attn.o_proj.weight": out,
        f"{layer}post_attention_layernorm.weight": torch.ones(_WIDTH),
        f"{layer}mlp.gate_proj.weight": torch.zeros(8, _WIDTH),
        f"{layer}mlp.up_proj.weight": torch.zeros(8, _WIDTH),
        f"{layer}mlp.down_proj.weight": torch.zeros(_WIDTH, 8),
        "model.norm.weight": torch.ones(_WIDTH),
        "lm_head.weight": head,
    }
