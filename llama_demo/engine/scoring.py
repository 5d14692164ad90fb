"""Log-probabilities of given texts: what a model thinks of sentences that it did not write."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from llama_demo.engine.batching import pad
from llama_demo.model.llama import Llama
from llama_demo.model.transformer import Transformer


@torch.inference_mode()
def text_logprobs(model: Llama, texts: Sequence[Sequence[int]]) -> list[list[float]]:
    """Natural log-probability of each token of ``texts`` but the first, given those before it.

    Args:
        texts: token ids, at least two each.
    """
    ids, _ = pad(texts, 0, model.head.weight.device)  # (B, T)
    return _chosen(model(ids[:, :-1]), ids, [len(text) for text in texts])


@torch.inference_mode()
def target_logprobs(
    model: Transformer, source: Sequence[int], targets: Sequence[Sequence[int]]
) -> list[list[float]]:
    """Natural log-probability of each token of ``targets`` but the first, as translations of one source.

    Args:
        source: ids with the special tokens that the model needs.
        targets: ids from the start mark to the end mark.
    """
    device = model.head.weight.device
    ids, _ = pad(targets, model.config.pad_id, device)  # (B, T)
    sources = torch.tensor([list(source)] * len(targets), device=device)
    return _chosen(model(sources, ids[:, :-1]), ids, [len(target) for target in targets])


def _chosen(logits: Tensor, ids: Tensor, lengths: Sequence[int]) -> list[list[float]]:
    """The log-probabilities (B, T - 1) of ``ids`` (B, T) from logits (B, T - 1, V), without padding."""
    logprobs = logits.float().log_softmax(dim=-1)
    rows = logprobs.gather(-1, ids[:, 1:, None]).squeeze(-1).tolist()
    return [row[: length - 1] for row, length in zip(rows, lengths, strict=True)]
