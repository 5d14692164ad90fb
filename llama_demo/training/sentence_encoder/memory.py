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
    is told apart from all passages of its kind in place of the few that it holds.
    """

    def __init__(self, pairs: Iterable[TextPair]) -> None:
        self._answers: defaultdict[str, set[str]] = defaultdict(set)
        for query, passage in pairs:
            self._answers[query].add(passage)
        self._vectors: dict[str, Tensor] = {}

    def counterexamples(
        self, queries: Sequence[str], passages: Sequence[str]
    ) -> tuple[Tensor, Tensor] | None:
        """Vectors of remembered passages that are none of ``passages``, and which of them answer a query.

        Returns:
            Vectors (N, C), and (Q, N) whether a passage answers a query and so is no counterexample to it;
            nothing if no other passage is known.
        """
        others = [text for text in self._vectors if text not in set(passages)]
        if not others:
            return None
        answers = [[text in self._answers[query] for text in others] for query in queries]
        return torch.stack([self._vectors[text] for text in others]), torch.tensor(answers)

    def remember(self, passages: Sequence[str], vectors: Tensor) -> None:
        """Keep the vectors (P, C) of ``passages``, without their gradients."""
        self._vectors.update(zip(passages, vectors.detach().clone(), strict=True))
