"""Taps: functions that see, and may replace, tensors of a forward pass."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

# Called as ``taps(name, tensor)`` with the named tensors of a forward pass; the result is used in the
# tensor's place, so a tap can record and edit.
Taps = Callable[[str, Tensor], Tensor]


def within(taps: Taps | None, *place: object) -> Taps | None:
    """Taps for a part of the network, whose own names are then put behind ``place``.

    ``within(taps, "encoder", "layers", 3)`` hands on ``rows`` as ``encoder.layers.3.rows``. ``None``
    stays ``None``, so that a pass without taps costs nothing.
    """
    if taps is None:
        return None
    outer, prefix = taps, ".".join(map(str, place))
    return lambda name, tensor: outer(f"{prefix}.{name}", tensor)
