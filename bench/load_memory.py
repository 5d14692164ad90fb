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
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from bench.random_models import SHAPES, write_decoder
from llama_demo.engine.devices import DTYPES


def main(arguments: Sequence[str]) -> None:
    """Write, load elsewhere, print."""
    parser = ArgumentParser(prog="python -m bench.load_memory", description="Memory of loading.")
    parser.add_argument("--dtype", choices=DTYPES, default="bfloat16")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_decoder(folder, SHAPES["1.1b"])
        stored = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
        command = [sys.executable, "-m", "bench.peak_memory", name, chosen.dtype]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        figures = json.loads(answer.stdout)
    print(f"files: {stored / 1e6:.0f} MB, {figures['parameters']:,} parameters")
    print(f"before loading: {figures['before'] / 1e6:.0f} MB")
    print(f"peak: {figures['peak'] / 1e6:.0f} MB, {figures['peak'] / stored:.3f} times the files")
    loaded = figures["loaded"]
    print(f"{chosen.dtype}: {loaded / 1e6:.0f} MB, the peak {figures['peak'] / loaded:.3f} times that")
    print(f"loaded in {figures['seconds']:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
