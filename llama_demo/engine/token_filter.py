"""Constrained decoding: which tokens may come next, decided anew before each one.

A :class:`TokenFilter` follows one sequence. The sampler draws among the tokens that it allows and tells it
which one was drawn; it knows nothing of what the filter is for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, Self

import torch
from torch import Tensor


class TokenSet:
    """A set of token ids, as a mask over the vocabulary; immutable.

    Attributes:
        mask: (V), True for members.
    """

    def __init__(self, mask: Tensor) -> None:
        self.mask = mask

    @classmethod
    def of(cls, ids: Iterable[int], size: int) -> Self:
        """The set of these ids in a vocabulary of ``size`` tokens."""
        mask = torch.zeros(size, dtype=torch.bool)
        mask[list(ids)] = True
        return cls(mask)

    def __bool__(self) -> bool:
        return bool(self.mask.any())

    def __contains__(self, id: int) -> bool:
        return bool(self.mask[id])

    def __or__(self, other: TokenSet) -> TokenSet:
        return TokenSet(self.mask | other.mask)

    def __and__(self, other: TokenSet) -> TokenSet:
        return TokenSet(self.mask & other.mask)

    def without(self, ids: Iterable[int]) -> TokenSet:
        """The set less these ids."""
        mask = self.mask.clone()
        mask[list(ids)] = False
        return TokenSet(mask)


class TokenFilter(Protocol):
    """Decides what may come next in one sequence."""

    def allowed(self) -> TokenSet | None:
        """The tokens that may come next, at least one; ``None`` if all may."""

    def accept(self, token: int) -> None:
        """Go on behind ``token``, which was drawn."""


NewFilter = Callable[[], TokenFilter]
"""Makes the filter of a sequence that begins."""


def masked(logits: Tensor, allowed: TokenSet | None) -> Tensor:
    """The logits (V), with minus infinity for the tokens that may not come."""
    if allowed is None:
        return logits
    size = allowed.mask.numel()
    if size < logits.numel():  # rows of the embedding without a token
        logits = logits[:size]
    return logits.masked_fill(~allowed.mask, float("-inf"))
