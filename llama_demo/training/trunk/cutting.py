"""``python -m llama_demo.training trunk``: an encoder's folder with fewer pieces and fewer layers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from llama_demo.engine.weights import SINGLE
from llama_demo.errors import CheckpointError
from llama_demo.model_file import read_json
from llama_demo.training.trunk.corpus import SHARES, read_texts
from llama_demo.training.trunk.vocabulary import PAD, compare, count_pieces, cut, read_vocabulary

_VOCABULARIES = ("sentencepiece.bpe.model", "tokenizer.model")
_TABLE, _POSITIONS = "embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight"
_LAYER = re.compile(r"encoder\.layer\.(\d+)\.")
_HEADS = re.compile(r"(^|\.)(pooler|lm_head|cls)\.|position_ids$")
_COMPARED_EVERY = 50
TOKENIZER_CONFIG = {
    "tokenizer_class": "PreTrainedTokenizerFast",
    "model_input_names": ["input_ids", "token_type_ids", "attention_mask"],
    "bos_token": "<s>",
    "cls_token": "<s>",
    "eos_token": "</s>",
    "sep_token": "</s>",
    "pad_token": "<pad>",
    "unk_token": "<unk>",
}


def make_trunk(
    source: Path,
    data: Path,
    out: Path,
    *,
    pieces: int,
    layers: int,
    positions: int,
    report: Callable[[str], None] = print,
) -> None:
    """Cut the encoder in ``source``, which has a unigram SentencePiece vocabulary, and write it to ``out``.

    Args:
        source: a folder in Hugging Face format of the BERT kind, such as ``intfloat/multilingual-e5-small``.
        data: folder with the sources that ``docs/training.md`` lists.
        pieces: of the vocabulary, marks among them.
        layers: that are kept, the first ones; all of them where there are not so many.
        positions: rows of their table that are kept, the first ones: tokens that are read at once. Those that
            are never tuned on mislead a tuned model, so there should be none.
    """
    model = _vocabulary_of(source)
    texts = read_texts(data)
    before = read_vocabulary(model)
    after = cut(before, count_pieces(model, texts, SHARES), pieces)
    config = read_json(source / "config.json")
    write_trunk(source, out, config, after.rows, layers=layers, positions=positions)
    after.tokenizer().save(str(out / "tokenizer.json"), pretty=False)
    report(f"{len(before.rows):,} pieces to {len(after.rows):,}")
    for language, those in texts.items():
        if compared := those[::_COMPARED_EVERY]:
            found = compare(before, after, compared)
            same, more = 100 * found.same, 100 * found.growth
            report(f"{language}: {same:.1f} % of texts cut as before, {more:.1f} % more pieces")


def write_trunk(
    source: Path, out: Path, config: Mapping[str, Any], rows: tuple[int, ...], *, layers: int, positions: int
) -> None:
    """Write the weights that are left, with a ``config.json`` that fits them.

    Matrices are rounded to 8 bits, as they will ship, so that what is not tuned loses nothing then.
    """
    kept = min(layers, int(config["num_hidden_layers"]))
    tensors = {
        name: tensor
        for file in sorted(source.glob("*.safetensors"))
        for name, tensor in load_file(file).items()
        if _stays(name, kept)
    }
    (table,) = (name for name in tensors if name.endswith(_TABLE))
    tensors[table] = tensors[table][torch.tensor(rows)]
    (places,) = (name for name in tensors if name.endswith(_POSITIONS))
    tensors[places] = tensors[places][:positions]
    out.mkdir(parents=True, exist_ok=True)
    save_file({name: _rounded(tensor) for name, tensor in tensors.items()}, out / SINGLE, {"format": "pt"})
    smaller = {
        **{name: value for name, value in config.items() if name != "tokenizer_class"},
        "vocab_size": len(rows),
        "num_hidden_layers": kept,
        "max_position_embeddings": len(tensors[places]),
        "pad_token_id": PAD,
        "hidden_dropout_prob": 0.0,
        "torch_dtype": "float32",
    }
    for name, content in (("config.json", smaller), ("tokenizer_config.json", TOKENIZER_CONFIG)):
        (out / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _stays(name: str, layers: int) -> bool:
    layer = _LAYER.search(name)
    return _HEADS.search(name) is None and (layer is None or int(layer[1]) < layers)


def _rounded(tensor: Tensor) -> Tensor:
    return tensor.to(torch.float8_e4m3fn if tensor.ndim > 1 else torch.bfloat16).contiguous()


def _vocabulary_of(folder: Path) -> bytes:
    for name in _VOCABULARIES:
        if (folder / name).exists():
            return (folder / name).read_bytes()
    raise CheckpointError("file_missing", folder=str(folder), file=" / ".join(_VOCABULARIES))
