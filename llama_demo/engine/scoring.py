"""Log-probabilities of given texts: what a model thinks of sentences that it did not write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

import torch
from torch import Tensor

from llama_demo.engine.batching import pad
from llama_demo.model.llama import Llama
from llama_demo.model.transformer import Transformer

HEAD_ROWS = 64
"""Positions whose logits are in memory at a time: a row of them is as long as the vocabulary."""


@torch.inference_mode()
def text_logprobs(model: Llama, texts: Sequence[Sequence[int]]) -> list[list[float]]:
    """Natural log-probability of each token of ``texts`` but the first, given those before it.

    Args:
        texts: token ids, at least two each.
    """
    ids, _ = pad(texts, 0, model.head.device)  # (B, T)
    return _chosen(model.head, model.hidden(ids[:, :-1]), ids, [len(text) for text in texts])


@torch.inference_mode()
def target_logprobs(
    model: Transformer, source: Sequence[int], targets: Sequence[Sequence[int]]
) -> list[list[float]]:
    """Natural log-probability of each token of ``targets`` but the first, as translations of one source.

    Args:
        source: ids with the special tokens that the model needs.
        targets: ids from the start mark to the end mark.
    """
    device = model.head.device
    ids, _ = pad(targets, model.config.pad_id, device)  # (B, T)
    sources = torch.tensor([list(source)] * len(targets), device=device)
    hidden = model.decode_hidden(ids[:, :-1], model.encode(sources))  # (B, T - 1, C)
    return _chosen(model.logits, hidden, ids, [len(target) for target in targets])


def _chosen(
    head: Callable[[Tensor], Tensor], hidden: Tensor, ids: Tensor, lengths: Sequence[int]
) -> list[list[float]]:
    """The log-probabilities of ``ids`` (B, T) from hidden states (B, T - 1, C), without padding."""
    real = torch.cat([torch.arange(ids.size(1) - 1) < length - 1 for length in lengths]).to(ids.device)
    rows, wanted = hidden.flatten(0, 1)[real], ids[:, 1:].flatten()[real]  # (N, C), (N)
    found: list[float] = []
    for part, tokens in zip(torch.split(rows, HEAD_ROWS), torch.split(wanted, HEAD_ROWS), strict=True):
        logits = head(part).float()  # (HEAD_ROWS, V)
        chosen = logits.gather(-1, tokens[:, None]).squeeze(-1)
        found.extend((chosen - logits.logsumexp(dim=-1)).tolist())
    values = iter(found)
    return [list(islice(values, length - 1)) for length in lengths]
