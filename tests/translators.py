"""Small translators with random weights, and one that only repeats: for what does not depend on quality."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import tokenizers
import torch
import transformers
from safetensors.torch import save_file

from llama_demo.model.transformer import Transformer
from llama_demo.tasks.translation_hops import ScoredTranslation
from llama_demo.text.tokenizers.m2m100_vocabulary import M2M100Vocabulary
from llama_demo.text.tokenizers.nllb_vocabulary import NllbVocabulary
from tests.model.random_encoders import MARIAN, SIZES
from tests.model.test_transformer import CONFIG
from tests.text.tokenizers.test_tokenizer import byte_level_folder
from tests.text.tokenizers.test_translator_vocabulary import (
    joint,
    m2m_folder,
    marian_folder,
    nllb_folder,
    pieces_of,
)


def write_translator(
    folder: Path, *, positions: int = 160, directions: Sequence[str] = ("en-zh", "zh-en", "en-fr", "fr-en")
) -> Path:
    """Our own kind of folder, for English, Chinese and French, that reads ``positions`` tokens."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = len(pieces_of(joint()))
    config = replace(CONFIG, vocab_size=rows, source_vocab_size=rows, max_position_embeddings=positions)
    torch.manual_seed(0)
    model = Transformer(config)
    model.initialise()
    (folder / "config.json").write_text(json.dumps(config.to_json()))
    (folder / "abilities.json").write_text(
        json.dumps({"licence": "MIT", "abilities": ["translate"], "directions": list(directions)})
    )
    (folder / "tokenizer.model").write_bytes(joint())
    save_file({name: p.detach() for name, p in model.named_parameters()}, folder / "model.safetensors")
    return folder


def write_opus_mt(folder: Path, *, source: str, target: str) -> Path:
    """A folder as opus-mt's, written by the reference implementation."""
    folder.mkdir(parents=True, exist_ok=True)
    marian_folder(folder, source_lang=source, target_lang=target)
    names = json.loads((folder / "vocab.json").read_text())
    rows, pad = len(names), names["<pad>"]
    sizes = {**MARIAN, "vocab_size": rows, "pad_token_id": pad, "decoder_start_token_id": pad}
    torch.manual_seed(0)
    return _saved(transformers.MarianMTModel(transformers.MarianConfig(**sizes)), folder)


def write_m2m100(folder: Path) -> Path:
    """A folder as M2M100's, with all of its hundred languages."""
    folder.mkdir(parents=True, exist_ok=True)
    m2m_folder(folder)
    rows = M2M100Vocabulary(folder).source_size
    torch.manual_seed(0)
    config = transformers.M2M100Config(**{**SIZES, "vocab_size": rows})
    return _saved(transformers.M2M100ForConditionalGeneration(config), folder)


def write_nllb(folder: Path) -> Path:
    """A folder as NLLB's, which is a network of M2M100 with other marks."""
    folder.mkdir(parents=True, exist_ok=True)
    nllb_folder(folder)
    rows = NllbVocabulary(folder).source_size + 1  # <mask> comes last
    torch.manual_seed(0)
    config = transformers.M2M100Config(**{**SIZES, "vocab_size": rows})
    return _saved(transformers.M2M100ForConditionalGeneration(config), folder)


def write_chat(folder: Path) -> Path:
    """A decoder that is asked by prompt: a LLaMA with a chat template."""
    folder.mkdir(parents=True, exist_ok=True)
    byte_level_folder(folder, begin=True)
    (folder / "chat_template.jinja").write_text(
        "{% for message in messages %}<|im_start|>{{ message.role }}: {{ message.content }}<|im_end|>"
        "{% endfor %}<|im_start|>"
    )
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab()),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=4,
        max_position_embeddings=2_048,
    )
    return _saved(transformers.LlamaForCausalLM(config), folder)


def _saved(model: Any, folder: Path) -> Path:
    """The model beside its vocabulary."""
    model.eval().save_pretrained(folder)
    return folder


@dataclass
class TableHop:
    """A model that says for each sentence what a function says, so that mending can be seen.

    Attributes:
        heard: the sentences that it was given, in order.
    """

    say: Callable[[str], str]
    source: str = "en"
    target: str = "fr"
    heard: list[str] = field(default_factory=list)

    @property
    def most_tokens(self) -> int:
        """More than any sentence here has."""
        return 1_000

    def token_ends(self, text: str) -> Sequence[int]:
        """A token a character."""
        return range(1, len(text) + 1)

    def translate(
        self,
        sentences: Sequence[str],
        *,
        beams: int,
        stopped: Callable[[], bool],
    ) -> list[ScoredTranslation] | None:
        """What the function says, all with one score."""
        if stopped():
            return None
        self.heard += sentences
        return [ScoredTranslation(self.say(sentence), -0.5) for sentence in sentences]
