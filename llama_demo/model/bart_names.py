"""Names of a Transformer's tensors in checkpoints of BART's descendants, such as Marian and M2M100."""

from __future__ import annotations

from llama_demo.model.layers import StackConfig
from llama_demo.model.parts import CheckpointTensor
from llama_demo.model.transformer import TransformerConfig

Parts = dict[str, tuple[CheckpointTensor, ...]]

# Sinusoids that many exports save along, and the version of fairseq's code.
UNUSED = (
    ".embed_positions.weight",
    ".embed_positions.weights",
    ".embed_positions._float_tensor",
    "encoder.version",
    "decoder.version",
)
# Where one matrix is shared, some exports save it under all of its names, or under another one.
COPIES = {
    "model.encoder.embed_tokens.weight": ("model.shared.weight",),
    "model.decoder.embed_tokens.weight": ("model.shared.weight",),
    "lm_head.weight": ("model.shared.weight", "model.decoder.embed_tokens.weight"),
    # The matrix of both where they are not shared.
    "model.shared.weight": ("model.encoder.embed_tokens.weight",),
}


def bart_parts(config: TransformerConfig) -> Parts:
    """Which tensors of a folder make up each parameter of :class:`Transformer`.

    Query, key and value are one product here, since one large product is faster than three small ones.
    """
    parts: Parts = {}
    for side, stack in (("encoder", config.encoder), ("decoder", config.decoder)):
        for i in range(stack.layers):
            theirs, ours = f"model.{side}.layers.{i}", f"{side}.layers.{i}"
            parts |= _attention(f"{theirs}.self_attn", f"{ours}.attention", stack)
            parts |= _norm(f"{theirs}.self_attn_layer_norm", f"{ours}.around_attention.norm", stack.width)
            if side == "decoder":
                parts |= _cross_attention(f"{theirs}.encoder_attn", f"{ours}.cross", stack)
                parts |= _norm(f"{theirs}.encoder_attn_layer_norm", f"{ours}.around_cross.norm", stack.width)
            parts |= _linear((f"{theirs}.fc1",), f"{ours}.mlp.up", stack.mlp_width, stack.width)
            parts |= _linear((f"{theirs}.fc2",), f"{ours}.mlp.down", stack.width, stack.mlp_width)
            parts |= _norm(f"{theirs}.final_layer_norm", f"{ours}.around_mlp.norm", stack.width)
        if stack.norm == "pre":
            parts |= _norm(f"model.{side}.layer_norm", f"{side}.norm", stack.width)
    return parts | _embeddings(config)


def _embeddings(config: TransformerConfig) -> Parts:
    source, target = (config.source_vocab_size, config.width), (config.vocab_size, config.width)
    if config.shared_embedding:
        return {"embedding.weight": (CheckpointTensor("model.shared.weight", source),)}
    return {
        "embedding.weight": (CheckpointTensor("model.encoder.embed_tokens.weight", source),),
        "target_embedding.weight": (CheckpointTensor("model.decoder.embed_tokens.weight", target),),
    }


def _attention(theirs: str, ours: str, stack: StackConfig) -> Parts:
    projections = tuple(f"{theirs}.{name}_proj" for name in "qkv")
    return _linear(projections, f"{ours}.qkv", stack.width, stack.width) | _linear(
        (f"{theirs}.out_proj",), f"{ours}.out", stack.width, stack.width
    )


def _cross_attention(theirs: str, ours: str, stack: StackConfig) -> Parts:
    projections = tuple(f"{theirs}.{name}_proj" for name in "kv")
    return (
        _linear((f"{theirs}.q_proj",), f"{ours}.query", stack.width, stack.width)
        | _linear(projections, f"{ours}.key_value", stack.width, stack.width)
        | _linear((f"{theirs}.out_proj",), f"{ours}.out", stack.width, stack.width)
    )


def _linear(theirs: tuple[str, ...], ours: str, rows: int, columns: int) -> Parts:
    return {
        f"{ours}.weight": tuple(CheckpointTensor(f"{name}.weight", (rows, columns)) for name in theirs),
        f"{ours}.bias": tuple(CheckpointTensor(f"{name}.bias", (rows,)) for name in theirs),
    }


def _norm(theirs: str, ours: str, width: int) -> Parts:
    return {
        f"{ours}.{kind}": (CheckpointTensor(f"{theirs}.{kind}", (width,)),) for kind in ("weight", "bias")
    }
