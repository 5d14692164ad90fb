"""Loading models strictly: folders in Hugging Face format, and GGUF files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from torch import nn

from llama_demo.engine.gguf_weights import open_gguf_weights
from llama_demo.engine.quantization import Quantizer, computing_dtype
from llama_demo.engine.weights import StoredTensor, open_weights, stored_bytes
from llama_demo.engine.worker_threads import releasing_workers
from llama_demo.errors import CheckpointError
from llama_demo.gguf_file import is_gguf
from llama_demo.model.families import Family, family_of
from llama_demo.model.parts import CheckpointTensor
from llama_demo.model_config import read_config

__all__ = ["LoadedModel", "load_model", "stored_bytes"]

# Most misfits that are named; the rest are counted.
_SHOWN = 8

Network = TypeVar("Network", bound=nn.Module)

Progress = Callable[[int, int], None]
"""Called after each parameter that was read, with the parameters read so far and all of them."""


def no_progress(_: int, __: int) -> None:
    """A :data:`Progress` that reports nothing."""


@dataclass(frozen=True)
class LoadedModel(Generic[Network]):
    """A network with its weights, and facts about its folder."""

    model: Network
    family: str
    parameters: int
    bytes: int  # of the weights as they are stored


def load_model(
    folder: Path,
    kind: type[Network],
    *,
    device: torch.device,
    dtype: torch.dtype,
    progress: Progress = no_progress,
) -> LoadedModel[Network]:
    """Load a folder's ``config.json`` and ``*.safetensors``, or a GGUF file.

    Every tensor of the files is used once and every parameter is set once; all misfits come in one
    error. Weights go from the file straight to their place, so memory peaks at the model alone.

    Args:
        kind: the class of network that the caller can use.
        dtype: float32, bfloat16 or float16; weights stored otherwise are converted one at a time. Or int8
            or int4, see :mod:`llama_demo.engine.quantization`.
        progress: what it raises ends the loading.

    Raises:
        CheckpointError: something is missing, broken, of the wrong shape, not supported, or no ``kind``.
    """
    config = read_config(folder)
    family = family_of(config)
    shape = family.config(config)
    with ExitStack() as files, releasing_workers():
        parts = family.parts(shape)
        weights = _fitting(_open(folder, config, parts, files), parts, family)
        with torch.device("meta"):
            model = family.build(shape)
        if not isinstance(model, kind):
            raise CheckpointError("family_other_use", family=family.name)
        parameters = _fill(model, parts, weights, Quantizer(dtype, device), progress)
    model.eval()
    return LoadedModel(
        model=model,
        family=family.name,
        parameters=parameters,
        bytes=stored_bytes(folder),
    )


def check_weights(folder: Path) -> None:
    """Check that the weights of a folder or a GGUF file are those that its configuration asks for.

    Only the headers of the files are read. Raises as :func:`load_model` does.
    """
    config = read_config(folder)
    family = family_of(config)
    parts = family.parts(family.config(config))
    with ExitStack() as files:
        _fitting(_open(folder, config, parts, files), parts, family)


def _open(
    folder: Path,
    config: Mapping[str, Any],
    parts: Mapping[str, tuple[CheckpointTensor, ...]],
    files: ExitStack,
) -> dict[str, StoredTensor]:
    if is_gguf(folder):
        wanted = [part.name for group in parts.values() for part in group]
        return open_gguf_weights(folder, config, wanted, files)
    return open_weights(folder, files)


def _fitting(
    stored: Mapping[str, StoredTensor], parts: Mapping[str, tuple[CheckpointTensor, ...]], family: Family
) -> dict[str, StoredTensor]:
    """The tensors by the names that the family has for them, each of those that it wants.

    Names, shapes and types are compared before anything is allocated.

    Raises:
        CheckpointError: with all misfits.
    """
    wanted = {part.name: part for group in parts.values() for part in group}
    weights: dict[str, StoredTensor] = {}
    misfits = []
    for tensor in stored.values():
        first = weights.setdefault(_todays_name(tensor.name, wanted, family), tensor)
        if first is not tensor and not tensor.equals(first):
            misfits.append(f"{tensor.name}: differs from {first.name}, another name of the same tensor")
    for copy, name in _copies(weights, wanted, family).items():
        tensor = weights.pop(copy)
        first = weights.setdefault(name, tensor)
        if first is not tensor and not tensor.equals(first):
            misfits.append(f"{tensor.name}: differs from {first.name}, to which the configuration ties it")
    misfits += [f"{name}: missing" for name in wanted if name not in weights and not wanted[name].optional]
    for name, tensor in weights.items():
        if name in wanted and (problem := _misfit(tensor, wanted[name])):
            misfits.append(f"{tensor.name}: {problem}")
        elif name not in wanted and not name.endswith(family.unused):
            misfits.append(f"{tensor.name}: not expected")
    if misfits:
        shown = "; ".join(misfits[:_SHOWN])
        if len(misfits) > _SHOWN:
            shown += f"; and {len(misfits) - _SHOWN} more"
        raise CheckpointError("weights_misfit", count=len(misfits), misfits=shown)
    return weights


def _todays_name(name: str, wanted: Container[str], family: Family) -> str:
    """The name of a stored tensor in the network with its head, as exports of today have it."""
    for old, new in family.renamed.items():
        if name.endswith(old):
            name = name.removesuffix(old) + new
    with_prefix = family.prefix + name
    known = name in wanted or name in family.copies
    return with_prefix if not known and (with_prefix in wanted or with_prefix in family.copies) else name


def _copies(weights: Container[str], wanted: Container[str], family: Family) -> dict[str, str]:
    """The tensors that are no parameters of their own, each with the one that it is tied to."""
    return {
        copy: name
        for copy, names in family.copies.items()
        if copy in weights and copy not in wanted
        for name in [each for each in names if each in wanted][:1]
    }


def _misfit(tensor: StoredTensor, part: CheckpointTensor) -> str:
    """What is wrong with an expected tensor; empty if nothing is."""
    if tensor.shape != part.shape:
        return f"shape {list(tensor.shape)}, should be {list(part.shape)}"
    if part.whole:
        return "" if tensor.dtype == torch.int8 else "not stored as whole numbers of 8 bits"
    if tensor.dtype is None or not tensor.dtype.is_floating_point:
        return "not stored as floating-point numbers of 8 to 64 bits"
    return ""


@torch.no_grad()
def _fill(
    model: nn.Module,
    parts: Mapping[str, tuple[CheckpointTensor, ...]],
    weights: Mapping[str, StoredTensor],
    quantizer: Quantizer,
    progress: Progress,
) -> int:
    """Allocate and fill the parameters one by one, quantized if they shall be; returns how many numbers."""
    device, dtype = quantizer.device, computing_dtype(quantizer.dtype, quantizer.device)
    places = _places(model)
    assert places.keys() == parts.keys()
    shapes = {name: parameter.shape for name, parameter in model.named_parameters()}
    done, total = 0, sum(map(prod, shapes.values()))
    for name, group in parts.items():
        done += prod(shapes[name])
        if quantizer.read(name, shapes[name], group, weights, places[name]):
            progress(done, total)
            continue
        tensor = torch.empty(shapes[name], device=device, dtype=dtype)
        row = 0
        for part in group:
            rows = tensor[row : row + part.shape[0]]
            if part.name in weights:
                weights[part.name].read_into(rows)
            else:
                rows.zero_()
            row += part.shape[0]
        _place(nn.Parameter(tensor, requires_grad=False), places[name])
        progress(done, total)
    quantizer.log()
    return total


def _places(model: nn.Module) -> dict[str, list[tuple[nn.Module, str]]]:
    """For each parameter the modules that hold it: several, where weights are tied."""
    holders: dict[int, list[tuple[nn.Module, str]]] = defaultdict(list)
    for module in model.modules():
        for attribute, parameter in module.named_parameters(recurse=False):
            holders[id(parameter)].append((module, attribute))
    return {name: holders[id(parameter)] for name, parameter in model.named_parameters()}


def _place(parameter: nn.Parameter, holders: list[tuple[nn.Module, str]]) -> None:
    for module, attribute in holders:
        setattr(module, attribute, parameter)


def count_parameters(folder: Path) -> int:
    """Number of parameters of the model in ``folder``, from its configuration alone.

    Raises:
        CheckpointError: it is missing, broken or not supported.
    """
    config = read_config(folder)
    family = family_of(config)
    parts = family.parts(family.config(config))
    return sum(prod(part.shape) for group in parts.values() for part in group)
