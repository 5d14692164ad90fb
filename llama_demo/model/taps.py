"""Looking inside a forward pass, and changing it, without touching the network's code."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

# Called as ``taps(name, tensor)`` wherever a forward pass makes something worth looking at; what it
# returns is used in the tensor's place, so a tap can record and can also edit.
Taps = Callable[[str, Tensor], Tensor]


def within(taps: Taps | None, *place: object) -> Taps | None:
    """Taps for a part of the network, whose own names are then put behind ``place``.

    ``within(taps, "encoder", "layers", 3)`` hands on ``rows`` as ``encoder.layers.3.rows``. ``None``
    stays ``None``, so that a pass nobody looks at pays nothing.
    """
    if taps is None:
        return None
    outer, prefix = taps, ".".join(map(str, place))
    return lambda name, tensor: outer(f"{prefix}.{name}", tensor)
