"""Marian checkpoints (Junczys-Dowmunt et al. 2018, arXiv:1804.00344), above all the opus-mt translators.

A post-norm Transformer with three habits of its own: the target begins with the padding token, whose
embedding is zero; a bias is added to the logits; and sinusoids are as in the paper, in two halves.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from llama_demo.model.bart_names import Parts, bart_parts
from llama_demo.model.fields import Fields
from llama_demo.model.parts import CheckpointTensor
from llama_demo.model.transformer import TransformerConfig, read_stack


def read_config(config: Mapping[str, Any]) -> TransformerConfig:
    """Read the ``config.json`` of a Marian checkpoint.

    Raises:
        CheckpointError: a number is missing or absurd, or the model needs what is not built here.
    """
    fields = Fields(config)
    # Old exports carry these switches of BART, always off.
    for switch in ("normalize_before", "normalize_embedding", "add_final_layer_norm"):
        fields.refuse(switch, False)
    fields.refuse("tie_word_embeddings", True)
    shared = fields.flag("share_encoder_decoder_embeddings", True)
    source = fields.whole("vocab_size", 1, 1_000_000)
    target = source if shared else fields.whole("decoder_vocab_size", 1, 1_000_000, source)
    width = fields.whole("d_model", 2, 65_536)
    return TransformerConfig(
        vocab_size=target,
        source_vocab_size=source,
        shared_embedding=shared,
        encoder=read_stack(fields, "encoder", norm="post", activation="gelu"),
        decoder=read_stack(fields, "decoder", norm="post", activation="gelu"),
        max_position_embeddings=fields.whole("max_position_embeddings", 1, 1_000_000, 1_024),
        embedding_scale=math.sqrt(width) if fields.flag("scale_embedding", False) else 1.0,
        logits_bias=True,
        forced_end=config.get("forced_eos_token_id") is not None,
        pad_id=fields.whole("pad_token_id", 0, target - 1),
        start_id=fields.whole("decoder_start_token_id", 0, target - 1),
        end_id=fields.whole("eos_token_id", 0, target - 1, 0),
    )


def checkpoint_parts(config: TransformerConfig) -> Parts:
    """Which tensors of a Marian folder make up each parameter of the Transformer."""
    return bart_parts(config) | {
        "logits_bias": (CheckpointTensor("final_logits_bias", (1, config.vocab_size), optional=True),)
    }
