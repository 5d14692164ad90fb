"""A checkpoint in instruction format that says the same thing whatever it is asked.

It is a real LLaMA of one layer, loaded and run like any other. Attention and feed-forward are zero, so each
token alone decides the next one; a row of the last matrix is the embedding of the token before. Its
vocabulary has a token for each piece of what it says and one for each byte of what it reads.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import tokenizers
import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, decoders, models, pre_tokenizers

ASSISTANT, END = "<|assistant|>", "<|end|>"

TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)

SURE = 6.0
"""With it the next token has a logit of 48; all others have 0."""


def saying_model(folder: Path, pieces: Sequence[str], *, context: int = 16_384) -> Path:
    """Write the checkpoint.

    Args:
        pieces: of what it says, no two alike.
        context: tokens that it reads at once; most texts have one for each byte.
    """
    folder.mkdir(parents=True)
    vocabulary = _vocabulary(pieces)
    vocabulary.save(str(folder / "tokenizer.json"))
    chain = [vocabulary.token_to_id(piece) for piece in (ASSISTANT, *pieces, END)]
    rows = vocabulary.get_vocab_size()
    width = 8 * (len(chain) // 8 + 1)
    _write(folder, "tokenizer_config.json", {"eos_token": END, "chat_template": TEMPLATE})
    _write(
        folder,
        "config.json",
        {
            "architectures": ["LlamaForCausalLM"],
            "model_type": "llama",
            "vocab_size": rows,
            "hidden_size": width,
            "intermediate_size": 8,
            "num_hidden_layers": 1,
            "num_attention_heads": 1,
            "num_key_value_heads": 1,
            "head_dim": 8,
            "max_position_embeddings": context,
            "rms_norm_eps": 1e-6,
            "rope_theta": 10_000.0,
            "tie_word_embeddings": False,
            "hidden_act": "silu",
            "eos_token_id": chain[-1],
        },
    )
    save_file(_weights(chain, rows, width), folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def _vocabulary(pieces: Sequence[str]) -> tokenizers.Tokenizer:
    """All bytes, the marks of the template, the pieces."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = tokenizers.Tokenizer(
        models.BPE(vocab={letter: n for n, letter in enumerate(letters)}, merges=[])
    )
    vocabulary.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    vocabulary.decoder = decoders.ByteLevel()
    marks = ["<|system|>", "<|user|>", ASSISTANT, END]
    vocabulary.add_special_tokens([AddedToken(mark, special=True) for mark in marks])
    vocabulary.add_tokens([AddedToken(piece, normalized=False) for piece in pieces])
    return vocabulary


def _weights(chain: Sequence[int], rows: int, width: int) -> dict[str, torch.Tensor]:
    embedding, head = torch.zeros(rows, width), torch.zeros(rows, width)
    embedding[:, -1] = 1.0  # whatever is only read
    for place, (token, following) in enumerate(pairwise(chain)):
        embedding[token] = torch.nn.functional.one_hot(torch.tensor(place), width)
        head[following, place] = SURE * 8 / width**0.5  # the norm makes the one a root of the width
    layer = "model.layers.0"
    return {
        "model.embed_tokens.weight": embedding,
        "model.norm.weight": torch.ones(width),
        "lm_head.weight": head,
        f"{layer}.input_layernorm.weight": torch.ones(width),
        f"{layer}.post_attention_layernorm.weight": torch.ones(width),
        f"{layer}.self_attn.q_proj.weight": torch.zeros(8, width),
        f"{layer}.self_attn.k_proj.weight": torch.zeros(8, width),
        f"{layer}.self_attn.v_proj.weight": torch.zeros(8, width),
        f"{layer}.self_attn.o_proj.weight": torch.zeros(width, 8),
        f"{layer}.mlp.gate_proj.weight": torch.zeros(8, width),
        f"{layer}.mlp.up_proj.weight": torch.zeros(8, width),
        f"{layer}.mlp.down_proj.weight": torch.zeros(width, 8),
    }


def _write(folder: Path, name: str, content: object) -> None:
    (folder / name).write_text(json.dumps(content), encoding="utf-8")
