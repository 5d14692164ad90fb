"""Letting go of OpenMP's worker threads, which PyTorch keeps for each thread that has computed.

GNU's OpenMP lets workers wait for the next operator by spinning, but hardly where more of them exist than the
machine has processors. They then sleep between two operators, and waking them costs more than they win: with
the workers of one more thread left over, a product of one row with 1,536 x 576 numbers took 108 µs in place
of 42 on two cores (Intel Xeon with AVX-512), no less than on one. So each thread lets its own workers go when
it is done with a piece of work.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import torch

_SOFT = 1  # omp_pause_soft of omp.h: settings stay as they are


def release_workers() -> None:
    """End the worker threads of the calling thread, where PyTorch computes with GNU's OpenMP."""
    library = _openmp()
    if library is not None:
        library.omp_pause_resource_all(_SOFT)


@contextmanager
def releasing_workers() -> Iterator[None]:
    """A block that computes, behind which the calling thread's workers end."""
    try:
        yield
    finally:
        release_workers()


@cache
def _openmp() -> ctypes.CDLL | None:
    """The library that PyTorch came with, which is loaded already; None for other kinds."""
    found = sorted((Path(torch.__file__).parent / "lib").glob("libgomp*.so*"))
    library = ctypes.CDLL(str(found[0])) if found else None
    return library if hasattr(library, "omp_pause_resource_all") else None
