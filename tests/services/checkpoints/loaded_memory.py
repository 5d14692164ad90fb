"""Loads the models of a folder in a process of its own, and prints the memory that each took.

A line for each: the bytes by which memory peaked above what it was before.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import torch

from llama_demo.engine.embedding import load_sentence_network
from llama_demo.engine.engine import load_engine
from llama_demo.engine.request import Request, Sampling

TOKENS = {"float32": 900, "bfloat16": 100}
CPU = torch.device("cpu")


def main(folder: Path) -> None:
    torch.set_num_threads(1)
    _write(folder / "writer", torch.float32, 20)  # what the first computation sets up is no model's
    for name, tokens in TOKENS.items():
        _peak(partial(_write, folder / "writer", getattr(torch, name), tokens))
    _peak(lambda: load_sentence_network(folder / "encoder", "mean", device=CPU, dtype=torch.float32))


def _write(folder: Path, precision: torch.dtype, tokens: int) -> None:
    engine = load_engine(folder, device=CPU, dtype=precision)
    # Only the end of the room is written, but room is made for all of it.
    stream = engine.submit(Request((5,) * (tokens - 4), Sampling(temperature=0.0), max_new_tokens=4))
    for _ in stream:
        pass
    engine.close()


def _peak(work: Callable[[], object]) -> None:
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what was freed would be taken again without a trace
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak
    before = psutil.Process().memory_info().rss
    kept = work()
    status = Path("/proc/self/status").read_text()
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    print(peak * 1024 - before, flush=True)
    del kept


if __name__ == "__main__":
    main(Path(sys.argv[1]))
