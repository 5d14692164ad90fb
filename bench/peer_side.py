"""A peer at work, in an interpreter that has it: reads a command a line and answers with seconds, in JSON.

Nothing of this project is imported here, so that peers can be installed in an environment of their own. The
first line names the peer and what it opens, see :class:`bench.peers.Peer`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Command = Callable[..., float]
PEERS: dict[str, Callable[..., dict[str, Command]]] = {}


def peer(name: str) -> Callable[[Callable[..., dict[str, Command]]], Callable[..., dict[str, Command]]]:
    """Register what opens a peer and returns its commands."""

    def register(opening: Callable[..., dict[str, Command]]) -> Callable[..., dict[str, Command]]:
        PEERS[name] = opening
        return opening

    return register


def timed(work: Callable[[], object]) -> float:
    """Seconds that something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@peer("llama.cpp")
def llama_cpp(file: str, threads: int) -> dict[str, Command]:
    """Reading and writing with fixed tokens; what is written is not looked at."""
    import llama_cpp  # type: ignore[import-not-found]

    model = llama_cpp.Llama(
        file, n_ctx=1_024, n_batch=512, n_threads=threads, n_threads_batch=threads, verbose=False
    )

    def prefill(tokens: int) -> float:
        model.reset()
        return timed(lambda: model.eval([5 + i for i in range(tokens)]))

    def decode(prompt: int, tokens: int) -> float:
        prefill(prompt)
        return timed(lambda: [model.eval([7]) for _ in range(tokens)])

    return {"prefill": prefill, "decode": decode}


@peer("transformers")
def transformers(folder: str, precision: str, threads: int) -> dict[str, Command]:
    """Its own ``generate``, greedily."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM

    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)
    writes = not AutoConfig.from_pretrained(folder).is_encoder_decoder
    kind = AutoModelForCausalLM if writes else AutoModelForSeq2SeqLM
    model = kind.from_pretrained(folder, dtype=getattr(torch, precision)).eval()

    def written(ids: Any, tokens: int) -> float:
        options = {"do_sample": False, "num_beams": 1, "min_new_tokens": tokens, "max_new_tokens": tokens}
        pad = model.config.pad_token_id or 0
        mask = torch.ones_like(ids)
        return timed(lambda: model.generate(ids, attention_mask=mask, pad_token_id=pad, **options))

    def prefill(tokens: int) -> float:
        return timed(lambda: model(5 + torch.arange(tokens)[None], logits_to_keep=1))

    def decode(prompt: int, tokens: int) -> float:
        return batch(1, prompt, tokens)

    def batch(rows: int, prompt: int, tokens: int) -> float:
        ids = 5 + torch.arange(rows * prompt).view(rows, prompt)
        return written(ids, tokens + 1) - written(ids, 1)

    def translate(sources: list[list[int]], tokens: int) -> float:
        return written(torch.tensor(sources), tokens)

    return {"prefill": prefill, "decode": decode, "batch": batch, "translate": translate}


@peer("ctranslate2")
def ctranslate2(folder: str, precision: str, threads: int) -> dict[str, Command]:
    """A Marian folder, converted beside itself."""
    import ctranslate2  # type: ignore[import-not-found]
    from ctranslate2.converters.transformers import MarianMTLoader  # type: ignore[import-not-found]
    from transformers import MarianMTModel

    converted = Path(folder) / f"ctranslate2-{precision}"
    if not converted.exists():
        model = MarianMTModel.from_pretrained(folder)
        spec = MarianMTLoader().get_model_spec(model)
        words = ["</s>", *(f"w{i}" for i in range(1, model.config.vocab_size - 1))]  # padding is left out
        spec.register_source_vocabulary(words)
        spec.register_target_vocabulary(words)
        spec.config.eos_token, spec.config.unk_token, spec.config.decoder_start_token = "</s>", "w1", "</s>"
        spec.validate()
        spec.optimize(quantization=precision)
        converted.mkdir()
        spec.save(str(converted))
    translator = ctranslate2.Translator(
        str(converted), device="cpu", compute_type=precision, inter_threads=1, intra_threads=threads
    )

    def translate(sources: list[list[int]], tokens: int) -> float:
        rows = [[f"w{i}" for i in row[:-1]] + ["</s>"] for row in sources]
        options = {"beam_size": 1, "min_decoding_length": tokens, "max_decoding_length": tokens}
        return timed(lambda: translator.translate_batch(rows, max_batch_size=len(rows), **options))

    return {"translate": translate}


@peer("sentence-transformers")
def sentence_transformers(folder: str, precision: str, threads: int) -> dict[str, Command]:
    """``encode`` as shipped, in one precision."""
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(threads)
    options = {"dtype": getattr(torch, precision)}
    model = SentenceTransformer(folder, device="cpu", model_kwargs=options)
    return {"embed": lambda texts: timed(lambda: model.encode(texts, show_progress_bar=False))}


def main() -> None:
    """Open the peer, then answer commands until the input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    opening: dict[str, Any] = json.loads(sys.stdin.readline())
    try:
        commands = PEERS[opening.pop("peer")](**opening)
    except ImportError as exc:
        print(json.dumps({"absent": str(exc)}), file=answers, flush=True)
        return
    print(json.dumps({"ready": sorted(commands)}), file=answers, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        seconds = commands[asked.pop("do")](**asked)
        print(json.dumps({"seconds": seconds}), file=answers, flush=True)


if __name__ == "__main__":
    main()
