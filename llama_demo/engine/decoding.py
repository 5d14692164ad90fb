"""Decoding of a continuation, token by token: one that is streamed, or the best of several drafts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

import torch
from torch import Tensor

from llama_demo.engine.fair_share import Client
from llama_demo.engine.prefix_store import PrefixStore
from llama_demo.engine.request import Request, Step
from llama_demo.engine.sampling import Sampler
from llama_demo.model.fixed_cache import FixedCache
from llama_demo.model.llama import Llama, TokenBlock
from llama_demo.model.transfer import send

_SEEDS = 2**63


class Decoding:
    """The state of one request: what the model has read of it, and what was drawn.

    The prompt is read once; behind it every draft has a row of its own in the cache.
    """

    def __init__(self, model: Llama, request: Request) -> None:
        self._model = model
        self._drafts = [_Draft(request, number) for number in range(request.drafts)]
        self._capacity = len(request.prompt) + request.max_new_tokens
        self.begin()

    def clear(self) -> None:
        """Let go of what was read, and of its memory, until :meth:`begin`."""
        self._moved_to: FixedCache | None = None
        self._cache = self._model.new_cache(0)

    def begin(self) -> None:
        """Read everything anew: the prompt, and what was drawn."""
        self.clear()  # before memory is asked for
        drawn = any(draft.steps for draft in self._drafts)
        self._cache = self._model.new_cache(self._capacity, batch=len(self._drafts) if drawn else 1)

    def reuse(self, store: PrefixStore, client: Client) -> None:
        """Leave out what the client's earlier requests have read of the prompt."""
        store.fill(client, self._drafts[0].ids, self._cache)

    def keep(self, store: PrefixStore, client: Client, *, begun: float) -> None:
        """Leave what was read for the client's next request; ``begun`` is when this one was submitted."""
        self.move_back()
        store.keep(client, self._drafts[0].ids, self._cache, begun=begun)

    def copy_to(self, cache: FixedCache, length: int) -> None:
        """Let a cache hold the first ``length`` tokens that the model has read."""
        self.move_back()
        cache.fill(self._cache, length)

    def move_to(self, cache: FixedCache) -> None:
        """Go on in another cache, that of a step of fixed shapes."""
        if self._moved_to is not cache:
            self.copy_to(cache, self.length)
            self._moved_to = cache

    def move_back(self) -> None:
        """Go on in the cache of this request, with what was read in another one."""
        if self._moved_to is not None:
            self._cache.fill(self._moved_to, self._moved_to.length)
            self._moved_to = None

    @property
    def length(self) -> int:
        """Tokens of each row that the model has read."""
        return (self._cache if self._moved_to is None else self._moved_to).length

    @property
    def unread(self) -> int:
        """Tokens of each row that the model has not read."""
        return len(self._drafts[0].ids) - self.length

    @property
    def next_id(self) -> int | None:
        """The unread token, if it is the only one of the only text and all others are cached; or ``None``."""
        alone = len(self._drafts) == self.unread == 1 and self._cache.shortenable
        return self._drafts[0].ids[-1] if alone else None

    @property
    def rows(self) -> int:
        """Texts of the next block."""
        return self._cache.rows

    def block(self, most: int) -> TokenBlock:
        """The next unread tokens, at most so many of each row."""
        self.move_back()
        read = self._cache.length
        ids = [draft.ids[read : read + most] for draft in self._drafts[: self.rows]]
        return TokenBlock(send(torch.tensor(ids), self._model.embedding.device), self._cache)

    def advance(self, logits: Tensor) -> list[Step]:
        """Go on behind a block that was read.

        Args:
            logits: of its last position (B, V).

        Returns:
            The steps that can be given: none within the prompt, nor while drafts are drawn.
        """
        if self.unread:
            return []
        if self.rows < len(self._drafts):
            self._cache = self._cache.repeat(len(self._drafts))
            logits = logits.expand(len(self._drafts), -1)
        for draft, own in zip(self._drafts, logits.to("cpu", torch.float32), strict=True):
            draft.draw(own)
        if len(self._drafts) == 1:
            return self._drafts[0].steps[-1:]
        return self.best() if self.ended else []

    @property
    def remaining(self) -> int:
        """Passes until it ends, at most, if the rest of the prompt is read in one."""
        return self._capacity - len(self._drafts[0].ids)

    @property
    def ended(self) -> bool:
        """Whether every draft has ended."""
        return all(draft.ended for draft in self._drafts)

    @property
    def complete(self) -> bool:
        """Whether the best draft ended by a token that ends texts, not by its length."""
        return self._best.complete

    def best(self) -> list[Step]:
        """The steps so far of the best of several drafts; those of a single one were given before."""
        return self._best.steps if len(self._drafts) > 1 else []

    @cached_property
    def _best(self) -> _Draft:
        """The draft that is given; compared once, when the request ends or is stopped."""
        return max(self._drafts, key=lambda draft: draft.score)


class _Draft:
    """One continuation and the state of its sampling.

    Args:
        number: among the drafts of the request; each draws with a seed of its own.

    Attributes:
        ids: prompt and continuation, and behind one that has ended its last token again and again.
    """

    def __init__(self, request: Request, number: int) -> None:
        sampling = request.sampling
        if request.drafts > 1:
            sampling = replace(sampling, seed=(sampling.seed * request.drafts + number) % _SEEDS)
        token_filter = request.new_filter() if request.new_filter else None
        self._sampler = Sampler(
            sampling, request.prompt, alternatives=request.alternatives, token_filter=token_filter
        )
        self._request = request
        self.ids = list(request.prompt)
        self.steps: list[Step] = []

    @property
    def complete(self) -> bool:
        return bool(self.steps) and self.steps[-1].id in self._request.stop_ids

    @property
    def ended(self) -> bool:
        return self.complete or len(self.steps) == self._request.max_new_tokens

    @property
    def score(self) -> float:
        """Mean log-probability of the tokens, and what the request prefers."""
        if not self.steps:
            return float("-inf")
        mean = sum(step.logprob for step in self.steps) / len(self.steps)
        preference = self._request.preference
        return mean if preference is None else mean + preference([step.id for step in self.steps])

    def draw(self, logits: Tensor) -> None:
        """Draw the next step from the logits (V), unless it has ended."""
        if not self.ended:
            self.steps.append(self._sampler.draw(logits))
        self.ids.append(self.steps[-1].id)


@torch.inference_mode()
def decode(model: Llama, request: Request) -> Iterator[Step]:
    """The steps of one request, computed on the caller's thread, with the one that ends the text."""
    decoding = Decoding(model, request)
    while not decoding.ended:
        (logits,) = read(model, [decoding], decoding.unread)
        yield from decoding.advance(logits)


def memory_of(model: Llama, request: Request) -> int:
    """Bytes of the keys and values of a request."""
    return request.drafts * model.cache_bytes(len(request.prompt) + request.max_new_tokens)


def read(model: Llama, decodings: Sequence[Decoding], chunk: int) -> list[Tensor]:
    """Read the next block of several requests in one pass; returns what :meth:`Decoding.advance` takes."""
    return model.forward_packed([one.block(chunk) for one in decodings])
