"""Speed of the live training at its default size: steps a second, and what of the processor's peak they use.

    python -m bench.live_training [--threads 2] [--seconds 20]

Prints the kind of processor; measure on a machine at rest.
"""

from __future__ import annotations

import argparse
import platform
import time
from pathlib import Path

import torch

from llama_demo.training.live.corpus import build_corpus
from llama_demo.training.live.training import LiveRecipe, LiveTraining

SAMPLES = Path(__file__).parents[1] / "assets" / "training"


def main() -> None:
    """Train on each sample for some seconds and print the speed."""
    command = argparse.ArgumentParser(description=__doc__)
    command.add_argument("--threads", type=int, default=2)
    command.add_argument("--seconds", type=float, default=20.0)
    asked = command.parse_args()
    torch.set_num_threads(asked.threads)
    print(f"{processor()}, {torch.backends.cpu.get_cpu_capability()}, float32, {asked.threads} threads")
    for path in sorted(SAMPLES.glob("*.txt")):
        print(f"{path.stem}: {speed(path.read_text(encoding='utf-8'), asked.seconds)}")


def processor() -> str:
    """The name that the processor gives itself."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def speed(text: str, seconds: float) -> str:
    """Steps a second, samples and measurements included, and the multiply-adds of the steps alone."""
    corpus, recipe = build_corpus(text), LiveRecipe(seconds=seconds)
    training = LiveTraining(corpus, recipe, (5,))
    steps = training.run(lambda: False)
    next(steps)
    began, computed = time.perf_counter(), time.process_time()
    count = sum(1 for _ in steps)
    passed = time.perf_counter() - began
    computed = time.process_time() - computed
    work = 3 * training.parameters * recipe.rows * recipe.window * count / passed
    return (
        f"{training.parameters:,} parameters, V = {corpus.tokenizer.size}: {count / passed:.1f} steps/s "
        f"({count} in {passed:.1f} s, {computed / count * 1000:.0f} ms of processor time each), "
        f"{work / 1e9:.1f} G multiply-adds/s"
    )


if __name__ == "__main__":
    main()
