"""How sure the model was of a token, in four steps that have a colour, a name and a place in the legend.

The colours are those of ``assets/css/tabs/generate.css``; they grow darker with doubt, so that they can be
told apart without seeing colours.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LEVELS: Mapping[str, float] = MappingProxyType({"sure": 0.75, "likely": 0.4, "open": 0.15, "guess": 0.0})
"""Each level with the probability from which on it holds, the surest first."""
