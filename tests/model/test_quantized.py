"""Matrices of fewer bits, held against exact arithmetic with the numbers that they hold."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from llama_demo.model import int4 as int4_module
from llama_demo.model import quantized
from llama_demo.model.int4 import GROUP, Int4Matrix
from llama_demo.model.linear import Linear
from llama_demo.model.quantized import (
    Int8Matrix,
    blocks_of,
    integer_products_pay,
    quantize_rows,
)

CPU = torch.device("cpu")


def drawn(rows: int, columns: int, seed: int = 0) -> Tensor:
    """Numbers of which a few are large, as in language models."""
    generator = torch.Generator().manual_seed(seed)
    numbers = torch.randn(rows, columns, generator=generator)
    return torch.where(torch.rand(rows, columns, generator=generator) < 0.01, 8 * numbers, numbers)


def int8(weight: Tensor) -> Int8Matrix:
    return Int8Matrix(weight.size(0), weight.size(1), blocks_of(weight), device=CPU, dtype=torch.float32)


def int4(weight: Tensor) -> Int4Matrix:
    return Int4Matrix(weight.size(0), weight.size(1), blocks_of(weight))


def relative(found: Tensor, exact: Tensor) -> float:
    return float((found.double() - exact).norm() / exact.norm())


def test_no_number_is_off_by_more_than_half_a_step() -> None:
    """A row's step is its largest number by 127; rows of zeros stay zeros."""
    weight = drawn(70, 50)
    weight[3] = 0.0
    numbers, scales = quantize_rows(weight)
    assert ((weight - numbers * scales).abs() <= 0.5001 * scales).all()
    assert numbers[3].count_nonzero() == 0
    assert torch.equal(int8(weight).dense(), numbers * scales)
    found = int8(weight).lookup(torch.tensor([[5, 3]]))
    assert torch.equal(found, (numbers * scales)[[5, 3]][None])


@pytest.mark.parametrize("rows", [1, 3, 8, 9, 60])
def test_int8_products_are_those_of_its_numbers(rows: int) -> None:
    """Sums of whole numbers are exact; what is left is one rounding of float32, or bfloat16's."""
    weight, x = drawn(96, 80), drawn(rows, 80, seed=1)
    matrix = int8(weight)
    exact_input, tolerance = x.double(), 0.01
    if integer_products_pay():
        numbers, scales = quantize_rows(x)
        exact_input, tolerance = numbers.double() * scales.double(), 1e-6
    exact = exact_input @ matrix.dense().double().t()
    assert relative(matrix.product(x), exact) < tolerance
    assert relative(matrix.product(x), x.double() @ weight.double().t()) < 0.03


@pytest.mark.skipif(not integer_products_pay(), reason="this processor's products of integers are not exact")
def test_a_row_has_the_same_product_in_every_batch() -> None:
    """Who else asks changes no number."""
    matrix, x = int8(drawn(96, 80)), drawn(40, 80, seed=1)
    together = matrix.product(x)
    assert all(torch.equal(matrix.product(x[i : i + 1])[0], together[i]) for i in range(40))


@pytest.mark.parametrize("rows", [1, 8, 9, 60])
def test_processors_without_exact_integer_products_round_the_weights_alone(
    rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The result is that of the unpacked weights, up to the rounding of bfloat16 for few rows."""
    monkeypatch.setattr(quantized, "integer_products_pay", lambda: False)
    weight, x = drawn(96, 80), drawn(rows, 80, seed=1)
    matrix = int8(weight)
    exact = x.double() @ matrix.dense().double().t()
    assert relative(matrix.product(x), exact) < (0.01 if rows <= 8 else 1e-5)


def test_int4_keeps_each_number_within_half_a_step_of_its_group() -> None:
    """A group's step is its range by 15; scale and zero are rounded to bfloat16."""
    weight = drawn(592, 128)  # more than is packed at a time
    groups = weight.view(592, -1, GROUP)
    steps = (groups.amax(-1, keepdim=True) - groups.amin(-1, keepdim=True)) / 15
    difference = (int4(weight).dense().view_as(groups) - groups).abs()
    assert (difference / (steps + 0.02 * groups.abs().amax(-1, keepdim=True))).max() < 0.6
    assert difference.mean() < 0.3 * steps.mean()


@pytest.mark.parametrize("rows", [1, 8, 60, 64, 100])
def test_int4_products_are_those_of_its_numbers(rows: int) -> None:
    """The operator takes the input in bfloat16; many rows, and the matrix for them, are rounded to 8 bits."""
    matrix, x = int4(drawn(592, 128)), drawn(rows, 128, seed=1)
    tolerance = 0.01 if rows < 64 else 0.03
    assert relative(matrix.product(x), x.double() @ matrix.dense().double().t()) < tolerance


@pytest.mark.parametrize("shape", [(16, 32), (48, 64), (592, 128), (1_104, 64)])
def test_int4_is_unpacked_for_many_rows(shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """In float32, where products of whole numbers are slow: what comes out is what the operator has."""
    monkeypatch.setattr(int4_module, "integer_products_pay", lambda: False)
    matrix, x = int4(drawn(*shape)), drawn(100, shape[1], seed=1)
    by_operator = torch.cat([matrix.product(part) for part in torch.split(x, 10)])
    assert relative(matrix.product(x), by_operator.double()) < 0.01
    monkeypatch.setattr(int4_module, "_block_width", lambda: None)  # of a processor with another order
    assert relative(matrix.product(x), by_operator.double()) < 1e-6
    assert matrix.dense().shape == shape


def test_a_quantized_layer_keeps_its_bias_and_its_shape() -> None:
    """It stands in the same places as before."""
    layer = Linear(64, 48)
    x = drawn(6, 64).view(2, 3, 64)
    with torch.no_grad():
        before, bias = layer(x), layer.bias.clone()
        layer.quantize(int8(layer.weight))
        after = layer(x)
    assert after.shape == before.shape
    assert (after - before).abs().max() < 0.1
    assert torch.equal(layer.bias, bias)
    assert layer.dtype == torch.float32
