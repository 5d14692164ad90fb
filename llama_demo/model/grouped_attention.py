"""Causal attention, several query heads to a key head (Ainslie et al. 2023, arXiv:2305.13245)."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from llama_demo.model.taps import Taps


def attend(
    query: Tensor, keys: Tensor, values: Tensor, window: int | None = None, visible: Tensor | None = None
) -> Tensor:
    """Causal grouped-query attention, ``softmax(QK^T / sqrt(D)) V``.

    Args:
        query: (B, H, T, D), the newest ``T`` positions.
        keys, values: (B, K, S + T, D), all positions up to the newest.
        window: how many tokens each one sees, itself included; ``None`` for all before it.
        visible: of a single new token whose window holds all, see
            :class:`~llama_demo.model.cache.LayerCache`.

    Returns:
        (B, H, T, D)
    """
    B, H, T, D = query.shape
    K, total = keys.size(1), keys.size(2)
    within = window is None or total <= window
    if T == 1 and within:
        # One new token sees everything, so there is no mask, and the query heads that share a key head
        # can stand as so many queries of it: the cache is read once and never repeated.
        folded = query.view(B, K, H // K, D)
        return F.scaled_dot_product_attention(folded, keys, values, attn_mask=visible).reshape(B, H, 1, D)
    assert visible is None, "of a single new token, whose window holds all"
    if H != K:
        keys = keys.repeat_interleave(H // K, dim=1)  # (B, H, S + T, D)
        values = values.repeat_interleave(H // K, dim=1)
    if T == total and within:
        return F.scaled_dot_product_attention(query, keys, values, is_causal=True)
    mask = _visible(T, total, window, query.device)
    return F.scaled_dot_product_attention(query, keys, values, attn_mask=mask)


def attend_tapped(
    query: Tensor,
    keys: Tensor,
    values: Tensor,
    window: int | None,
    taps: Taps,
    *,
    visible: Tensor | None = None,
    cap: float | None = None,
) -> Tensor:
    """:func:`attend` step by step.

    ``taps`` is called with ``query``, ``keys`` and ``values`` as they came, turned to their positions, with
    ``rows`` (B, H, T, S + T) and with ``heads`` (B, H, T, D).

    Args:
        visible: takes the place of ``window``, see :class:`~llama_demo.model.cache.LayerCache`.
        cap: bound of the scores, which they approach smoothly.
    """
    H, T, D = query.shape[1:]
    K, total = keys.size(1), keys.size(2)
    query, keys, values = taps("query", query), taps("keys", keys), taps("values", values)
    keys = keys.repeat_interleave(H // K, dim=1)
    values = values.repeat_interleave(H // K, dim=1)
    scores = query @ keys.transpose(-1, -2) / math.sqrt(D)  # (B, H, T, S + T)
    if cap is not None:
        scores = cap * torch.tanh(scores / cap)
    visible = _visible(T, total, window, query.device) if visible is None else visible
    scores = scores.masked_fill(~visible, float("-inf"))
    rows = taps("rows", scores.float().softmax(dim=-1).to(query.dtype))
    return taps("heads", rows @ values)


def _visible(new: int, total: int, window: int | None, device: torch.device) -> Tensor:
    # Only entries (i, j) with j > cached + i are masked: a token never sees a later one. With a window
    # also those with j <= cached + i - window.
    mask = torch.ones(new, total, dtype=torch.bool, device=device).tril(total - new)
    return mask if window is None else mask.triu(total - new - window + 1)
