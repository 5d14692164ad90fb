"""The card of a model's folder: licence, abilities and directions, as data beside the weights."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from llama_demo.engine.checkpoint import read_json
from llama_demo.text.chat_template import has_chat_template

# A file of this project; other checkpoints have none.
ABILITIES_FILE = "abilities.json"


@dataclass(frozen=True)
class Card:
    """Licence, abilities and directions of a model.

    Attributes:
        licence: of the weights; empty if it does not say.
        abilities: what the model learned to do, such as ``story``, ``poem`` or ``instruct``.
        directions: of a translator, such as ``en-zh``; ``None`` if the folder does not say.
    """

    licence: str = ""
    abilities: tuple[str, ...] = ()
    directions: tuple[str, ...] | None = None


def read_card(folder: Path) -> Card:
    """The folder's card. Without one a model with a chat template is taken to follow instructions.

    Raises:
        CheckpointError: the file is broken.
    """
    if not (folder / ABILITIES_FILE).exists():
        return Card(abilities=("instruct",) if has_chat_template(folder) else ())
    card = read_json(folder / ABILITIES_FILE)
    directions = card.get("directions")
    return Card(
        licence=str(card.get("licence", "")),
        abilities=tuple(map(str, card.get("abilities", ()))),
        directions=None if directions is None else tuple(map(str, directions)),
    )
