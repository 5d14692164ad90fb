"""Requests to the engine, and the steps that it returns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from llama_demo.engine.token_filter import NewFilter
from llama_demo.errors import InputError


@dataclass(frozen=True)
class Sampling:
    """How the next token is drawn from the model's distribution.

    Attributes:
        temperature: logits are divided by it; 0 always takes the likeliest token. 0 to 2.
        top_k: only the k likeliest tokens can be drawn; 0 sets no limit.
        top_p: only the likeliest tokens that together reach this probability can be drawn
            (nucleus sampling, Holtzman et al. 2019, arXiv:1904.09751). Above 0, up to 1.
        min_p: tokens less likely than this share of the likeliest one cannot be drawn
            (Nguyen et al. 2024, arXiv:2407.01082). 0 to 1.
        repetition_penalty: logits of tokens seen before are divided by it when positive and multiplied
            when negative (Keskar et al. 2019, arXiv:1909.05858); 1 is none. 0.5 to 2.
        seed: the same seed gives the same tokens on the same device in float32. In half precision requests
            that share a pass, or a beginning that was read before, round sums in another order, which can
            change a token.
    """

    temperature: float = 0.8
    top_k: int = 50
    top_p: float = 0.95
    min_p: float = 0.0
    repetition_penalty: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        in_range("temperature", self.temperature, 0.0, 2.0)
        in_range("top_k", self.top_k, 0, 1_000_000)
        in_range("top_p", self.top_p, 0.01, 1.0)
        in_range("min_p", self.min_p, 0.0, 1.0)
        in_range("repetition_penalty", self.repetition_penalty, 0.5, 2.0)
        in_range("seed", self.seed, 0, 2**63 - 1)


@dataclass(frozen=True)
class Request:
    """One continuation to compute.

    Attributes:
        prompt: token ids, at least one.
        max_new_tokens: where to stop at the latest.
        stop_ids: token ids that end the text; they are not returned.
        alternatives: how many of the likeliest tokens to report with each step; of those that may come,
            if there is a filter.
        new_filter: makes the filter of the tokens that may come next; ``None`` if all may.
        drafts: continuations that are drawn in one batch, of which the best is given; its steps come when all
            have ended. 1 streams the only one.
        preference: is added to the mean log-probability of a draft's tokens when they are compared.
    """

    prompt: tuple[int, ...]
    sampling: Sampling = field(default_factory=Sampling)
    max_new_tokens: int = 200
    stop_ids: frozenset[int] = frozenset()
    alternatives: int = 0
    new_filter: NewFilter | None = None
    drafts: int = 1
    preference: Callable[[Sequence[int]], float] | None = None


@dataclass(frozen=True)
class TokenAlternative:
    """A token that could have been next, with the model's own natural log-probability."""

    id: int
    logprob: float


@dataclass(frozen=True)
class Step:
    """One generated token.

    Attributes:
        id: the token.
        logprob: natural log-probability under the model's own distribution, before temperature,
            penalties and truncation.
        alternatives: the likeliest tokens at this place, likeliest first.
    """

    id: int
    logprob: float
    alternatives: tuple[TokenAlternative, ...] = ()


class FinishReason(StrEnum):
    """Why a continuation ended."""

    LENGTH = "length"  # the requested number of tokens is reached
    STOP = "stop"  # a stop string appeared
    END = "end"  # the model wrote its end-of-text token
    STOPPED = "stopped"  # it was stopped


def in_range(name: str, value: float, low: float, high: float) -> None:
    """Raise :class:`InputError` unless ``low <= value <= high`` (a NaN is outside of every range)."""
    if not low <= value <= high:
        raise InputError("out_of_range", name=name, value=value, low=low, high=high)
