"""M2M100 checkpoints (Fan et al. 2020, arXiv:2010.11125): one model between a hundred languages; also NLLB.

A pre-norm Transformer with fairseq's sinusoids, which count positions from 2. The first token of a source
names its language, the first of a target the language that is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from llama_demo.model.bart_names import bart_parts
from llama_demo.model.fields import Fields
from llama_demo.model.transformer import TransformerConfig, read_stack


def read_config(config: Mapping[str, Any]) -> TransformerConfig:
    """Read the ``config.json`` of an M2M100 checkpoint.

    Raises:
        CheckpointError: a number is missing or absurd, or the model needs what is not built here.
    """
    fields = Fields(config)
    fields.refuse("tie_word_embeddings", True)
    vocab_size = fields.whole("vocab_size", 1, 1_000_000, 128_112)
    width = fields.whole("d_model", 4, 65_536)
    pad_id = fields.whole("pad_token_id", 0, vocab_size - 1, 1)
    return TransformerConfig(
        vocab_size=vocab_size,
        source_vocab_size=vocab_size,
        encoder=read_stack(fields, "encoder", norm="pre", activation="relu"),
        decoder=read_stack(fields, "decoder", norm="pre", activation="relu"),
        max_position_embeddings=fields.whole("max_position_embeddings", 1, 1_000_000, 1_024),
        embedding_scale=math.sqrt(width) if fields.flag("scale_embedding", True) else 1.0,
        first_position=pad_id + 1,
        slowest=0.0,
        pad_id=pad_id,
        start_id=fields.whole("decoder_start_token_id", 0, vocab_size - 1, 2),
        end_id=fields.whole("eos_token_id", 0, vocab_size - 1, 2),
    )


checkpoint_parts = bart_parts
