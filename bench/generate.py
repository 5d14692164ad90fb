"""How fast a model folder writes: ``python -m bench.generate [FOLDER]``.

Prints prefill and decoding speed of the engine, the same for ``transformers`` in the same process, and
the ceiling: every weight has to be read once a token, so no decoder is faster than the memory.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

from llama_demo.engine.request import Request, Sampling
from llama_demo.services.models import Models

BUNDLED = Path(__file__).parent.parent / "assets" / "models" / "generator"
PROMPT, NEW, ROUNDS = 128, 200, 5


def main() -> None:
    """Measure engine and peer in turn, several rounds, and print medians."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else BUNDLED
    torch.set_num_threads(2)
    writer = Models([folder], device="cpu").writer()
    engine = writer.engine
    peer = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    prompt = tuple(torch.randint(300, 4000, (PROMPT,)).tolist())

    def ours(tokens: int) -> None:
        request = Request(prompt, Sampling(temperature=0.0), max_new_tokens=tokens)
        assert len(list(engine.submit(request))) == tokens

    @torch.inference_mode()
    def theirs(tokens: int) -> None:
        made = peer.generate(
            torch.tensor([prompt]),
            do_sample=False,
            max_new_tokens=tokens,
            min_new_tokens=tokens,
            pad_token_id=0,
        )
        assert made.shape[1] == PROMPT + tokens

    rounds = [(measure(ours), measure(theirs), bandwidth()) for _ in range(ROUNDS)]
    (our_first, our_rate), (their_first, their_rate) = (
        tuple(statistics.median(round_[who][what] for round_ in rounds) for what in (0, 1)) for who in (0, 1)
    )
    bytes_per_token = sum(p.numel() * p.element_size() for p in engine.model.parameters())
    ceiling = statistics.median(round_[2] for round_ in rounds) / bytes_per_token
    print(
        f"threads {torch.get_num_threads()}, weights {bytes_per_token / 1e6:.1f} MB, prompt {PROMPT} tokens"
    )
    print(f"engine        first token {our_first * 1e3:6.1f} ms   then {our_rate:6.0f} tokens/s")
    print(f"transformers  first token {their_first * 1e3:6.1f} ms   then {their_rate:6.0f} tokens/s")
    print(f"engine / transformers: {our_rate / their_rate:.2f} times")
    print(f"memory ceiling {ceiling:.0f} tokens/s; the engine reaches {our_rate / ceiling:.0%} of it")


def measure(generate: Callable[[int], None]) -> tuple[float, float]:
    """Seconds to the first token, and tokens per second after it."""
    generate(2)  # warm
    began = time.perf_counter()
    generate(1)
    first = time.perf_counter() - began
    began = time.perf_counter()
    generate(NEW)
    return first, (NEW - 1) / (time.perf_counter() - began - first)


def bandwidth() -> float:
    """Bytes a second that a sum over a large array reads."""
    numbers = torch.ones(64 * 2**20)  # 256 MB, beyond every cache
    numbers.sum()
    began = time.perf_counter()
    for _ in range(5):
        numbers.sum()
    return 5 * numbers.nbytes / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
