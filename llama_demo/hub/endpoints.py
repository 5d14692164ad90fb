"""The sources of checkpoints: the hub, a mirror, and that of the operator."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

HUB, MIRROR, OWN = "hub", "mirror", "own"
ADDRESSES: Mapping[str, str] = {HUB: "https://huggingface.co", MIRROR: "https://hf-mirror.com"}
VARIABLE = "HF_ENDPOINT"
"""The variable by which an operator names a source; read where ``huggingface_hub`` reads it, too."""


@dataclass(frozen=True)
class Endpoint:
    """A source of checkpoints.

    Attributes:
        chosen: whether the next download uses it.
        trusted: whether it may see the operator's access token.
    """

    name: str
    address: str
    chosen: bool = False
    trusted: bool = True


def endpoints(chosen: str = "") -> tuple[Endpoint, ...]:
    """All sources. Unless another is chosen, that of the variable is, or else the hub."""
    own = os.environ.get(VARIABLE, "").strip().rstrip("/")
    known = dict(ADDRESSES)
    if own and own not in known.values():
        known[OWN] = own
    named = next((name for name, address in known.items() if address == own), HUB)
    chosen = chosen if chosen in known else named
    return tuple(
        Endpoint(name, address, chosen=name == chosen, trusted=name != MIRROR)
        for name, address in known.items()
    )
