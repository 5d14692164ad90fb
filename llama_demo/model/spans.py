"""The interface of networks that mark answers."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor, nn

from llama_demo.model.taps import Taps


class SpanConfig(Protocol):
    """The configuration that a reading engine needs."""

    @property
    def vocab_size(self) -> int:
        """V"""

    @property
    def max_position_embeddings(self) -> int:
        """Tokens of question and passage together, at most."""

    @property
    def pad_id(self) -> int:
        """Fills up shorter texts."""


class SpanModel(nn.Module):
    """A network that computes for each token the logits of an answer's beginning and end.

    The first token, a special one, stands for "no answer".
    """

    config: SpanConfig
    head: nn.Linear

    def forward(
        self,
        ids: Tensor,
        mask: Tensor | None = None,
        types: Tensor | None = None,
        *,
        taps: Taps | None = None,
    ) -> Tensor:
        """Read questions with their passages.

        Args:
            ids: (B, T), padded at the right.
            mask: (B, T), true at tokens, false at padding; ``None`` if there is no padding.
            types: (B, T), which text each token belongs to.

        Returns:
            Logits (B, T, 2) of beginning and end.
        """
        raise NotImplementedError
