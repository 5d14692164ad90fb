"""Passages of earlier batches as further counterexamples (XBM; Wang et al. 2020, arXiv:1912.06798)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from llama_demo.training.embedder.data import TextPair


class PassageMemory:
    """The vector that each passage had when it was last read.

    Tuning changes vectors slowly, so an old one is nearly as good a counterexample as a new one, and a batch
    is told apart from all passages of its kind in place of the few that it holds. It is no part of a
    checkpoint: a run that is resumed begins with an empty one, and has most of it again within an epoch.
    """

    def __init__(self, pairs: Iterable[TextPair]) -> None:
        answers: defaultdict[str, set[str]] = defaultdict(set)
        for query, passage in pairs:
            answers[query].add(passage)
        self._answers = dict(answers)
        self._vectors: dict[str, Tensor] = {}

    def counterexamples(
        self, queries: Sequence[str], passages: Sequence[str]
    ) -> tuple[Tensor, Tensor] | None:
        """Vectors of remembered passages that are none of ``passages``, and which of them answer a query.

        Returns:
            Vectors (N, C), and (Q, N) whether a passage answers a query and so is no counterexample to it;
            nothing if no other passage is known.
        """
        present = set(passages)
        others = {text: place for place, text in enumerate(self._vectors.keys() - present)}
        if not others:
            return None
        answers = torch.zeros(len(queries), len(others), dtype=torch.bool)
        for row, query in enumerate(queries):
            answers[row, [others[text] for text in self._answers[query] if text in others]] = True
        return torch.stack([self._vectors[text] for text in others]), answers

    def remember(self, passages: Sequence[str], vectors: Tensor) -> None:
        """Keep the vectors (P, C) of ``passages``, without their gradients."""
        for text, vector in zip(passages, vectors.detach(), strict=True):
            self._vectors[text] = vector.clone()
