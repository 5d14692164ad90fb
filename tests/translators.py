"""Small translators with random weights, and one that only repeats: for what does not depend on quality."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from safetensors.torch import save_file

from llama_demo.model.transformer import Transformer
from llama_demo.tasks.translation_hops import Said
from tests.model.test_transformer import CONFIG
from tests.text.test_translator_vocabulary import joint, pieces_of


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
    ) -> list[Said] | None:
        """What the function says, all with one score."""
        if stopped():
            return None
        self.heard += sentences
        return [Said(self.say(sentence), -0.5) for sentence in sentences]
