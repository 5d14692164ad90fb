"""Load a folder and print this process's peak memory as JSON: ``python -m bench.peak_memory FOLDER DTYPE``.

Only what the app imports is imported, so that the peak is the app's. :mod:`bench.load_memory` starts it.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import psutil
import torch

from llama_demo.engine.checkpoint import load_model
from llama_demo.engine.devices import DTYPES
from llama_demo.model.llama import Llama


def measure(folder: Path, dtype: torch.dtype) -> None:
    """Load and report, as JSON on the standard output."""
    before, began = psutil.Process().memory_info().rss, time.perf_counter()
    loaded = load_model(folder, Llama, device=torch.device("cpu"), dtype=dtype)
    seconds = time.perf_counter() - began
    size = sum(one.numel() * one.element_size() for one in loaded.model.parameters())
    figures = {
        "parameters": loaded.parameters,
        "seconds": seconds,
        "before": before,
        "peak": peak(),
        "loaded": size,
    }
    print(json.dumps(figures))


def peak() -> int:
    """The most memory that this process has had resident, in bytes."""
    memory = psutil.Process().memory_info()
    if (peak_of_windows := getattr(memory, "peak_wset", None)) is not None:
        return int(peak_of_windows)
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    import resource  # macOS, where it counts bytes

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    measure(Path(sys.argv[1]), DTYPES[sys.argv[2]])
