"""A live-trained model as a ZIP file with a folder in Hugging Face format."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from llama_demo.engine.export import Files, exported_files
from llama_demo.model.llama import Llama, checkpoint_parts

FOLDER = "tiny-llama"

_SETTINGS: dict[str, Mapping[str, Any]] = {
    "tokenizer_config.json": {
        "tokenizer_class": "LlamaTokenizer",
        "add_bos_token": False,
        "add_eos_token": False,
        "add_prefix_space": False,
        "legacy": False,
        "bos_token": "<s>",
        "eos_token": "</s>",
        "unk_token": "<unk>",
        "clean_up_tokenization_spaces": False,
    },
    "generation_config.json": {"bos_token_id": 1, "eos_token_id": 2, "do_sample": True, "temperature": 0.7},
}
_README = """# A tiny LLaMA

{parameters:,} parameters, trained from scratch on one text in {steps:,} steps. Its tokens are characters, its
context is {context} of them. It knows nothing but the text that it was trained on.

    python app.py --model {folder}
"""


def archive(model: Llama, vocabulary: bytes, *, steps: int) -> bytes:
    """The ZIP file; unpacked, ``app.py --model tiny-llama`` and ``transformers`` load it.

    Args:
        vocabulary: serialized SentencePiece model.
        steps: that it was trained for.
    """
    config = model.config
    readme = _README.format(
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        steps=steps,
        context=config.max_position_embeddings,
        folder=FOLDER,
    )
    marks = {"bos_token_id": 1, "eos_token_id": 2, "torch_dtype": "bfloat16"}
    files: Files = {
        "config.json": {**config.to_json(), **marks},
        "tokenizer.model": vocabulary,
        "README.md": readme.encode(),
        **_SETTINGS,
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in exported_files(model, checkpoint_parts(config), files):
            packed.writestr(f"{FOLDER}/{name}", content)
    return buffer.getvalue()
