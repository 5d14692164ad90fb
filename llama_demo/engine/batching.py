"""Batches of sequences of similar length, which need little padding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

# Sizes of the windows that are sorted: small at first, so that the first sentences come soon.
FIRST_WINDOW, WINDOW_GROWTH, LARGEST_WINDOW = 2, 8, 512
# Tokens of which a processor's caches hold what passes between the layers of an encoder.
_CACHED_TOKENS = 512


def encoder_tokens(most: int, device: torch.device) -> int:
    """Tokens of an encoder's batch: ``most``, or on a processor as many as its caches hold.

    MiniLM embeds 1.4 times as fast in batches of 512 tokens as of 8,192 in float32, and 1.7 times in int8.
    """
    return min(most, _CACHED_TOKENS) if device.type == "cpu" else most


def batches(lengths: Sequence[int], *, tokens: int, early: bool = False) -> Iterator[list[int]]:
    """The indices of all sentences, in batches of similar length.

    Args:
        lengths: of every sentence, in tokens.
        tokens: in a batch at most, padding included; a longer sentence is a batch by itself.
        early: sort within windows only, small ones first, so that batches come roughly in the order of
            the text; else sort everything, which pads least.
    """
    start, window = 0, FIRST_WINDOW if early else len(lengths)
    while start < len(lengths):
        places = range(start, min(start + window, len(lengths)))
        yield from _filled(sorted(places, key=lambda place: lengths[place]), lengths, tokens)
        start, window = start + window, min(window * WINDOW_GROWTH, LARGEST_WINDOW)


def _filled(places: list[int], lengths: Sequence[int], tokens: int) -> Iterator[list[int]]:
    batch: list[int] = []
    for place in places:  # from short to long: the newest sets the width
        if batch and (len(batch) + 1) * lengths[place] > tokens:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def pad(
    sentences: Sequence[Sequence[int]], pad_id: int, device: torch.device
) -> tuple[Tensor, Tensor | None]:
    """One tensor (B, S) of ids, padded at the right, and its mask (B, S), true at tokens.

    The mask is ``None`` if nothing is padded: attention without one is faster.
    """
    longest = max(map(len, sentences))
    ids = torch.full((len(sentences), longest), pad_id)
    for row, sentence in enumerate(sentences):
        ids[row, : len(sentence)] = torch.tensor(sentence)
    lengths = torch.tensor([len(sentence) for sentence in sentences])
    if bool((lengths == longest).all()):
        return ids.to(device), None
    return ids.to(device), (torch.arange(longest) < lengths[:, None]).to(device)
