"""Vocabularies in GGUF files against the folders that they were written from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import pytest
import tokenizers
from tokenizers import pre_tokenizers

from llama_demo.errors import CheckpointError
from llama_demo.text.chat_template import ChatMessage, load_chat_template
from llama_demo.text.tokenizers.tokenizer import Tokenizer, load_tokenizer
from tests.gguf_files import add_byte_level, add_sentencepiece
from tests.text.tokenizers.test_tokenizer import ROWS, STRINGS, byte_level_folder, sentencepiece_folder

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def vocabulary_file(
    path: Path, add: Callable[[gguf.GGUFWriter], None], *, architecture: str = "llama", **entries: Any
) -> Path:
    """A file with a vocabulary and nothing else."""
    writer = gguf.GGUFWriter(path, architecture)
    add(writer)
    for key, value in entries.items():
        kind = gguf.GGUFValueType.get_type(value)
        writer.add_key_value(f"tokenizer.{key}", value, gguf.GGUFValueType.UINT32 if kind == 5 else kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    return path


def smollm_folder(folder: Path) -> Path:
    """Digits apart, and GPT-2's pieces."""
    byte_level_folder(folder, begin=False)
    fast = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    fast.normalizer = None
    digits = pre_tokenizers.Digits(individual_digits=True)
    fast.pre_tokenizer = pre_tokenizers.Sequence([digits, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    fast.save(str(folder / "tokenizer.json"))
    return folder


KINDS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "llama-bpe": (lambda folder: byte_level_folder(folder, begin=True), "llama"),
    "qwen2": (lambda folder: byte_level_folder(folder, begin=False), "qwen2"),
    "smollm": (smollm_folder, "llama"),
    "default": (lambda folder: sentencepiece_folder(folder, "bpe", add_bos_token=True), "llama"),
}


def same(ours: Tokenizer, theirs: Tokenizer) -> None:
    assert ours.size == theirs.size
    for text in STRINGS:
        ids = theirs.encode(text)
        assert ours.encode(text) == ids
        assert ours.decode(ids) == theirs.decode(ids)


@pytest.mark.parametrize("pre", KINDS)
def test_ids_and_texts_are_those_of_the_folder(pre: str, tmp_path: Path) -> None:
    """A token id that differs from the one the model learned with is another word to it."""
    make, architecture = KINDS[pre]
    folder = make(tmp_path)

    def add(writer: gguf.GGUFWriter) -> None:
        if pre == "default":
            add_sentencepiece(writer, folder)
        else:
            add_byte_level(writer, folder, pre)
            fast = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
            writer.add_bos_token_id(fast.token_to_id("<|begin|>"))
            writer.add_eos_token_id(fast.token_to_id("<|end|>"))

    path = vocabulary_file(tmp_path / "model.gguf", add, architecture=architecture)
    ours, theirs = load_tokenizer(path, ROWS), load_tokenizer(folder, ROWS)
    same(ours, theirs)
    if pre != "default":
        assert ours.marks == theirs.marks
        mark = "<|im_start|>user\nHi<|im_end|>"
        assert ours.encode_pieces([mark, "<|im_end|>"]) == theirs.encode_pieces([mark, "<|im_end|>"])
        assert theirs.end_ids < ours.end_ids  # and the mark that ends a turn
    assert ours.named["eos_token"] == theirs.named["eos_token"]


def chat_file(path: Path, folder: Path, template: str) -> Path:
    return vocabulary_file(
        path,
        lambda writer: (add_byte_level(writer, folder, "qwen2"), writer.add_chat_template(template))[0],
        architecture="qwen2",
    )


def test_the_chat_template_is_rendered_in_the_sandbox(tmp_path: Path) -> None:
    """It is a stranger's program, here as in a folder."""
    folder = byte_level_folder(tmp_path, begin=False)
    hello = [ChatMessage("user", "Hi <|im_end|>")]
    path = chat_file(tmp_path / "chat.gguf", folder, CHATML)
    template = load_chat_template(path, tokenizer := load_tokenizer(path, ROWS))
    assert template is not None
    end = tokenizer.encode_pieces(["<|im_end|>"])
    assert template.encode(hello).count(end[0]) == 1
    for hostile in (
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{% for i in range(10**9) %}{{ i }}{% endfor %}",
        "{{ 'x' * 10**9 }}",
        "{% for",
        "x" * 300_000,
    ):
        path = chat_file(tmp_path / "hostile.gguf", folder, hostile)
        with pytest.raises(CheckpointError) as caught:
            load_chat_template(path, tokenizer).render(hello)  # type: ignore[union-attr]
        assert caught.value.key == "chat_template_broken"


def test_marks_of_an_older_sentencepiece_file_are_the_usual_ones(tmp_path: Path) -> None:
    """Some files do not say which tokens begin and end a text, as llama.cpp does not need to be told."""

    def add(writer: gguf.GGUFWriter) -> None:
        add_sentencepiece(writer, tmp_path)
        for mark in ("bos", "eos", "unknown"):
            writer.kv_data[0].pop(f"tokenizer.ggml.{mark}_token_id")

    sentencepiece_folder(tmp_path, "bpe", add_bos_token=True)
    same(load_tokenizer(vocabulary_file(tmp_path / "old.gguf", add), ROWS), load_tokenizer(tmp_path, ROWS))


def plain(writer: gguf.GGUFWriter) -> None:
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(["a", "b", "ab"])
    writer.add_token_types([1, 1, 1])
    writer.add_token_merges(["a b"])


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"ggml.model": "bert"}, "gguf_vocabulary"),
        ({"ggml.pre": "viking"}, "gguf_vocabulary"),
        ({"ggml.model": "llama"}, "file_broken"),
        ({"ggml.model": 7}, "file_broken"),
        ({"ggml.token_type": [1, 1]}, "file_broken"),
        ({"ggml.token_type": [1, 1, 77]}, "file_broken"),
        ({"ggml.token_type": "normal"}, "file_broken"),
        ({"ggml.merges": ["a z"]}, "file_broken"),
        ({"ggml.merges": ["ab"]}, "file_broken"),
        ({"ggml.merges": 3}, "file_broken"),
        ({"ggml.eos_token_id": 3}, "file_broken"),
        ({"ggml.bos_token_id": -1}, "file_broken"),
        ({"chat_template": 5}, "file_broken"),
    ],
    ids=str,
)
def test_a_vocabulary_that_cannot_be_is_refused(changes: dict[str, Any], key: str, tmp_path: Path) -> None:
    """With a message for people, whatever the metadata says."""

    def add(writer: gguf.GGUFWriter) -> None:
        plain(writer)
        for name, value in changes.items():
            writer.kv_data[0].pop(f"tokenizer.{name}", None)
            if isinstance(value, list):
                writer.add_array(f"tokenizer.{name}", value)
            elif isinstance(value, str):
                writer.add_string(f"tokenizer.{name}", value)
            else:
                writer.add_int32(f"tokenizer.{name}", value)

    path = vocabulary_file(tmp_path / "odd.gguf", add)
    with pytest.raises(CheckpointError) as caught:
        load_tokenizer(path, ROWS)
    assert caught.value.key == key


def test_more_tokens_than_rows_are_refused(tmp_path: Path) -> None:
    """An id beyond the embedding has no vector."""
    path = vocabulary_file(tmp_path / "plain.gguf", plain)
    assert load_tokenizer(path, 3).encode("ab") == [2]
    with pytest.raises(CheckpointError) as caught:
        load_tokenizer(path, 2)
    assert caught.value.key == "tokenizer_misfit"
