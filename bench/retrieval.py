"""How often the right passage comes first: ``python -m bench.retrieval --data DIR [--model FOLDER]``.

Questions from hold-outs that neither the embedder nor the weights of the fusion were fitted on, through the
app's own index. Prints, for words, meaning and both together, how often the right passage is the first one,
and how often it is among the first five, in percent.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.passages import Found, Task, held_out, searched
from llama_demo.settings import ASSETS
from llama_demo.tasks.embed import SentenceEncoder, load_sentence_encoder
from llama_demo.tasks.search import rank

MODES = ("words", "meaning", "hybrid")


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=ASSETS / "models" / "embedder")
    parser.add_argument("--most", type=int, default=20_000, help="questions of each set")
    chosen = parser.parse_args()
    encoder = load_sentence_encoder(chosen.model, device="cpu")
    print("| top 1 / top 5 | questions | passages | words | meaning | hybrid |\n|---|---|---|---|---|---|")
    for task in held_out(chosen.data):
        measured = task.sampled(chosen.most)
        shown = " | ".join(f"{first:.1f} / {five:.1f}" for first, five in shares(measured, encoder))
        print(f"| {task.name} | {len(measured.questions):,} | {len(task.passages):,} | {shown} |", flush=True)


def shares(task: Task, encoder: SentenceEncoder) -> list[tuple[float, float]]:
    """For each of the modes, how often the right passage is first, and among the first five, in percent."""
    hits = {mode: [0, 0] for mode in MODES}
    with searched(task, encoder) as questions:
        for found in questions:
            for mode in MODES:
                place = place_of_right(found, mode)
                hits[mode][0] += place == 0
                hits[mode][1] += 0 <= place < 5
    asked = len(task.questions)
    return [(100 * first / asked, 100 * five / asked) for first, five in hits.values()]


def place_of_right(found: Found, mode: str) -> int:
    """Where the right passage stands in the list that a person would see; -1 if it is not there."""
    if found.right < 0:
        return -1
    right = found.candidates[found.right].number
    ranked = rank(found.candidates, mode, mean=found.mean, deviation=found.deviation)
    return next((place for place, one in enumerate(ranked) if one.number == right), -1)


if __name__ == "__main__":
    main()
