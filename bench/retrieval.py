"""How often the right passage comes first: ``python -m bench.retrieval [--data DIR] [--deep FOLDER]``.

Questions from hold-outs that neither the models nor the weights of the fusion were fitted on, through the
app's own index, which cuts long paragraphs: any part of the right one is right. Prints, for words, the quick
model, the deep model and all together, how often the right passage is the first one, and how often it is
among the first five, in percent. Without ``--data`` only the questions on the bundled samples are asked, of
which any passage of the right article is right. ``--deep ""`` measures without a deep model.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.passages import DEEP, EMBEDDER, Found, Task, held_out, optional_encoder, samples, searched
from llama_demo.services.library.retrieval import LOOKED_THROUGH
from llama_demo.tasks.embed import SentenceEncoder, load_sentence_encoder
from llama_demo.tasks.search import Ranked, rank

MODES = ("words", "quick", "deep", "hybrid")


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--model", type=Path, default=EMBEDDER)
    parser.add_argument("--deep", default=str(DEEP))
    parser.add_argument("--most", type=int, default=20_000, help="questions of each set")
    chosen = parser.parse_args()
    encoder = load_sentence_encoder(chosen.model, device="cpu")
    deep = optional_encoder(chosen.deep)
    modes = [mode for mode in MODES if deep or mode != "deep"]
    print(
        f"| top 1 / top 5 | questions | passages | {' | '.join(modes)} |\n|---|---|---{'|---' * len(modes)}|"
    )
    for task in tasks(chosen.data, encoder):
        measured = task.sampled(chosen.most)
        found = shares(measured, encoder, deep, modes)
        shown = " | ".join(f"{first:.1f} / {five:.1f}" for first, five in found)
        print(f"| {task.name} | {len(measured.questions):,} | {len(task.passages):,} | {shown} |", flush=True)


def tasks(data: Path | None, encoder: SentenceEncoder) -> Iterator[Task]:
    """The hold-outs, if they are there, and the held-out half of the questions on the samples."""
    if data is not None:
        yield from held_out(data, encoder)
    yield from (task for kind, task in samples(encoder).items() if kind in ("within", "across"))


def shares(
    task: Task, encoder: SentenceEncoder, deep: SentenceEncoder | None, modes: Sequence[str]
) -> list[tuple[float, float]]:
    """For each of the modes, how often the right passage is first, and among the first five, in percent."""
    hits = {mode: [0, 0] for mode in modes}
    with searched(task, encoder, deep) as questions:
        for found in questions:
            for mode in modes:
                place = place_of_right(found, mode)
                hits[mode][0] += place == 0
                hits[mode][1] += 0 <= place < 5
    asked = len(task.questions)
    return [(100 * first / asked, 100 * five / asked) for first, five in hits.values()]


def place_of_right(found: Found, mode: str) -> int:
    """Where the first right passage stands in the list that a person would see; -1 if it is not there."""
    right = {found.candidates[row].number for row in found.right}
    shown = ranked(found, mode)
    return next((place for place, one in enumerate(shown) if one.number in right), -1)


def ranked(found: Found, mode: str) -> list[Ranked]:
    """The candidates as the app ranks them: the best ones once more, by their sentences."""
    order = partial(rank, mean=found.mean, deviation=found.deviation, deep=found.deep)
    if mode == "quick":
        return order([replace(one, deep=None) for one in found.candidates], "meaning")
    if mode != "hybrid":
        return order(found.candidates, "meaning" if mode == "deep" else mode)
    first = order([replace(one, sentence=None) for one in found.candidates], mode)
    looked = {one.number for one in first[:LOOKED_THROUGH]}
    again = [one if one.number in looked else replace(one, sentence=None) for one in found.candidates]
    return [one for one in order(again, mode) if one.number in looked]


if __name__ == "__main__":
    main()
