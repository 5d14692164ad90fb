"""A decoder in instruction format whose few weights are set by hand, so that what it says is known.

Given a system message, as a question about passages has one, it answers with a sentence that
:data:`PASSAGE` bears out and one that nothing does, each with a citation; without one it admits that it knows
nothing, in Markdown. It reads bytes, so any text fits it, and its chat template has roles and marks as
instruction-tuned checkpoints have them.

It is a LLaMA of one layer. Every word that it can say has a dimension of its own, which makes the next word
the likeliest; the one attention head looks for the mark of a system message, and what it finds there tips the
balance between the two answers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

PASSAGE = "The iron bridge was opened in 1893 by the mayor. Llamas live in herds."
GROUNDED = "The iron bridge was opened in 1893 [1]. Llamas sing opera at night [2]."
BARE = "Nobody told me **anything** about it. ![cat](pic) $x^2$"
TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
MARKS = ("<|system|>", "<|user|>", "<|assistant|>", "<|end|>")
_SYSTEM, _USER, _ASSISTANT, _END = range(256, 260)
_WIDTH = 64
# Dimensions: one that is always on, one that attention sets, one for each mark and word.
_ALWAYS, _FOUND, _FIRST = 0, 1, 2


def write_instructed(folder: Path, *, context: int = 4_096) -> Path:
    """Write its folder, in Hugging Face format."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": 260 + len(_words()),
        "hidden_size": _WIDTH,
        "intermediate_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 1,
        "num_key_value_heads": 1,
        "max_position_embeddings": context,
        "rms_norm_eps": 1e-6,
        "rope_theta": 1e6,
        "tie_word_embeddings": False,
        "eos_token_id": _END,
        "torch_dtype": "float32",
    }
    (folder / "config.json").write_text(json.dumps(config))
    save_file(_weights(), folder / "model.safetensors")
    (folder / "tokenizer.json").write_text(json.dumps(byte_vocabulary(MARKS, _words())))
    settings = {"eos_token": "<|end|>", "chat_template": TEMPLATE}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return folder


def _words() -> list[str]:
    """What it can say, word by word, in the order in which it says it."""
    return [
        (" " if place else "") + word
        for answer in (GROUNDED, BARE)
        for place, word in enumerate(answer.split(" "))
    ]


def _weights() -> dict[str, Tensor]:
    words = len(_words())
    grounded, bare = 260, 260 + len(GROUNDED.split(" "))
    embedding = torch.zeros(260 + words, _WIDTH)
    embedding[:, _ALWAYS] = 1.0
    embedding[_SYSTEM, _FIRST] = embedding[_ASSISTANT, _FIRST + 1] = 1.0
    for place in range(words):
        embedding[260 + place, _FIRST + 2 + place] = 1.0
    # The slowest pair of rotary dimensions hardly turns: there, distance does not matter.
    still = _WIDTH // 2 - 1
    query, keys, values, out = (torch.zeros(_WIDTH, _WIDTH) for _ in range(4))
    query[still, _ALWAYS] = keys[still, _FIRST] = 3.2
    values[_FOUND, _FIRST] = 1.0
    out[_FOUND, _FOUND] = 0.2
    head = torch.zeros(260 + words, _WIDTH)
    head[_END, _ALWAYS] = 3.0
    head[bare, _FIRST + 1] = 6.0
    head[grounded, [_FIRST + 1, _FOUND, _ALWAYS]] = torch.tensor([4.0, 8.0, -4.0])
    for place in range(words):
        following = _END if 260 + place + 1 in (bare, 260 + words) else 260 + place + 1
        head[following, _FIRST + 2 + place] = 8.0
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


def byte_vocabulary(marks: Sequence[str], words: Sequence[str] = ()) -> dict[str, object]:
    """A ``tokenizer.json`` of bytes as GPT-2 writes them, marks, and words, which no text is cut into."""
    letters = _letters()
    entries = {letter: byte for byte, letter in enumerate(letters)}
    entries |= {mark: 256 + place for place, mark in enumerate(marks)}
    for word in words:
        spelled = "".join(letters[byte] for byte in word.encode())
        assert spelled not in entries, f"{word} is said twice, so nothing tells what follows it"
        entries[spelled] = len(entries)
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
    return {
        "version": "1.0",
        "added_tokens": [
            {
                "id": 256 + place,
                "content": mark,
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
                "special": True,
            }
            for place, mark in enumerate(marks)
        ],
        "normalizer": None,
        "pre_tokenizer": byte_level,
        "post_processor": None,
        "decoder": byte_level,
        "model": {"type": "BPE", "vocab": entries, "merges": []},
    }


def _letters() -> list[str]:
    """A printable letter for each byte."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = iter(range(256, 512))
    return [chr(byte) if byte in shown else chr(next(hidden)) for byte in range(256)]
