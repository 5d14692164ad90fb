"""One vector from the vectors of all tokens, as a checkpoint's sentence-transformers files ask for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

import torch
from torch import Tensor

from llama_demo.errors import CheckpointError
from llama_demo.model_file import read_json, read_json_value, read_optional_json


def mean(hidden: Tensor, mask: Tensor | None) -> Tensor:
    """The average over a text's tokens: (B, T, C) and (B, T), or no padding, to (B, C)."""
    if mask is None:
        return hidden.mean(dim=1)
    shares = mask.to(hidden.dtype)[..., None]  # (B, T, 1)
    return (hidden * shares).sum(dim=1) / shares.sum(dim=1)


def first(hidden: Tensor, mask: Tensor | None) -> Tensor:  # noqa: ARG001 (all poolings are called alike)
    """The first token, BERT's ``[CLS]``."""
    return hidden[:, 0]


def last(hidden: Tensor, mask: Tensor | None) -> Tensor:
    """A text's last token, the only one of a decoder that has seen them all."""
    if mask is None:
        return hidden[:, -1]
    return hidden[torch.arange(len(hidden), device=hidden.device), mask.sum(dim=1) - 1]


POOLINGS: dict[str, Callable[[Tensor, Tensor | None], Tensor]] = {
    "mean": mean,
    "cls": first,
    "lasttoken": last,
}
# The older spelling has a switch for each.
_SWITCHES = {
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_cls_token": "cls",
    "pooling_mode_lasttoken": "lasttoken",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
}
_MODULES = ("Transformer", "Pooling", "Normalize", "StaticEmbedding")


@dataclass(frozen=True)
class SentenceSettings:
    """How a checkpoint makes a sentence's vector.

    Attributes:
        pooling: a key of :data:`POOLINGS`.
        normalise: whether vectors are scaled to length 1.
        longest: tokens of a text that are read, marks included; ``None`` leaves it to the model.
        lower: whether texts are put into small letters first.
        prompts: what is put in front of a text by the role it has, such as ``query`` or ``passage``.
        default_role: the role of a text that is given none.
    """

    pooling: str = "mean"
    normalise: bool = True
    longest: int | None = None
    lower: bool = False
    prompts: Mapping[str, str] = field(default_factory=dict)
    default_role: str = ""


def read_sentence_settings(folder: Path) -> SentenceSettings:
    """Read ``modules.json`` and the files it names; without it, the mean at length 1 is meant.

    Raises:
        CheckpointError: a file is broken, or asks for what is not built here.
    """
    if not (folder / "modules.json").exists():
        return SentenceSettings()
    modules = _modules(folder)
    pooling = _pooling(folder / modules["Pooling"]) if "Pooling" in modules else "mean"
    shape = read_optional_json(folder / modules.get("Transformer", "") / "sentence_bert_config.json")
    prompts = read_optional_json(folder / "config_sentence_transformers.json")
    longest = shape.get("max_seq_length")
    named = prompts.get("prompts")
    return SentenceSettings(
        pooling=pooling,
        normalise="Normalize" in modules,
        longest=longest if isinstance(longest, int) and longest > 0 else None,
        lower=shape.get("do_lower_case") is True,
        prompts={str(role): str(text) for role, text in named.items()} if isinstance(named, dict) else {},
        default_role=str(prompts.get("default_prompt_name") or ""),
    )


def _modules(folder: Path) -> dict[str, str]:
    """The steps that ``modules.json`` lists, each with its folder."""
    found: dict[str, str] = {}
    for entry in _entries(folder / "modules.json"):
        kind, path = str(entry.get("type", "")).rpartition(".")[2], str(entry.get("path", ""))
        if kind not in _MODULES:
            raise CheckpointError("config_unsupported", name="modules.json", value=kind)
        # It comes from strangers: it may name folders of its own and no others.
        if path and PurePath(path).name != path:
            raise CheckpointError("file_broken", file="modules.json", detail=f"not a folder's name: {path}")
        found[kind] = path
    return found


def _entries(path: Path) -> list[dict[str, Any]]:
    entries = read_json_value(path)
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise CheckpointError("file_broken", file=path.name, detail="not a list of modules")
    return entries


def _pooling(folder: Path) -> str:
    config = read_json(folder / "config.json")
    asked = [mode for switch, mode in _SWITCHES.items() if config.get(switch) is True]
    mode = config.get("pooling_mode", "+".join(asked))
    if mode not in POOLINGS:
        raise CheckpointError("config_unsupported", name="pooling_mode", value=mode)
    if config.get("include_prompt", True) is not True:
        raise CheckpointError("config_unsupported", name="include_prompt", value=False)
    return str(mode)
