"""Rotary positions: vectors are turned by angles that grow with their place in the text."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from llama_demo.model.llama_config import LlamaConfig
from llama_demo.model.transfer import send


class RotaryPositions:
    """Rotary position embedding (Su et al. 2021, arXiv:2104.09864).

    Component ``i`` of a head's first half and component ``i`` of its second half form a pair, turned by
    the angle ``position * theta^(-2i / D)``. The dot product of two turned vectors then depends on the
    distance of their positions alone. Kept in float32 whatever the model's precision: at position
    10,000 a bfloat16 angle would be off by several turns.
    """

    def __init__(self, config: LlamaConfig) -> None:
        self._theta, self._width, self._scaling = config.rope_theta, config.rotary_dim, config.rope_scaling
        self.frequencies = self._scaling.frequencies(self._theta, self._width, 1)  # (rotary D / 2)

    @property
    def by_length(self) -> bool:
        """Whether the frequencies depend on how long a text becomes."""
        return self._scaling.by_length

    def at(
        self, positions: Tensor, dtype: torch.dtype, lengths: Sequence[int] | None = None
    ) -> tuple[Tensor, Tensor]:
        """Cosine and sine of every angle at ``positions`` (T), each (T, rotary D).

        The first half of the sines is negated, as :func:`rotate` takes them.

        Args:
            lengths: for each position how long its text becomes at most, where that counts.
        """
        self.frequencies = self.frequencies.to(positions.device)
        frequencies = self.frequencies
        if self.by_length and lengths is not None:
            known = {n: self._scaling.frequencies(self._theta, self._width, n) for n in set(lengths)}
            each = torch.stack([known[n] for n in lengths])  # (T, rotary D / 2)
            frequencies = send(each, positions.device)
        angles = positions.float()[:, None] * frequencies  # (T, rotary D / 2)
        cosine, sine = angles.cos(), angles.sin()  # (T, rotary D / 2)
        cosine, sine = torch.cat((cosine, cosine), dim=-1), torch.cat((-sine, sine), dim=-1)  # (T, rotary D)
        if self._scaling.magnitude != 1.0:
            cosine, sine = cosine * self._scaling.magnitude, sine * self._scaling.magnitude
        return cosine.to(dtype), sine.to(dtype)


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Turn every pair of components of ``x`` (B, H, T, D) by its angle::

        first'  = first * cos - second * sin
        second' = second * cos + first * sin

    Where there are fewer angles than components, the last components stay as they are.
    """
    width = cosine.size(-1)
    if width < x.size(-1):
        return torch.cat((rotate(x[..., :width], cosine, sine), x[..., width:]), dim=-1)
    return torch.addcmul(x * cosine, x.roll(width // 2, dims=-1), sine)  # halves exchange places
