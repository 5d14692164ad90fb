"""An auxiliary loss at the few places of a text that matter most.

Where a verse must rhyme and where a story speaks of what it was asked for are a token or two in a hundred.
Beside all others a small model hardly learns them; so they have a loss of their own. A mark says which token
is right there: 0 for any, :data:`TOPIC` for the very one, other numbers for each that has this sound.
"""

from __future__ import annotations

import torch
from torch import Tensor

Marked = tuple[list[int], list[int]]
"""The ids and the marks of one document."""
TOPIC = 1
FIRST_SOUND = 2
# How much each counts beside the cross-entropy of one token.
RHYME_WEIGHT, TOPIC_WEIGHT = 12.0, 3.0
MOST_TARGETS = 384  # of a step; batches of one size are compiled once


def auxiliary_targets(marks: Tensor) -> tuple[Tensor, Tensor]:
    """Flat indices of the marked tokens of ``marks`` (B, T), and their marks; both (MOST_TARGETS)."""
    flat = marks.flatten()
    found = flat.nonzero()[:MOST_TARGETS, 0]
    places, asked = torch.zeros(2, MOST_TARGETS, dtype=torch.long)
    places[: len(found)], asked[: len(found)] = found, flat[found]
    return places, asked


def auxiliary_loss(logits: Tensor, targets: Tensor, places: Tensor, marks: Tensor, members: Tensor) -> Tensor:
    """Weighted sum of ``-log`` of the total probability of all right tokens of each marked place.

    Args:
        logits: (B * T, V)
        targets: (B * T)
        places, marks: as of :func:`auxiliary_targets`; mark 0 costs nothing, since every token is right.
        members: (marks, V), which tokens are right by which mark; not read for :data:`TOPIC`.
    """
    asked = logits[places].float()  # (MOST_TARGETS, V)
    of_sound = asked.masked_fill(~members[marks], float("-inf")).logsumexp(-1)
    the_token = asked.gather(1, targets[places, None]).squeeze(1)
    topic = marks == TOPIC
    cost = asked.logsumexp(-1) - torch.where(topic, the_token, of_sound)
    return (cost * torch.where(topic, TOPIC_WEIGHT, RHYME_WEIGHT)).sum()
