"""How much memory loading takes: ``python -m bench.load_memory [--dtype int8]``.

Writes a random bfloat16 checkpoint of TinyLlama's shape (1.1 billion parameters, 2.2 GB) to a temporary
folder, loads it in a process of its own and compares that process's peak with the size of the files and of
the loaded weights. Everything counts: Python, PyTorch and pages of files that are mapped into memory.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

import psutil
import torch

from bench.random_models import SHAPES, write_decoder
from llama_demo.engine.checkpoint import load_model
from llama_demo.engine.devices import DTYPES
from llama_demo.model.llama import Llama


def main(arguments: Sequence[str]) -> None:
    """Write, load elsewhere, print."""
    parser = ArgumentParser(prog="python -m bench.load_memory", description="Memory of loading.")
    parser.add_argument("--dtype", choices=DTYPES, default="bfloat16")
    parser.add_argument("--folder", type=Path, help="load this checkpoint here, and print JSON")
    chosen = parser.parse_args(arguments)
    if chosen.folder:
        measure(chosen.folder, DTYPES[chosen.dtype])
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_decoder(folder, SHAPES["1.1b"])
        stored = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
        command = [sys.executable, "-m", "bench.load_memory", "--dtype", chosen.dtype, "--folder", name]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        figures = json.loads(answer.stdout)
    print(f"files: {stored / 1e6:.0f} MB, {figures['parameters']:,} parameters")
    print(f"before loading: {figures['before'] / 1e6:.0f} MB")
    print(f"peak: {figures['peak'] / 1e6:.0f} MB, {figures['peak'] / stored:.3f} times the files")
    loaded = figures["loaded"]
    print(f"{chosen.dtype}: {loaded / 1e6:.0f} MB, the peak {figures['peak'] / loaded:.3f} times that")
    print(f"loaded in {figures['seconds']:.1f} s")


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
    main(sys.argv[1:])
