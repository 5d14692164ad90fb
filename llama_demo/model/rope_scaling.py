"""Ways to stretch rotary positions to contexts that are longer than a model was first trained on.

Each gives the angular frequencies of the turned pairs, ``theta^(-2i / width)`` where nothing is stretched.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from llama_demo.errors import CheckpointError

_LARGEST_CONTEXT = 2**24


def plain_frequencies(theta: float, width: int) -> Tensor:
    """``theta^(-2i / width)`` of every pair (width / 2), in float32."""
    return 1.0 / theta ** (torch.arange(0, width, 2, dtype=torch.float32, device="cpu") / width)


@dataclass(frozen=True)
class RopeScaling:
    """Nothing is stretched; the base of the others."""

    @property
    def by_length(self) -> bool:
        """Whether the frequencies depend on how long a text becomes."""
        return False

    @property
    def magnitude(self) -> float:
        """Factor of cosine and sine, by which attention becomes sharper in longer contexts."""
        return 1.0

    def frequencies(self, theta: float, width: int, length: int) -> Tensor:  # noqa: ARG002 (see by_length)
        """Radians a position of every pair (width / 2), for texts that become ``length`` tokens long."""
        return plain_frequencies(theta, width)


@dataclass(frozen=True)
class LinearScaling(RopeScaling):
    """All wavelengths are stretched alike (Chen et al. 2023, arXiv:2306.15595)."""

    factor: float

    def __post_init__(self) -> None:
        check_range("factor", self.factor, 1.0, 1e6)

    def frequencies(self, theta: float, width: int, length: int) -> Tensor:  # noqa: ARG002
        return plain_frequencies(theta, width) / self.factor


@dataclass(frozen=True)
class DynamicScaling(RopeScaling):
    """The base grows with texts longer than ``context`` ("dynamic NTK", bloc97 and emozilla 2023)."""

    factor: float
    context: int

    def __post_init__(self) -> None:
        check_range("factor", self.factor, 1.0, 1e6)

    @property
    def by_length(self) -> bool:
        return True

    def frequencies(self, theta: float, width: int, length: int) -> Tensor:
        if width < 4:  # a single pair turns by a radian a position, whatever the base
            return plain_frequencies(theta, width)
        stretch = self.factor * max(length, self.context) / self.context - (self.factor - 1)
        return plain_frequencies(theta * stretch ** (width / (width - 2)), width)


@dataclass(frozen=True)
class Llama3Scaling(RopeScaling):
    """Llama 3.1 (arXiv:2407.21783) stretches long wavelengths alone.

    Wavelengths above ``original_context / low_frequency_factor`` are stretched by ``factor``, those
    below ``original_context / high_frequency_factor`` stay, and those between are blended.
    """

    factor: float
    low_frequency_factor: float
    high_frequency_factor: float
    original_context: int

    def __post_init__(self) -> None:
        check_range("factor", self.factor, 1.0, 1e6)
        check_range("low_freq_factor", self.low_frequency_factor, 1e-6, 1e6)
        check_range("high_freq_factor", self.high_frequency_factor, self.low_frequency_factor + 1e-6, 1e6)
        check_range("original_max_position_embeddings", self.original_context, 1, _LARGEST_CONTEXT)

    def frequencies(self, theta: float, width: int, length: int) -> Tensor:  # noqa: ARG002
        plain = plain_frequencies(theta, width)
        wavelengths = 2 * math.pi / plain
        low, high = self.low_frequency_factor, self.high_frequency_factor
        blend = ((self.original_context / wavelengths - low) / (high - low)).clamp(0.0, 1.0)
        return (1 - blend) * plain / self.factor + blend * plain


@dataclass(frozen=True)
class YarnScaling(RopeScaling):
    """YaRN (Peng et al. 2023, arXiv:2309.00071).

    Pairs that turn fewer than ``slow`` times within the original context are stretched by ``factor``, those
    that turn more than ``fast`` times stay, and those between are blended by their number.

    Attributes:
        sharpness: the magnitude.
        whole: whether the pairs at both ends of the blend are rounded to whole ones.
    """

    factor: float
    original_context: int
    sharpness: float
    fast: float = 32.0
    slow: float = 1.0
    whole: bool = True

    def __post_init__(self) -> None:
        check_range("factor", self.factor, 1.0, 1e6)
        check_range("original_max_position_embeddings", self.original_context, 1, _LARGEST_CONTEXT)
        check_range("attention_factor", self.sharpness, 1e-3, 1e3)
        check_range("beta_slow", self.slow, 1e-6, 1e6)
        check_range("beta_fast", self.fast, self.slow, 1e6)

    @property
    def magnitude(self) -> float:
        return self.sharpness

    def frequencies(self, theta: float, width: int, length: int) -> Tensor:  # noqa: ARG002
        plain = plain_frequencies(theta, width)
        first, last = self._pair(self.fast, theta, width), self._pair(self.slow, theta, width)
        if self.whole:
            first, last = math.floor(first), math.ceil(last)
        first, last = max(first, 0), min(last, width - 1)
        if first == last:
            last += 0.001
        pairs = torch.arange(width // 2, dtype=torch.float32, device="cpu")
        stretched = ((pairs - first) / (last - first)).clamp(0.0, 1.0)
        return plain / self.factor * stretched + plain * (1 - stretched)

    def _pair(self, turns: float, theta: float, width: int) -> float:
        """The pair that turns so many times within the original context, as a real number."""
        wavelength = self.original_context / (turns * 2 * math.pi)
        return width * math.log(wavelength) / (2 * math.log(theta)) if theta > 1.0 else 0.0


@dataclass(frozen=True)
class DivisorScaling(RopeScaling):
    """A divisor for each pair (LongRoPE, Ding et al. 2024, arXiv:2402.13753).

    Attributes:
        short: divisors of texts of up to ``original_context`` tokens.
        long: divisors of longer ones; ``None`` for the same.
        sharpness: the magnitude.
    """

    short: tuple[float, ...]
    long: tuple[float, ...] | None = None
    original_context: int = _LARGEST_CONTEXT
    sharpness: float = 1.0

    def __post_init__(self) -> None:
        check_range("original_max_position_embeddings", self.original_context, 1, _LARGEST_CONTEXT)
        check_range("attention_factor", self.sharpness, 1e-3, 1e3)
        for divisor in (*self.short, *(self.long or ())):
            check_range("rope_scaling", divisor, 1e-6, 1e6)

    @property
    def by_length(self) -> bool:
        return self.long is not None

    @property
    def magnitude(self) -> float:
        return self.sharpness

    def frequencies(self, theta: float, width: int, length: int) -> Tensor:
        longer = self.long is not None and length > self.original_context
        divisors = self.long if longer else self.short
        return plain_frequencies(theta, width) / torch.tensor(divisors, dtype=torch.float32, device="cpu")


def read_scaling(rope: Mapping[str, Any], *, context: int, pairs: int) -> RopeScaling:
    """The scaling that a ``config.json`` names in ``rope``.

    Args:
        context: the ``max_position_embeddings`` of the model.
        pairs: that are turned in each head.

    Raises:
        CheckpointError: a number of it is absurd, or there is no such scaling here.
        KeyError, TypeError, ValueError: an entry is missing or no number.
    """
    kind = rope.get("rope_type", rope.get("type", "default"))
    if kind == "default":
        return RopeScaling()
    if kind == "linear":
        return LinearScaling(float(rope["factor"]))
    if kind == "dynamic":
        return DynamicScaling(float(rope["factor"]), context)
    original = int(rope.get("original_max_position_embeddings") or context)
    if kind == "yarn":
        return _read_yarn(rope, original, context)
    if kind in ("longrope", "su"):
        return _read_longrope(rope, original, context, pairs)
    if kind == "divisors":
        return DivisorScaling(_divisors(rope["divisors"], pairs))
    if kind != "llama3":
        raise CheckpointError("config_unsupported", name="rope_type", value=kind)
    return Llama3Scaling(
        factor=float(rope["factor"]),
        low_frequency_factor=float(rope["low_freq_factor"]),
        high_frequency_factor=float(rope["high_freq_factor"]),
        original_context=original,
    )


def check_range(name: str, value: float, low: float, high: float) -> None:
    """Raise :class:`CheckpointError` unless a number of a configuration is one from ``low`` to ``high``."""
    if not low <= value <= high:  # a NaN lies outside of every range
        raise CheckpointError("config_value", name=name, value=value, low=low, high=high)


def _read_yarn(rope: Mapping[str, Any], original: int, context: int) -> YarnScaling:
    factor = float(rope.get("factor") or context / original)
    sharpness = rope.get("attention_factor")
    if sharpness is None:
        above, below = rope.get("mscale"), rope.get("mscale_all_dim")
        sharpness = _yarn_magnitude(factor, 1.0)
        if above and below:
            sharpness = _yarn_magnitude(factor, float(above)) / _yarn_magnitude(factor, float(below))
    return YarnScaling(
        factor=factor,
        original_context=original,
        sharpness=float(sharpness),
        fast=float(rope.get("beta_fast") or 32),
        slow=float(rope.get("beta_slow") or 1),
        whole=bool(rope.get("truncate", True)),
    )


def _yarn_magnitude(factor: float, weight: float) -> float:
    return 1.0 if factor <= 1 else 0.1 * weight * math.log(factor) + 1.0


def _read_longrope(rope: Mapping[str, Any], original: int, context: int, pairs: int) -> DivisorScaling:
    factor = float(rope.get("factor") or context / original)
    sharpness = rope.get("attention_factor")
    if sharpness is None:
        sharpness = 1.0 if factor <= 1 else math.sqrt(1 + math.log(factor) / math.log(original))
    short, long = _divisors(rope["short_factor"], pairs), _divisors(rope["long_factor"], pairs)
    return DivisorScaling(short, long, original, float(sharpness))


def _divisors(values: Any, pairs: int) -> tuple[float, ...]:
    divisors = tuple(map(float, values))
    if len(divisors) != pairs:
        raise ValueError(f"{len(divisors)} divisors of rotary frequencies for {pairs} pairs")
    return divisors
