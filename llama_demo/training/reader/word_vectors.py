"""Vectors of pieces from how often they stand near each other, as a start for training.

Positive pointwise mutual information, factorised (Levy and Goldberg 2014, "Neural word embedding as implicit
matrix factorization"). A sentence and its translation count as neighbours, so that both languages share one
space.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

# Pieces to each side that count as neighbours.
_REACH = 4
# Counts of neighbours are raised to this power, so that rare ones weigh less.
_SMOOTHING = 0.75
_RARE = 2.0


def count_pieces(texts: Sequence[Sequence[int]], vocab_size: int) -> NDArray[np.int64]:
    """How often each id occurs (V)."""
    every = np.concatenate([np.asarray(text, dtype=np.int64) for text in texts])
    return np.bincount(every, minlength=vocab_size)


def factorise(
    texts: Sequence[Sequence[int]],
    pairs: Sequence[tuple[Sequence[int], Sequence[int]]],
    *,
    vocab_size: int,
    width: int,
    scale: float = 0.05,
) -> Tensor:
    """Vectors (V, C) whose numbers spread like ``scale``; pieces that were never seen get random ones."""
    keys, weights = _neighbours(texts, pairs, vocab_size)
    rows, columns = np.divmod(keys, vocab_size)
    total = weights.sum()
    row_sums = np.bincount(rows, weights, minlength=vocab_size)
    column_sums = np.bincount(columns, weights, minlength=vocab_size) ** _SMOOTHING
    column_sums *= total / column_sums.sum()
    information = np.log(weights * total / (row_sums[rows] * column_sums[columns]))
    kept = information > 0
    matrix = torch.sparse_coo_tensor(
        torch.from_numpy(np.stack((rows[kept], columns[kept]))),
        torch.from_numpy(information[kept].astype(np.float32)),
        (vocab_size, vocab_size),
        check_invariants=False,
    ).coalesce()
    torch.manual_seed(0)
    left, values, _ = torch.svd_lowrank(matrix, q=width, niter=2)
    vectors = left * values.sqrt()  # (V, C)
    norms = vectors.norm(dim=1, keepdim=True)
    random = torch.nn.functional.normalize(torch.randn_like(vectors), dim=1)
    units = torch.where(norms > 1e-4, vectors / norms.clamp(min=1e-4), random)
    result: Tensor = units * (scale * width**0.5)
    return result


def _neighbours(
    texts: Sequence[Sequence[int]], pairs: Sequence[tuple[Sequence[int], Sequence[int]]], vocab_size: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Keys ``piece * V + neighbour`` and how much each counts, nearer ones more."""
    gap = [-1] * _REACH
    line = np.asarray([i for text in texts for i in (*text, *gap)], dtype=np.int64)
    keys, weights = [], []
    for distance in range(1, _REACH + 1):
        near = (line[:-distance] >= 0) & (line[distance:] >= 0)
        one, other = line[:-distance][near], line[distance:][near]
        keys += [one * vocab_size + other, other * vocab_size + one]
        weights += [np.full(2 * len(one), 1.0 / distance)]
    for one_text, other_text in pairs:
        one = np.repeat(np.asarray(one_text, dtype=np.int64), len(other_text))
        other = np.tile(np.asarray(other_text, dtype=np.int64), len(one_text))
        keys += [one * vocab_size + other, other * vocab_size + one]
        weights.append(np.full(2 * len(one), 2.0 / max(1, len(one_text), len(other_text))))
    unique, places = np.unique(np.concatenate(keys), return_inverse=True)
    sums = np.bincount(places, np.concatenate(weights)).astype(np.float64)
    frequent = sums >= _RARE
    return unique[frequent], sums[frequent]
