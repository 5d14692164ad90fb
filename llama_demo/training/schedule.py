"""The learning rate over a run: warm-up, constant, and a linear decay over the last fifth.

Because the rate is constant until the decay, a run can be given more hours: it goes on from the last
checkpoint before the decay as if it had been planned longer (arXiv:2405.18392).
"""

from __future__ import annotations

WARM_UP_STEPS = 100
DECAY_SHARE = 0.2


def rate_at(step: int, share: float) -> float:
    """The factor on the learning rate.

    Args:
        step: optimiser steps since the optimiser was new.
        share: of the planned time that has passed, 0 to 1.
    """
    warm_up = min(1.0, (step + 1) / WARM_UP_STEPS)
    decay = min(1.0, max(0.0, (1.0 - share) / DECAY_SHARE))
    return warm_up * decay


def decaying(share: float) -> bool:
    """Whether the decay has begun."""
    return share > 1.0 - DECAY_SHARE
