"""Compares GGUF files with the checkpoints that they were made of and with llama.cpp.

Random checkpoints of each family are converted by llama.cpp's own converter. A file has to give the weights
and the greedy tokens of its checkpoint; the ids, greedy tokens and logits of llama.cpp; and, packed in each
way, the weights that llama.cpp itself unpacks. Both come with the sources of llama-cpp-python::

    pip download --no-deps --no-binary :all: llama-cpp-python && tar xzf llama_cpp_python-*.tar.gz
    python3 -m venv lab
    CMAKE_ARGS=-DMTMD_BUILD=OFF lab/bin/pip install ./llama_cpp_python-*.tar.gz  # an hour on two cores
    python -m bench.gguf --python lab/bin/python --llama-cpp llama_cpp_python-*/vendor/llama.cpp
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch

from llama_demo.engine.request import Request, Sampling
from llama_demo.gguf_file import read_gguf
from llama_demo.settings import ASSETS
from llama_demo.tasks.language_model import LanguageModel, load_language_model
from tests.model.random_decoders import Reference, Variant

VOCABULARY = ASSETS / "models" / "generator"
WIDTHS: dict[str, Any] = {"hidden_size": 256, "intermediate_size": 512, "head_dim": 64, "vocab_size": 8_192}
FAMILIES = {
    "llama": Variant("LlamaForCausalLM", WIDTHS),
    "llama 3.1": Variant(
        "LlamaForCausalLM",
        {
            **WIDTHS,
            "tie_word_embeddings": True,
            "rope_parameters": {
                "rope_type": "llama3",
                "rope_theta": 500_000.0,
                "factor": 8.0,
                "low_freq_factor": 1.0,
                "high_freq_factor": 4.0,
                "original_max_position_embeddings": 32,
            },
        },
    ),
    "mistral": Variant("MistralForCausalLM", {**WIDTHS, "sliding_window": None}),
    "qwen2": Variant("Qwen2ForCausalLM", {name: size for name, size in WIDTHS.items() if name != "head_dim"}),
    "qwen3": Variant("Qwen3ForCausalLM", WIDTHS),
}
PACKINGS = "F16 BF16 Q8_0 Q4_0 Q4_1 Q5_0 Q5_1 Q2_K Q3_K_M Q4_K_M Q5_K_M IQ4_XS IQ4_NL".split()
TEXTS = ["Once upon a time", "春眠不觉晓，处处闻啼鸟。", "Hello  world, I am 12 years old"]
SIDE = Path(__file__).with_name("llama_cpp_side.py")


def converted(folder: Path, file: Path, llama_cpp: Path) -> None:
    """Convert a checkpoint with llama.cpp's converter, which brings its own ``gguf``."""
    command: list[str | Path] = [
        sys.executable,
        llama_cpp / "convert_hf_to_gguf.py",
        folder,
        "--outfile",
        file,
        "--outtype",
        "f32",
    ]
    environment = {**os.environ, "PYTHONPATH": str(llama_cpp / "gguf-py")}
    subprocess.run(command, check=True, capture_output=True, env=environment)


def weights(model: LanguageModel) -> dict[str, torch.Tensor]:
    """Of a loaded model."""
    return model.engine.model.state_dict()


def difference(one: LanguageModel, other: LanguageModel) -> float:
    """The largest between two weights."""
    theirs = weights(other)
    return max((tensor - theirs[name]).abs().max().item() for name, tensor in weights(one).items())


def greedy(model: LanguageModel, ids: list[int]) -> list[int]:
    """48 tokens behind a prompt."""
    request = Request(tuple(ids), Sampling(temperature=0.0), max_new_tokens=48)
    return [step.id for step in model.engine.submit(request)]


def same(ours: object, theirs: object) -> str:
    """Whether two values are equal, in a word."""
    return "same" if ours == theirs else "DIFFER"


def compare(name: str, folder: Path, llama_cpp: Path, python: Path) -> None:
    """Print how the files of one family differ, from their checkpoint and from llama.cpp."""
    Reference(FAMILIES[name], folder)
    for file in ("tokenizer.model", "tokenizer_config.json"):
        shutil.copy(VOCABULARY / file, folder / file)
    converted(folder, folder / "f32.gguf", llama_cpp)
    whole, plain = load(folder), load(folder / "f32.gguf")
    command: list[str | Path] = [python, SIDE, "write", folder / "f32.gguf", json.dumps(TEXTS)]
    answers = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    ids = [plain.tokenizer.encode(text) for text in TEXTS]
    made = [greedy(plain, one["ids"]) for one in answers]
    logits = [plain.engine.model(torch.tensor([one["ids"]]))[0, -1] for one in answers]
    apart = max(
        (ours - torch.tensor(one["logits"])).abs().max().item()
        for ours, one in zip(logits, answers, strict=True)
    )
    print(
        f"{name}: weights {difference(plain, whole):.1e} from the checkpoint, tokens",
        same(made, [greedy(whole, one["ids"]) for one in answers]),
        f"; llama.cpp: ids {same(ids, [one['ids'] for one in answers])},",
        f"tokens {same(made, [one['made'] for one in answers])}, logits within {apart:.1e}",
    )
    for packing in PACKINGS:
        packed, unpacked = folder / f"{packing}.gguf", folder / "unpacked.gguf"
        for source, target, kind in (
            (folder / "f32.gguf", packed, f"MOSTLY_{packing}"),
            (packed, unpacked, "ALL_F32"),
        ):
            subprocess.run([python, SIDE, "quantize", source, target, kind], check=True, capture_output=True)
        kinds = sorted({tensor.kind.name for tensor in read_gguf(packed).tensors.values()})
        print(f"  {packing}: {difference(load(packed), load(unpacked)):.1e} ({', '.join(kinds)})")


def load(path: Path) -> LanguageModel:
    """A model in float32."""
    return load_language_model(path, device="cpu", dtype="float32")


@torch.inference_mode()
def main() -> None:
    """Compare every family."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", type=Path, required=True, help="an interpreter with llama-cpp-python")
    parser.add_argument("--llama-cpp", type=Path, required=True, help="the sources of llama.cpp")
    options = parser.parse_args()
    for name in FAMILIES:
        with tempfile.TemporaryDirectory() as folder:
            compare(name, Path(folder), options.llama_cpp.absolute(), options.python.absolute())


if __name__ == "__main__":
    main()
