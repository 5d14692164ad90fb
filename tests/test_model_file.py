"""Files of a model folder that may have been made to harm."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from llama_demo.errors import CheckpointError
from llama_demo.services.model_folders import describe
from llama_demo.tasks.embed import load_sentence_encoder
from llama_demo.tasks.language_model import load_language_model
from llama_demo.text.tokenizers.vocabulary_settings import read_settings

MODELS = Path(__file__).parents[1] / "assets" / "models"
GENERATOR = MODELS / "generator"


def copied(folder: Path, name: str = "generator") -> Path:
    """A bundled model whose files are links, as in the cache of huggingface_hub."""
    shutil.copytree(MODELS / name, folder / name, copy_function=os.symlink)
    return folder / name


def replaced(file: Path, kind: str) -> Path:
    """What stands in place of a file: something that is read for ever, or waited for."""
    file.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "device":
        file.symlink_to("/dev/zero")
    else:
        file.mkdir()
    return file


def load(folder: Path) -> None:
    """What the start of the app does with a folder."""
    describe(folder, bundled=False)
    load_language_model(folder, device="cpu")


@pytest.mark.skipif(os.name != "posix", reason="has no such files")
@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
@pytest.mark.parametrize(
    "name",
    [
        "config.json",
        "abilities.json",
        "tokenizer_config.json",
        "tokenizer.model",
        "tokenizer.json",
        "generation_config.json",
        "model.safetensors.index.json",
        "model-00001-of-00003.safetensors",
    ],
)
def test_only_regular_files_are_read(tmp_path: Path, name: str, kind: str) -> None:
    """The start ends with a sentence that names the file, in place of a wait without end."""
    folder = copied(tmp_path)
    replaced(folder / name, kind)
    with pytest.raises(CheckpointError) as caught:
        load(folder)
    assert (caught.value.key, caught.value.values["file"]) == ("file_broken", name)


@pytest.mark.skipif(os.name != "posix", reason="has no such files")
@pytest.mark.parametrize("name", ["modules.json", "vocab.txt"])
def test_nor_those_of_embedders(tmp_path: Path, name: str) -> None:
    """Which have further ones."""
    folder = copied(tmp_path, "embedder")
    (folder / "tokenizer.model").unlink()
    replaced(folder / name, "pipe")
    with pytest.raises(CheckpointError):
        load_sentence_encoder(folder, device="cpu")


@pytest.mark.skipif(os.name != "posix", reason="has no such files")
def test_a_chat_template_is_a_regular_file(tmp_path: Path) -> None:
    """Like the others."""
    replaced(tmp_path / "chat_template.jinja", "pipe")
    with pytest.raises(CheckpointError):
        read_settings(tmp_path)


@pytest.mark.parametrize("abilities", ["5", '["story", 5]', '{"a": 1}', '"story"'])
def test_abilities_are_a_list_of_codes(tmp_path: Path, abilities: str) -> None:
    """Anything else is refused when the folder is described."""
    folder = copied(tmp_path)
    (folder / "abilities.json").unlink()
    (folder / "abilities.json").write_text(f'{{"abilities": {abilities}}}', encoding="utf-8")
    with pytest.raises(CheckpointError) as caught:
        describe(folder, bundled=False)
    assert caught.value.values["file"] == "abilities.json"
