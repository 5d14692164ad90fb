"""The registry of architectures, by the ``model_type`` of a checkpoint's ``config.json``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

from torch import nn

from llama_demo.errors import CheckpointError
from llama_demo.model import (
    bart_names,
    bert,
    gemma,
    gemma2,
    gemma3,
    llama,
    m2m100,
    marian,
    olmo2,
    phi3,
    qwen2,
    qwen3,
    static,
    transformer,
)
from llama_demo.model.bert import Bert, BertSpans
from llama_demo.model.gemma3 import Gemma3, Gemma3Config
from llama_demo.model.granite import Granite, GraniteConfig
from llama_demo.model.llama import Llama
from llama_demo.model.llama_config import LlamaConfig
from llama_demo.model.mistral import Mistral, MistralConfig
from llama_demo.model.parts import CheckpointTensor
from llama_demo.model.qwen2 import Qwen2, QwenConfig
from llama_demo.model.qwen3 import Qwen3, Qwen3Config
from llama_demo.model.smollm3 import SmolLM3, SmolLM3Config
from llama_demo.model.static import StaticConfig, StaticEmbedding
from llama_demo.model.transformer import Transformer, TransformerConfig

# Exports of before 2019 have TensorFlow's names. No family here has the weight norm that was renamed later.
OLD_NAMES: Mapping[str, str] = MappingProxyType(
    {"LayerNorm.gamma": "LayerNorm.weight", "LayerNorm.beta": "LayerNorm.bias"}
)


@dataclass(frozen=True)
class Family:
    """A family of models: how to read its configuration, build its network and find its weights.

    Attributes:
        name: for display.
        task: what networks of this kind are for: ``generate``, ``translate``, ``search`` (texts to vectors)
            or ``ask`` (spans of a passage).
        config: reads a ``config.json`` into the family's own configuration, which the others take.
        build: makes the network, on whatever device is current and without touching a weight.
        parts: which tensors of a folder make up each parameter.
        unused: endings of checkpoint tensors that hold nothing to learn (tables that older exports
            saved along), which may be present.
        prefix: of the tensors' names, which exports of the network without its head lack.
        copies: tensors that some exports store in addition to the matrix that the configuration ties them
            to, or in place of it: by their name those that they may be tied to. If both are present, they
            must be equal.
        renamed: endings of names that older exports have, and the endings of today.
        quick: of a search model: it averages vectors of a table, hundreds of times faster than a network.
    """

    name: str
    task: str
    config: Callable[[Mapping[str, Any]], Any]
    build: Callable[[Any], nn.Module]
    parts: Callable[[Any], dict[str, tuple[CheckpointTensor, ...]]]
    unused: tuple[str, ...] = ()
    prefix: str = ""
    copies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=lambda: OLD_NAMES)
    quick: bool = False


# What the decoders share. Older exports saved the tables of rotary angles.
_decoder = partial(
    Family,
    task="generate",
    unused=(".rotary_emb.inv_freq", ".rotary_emb.cos_cached", ".rotary_emb.sin_cached"),
    prefix="model.",
    copies={"lm_head.weight": ("model.embed_tokens.weight",)},
)

FAMILIES: dict[str, Family] = {
    "llama": _decoder(name="LLaMA", config=LlamaConfig.from_json, build=Llama, parts=llama.checkpoint_parts),
    "mistral": _decoder(
        name="Mistral", config=MistralConfig.from_json, build=Mistral, parts=llama.checkpoint_parts
    ),
    "qwen2": _decoder(name="Qwen2", config=QwenConfig.from_json, build=Qwen2, parts=qwen2.checkpoint_parts),
    "qwen3": _decoder(name="Qwen3", config=Qwen3Config.from_json, build=Qwen3, parts=qwen3.checkpoint_parts),
    "phi3": _decoder(name="Phi", config=phi3.read_config, build=Mistral, parts=phi3.checkpoint_parts),
    "olmo2": _decoder(
        name="OLMo 2", config=LlamaConfig.from_json, build=olmo2.Olmo2, parts=olmo2.checkpoint_parts
    ),
    "smollm3": _decoder(
        name="SmolLM3", config=SmolLM3Config.from_json, build=SmolLM3, parts=llama.checkpoint_parts
    ),
    "granite": _decoder(
        name="Granite", config=GraniteConfig.from_json, build=Granite, parts=llama.checkpoint_parts
    ),
    "gemma2": _decoder(
        name="Gemma 2", config=gemma2.read_config, build=gemma2.Gemma2, parts=gemma.checkpoint_parts
    ),
    "gemma3_text": _decoder(
        name="Gemma 3", config=Gemma3Config.from_json, build=Gemma3, parts=gemma3.checkpoint_parts
    ),
    "marian": Family(
        name="Marian",
        task="translate",
        config=marian.read_config,
        build=Transformer,
        parts=marian.checkpoint_parts,
        unused=bart_names.UNUSED,
        prefix="model.",
        copies=bart_names.COPIES,
    ),
    "m2m_100": Family(
        name="M2M100",
        task="translate",
        config=m2m100.read_config,
        build=Transformer,
        parts=m2m100.checkpoint_parts,
        unused=bart_names.UNUSED,
        prefix="model.",
        copies=bart_names.COPIES,
    ),
    transformer.OWN_MODEL_TYPE: Family(
        name="Transformer",
        task="translate",
        config=TransformerConfig.from_json,
        build=Transformer,
        parts=transformer.checkpoint_parts,
    ),
    "bert": Family(
        name="BERT",
        task="search",
        config=bert.read_bert,
        build=Bert,
        parts=bert.bert_parts,
        unused=bert.UNUSED,
        prefix="bert.",
    ),
    "xlm-roberta": Family(
        name="XLM-R",
        task="search",
        config=bert.read_xlm_roberta,
        build=Bert,
        parts=bert.xlm_roberta_parts,
        unused=bert.UNUSED,
        prefix="roberta.",
    ),
    static.MODEL_TYPE: Family(
        name="static embedding",
        task="search",
        config=StaticConfig.from_json,
        build=StaticEmbedding,
        parts=static.checkpoint_parts,
        quick=True,
    ),
}

# Checkpoints of the same ``model_type`` whose head makes another network of them, by the first of their
# ``architectures``.
HEADS: dict[str, Family] = {
    "BertForQuestionAnswering": Family(
        name="BERT with a span head",
        task="ask",
        config=bert.read_bert,
        build=BertSpans,
        parts=bert.bert_span_parts,
        unused=bert.UNUSED,
        prefix="bert.",
    ),
    "XLMRobertaForQuestionAnswering": Family(
        name="XLM-R with a span head",
        task="ask",
        config=bert.read_xlm_roberta,
        build=BertSpans,
        parts=bert.xlm_roberta_span_parts,
        unused=bert.UNUSED,
        prefix="roberta.",
    ),
}


def family_of(config: Mapping[str, Any]) -> Family:
    """The family that ``config`` names.

    Raises:
        CheckpointError: the ``model_type`` is missing or not supported; the message lists those that are.
    """
    model_type = config.get("model_type")
    if not isinstance(model_type, str) or model_type not in FAMILIES:
        raise CheckpointError("family_unknown", value=model_type, supported=", ".join(FAMILIES))
    architectures = config.get("architectures")
    first = architectures[0] if isinstance(architectures, list) and architectures else None
    return HEADS.get(first, FAMILIES[model_type]) if isinstance(first, str) else FAMILIES[model_type]
