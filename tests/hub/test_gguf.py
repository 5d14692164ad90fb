"""Which GGUF file of a repository is taken."""

from __future__ import annotations

import pytest

from llama_demo.hub.gguf import choose_gguf

FILES = {
    "M-F16.gguf": 16,
    "M.Q8_0.gguf": 8,
    "M-Q4_K_M.gguf": 5,
    "M.IQ2_XS.gguf": 3,
    "M-bf16-00001-of-00002.gguf": 16,
}


@pytest.mark.parametrize(
    ("room", "chosen"),
    [
        (100, "M.Q8_0.gguf"),
        (8, "M.Q8_0.gguf"),
        (7, "M-Q4_K_M.gguf"),
        (3, "M.IQ2_XS.gguf"),
        (1, "M.IQ2_XS.gguf"),
    ],
)
def test_the_finest_packing_that_fits_is_taken(room: int, chosen: str) -> None:
    """One that is not packed takes twice the room for what nobody notices."""
    assert choose_gguf(FILES, room) == chosen


def test_a_repository_without_packed_files_has_another_choice() -> None:
    """Better a large file than none."""
    assert choose_gguf({"M-F16.gguf": 16, "M-F32.gguf": 32}, 20) == "M-F16.gguf"
