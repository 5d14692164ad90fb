"""The matrix of vectors finds what comparing every pair in float32 finds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from llama_demo.engine.vector_matrix import VectorMatrix


def unit(count: int, width: int = 64, seed: int = 0) -> NDArray[np.float32]:
    """Random vectors of length 1."""
    vectors = np.random.default_rng(seed).standard_normal((count, width), dtype=np.float32)
    scaled: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return scaled


def test_the_nearest_are_those_of_float32() -> None:
    """Whole numbers choose the candidates; the result has to be as if they had not."""
    vectors, asked = unit(5_000), unit(40, seed=1)
    matrix = VectorMatrix(64)
    matrix.add(np.arange(5_000) + 7, vectors)
    same = 0
    for query in asked:
        scores = vectors @ query
        right = np.argsort(-scores)[:10]
        found = matrix.nearest(query, 10)
        same += len(set(right.tolist()) & set((found.ids - 7).tolist()))
        np.testing.assert_allclose(found.scores, np.sort(scores)[::-1][:10], atol=1e-3)
        np.testing.assert_allclose(found.mean, scores.mean(), atol=1e-3)
        np.testing.assert_allclose(found.deviation, scores.std(), atol=1e-3)
    assert same >= 0.99 * 400


def test_rows_come_and_go() -> None:
    """Deleted rows are never found again, the others keep their ids and scores."""
    vectors = unit(3_000)
    matrix = VectorMatrix(64)
    for begin in range(0, 3_000, 700):
        part = vectors[begin : begin + 700]
        matrix.add(np.arange(begin, begin + len(part)), part)
    matrix.remove(np.array([0, 1, 5, 1_500, 2_999, 9_999]))
    assert len(matrix) == 2_995
    assert not np.isin([0, 1, 5, 1_500, 2_999], matrix.ids).any()
    for place in (2, 1_499, 2_998):
        found = matrix.nearest(vectors[place], 1)
        assert found.ids.tolist() == [place]
        np.testing.assert_allclose(found.scores, 1.0, atol=1e-3)
    matrix.remove(np.arange(3_000))
    assert len(matrix) == 0
    assert len(matrix.nearest(vectors[0], 3).ids) == 0


def test_only_what_is_allowed_is_found() -> None:
    """A filter narrows the search itself, not its first ten results."""
    vectors = unit(1_000)
    matrix = VectorMatrix(64)
    matrix.add(np.arange(1_000), vectors)
    allowed = np.array([3, 400, 999])
    assert set(matrix.nearest(vectors[0], 10, among=allowed).ids.tolist()) == {3, 400, 999}
    scores = matrix.scores(vectors[0], np.array([400, 5_000, 3]))
    np.testing.assert_allclose(scores[[0, 2]], vectors[[400, 3]] @ vectors[0], atol=1e-3)
    assert np.isnan(scores[1])
