"""Qwen3 against the reference, as a writer and as a text encoder."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
import transformers

from llama_demo.engine.checkpoint import load_model
from llama_demo.model.llama import Llama
from tests.model.decoders import CHECKS, CPU
from tests.model.random_decoders import Reference, Variant

VARIANTS = {
    "Qwen3, tied, heads wider than the layer": Variant(
        "Qwen3ForCausalLM", {"head_dim": 32, "tie_word_embeddings": True}
    ),
    "Qwen3 from 8B on": Variant("Qwen3ForCausalLM", {"head_dim": 16}),
    "windows in the upper layers": Variant(
        "Qwen3ForCausalLM",
        {"head_dim": 12, "use_sliding_window": True, "sliding_window": 9, "max_window_layers": 1},
    ),
}


@pytest.fixture(scope="module", params=VARIANTS)
def reference(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Reference:
    return Reference(VARIANTS[request.param], tmp_path_factory.mktemp("qwen3"))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_computes_what_the_reference_computes(
    reference: Reference, check: Callable[[Reference], None]
) -> None:
    """Norms of query and key and the free head size must be where the reference has them."""
    check(reference)


@pytest.mark.parametrize("headless", [False, True], ids=["with prefix", "without prefix"])
@torch.inference_mode()
def test_embeds_texts_by_their_last_token(
    tmp_path_factory: pytest.TempPathFactory, *, headless: bool
) -> None:
    """Qwen3-Embedding: vectors of texts padded to one length are those of each text by itself.

    Its released files lack the ``model.`` in front of the names.
    """
    variant = VARIANTS["Qwen3, tied, heads wider than the layer"]
    made = Reference(variant, tmp_path_factory.mktemp("embedding"))
    if headless:
        made.model.model.save_pretrained(made.folder)
    theirs = transformers.Qwen3Model.from_pretrained(made.folder).eval()
    model = load_model(made.folder, Llama, device=CPU, dtype=torch.float32).model
    lengths = torch.tensor([40, 17])
    hidden = model.hidden(made.ids)  # (B, T, C), what stands behind a text's end is padding
    vectors = F.normalize(hidden[torch.arange(2), lengths - 1], dim=-1)
    for row, length in enumerate(lengths.tolist()):
        expected = theirs(made.ids[row : row + 1, :length]).last_hidden_state[0, -1]
        assert (vectors[row] - F.normalize(expected, dim=-1)).abs().max() < 1e-5
