"""BERT and XLM-R compute what the reference computes, with and without a head."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from llama_demo.engine.checkpoint import load_model
from llama_demo.errors import CheckpointError
from llama_demo.model.bert import Bert, BertSpans, read_xlm_roberta
from tests.model.random_encoders import BERT, Checkpoint, encoder, padded, recorder

LENGTHS = (17, 9, 12, 3, 16)


def inputs(checkpoint: Checkpoint) -> tuple[Tensor, Tensor]:
    return padded(LENGTHS, checkpoint.reference.config.pad_token_id)


@pytest.mark.parametrize(
    "architecture", ["BertModel", "XLMRobertaModel", "BertForMaskedLM", "XLMRobertaForMaskedLM"]
)
@torch.inference_mode()
def test_hidden_states_are_the_references(architecture: str) -> None:
    """Every layer agrees where there are tokens, for folders with the prefix of a head and without."""
    checkpoint = encoder(architecture)
    model = checkpoint.load()
    assert isinstance(model, Bert)
    ids, mask = inputs(checkpoint)
    theirs = checkpoint.reference(input_ids=ids, attention_mask=mask.long(), output_hidden_states=True)
    found: dict[str, Tensor] = {}
    ours = model(ids, mask, taps=recorder(found))
    assert torch.allclose(found["embedding"][mask], theirs.hidden_states[0][mask], atol=1e-4)
    for i, hidden in enumerate(theirs.hidden_states[1:]):
        assert torch.allclose(found[f"encoder.layers.{i}.hidden"][mask], hidden[mask], atol=1e-4)
    assert torch.allclose(ours[mask], theirs.hidden_states[-1][mask], atol=1e-4)


@torch.inference_mode()
def test_types_of_text_are_told_apart() -> None:
    """Question and passage have vectors of their own."""
    checkpoint = encoder("BertModel")
    ids, mask = inputs(checkpoint)
    types = (torch.arange(17) > 4).long().expand(5, -1)
    theirs = checkpoint.reference(
        input_ids=ids, attention_mask=mask.long(), token_type_ids=types
    ).last_hidden_state
    model = checkpoint.load()
    assert torch.allclose(model(ids, mask, types)[mask], theirs[mask], atol=1e-4)
    assert not torch.allclose(model(ids, mask)[mask], theirs[mask], atol=1e-2)


@torch.inference_mode()
def test_attention_rows_are_the_references() -> None:
    """Rows sum to 1, equal the reference's, and padding is not looked at."""
    checkpoint = encoder("BertModel")
    ids, mask = inputs(checkpoint)
    theirs = checkpoint.reference(input_ids=ids, attention_mask=mask.long(), output_attentions=True)
    found: dict[str, Tensor] = {}
    checkpoint.load()(ids, mask, taps=recorder(found))
    for i, rows in enumerate(theirs.attentions):
        ours = found[f"encoder.layers.{i}.attention.rows"].transpose(1, 2)[mask]  # (tokens, H, T)
        assert torch.allclose(ours.sum(-1), torch.ones(()), atol=1e-5)
        assert torch.allclose(ours, rows.transpose(1, 2)[mask], atol=1e-5)


@pytest.mark.parametrize("architecture", ["BertForQuestionAnswering", "XLMRobertaForQuestionAnswering"])
@torch.inference_mode()
def test_span_logits_are_the_references(architecture: str) -> None:
    """The architecture's name, not the model type, decides that there is a head."""
    checkpoint = encoder(architecture)
    model = checkpoint.load()
    assert isinstance(model, BertSpans)
    ids, mask = inputs(checkpoint)
    theirs = checkpoint.reference(input_ids=ids, attention_mask=mask.long())
    ours = model(ids, mask)
    assert torch.allclose(ours[..., 0][mask], theirs.start_logits[mask], atol=1e-4)
    assert torch.allclose(ours[..., 1][mask], theirs.end_logits[mask], atol=1e-4)


def test_the_kind_must_fit_the_use() -> None:
    """An encoder without a head cannot mark answers, and says so."""
    with pytest.raises(CheckpointError) as caught:
        load_model(encoder("BertModel").folder, BertSpans, device=torch.device("cpu"), dtype=torch.float32)
    assert caught.value.key == "family_other_use"


def test_positions_of_xlm_r_begin_behind_the_padding() -> None:
    """A table of 66 rows holds texts of 64 tokens; one that holds none is refused."""
    assert read_xlm_roberta(BERT).max_position_embeddings == 64
    with pytest.raises(CheckpointError):
        read_xlm_roberta({**BERT, "max_position_embeddings": 2})
    with pytest.raises(CheckpointError):
        read_xlm_roberta({**BERT, "position_embedding_type": "relative_key"})
