"""Certainty of a token in four levels, each with a colour, a name and an entry of the legend.

The colours are those of ``assets/css/tabs/generate.css``; less certain ones are darker, so that they differ
without colour vision.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LEVELS: Mapping[str, float] = MappingProxyType({"sure": 0.75, "likely": 0.4, "open": 0.15, "guess": 0.0})
"""The lowest probability of each level, the most certain first."""
