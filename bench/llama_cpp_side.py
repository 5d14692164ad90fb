"""What ``bench.gguf`` asks of llama.cpp, in an environment of its own with ``llama-cpp-python``."""

from __future__ import annotations

import ctypes
import json
import sys

import llama_cpp  # type: ignore[import-not-found]
import numpy as np

CONTEXT, TOKENS = 256, 48


def quantize(source: str, target: str, packing: str) -> None:
    """Pack the numbers of a file in another way; ``ALL_F32`` unpacks them."""
    options = llama_cpp.llama_model_quantize_default_params()
    options.ftype = getattr(llama_cpp, f"LLAMA_FTYPE_{packing}")
    options.allow_requantize = True
    options.nthread = 2
    if llama_cpp.llama_model_quantize(source.encode(), target.encode(), ctypes.byref(options)):
        raise SystemExit(f"{packing} failed")


def write(file: str, texts: list[str]) -> None:
    """Print the ids, 48 greedy tokens and the first logits of each text, as JSON."""
    model = llama_cpp.Llama(
        file, n_ctx=CONTEXT, n_threads=2, verbose=False, logits_all=True, type_k=0, type_v=0
    )
    found = []
    for text in texts:
        ids, made = model.tokenize(text.encode(), add_bos=True, special=False), []
        model.reset()
        model.eval(ids)
        first = model.scores[model.n_tokens - 1].tolist()
        for _ in range(TOKENS):
            made.append(int(np.argmax(model.scores[model.n_tokens - 1])))
            model.eval(made[-1:])
        found.append({"ids": ids, "made": made, "logits": first})
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    if sys.argv[1] == "quantize":
        quantize(*sys.argv[2:5])
    else:
        write(sys.argv[2], json.loads(sys.argv[3]))
