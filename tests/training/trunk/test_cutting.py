"""A trunk's folder: the numbers of what is left are the original's."""

from __future__ import annotations

from pathlib import Path

import pytest
import tokenizers
import torch

from llama_demo.engine.checkpoint import load_model
from llama_demo.model.bert import Bert
from llama_demo.model_file import read_json
from llama_demo.training.trunk.cutting import make_trunk
from llama_demo.training.trunk.vocabulary import read_vocabulary
from tests.training.reader.small_sources import TEXTS, write_data
from tests.training.trunk.small_trunk import train_vocabulary, write_encoder


@pytest.mark.parametrize("marks_first", [True, False], ids=["own ids", "XLM-R's ids"])
@torch.inference_mode()
def test_a_trunk_computes_what_the_originals_first_layers_do(tmp_path: Path, marks_first: bool) -> None:
    """The same pieces with the same vectors, but for the rounding of matrices to 8 bits."""
    write_data(tmp_path / "data")
    vocabulary = train_vocabulary(TEXTS + ["η αλεπού ζει στο δάσος"] * 40, 170, marks_first=marks_first)
    original = write_encoder(tmp_path / "original", vocabulary, marks_first=marks_first)
    lines: list[str] = []
    make_trunk(
        tmp_path / "original",
        tmp_path / "data",
        tmp_path / "trunk",
        pieces=120,
        layers=2,
        positions=64,
        report=lines.append,
    )
    config = read_json(tmp_path / "trunk" / "config.json")
    sizes = [config[name] for name in ("vocab_size", "num_hidden_layers", "max_position_embeddings")]
    assert sizes == [120, 2, 64]
    assert lines[1:]
    trunk = load_model(tmp_path / "trunk", Bert, device=torch.device("cpu"), dtype=torch.float32).model
    fast = tokenizers.Tokenizer.from_file(str(tmp_path / "trunk" / "tokenizer.json"))
    encoded = fast.encode(TEXTS[0], add_special_tokens=False)
    before = read_vocabulary(vocabulary)
    rows = dict(zip((piece.text for piece in before.pieces), before.rows[4:], strict=True))
    theirs = torch.tensor([[rows[piece] for piece in encoded.tokens]])
    expected = original(theirs, output_hidden_states=True).hidden_states[2]
    found = trunk(torch.tensor([encoded.ids]))
    assert torch.nn.functional.cosine_similarity(found, expected, dim=-1).min() > 0.99
