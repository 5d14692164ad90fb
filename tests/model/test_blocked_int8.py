"""Numbers of 8 bits in blocks give what they give row by row."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from llama_demo.engine.beam_search import Search
from llama_demo.engine.translation import TranslationEngine, load_translation_engine
from llama_demo.model import blocked_int8
from llama_demo.model.blocked_int8 import BlockedInt8Matrix, blocked_products_pay
from llama_demo.model.linear import Linear
from llama_demo.model.quantized import Int8Matrix, blocks_of
from tests.random_checkpoint import write_checkpoint

pytestmark = pytest.mark.skipif(not blocked_products_pay(), reason="this processor multiplies row by row")

CPU = torch.device("cpu")
CONFIG = {
    "model_type": "marian",
    "vocab_size": 99,
    "d_model": 64,
    "encoder_layers": 2,
    "encoder_attention_heads": 4,
    "encoder_ffn_dim": 96,
    "decoder_layers": 2,
    "decoder_attention_heads": 4,
    "decoder_ffn_dim": 96,
    "max_position_embeddings": 64,
    "pad_token_id": 98,
    "decoder_start_token_id": 98,
    "eos_token_id": 0,
}


def drawn(rows: int, columns: int, seed: int) -> Tensor:
    return torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed))


def matrices(rows: int, columns: int) -> tuple[Int8Matrix, BlockedInt8Matrix]:
    weight = drawn(rows, columns, 0)
    plain = Int8Matrix(rows, columns, blocks_of(weight), device=CPU, dtype=torch.float32)
    return plain, BlockedInt8Matrix(plain)


@pytest.mark.parametrize("rows", [1, 16, 60])
def test_products_are_those_of_its_numbers(rows: int) -> None:
    """Each row of the input is rounded to 255 steps between its least and its largest number."""
    _, blocked = matrices(97, 36)
    x, bias = 5 * drawn(rows, 36, 1) + 2, drawn(1, 97, 2)[0]
    x[-1] = 3.0
    least = x.amin(1, keepdim=True)
    steps = (x.amax(1, keepdim=True) - least) / 255
    rounded = steps * ((x - least) / steps.clamp_min(1e-12)).round() + least
    exact = rounded.double() @ blocked.dense().double().t()
    for added in (None, bias):
        found = blocked.product(x, added).double() - (0 if added is None else added)
        assert (found - exact).abs().max() < 2e-3 * exact.abs().max()
        assert (found - exact).norm() < 5e-4 * exact.norm()


def test_the_matrix_can_be_unpacked() -> None:
    """For a look at what is inside."""
    plain, blocked = matrices(97, 36)
    assert torch.equal(blocked.dense(), plain.dense())


def test_a_row_has_the_same_product_in_every_batch() -> None:
    """Who else is translated changes no number."""
    _, blocked = matrices(96, 80)
    x = drawn(40, 80, 1)
    together = blocked.product(x)
    assert all(torch.equal(blocked.product(x[i : i + 1])[0], together[i]) for i in range(40))


def test_only_layers_for_several_rows_are_put_into_blocks() -> None:
    """A text that is written alone is faster with rows as they lie."""
    plain, _ = matrices(1_024, 512)
    small, _ = matrices(64, 64)
    for matrix, several, kind in (
        (plain, True, BlockedInt8Matrix),
        (plain, False, Int8Matrix),
        (small, True, Int8Matrix),
    ):
        layer = Linear(matrix.columns, matrix.rows, several=several)
        layer.quantize(matrix)
        assert type(layer.quantized) is kind


def test_sentences_are_translated_alone_as_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Padding and neighbours change no token in int8, and the table of the vocabulary can be looked up."""
    monkeypatch.setattr(blocked_int8, "_SMALL", 0)
    folder = write_checkpoint(tmp_path, CONFIG)
    engine = load_translation_engine(folder, device=CPU, dtype=torch.int8)
    assert isinstance(engine.model.head.quantized, BlockedInt8Matrix)
    sources = [[5 + i, *range(20, 20 + 3 * i), 0] for i in range(6)]
    together = written(engine, sources)
    assert together == [each for source in sources for each in written(engine, [source])]
    exact = load_translation_engine(folder, device=CPU, dtype=torch.float32)
    assert sum(a == b for a, b in zip(together, written(exact, sources), strict=True)) >= 3


def written(engine: TranslationEngine, sources: list[list[int]]) -> list[tuple[int, ...]]:
    found = dict(engine.translate(sources, Search(max_new_tokens=12)))
    return [found[i].hypotheses[0].ids for i in range(len(sources))]
