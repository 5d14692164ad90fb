"""Sampling of the next token from logits."""

from __future__ import annotations

import torch
from torch import Tensor

from llama_demo.engine.request import Sampling, Step, TokenAlternative
from llama_demo.engine.token_filter import TokenFilter, masked

# The nucleus is computed among this many of the likeliest tokens: sorting a vocabulary of 128,000 at
# every token costs 70 times as much, and a nucleus reaches further only for nearly flat distributions.
_NUCLEUS_WITHIN = 1024
# The likeliest token is as good as certain at a temperature below, by which logits could overflow.
_GREEDY_BELOW = 1e-6


class Sampler:
    """Draws tokens for one request; on the CPU in float32, so a seed means the same on every device.

    Args:
        alternatives: how many of the likeliest tokens to report with each step.
        token_filter: decides which tokens may come; ``None`` if all may.
    """

    def __init__(
        self,
        sampling: Sampling,
        prompt: tuple[int, ...],
        *,
        alternatives: int = 0,
        token_filter: TokenFilter | None = None,
    ) -> None:
        self.sampling = sampling
        self.alternatives = alternatives
        self.token_filter = token_filter
        self.seen = torch.tensor(sorted(set(prompt)), dtype=torch.long)
        self.dice = torch.Generator().manual_seed(sampling.seed)

    def draw(self, logits: Tensor) -> Step:
        """The next token for ``logits`` (V)."""
        logits = logits.detach().to("cpu", torch.float32)
        logprobs = logits.log_softmax(dim=-1)  # (V), the model's own distribution
        allowed = self.token_filter.allowed() if self.token_filter else None
        token = self._choose(masked(self._penalised(logits), allowed))
        self._remember(token)
        if self.token_filter:
            self.token_filter.accept(token)
        return Step(token, logprobs[token].item(), self._likeliest(masked(logprobs, allowed)))

    def _penalised(self, logits: Tensor) -> Tensor:
        penalty = self.sampling.repetition_penalty
        if penalty == 1.0:
            return logits
        known = logits[self.seen]
        return logits.index_copy(0, self.seen, torch.where(known > 0, known / penalty, known * penalty))

    def _choose(self, logits: Tensor) -> int:
        if self.sampling.temperature < _GREEDY_BELOW:
            return int(likeliest(logits))
        values, ids = truncate(logits / self.sampling.temperature, self.sampling)
        drawn = torch.multinomial(values.softmax(dim=-1), 1, generator=self.dice)
        return int(ids[drawn])

    def _remember(self, token: int) -> None:
        if self.sampling.repetition_penalty != 1.0 and not bool((self.seen == token).any()):
            self.seen = torch.cat((self.seen, torch.tensor([token])))

    def _likeliest(self, logprobs: Tensor) -> tuple[TokenAlternative, ...]:
        if not self.alternatives:
            return ()
        values, ids = logprobs.topk(min(self.alternatives, logprobs.numel()))
        may_come = values.isfinite()
        return tuple(map(TokenAlternative, ids[may_come].tolist(), values[may_come].tolist()))


def likeliest(scores: Tensor) -> Tensor:
    """Where the largest of the last dimension is, the first of several: (...) for ``scores`` (..., V).

    On a processor NumPy finds it in a tenth of PyTorch's time, 42 instead of 500 µs in 16 rows of 32,001.
    """
    if scores.device.type != "cpu":
        return scores.argmax(dim=-1)
    return torch.as_tensor(scores.numpy().argmax(axis=-1))


def truncate(logits: Tensor, sampling: Sampling) -> tuple[Tensor, Tensor]:
    """Keep the tokens that may be drawn: top-k first, then top-p, then min-p.

    Args:
        logits: (V), already divided by the temperature.

    Returns:
        Logits and ids of the kept tokens, likeliest first, both (kept,); never empty.
    """
    size = logits.numel()
    within = min(sampling.top_k or size, size)
    if sampling.top_p < 1.0 and within > _NUCLEUS_WITHIN:
        within = _NUCLEUS_WITHIN if _holds_nucleus(logits, sampling.top_p) else size
    values, ids = logits.topk(within)  # (within), sorted
    probabilities = values.softmax(dim=-1) if sampling.top_k else (values - logits.logsumexp(-1)).exp()
    keep = torch.ones(within, dtype=torch.bool)
    if sampling.top_p < 1.0:
        # A token stays while those before it have not reached top_p, so the first one always does.
        keep &= probabilities.cumsum(dim=-1) - probabilities < sampling.top_p
    keep &= probabilities >= sampling.min_p * probabilities[0]
    return values[keep], ids[keep]


def _holds_nucleus(logits: Tensor, top_p: float) -> bool:
    likeliest = logits.topk(_NUCLEUS_WITHIN).values
    return bool((likeliest.logsumexp(-1) - logits.logsumexp(-1)).exp() >= top_p)
