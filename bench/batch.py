"""Several requests at once, and a follow-up question: ``python -m bench.batch``.

A decoder of 135 million parameters (30 layers, 576 wide, 9 query and 3 key heads, tied vocabulary of 49,152)
with random weights. Printed are the tokens a second of one request and of eight at once, and the
time to the first token of a question about a document of 1,500 tokens and of the next question about it, each
in turn over several rounds: medians, and the ratios of the medians. ``--hammer 60`` lets four threads submit
and cancel requests at random for a minute, and counts what was lost. The last line is JSON.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import torch

from bench.live_training import processor
from bench.random_models import SHAPES, write_decoder
from llama_demo.engine.devices import DTYPES
from llama_demo.engine.engine import Engine, load_engine
from llama_demo.engine.request import FinishReason, Request, Sampling
from llama_demo.engine.worker_threads import releasing_workers

SHAPE = SHAPES["135m"]
PROMPT, DOCUMENT, QUESTION = 16, 1_500, 20
GREEDY = Sampling(temperature=0.0)


def main(arguments: Sequence[str]) -> int:
    """Measure, and print what came of it; returns 1 if a request was lost."""
    parser = ArgumentParser(prog="python -m bench.batch", description="Several requests at once.")
    parser.add_argument("--precision", choices=DTYPES, default="float32")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--together", type=int, default=8)
    parser.add_argument("--tokens", type=int, default=32, help="of each request")
    parser.add_argument("--hammer", type=float, default=0.0, metavar="SECONDS")
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(chosen.threads)
    torch.manual_seed(0)
    engine = random_engine(chosen.precision)
    capability = torch.backends.cpu.get_cpu_capability()
    print(f"{processor()}, {capability}, {chosen.precision}, {chosen.threads} threads")
    figures: dict[str, float] = {}
    if chosen.rounds:
        figures |= batch(engine, chosen.together, chosen.tokens, chosen.rounds)
        figures |= follow_up(engine, chosen.rounds)
    if chosen.hammer:
        figures |= hammer(engine, chosen.hammer)
    engine.close()
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))
    return 1 if figures.get("lost") or figures.get("left_behind") else 0


def random_engine(precision: str) -> Engine:
    """The decoder, whose thread alone has workers from now on."""
    with TemporaryDirectory() as folder, releasing_workers():
        write_decoder(Path(folder), SHAPE)
        return load_engine(Path(folder), device=torch.device("cpu"), dtype=DTYPES[precision])


def batch(engine: Engine, together: int, tokens: int, rounds: int) -> dict[str, float]:
    """Tokens a second of one request, and of several at once in all."""
    rate(engine, 1, 4)  # warm
    pairs = [(rate(engine, 1, tokens), rate(engine, together, tokens)) for _ in range(rounds)]
    one, many = (median(pair[place] for pair in pairs) for place in (0, 1))
    print(f"decoding: one request {one:.1f} tokens/s, {together} at once {many:.1f}: {many / one:.2f} times")
    return {"one": one, "at_once": many, "ratio": many / one}


def rate(engine: Engine, requests: int, tokens: int) -> float:
    """Tokens a second in all, from the submission of the requests to the end of the last."""
    asked = [Request(drawn(engine, PROMPT), GREEDY, max_new_tokens=tokens) for _ in range(requests)]
    began = time.perf_counter()
    streams = [engine.submit(request) for request in asked]
    made = sum(len(list(stream)) for stream in streams)
    assert made == requests * tokens
    return made / (time.perf_counter() - began)


def follow_up(engine: Engine, rounds: int) -> dict[str, float]:
    """Seconds to the first token of a question about a document, and of the next one about it."""
    times = []
    for _ in range(rounds):
        document = drawn(engine, DOCUMENT)
        times.append([first_token(engine, document + drawn(engine, QUESTION)) for _ in range(2)])
    first, second = (median(pair[place] for pair in times) for place in (0, 1))
    ratio = first / second
    print(f"to the first token: {first:.2f} s, of a follow-up {second:.3f} s: {ratio:.1f} times shorter")
    return {"first": first, "follow_up": second, "follow_up_ratio": ratio}


def first_token(engine: Engine, prompt: tuple[int, ...]) -> float:
    """Seconds to the first token."""
    stream = engine.submit(Request(prompt, GREEDY, max_new_tokens=2))
    list(stream)
    assert stream.first_token_seconds is not None
    return stream.first_token_seconds


def hammer(engine: Engine, seconds: float) -> dict[str, float]:
    """Four threads submit requests and cancel some; how many there were, and how many lost tokens or stay."""
    counts, lock = {"requests": 0, "cancelled": 0, "lost": 0}, threading.Lock()

    def work(dice: random.Random, until: float) -> None:
        while time.monotonic() < until:
            tokens = dice.randint(1, 12)
            prompt = drawn(engine, dice.randint(1, 60))
            stream = engine.submit(Request(prompt, Sampling(seed=tokens), max_new_tokens=tokens))
            made = 0
            if dice.random() < 0.4:
                made = len(stream.take(dice.random() * 0.5) or ())
                stream.close()
            made += len(list(stream))
            complete = stream.finish_reason is FinishReason.LENGTH and made == tokens
            with lock:
                counts["requests"] += 1
                counts["cancelled"] += stream.stopped and not complete
                counts["lost"] += not complete and not stream.stopped

    until = time.monotonic() + seconds
    threads = [threading.Thread(target=work, args=(random.Random(seed), until)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(1.0)
    print(f"four threads for {seconds:.0f} s: {counts}, left behind: {engine.requests}")
    return {**counts, "left_behind": engine.requests}


def drawn(engine: Engine, count: int) -> tuple[int, ...]:
    """Random tokens of the model's vocabulary."""
    return tuple(torch.randint(0, engine.model.config.vocab_size, (count,)).tolist())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
