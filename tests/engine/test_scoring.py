"""Scoring reads texts as the model does, in bounded memory."""

from __future__ import annotations

import torch

from llama_demo.engine.scoring import HEAD_ROWS, text_logprobs
from llama_demo.model.llama import Llama
from llama_demo.model.llama_config import LlamaConfig

CONFIG = LlamaConfig(
    vocab_size=50,
    hidden_size=16,
    intermediate_size=32,
    num_hidden_layers=2,
    num_attention_heads=2,
    num_key_value_heads=1,
    head_dim=8,
    max_position_embeddings=256,
)


def test_logits_are_made_for_few_positions_at_a_time() -> None:
    """Rows as long as a vocabulary of 150,000 would fill the memory; what they say stays the same."""
    torch.manual_seed(0)
    model = Llama(CONFIG).eval()
    rows: list[int] = []
    texts = [torch.randint(50, (length,)).tolist() for length in (2, 90, 150)]
    with torch.inference_mode():
        expected = [model(torch.tensor([text])).log_softmax(-1)[0] for text in texts]
    model.head.register_forward_hook(lambda _, __, logits: rows.append(logits.shape[:-1].numel()))
    found = text_logprobs(model, texts)
    assert max(rows) <= HEAD_ROWS
    assert sum(rows) == sum(len(text) - 1 for text in texts)
    for text, own, all_logprobs in zip(texts, found, expected, strict=True):
        wanted = all_logprobs[torch.arange(len(text) - 1), torch.tensor(text[1:])]
        torch.testing.assert_close(torch.tensor(own), wanted)
