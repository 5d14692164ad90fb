"""What models need, held against what they take."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from llama_demo.engine.throughput import PrecisionThroughput, Throughput
from llama_demo.services.checkpoints.catalogue import checkpoints
from llama_demo.services.checkpoints.fit import MemoryRequest, estimate, fit, shape_of, tokens_per_second
from tests.random_checkpoint import write_checkpoint
from tests.services.checkpoints.loaded_memory import TOKENS

ROOT = Path(__file__).parents[3]
WRITER = {
    "model_type": "llama",
    "vocab_size": 24_000,
    "hidden_size": 384,
    "intermediate_size": 1_536,
    "num_hidden_layers": 8,
    "num_attention_heads": 6,
    "num_key_value_heads": 3,
    "max_position_embeddings": 1_024,
    "tie_word_embeddings": True,
}
ENCODER = {
    "architectures": ["BertModel"],
    "model_type": "bert",
    "vocab_size": 30_000,
    "hidden_size": 384,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 1_536,
    "max_position_embeddings": 512,
    "type_vocab_size": 2,
}


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of the memory is read from /proc")
def test_estimates_are_within_15_percent_of_what_is_taken(tmp_path: Path) -> None:
    """Random checkpoints are loaded and used in a process of their own, and take what was told."""
    write_checkpoint(tmp_path / "writer", WRITER)
    write_checkpoint(tmp_path / "encoder", ENCODER)
    command = [sys.executable, "-m", "tests.services.checkpoints.loaded_memory", str(tmp_path)]
    printed = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    ).stdout
    taken = [int(line) for line in printed.split()]
    writer, encoder = shape_of(WRITER), shape_of(ENCODER)
    expected = [
        *(estimate(writer, precision, context=tokens).total for precision, tokens in TOKENS.items()),
        estimate(encoder, "float32", context=512).total,
    ]
    assert taken == [pytest.approx(one, rel=0.15) for one in expected]


def test_speed_is_bounded_by_the_weights_and_by_the_calls() -> None:
    """A large model waits for memory, a small one for the calls of its layers."""
    speeds = Throughput((PrecisionThroughput("float32", 40e9, 20e9),), layer_seconds=1e-4)
    large = shape_of(checkpoints()["Qwen/Qwen2.5-7B-Instruct"].config)
    small = shape_of(checkpoints()["HuggingFaceTB/SmolLM2-135M-Instruct"].config)
    assert tokens_per_second(large, "float32", speeds) == pytest.approx(20e9 / (7.07e9 * 4), rel=0.02)
    assert tokens_per_second(small, "float32", speeds) < 1 / (30 * 1e-4)
    assert tokens_per_second(small, "bfloat16", speeds) == 0.0  # nothing is known of it


def test_a_verdict_counts_cache_and_people() -> None:
    """What fits for one may be too large for a class, and a long context costs."""
    shape = shape_of(checkpoints()["Qwen/Qwen2.5-1.5B-Instruct"].config)
    free = 3_600_000_000
    assert fit(shape, "bfloat16", free=free, context=2_048).verdict == "tight"
    assert fit(shape, "bfloat16", free=2 * free, context=2_048).verdict == "fits"
    assert fit(shape, "bfloat16", free=free, context=32_768, people=8).verdict == "too_large"
    assert fit(shape, "float32", free=free, context=2_048).verdict == "too_large"
    # 28 layers, 2 key heads of 128: the published architecture's cache of a token.
    assert estimate(shape, "bfloat16", context=1_000).cache == 2 * 28 * 2 * 128 * 1_000 * 2


def test_the_calculator_agrees_with_the_catalogue() -> None:
    """Sliders that are set to a published architecture tell the same as its entry."""
    shape = shape_of(checkpoints()["Qwen/Qwen3-8B"].config)
    asked = MemoryRequest(
        parameters=shape.parameters,
        layers=36,
        heads=8,
        head_size=128,
        width=4_096,
        vocabulary=151_936,
        precision="bfloat16",
        context=8_192,
    )
    theirs = estimate(shape, "bfloat16", context=8_192, stored=2)
    ours = estimate(asked.shape, "bfloat16", context=8_192, stored=2)
    assert (ours.weights, ours.cache) == (theirs.weights, theirs.cache)
    assert ours.total == pytest.approx(theirs.total, rel=0.02)
