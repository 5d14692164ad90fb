"""A matrix of unit vectors: exact nearest neighbours among a million in a few milliseconds.

Each vector is stored as int8 with a scale of its own, and the remainder as int8 again: 780 bytes for 384
numbers. A query is compared with all of the first parts in whole numbers, and the best candidates
once more in float32 with both:

    rough = scale * sum(coarse * query)        exact = scale * sum((coarse + fine / 254) * query)

Rows are stored in blocks, so that adding copies nothing, and removing moves only the last rows.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

_BLOCK = 32_768
"""Rows of a full block: 25 MB of 384 numbers each."""

_SMALLEST = 256
_FINE = 254
"""Fine steps in a coarse one: the remainder is between -127 and 127 of them."""

_Quantised = tuple[Tensor, Tensor, Tensor]
"""Coarse and fine rows (n, width) as int8, and scales (n)."""

_SPARE = 70
"""Fewest further rows, beside those that are wanted, that are compared in float32."""


@dataclass(frozen=True)
class Nearest:
    """The rows most similar to a query, best first.

    Attributes:
        ids: (n) as they were given.
        scores: (n) cosines.
        mean, deviation: of the cosines of all rows: they tell how far above chance a score is.
    """

    ids: NDArray[np.int64]
    scores: NDArray[np.float32]
    mean: float
    deviation: float


class _Block:
    """Some rows, of which the first ``filled`` hold a vector."""

    def __init__(self, room: int, width: int, device: torch.device) -> None:
        self.rows = torch.empty(room, width, dtype=torch.int8, device=device)
        self.fine = torch.empty(room, width, dtype=torch.int8, device=device)
        self.scales = torch.empty(room, dtype=torch.float32, device=device)
        self.ids = np.empty(room, dtype=np.int64)
        self.filled = 0

    @property
    def room(self) -> int:
        return len(self.ids) - self.filled

    def grown(self, room: int) -> _Block:
        """A larger block with the same rows."""
        larger = _Block(room, self.rows.shape[1], self.rows.device)
        here = slice(self.filled)
        larger.append((self.rows[here], self.fine[here], self.scales[here]), self.ids[here])
        return larger

    def append(self, quantised: _Quantised, ids: NDArray[np.int64]) -> None:
        here = slice(self.filled, self.filled + len(ids))
        self.rows[here], self.fine[here], self.scales[here] = quantised
        self.ids[here] = ids
        self.filled += len(ids)

    def whole(self, places: Tensor) -> Tensor:
        """Single rows (n, width) in float32."""
        return (self.rows[places] + self.fine[places] / _FINE) * self.scales[places, None]


_Rough = tuple[_Block, Tensor, Tensor]
"""A block, and the rough scores (n) and places (n) of its best rows."""


class VectorMatrix:
    """Vectors by integer id. Thread-safe.

    Args:
        width: numbers in a vector.
    """

    def __init__(self, width: int, *, device: torch.device | str = "cpu") -> None:
        self.width = width
        self._device = torch.device(device)
        self._blocks: list[_Block] = []
        self._turn = threading.Lock()

    def __len__(self) -> int:
        """Number of vectors."""
        return sum(block.filled for block in self._blocks)

    @property
    def bytes(self) -> int:
        """Memory of all rows, with their scales and ids."""
        return sum(2 * block.rows.nbytes + block.scales.nbytes + block.ids.nbytes for block in self._blocks)

    @property
    def ids(self) -> NDArray[np.int64]:
        """The ids of all rows, in no order."""
        filled = [block.ids[: block.filled] for block in self._blocks]
        return np.concatenate([np.empty(0, np.int64), *filled])

    def add(self, ids: NDArray[np.int64], vectors: NDArray[np.floating]) -> None:
        """Add vectors (n, width) of length 1, or 0; none of the ids may exist."""
        with self._turn:
            for begin in range(0, len(ids), _BLOCK):
                part = torch.from_numpy(vectors[begin : begin + _BLOCK].astype(np.float32)).to(self._device)
                self._append(_quantised(part), ids[begin : begin + _BLOCK])

    def remove(self, ids: NDArray[np.int64]) -> None:
        """Remove rows; unknown ids are ignored. The last rows fill the gaps."""
        with self._turn:
            for number in range(len(self._blocks) - 1, -1, -1):
                block = self._blocks[number]
                for place in np.flatnonzero(np.isin(block.ids[: block.filled], ids))[::-1]:
                    self._fill(block, int(place))

    def nearest(
        self, query: NDArray[np.float32], most: int, *, among: NDArray[np.int64] | None = None
    ) -> Nearest:
        """The ``most`` rows with the largest cosine.

        Args:
            query: (width) of length 1.
            among: ids, in ascending order, that may be found; None for all.
        """
        with self._turn:
            return self._nearest(torch.from_numpy(query).to(self._device), most, among)

    def scores(self, query: NDArray[np.float32], ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """The cosines (n) of single rows; NaN for an unknown id."""
        found = np.full(len(ids), np.nan, dtype=np.float32)
        if not len(ids):
            return found
        order = np.argsort(ids)
        with self._turn:
            wanted = torch.from_numpy(query).to(self._device)
            for block in self._blocks:
                places = np.flatnonzero(np.isin(block.ids[: block.filled], ids))
                if len(places):
                    at = order[np.searchsorted(ids, block.ids[places], sorter=order)]
                    found[at] = _exact(block, torch.from_numpy(places).to(self._device), wanted).cpu().numpy()
        return found

    def sample(self, most: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Ids (n) and vectors (n, width) of up to ``most`` rows, spread evenly over all."""
        with self._turn:
            ids, vectors = [np.empty(0, np.int64)], [np.empty((0, self.width), np.float32)]
            step = max(1, -(-len(self) // most))
            for block in self._blocks:
                places = torch.arange(0, block.filled, step, device=self._device)
                rows = block.whole(places)
                ids.append(block.ids[places.cpu().numpy()])
                vectors.append(rows.cpu().numpy())
        return np.concatenate(ids)[:most], np.concatenate(vectors)[:most]

    def _append(self, quantised: _Quantised, ids: NDArray[np.int64]) -> None:
        done = 0
        while done < len(ids):
            self._make_room(len(ids) - done)
            last = self._blocks[-1]
            end = done + min(last.room, len(ids) - done)
            rows, fine, scales = (part[done:end] for part in quantised)
            last.append((rows, fine, scales), ids[done:end])
            done = end

    def _make_room(self, wanted: int) -> None:
        """Make room in the last block: a small one doubles, a full one gets a successor."""
        if self._blocks and self._blocks[-1].room:
            return
        last = self._blocks[-1] if self._blocks else None
        if last is not None and last.filled < _BLOCK:
            room = min(_BLOCK, max(2 * last.filled, last.filled + wanted))
            self._blocks[-1] = last.grown(room)
        else:
            room = min(_BLOCK, max(_SMALLEST, wanted))
            self._blocks.append(_Block(room, self.width, self._device))

    def _fill(self, block: _Block, place: int) -> None:
        """Overwrite a row with the last one."""
        last = self._blocks[-1]
        end = last.filled - 1
        for mine, theirs in ((block.rows, last.rows), (block.fine, last.fine), (block.scales, last.scales)):
            mine[place] = theirs[end].clone()
        block.ids[place] = last.ids[end]
        last.filled = end
        if not end:
            self._blocks.pop()

    @torch.inference_mode()
    def _nearest(self, query: Tensor, most: int, among: NDArray[np.int64] | None) -> Nearest:
        whole, looked_at = _whole(query), most + max(most, _SPARE)
        best: list[_Rough] = []
        total, squares, rows = 0.0, 0.0, 0
        for block in self._blocks:
            rough = _rough(block, whole, query)  # (n)
            counted = rough
            if among is not None:
                allowed = torch.from_numpy(np.isin(block.ids[: block.filled], among)).to(self._device)
                counted, rough = rough[allowed], torch.where(allowed, rough, -torch.inf)
            total, squares = total + float(counted.sum()), squares + float(counted.square().sum())
            rows += len(counted)
            best.append((block, *rough.topk(min(looked_at, len(counted)))))
        mean = total / max(rows, 1)
        deviation = max(squares / max(rows, 1) - mean * mean, 0.0) ** 0.5
        ids, scores = _compared(best, looked_at, query)
        order = np.argsort(-scores, kind="stable")[:most]
        return Nearest(ids[order], scores[order], mean, deviation)


def _compared(
    best: Sequence[_Rough], most: int, query: Tensor
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Ids and float32 scores of the ``most`` best rows, among the roughly best of all blocks."""
    if not best:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    every = torch.cat([rough for _, rough, _ in best])
    least = every.topk(min(most, len(every))).values.amin() if len(every) else every
    ids, scores = [], []
    for block, rough, places in best:
        kept = places[rough >= least]
        ids.append(block.ids[kept.cpu().numpy()])
        scores.append(_exact(block, kept, query).cpu().numpy())
    return np.concatenate(ids), np.concatenate(scores)


def _quantised(vectors: Tensor) -> _Quantised:
    """Rows (n, width) coarse and fine, and their scales (n)."""
    scales = vectors.abs().amax(dim=1).clamp(min=1e-12) / 127
    scaled = vectors / scales[:, None]
    coarse = torch.round(scaled)
    return coarse.to(torch.int8), torch.round((scaled - coarse) * _FINE).to(torch.int8), scales


def _whole(query: Tensor) -> Tensor:
    """The query (1, width) as int8; its scale changes no order."""
    return torch.round(query * (127 / query.abs().max().clamp(min=1e-12))).to(torch.int8)[None]


def _rough(block: _Block, whole: Tensor, query: Tensor) -> Tensor:
    """Approximate scores (n) of all rows of a block: in integers on a CPU, in float16 elsewhere."""
    rows, scales = block.rows[: block.filled], block.scales[: block.filled]
    if rows.device.type != "cpu":
        return (rows.half() @ query.half()).float() * scales
    # torchao multiplies whole numbers through this too; there is no public name for it yet.
    unit = query.abs().max() / 127
    return torch._int_mm(rows, whole.t())[:, 0] * (scales * unit)


def _exact(block: _Block, places: Tensor, query: Tensor) -> Tensor:
    """The scores (n) of single rows in float32."""
    return block.whole(places) @ query
