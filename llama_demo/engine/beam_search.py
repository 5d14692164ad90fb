"""Greedy search and beam search for the targets of a batch of sources.

Both give exactly what ``transformers`` gives, sentence by sentence; sentences that are done leave the
batch, so that the rest goes faster.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from llama_demo.engine.request import in_range
from llama_demo.engine.sampling import likeliest
from llama_demo.errors import InputError
from llama_demo.model.layers import Memory, TargetCache
from llama_demo.model.transformer import TargetBlock, Transformer, TransformerConfig

# Added to the score of what must not be chosen; finite, since infinities become NaN when multiplied.
_NEVER = -1.0e9
MOST_BEAMS = 32
# Longest sequence of tokens whose repetitions are counted.
_PERIODS = (1, 2, 3, 4)


@dataclass(frozen=True)
class Search:
    """Parameters of the search.

    Attributes:
        beams: targets followed at once; 1 always takes the likeliest token. 1 to 32.
        best: number of beams to return. 1 to ``beams``.
        length_penalty: a target's log-probability is divided by its length to this power, so that above
            0 longer ones are preferred. -4 to 4.
        early_stopping: end a sentence as soon as ``beams`` targets are complete, even if a better one
            might follow.
        max_new_tokens: of a target, end mark included; ``None`` lets it grow with the source.
        most_repeats: times that the same one to four tokens may be repeated in a row, as a model can
            loop on unfamiliar input. ``None`` sets no limit. 2 to 1,000.
    """

    beams: int = 1
    best: int = 1
    length_penalty: float = 1.0
    early_stopping: bool = False
    max_new_tokens: int | None = None
    most_repeats: int | None = None

    def __post_init__(self) -> None:
        in_range("beams", self.beams, 1, MOST_BEAMS)
        in_range("best", self.best, 1, self.beams)
        in_range("length_penalty", self.length_penalty, -4.0, 4.0)
        if self.max_new_tokens is not None:
            in_range("max_new_tokens", self.max_new_tokens, 1, 1_000_000)
        if self.most_repeats is not None:
            in_range("most_repeats", self.most_repeats, 2, 1_000)


@dataclass(frozen=True)
class Hypothesis:
    """A target that was found.

    Attributes:
        ids: its tokens, without start, prefix and end marks.
        score: natural log-probability, divided by the length to the power of the length penalty.
        complete: whether the model ended it; else it was cut off.
    """

    ids: tuple[int, ...]
    score: float
    complete: bool


Stopped = Callable[[], bool]


@dataclass(frozen=True)
class BeamCandidate:
    """A beam with one more token.

    Attributes:
        parent: number of the beam that it continues.
        score: natural log-probability of all its tokens.
        beam: its number among the beams that go on; ``None`` if it does not.
        complete: whether the model ended it here.
    """

    parent: int
    token: int
    score: float
    beam: int | None
    complete: bool


# Called after each step of a beam search for a single source, with the candidates, best first.
Watch = Callable[[tuple[BeamCandidate, ...]], None]


def search(
    model: Transformer,
    memory: Memory,
    how: Search,
    limits: Tensor,
    prefix: tuple[int, ...],
    stopped: Stopped,
    watch: Watch | None = None,
) -> list[list[Hypothesis]] | None:
    """The best targets of each source, best first; ``None`` if it was stopped.

    Arguments and errors are those of :func:`begin_search`.
    """
    run = begin_search(model, memory, how, limits, prefix, watch)
    while run.open:
        if stopped():
            return None
        (logits,) = model.decode_packed([run.block])
        run.step(logits)
    return run.found


def begin_search(
    model: Transformer,
    memory: Memory,
    how: Search,
    limits: Tensor,
    prefix: tuple[int, ...],
    watch: Watch | None = None,
) -> SearchRun:
    """A search that has still to take its first step.

    Args:
        limits: (B), tokens of each target at most, prefix and end mark included.
        prefix: forced first tokens of every target, with log-probability 0.
        watch: sees the steps of a beam search.

    Raises:
        InputError: a limit leaves no room behind the prefix.
    """
    check_limits(limits, prefix)
    if how.beams > 1:
        return _Beams(model, memory, how, limits, prefix, watch)
    return _Greedy(model, memory, how, limits, prefix)


def check_limits(limits: Tensor, prefix: tuple[int, ...]) -> None:
    """Raise :class:`InputError` if a limit leaves no room behind the prefix."""
    if bool((limits <= len(prefix)).any()):
        raise InputError(
            "out_of_range", name="max_new_tokens", value=int(limits.min()), low=1, high=1_000_000
        )


class SearchRun(ABC):
    """State of a search: the newest tokens, the cache, and the results of each sentence."""

    def __init__(
        self, model: Transformer, memory: Memory, how: Search, limits: Tensor, prefix: tuple[int, ...]
    ) -> None:
        self.model, self.memory, self.how = model, memory, how
        self.limits = limits.to(model.head.device)
        self._longest = int(limits.max())  # before a transfer to the device
        self.config: TransformerConfig = model.config
        self.prefix = len(prefix)
        self.place = len(prefix)  # tokens of every target so far
        rows, longest = memory.sources * how.beams, self._longest
        self.cache: TargetCache = model.new_cache(rows, longest + 1)
        begin = torch.tensor([self.config.start_id, *prefix], device=self.limits.device)
        self.newest = begin.expand(rows, -1)  # (N, T)
        self.written = torch.full((rows, longest), self.config.pad_id, device=self.limits.device)
        self.written[:, : len(prefix)] = begin[1:]
        self.sentences = torch.arange(memory.sources, device=self.limits.device)  # that are still open
        self.found: list[list[Hypothesis]] = [[] for _ in range(memory.sources)]

    @property
    def open(self) -> bool:
        """Whether any sentence is not complete."""
        return len(self.sentences) > 0

    @property
    def block(self) -> TargetBlock:
        """What the model has to read for the next step."""
        return TargetBlock(self.newest, self.memory, self.cache)

    @property
    def remaining(self) -> int:
        """Steps until the search ends, at most."""
        return self._longest - self.place

    @abstractmethod
    def step(self, logits: Tensor) -> None:
        """Add one token to every target, given the logits (N, V) behind :attr:`block`."""

    def log_probabilities(self, logits: Tensor) -> Tensor:
        """Of each possible next token (N, V), in float32."""
        scores = logits.float().log_softmax(dim=-1)
        scores[:, self.config.pad_id] = -torch.inf
        if self.how.most_repeats is not None:
            self._leave_circles(scores, self.how.most_repeats)
        if self.config.forced_end:
            last = (self.limits == self.place + 1).repeat_interleave(self.how.beams)  # (N)
            scores[last] = -torch.inf
            scores[last, self.config.end_id] = 0.0
        return scores

    @property
    def rows(self) -> Tensor:
        """The incomplete targets so far, (N, L)."""
        return self.written

    def _leave_circles(self, scores: Tensor, most: int) -> None:
        """Forbid tokens that would repeat the last ones more than ``most`` times."""
        for period in _PERIODS:
            start = self.place - period * most
            if start < self.prefix:
                return
            rounds = self.rows[:, start : self.place].view(-1, most, period)  # (N, most, period)
            turning = (rounds == rounds[:, :1]).flatten(1).all(dim=1)  # (N)
            again = rounds[:, 0, :1]  # (N, 1)
            scores.scatter_(1, again, scores.gather(1, again).masked_fill(turning[:, None], -torch.inf))

    def hypothesis(self, ids: Tensor, length: int, score: float) -> Hypothesis:
        """The hypothesis of a row of ids."""
        complete = int(ids[length - 1]) == self.config.end_id
        end = length - 1 if complete else length
        return Hypothesis(tuple(ids[self.prefix : end].tolist()), score, complete)

    def keep(self, sentences: Tensor) -> None:
        """Keep only these of the open sentences."""
        if len(sentences) < len(self.sentences):
            self.sentences, self.limits = self.sentences[sentences], self.limits[sentences]
            self.memory = self.memory.select(sentences)


class _Greedy(SearchRun):
    """Greedy search: the likeliest token at each step."""

    def __init__(
        self, model: Transformer, memory: Memory, how: Search, limits: Tensor, prefix: tuple[int, ...]
    ) -> None:
        super().__init__(model, memory, how, limits, prefix)
        self.sums = torch.zeros(memory.sources, device=self.limits.device)

    def step(self, logits: Tensor) -> None:
        scores = self.log_probabilities(logits)
        ids = likeliest(scores)  # (N)
        self.sums += scores.gather(1, ids[:, None])[:, 0]
        self.written[:, self.place] = ids
        self.newest = ids[:, None]
        self.place += 1
        over = (ids == self.config.end_id) | (self.limits <= self.place)
        for row in over.nonzero().flatten().tolist():
            score = float(self.sums[row]) / self.place**self.how.length_penalty
            self.found[int(self.sentences[row])] = [self.hypothesis(self.written[row], self.place, score)]
        if bool(over.any()):
            kept = (~over).nonzero().flatten()
            self.keep(kept)
            self.cache.select(kept)
            self.sums, self.written, self.newest = self.sums[kept], self.written[kept], self.newest[kept]


class _Beams(SearchRun):
    """Beam search: the ``n`` best incomplete and the ``n`` best complete targets of each sentence.

    A sentence is done when no incomplete target can beat the worst of its complete ones. Shapes: ``B``
    open sentences, ``n`` beams, ``L`` longest target.
    """

    def __init__(
        self,
        model: Transformer,
        memory: Memory,
        how: Search,
        limits: Tensor,
        prefix: tuple[int, ...],
        watch: Watch | None = None,
    ) -> None:
        super().__init__(model, memory, how, limits, prefix)
        self.watch = watch
        shape = (memory.sources, how.beams)
        # All beams begin equal, so only the first is extended.
        self.scores = torch.full(shape, _NEVER, device=self.limits.device)  # (B, n)
        self.scores[:, 0] = 0.0
        self.beams = self.written.view(*shape, -1)  # (B, n, L)
        self.complete = self.beams.clone()  # (B, n, L)
        self.complete_scores = torch.full_like(self.scores, _NEVER)
        self.complete_lengths = torch.zeros_like(self.scores, dtype=torch.long)
        self.improvable = torch.ones(memory.sources, dtype=torch.bool, device=self.limits.device)

    @property
    def rows(self) -> Tensor:
        return self.beams.flatten(0, 1)

    def step(self, logits: Tensor) -> None:
        B, n = self.scores.shape
        total = self.log_probabilities(logits).view(B, n, -1) + self.scores[..., None]  # (B, n, V)
        V = total.size(-1)
        # Twice as many as needed: each beam has one end token, so at least n candidates continue.
        scores, places = total.flatten(1).topk(2 * n)  # 2 x (B, 2n)
        origins, tokens = places // V, places % V
        candidates = _pick(self.beams, origins)  # (B, 2n, L)
        candidates[:, :, self.place] = tokens
        self.place += 1
        over = (tokens == self.config.end_id) | (self.limits <= self.place)[:, None]
        self._collect(candidates, scores, over)
        self.scores, chosen = (scores + over * _NEVER).topk(n)  # 2 x (B, n)
        self.beams = _pick(candidates, chosen)
        if self.watch is not None:
            self.watch(_candidates(origins[0], tokens[0], scores[0], chosen[0], over[0]))
        self._go_on(origins.gather(1, chosen), over)

    def _collect(self, candidates: Tensor, scores: Tensor, over: Tensor) -> None:
        """Add complete candidates among the first ``n`` to the best complete targets."""
        n = self.how.beams
        taken = over.clone()
        taken[:, n:] = False
        taken &= self.improvable[:, None]
        if self.how.early_stopping:
            taken &= (self.complete_lengths == 0).any(dim=1, keepdim=True)
        merged = scores / self.place**self.how.length_penalty + ~taken * _NEVER  # (B, 2n)
        merged = torch.cat((self.complete_scores, merged), dim=1)  # (B, 3n)
        lengths = torch.cat((self.complete_lengths, taken * self.place), dim=1)
        self.complete_scores, best = merged.topk(n)  # 2 x (B, n)
        self.complete = _pick(torch.cat((self.complete, candidates), dim=1), best)
        self.complete_lengths = lengths.gather(1, best)

    def _go_on(self, origins: Tensor, over: Tensor) -> None:
        """Finish the sentences that are done, and reorder the caches of the others by their beams."""
        n, full = self.how.beams, self.complete_lengths > 0  # (B, n)
        reachable = self.scores[:, :1] / self.place**self.how.length_penalty  # (B, 1)
        worst = torch.where(full, self.complete_scores.min(dim=1, keepdim=True).values, _NEVER)
        self.improvable &= (reachable > worst).any(dim=1)
        done = ~self.improvable | over.all(dim=1)
        if self.how.early_stopping:
            done |= full.all(dim=1)
        for row in done.nonzero().flatten().tolist():
            self.found[int(self.sentences[row])] = self._best(row)
        kept = (~done).nonzero().flatten()
        rows = (origins + torch.arange(len(origins), device=origins.device)[:, None] * n)[kept].flatten()
        self.keep(kept)
        self.cache.select(rows)
        for name in ("scores", "beams", "complete", "complete_scores", "complete_lengths", "improvable"):
            setattr(self, name, getattr(self, name)[kept])
        self.newest = self.beams[:, :, self.place - 1].reshape(-1, 1)

    def _best(self, row: int) -> list[Hypothesis]:
        lengths, scores = self.complete_lengths[row].tolist(), self.complete_scores[row].tolist()
        found = zip(self.complete[row], lengths, scores, strict=True)
        return [self.hypothesis(ids, length, score) for ids, length, score in found if length][
            : self.how.best
        ]


def _candidates(
    origins: Tensor, tokens: Tensor, scores: Tensor, chosen: Tensor, over: Tensor
) -> tuple[BeamCandidate, ...]:
    """The candidates of one sentence; all but ``chosen`` (n) are (2n)."""
    beams = {place: beam for beam, place in enumerate(chosen.tolist())}
    rows = zip(origins.tolist(), tokens.tolist(), scores.tolist(), over.tolist(), strict=True)
    return tuple(
        BeamCandidate(parent, token, score, None if complete else beams.get(place), complete)
        for place, (parent, token, score, complete) in enumerate(rows)
    )


def _pick(beams: Tensor, chosen: Tensor) -> Tensor:
    """Rows (B, m, L) of ``beams`` (B, n, L), which ``chosen`` (B, m) numbers."""
    return beams.gather(1, chosen[..., None].expand(-1, -1, beams.size(2)))
