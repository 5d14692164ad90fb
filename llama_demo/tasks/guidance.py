"""What guides the choice of tokens: rules that they keep, and a choice among drafts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from llama_demo.engine.token_filter import NewFilter


@dataclass(frozen=True)
class Guidance:
    """What else decides on a text beside the model.

    Attributes:
        relative: whether the certainty of a token is compared with that of the likeliest one in its place,
            because hundreds would do there.

    The others are those of :class:`~llama_demo.engine.request.Request`.
    """

    new_filter: NewFilter | None = None
    drafts: int = 1
    preference: Callable[[Sequence[int]], float] | None = None
    relative: bool = False
