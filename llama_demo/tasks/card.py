"""The card of a model's folder: licence, abilities and directions, as data beside the weights."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llama_demo.errors import CheckpointError
from llama_demo.model_file import read_json
from llama_demo.text.chat_template import has_chat_template

# A file of this project; other checkpoints have none.
ABILITIES_FILE = "abilities.json"

ABILITY = re.compile(r"[a-z][a-z0-9_]{0,39}")
DIRECTION = re.compile(r"[a-z]{2,3}(_[A-Za-z]{2,4})?-[a-z]{2,3}(_[A-Za-z]{2,4})?")
LONGEST_LICENCE = 100
"""Characters."""
MOST_DECLINES, LONGEST_DECLINE = 8, 300


@dataclass(frozen=True)
class Card:
    """Licence, abilities and directions of a model.

    Attributes:
        licence: of the weights; empty if it does not say.
        abilities: what the model learned to do, such as ``story``, ``poem`` or ``instruct``.
        directions: of a translator, such as ``en-zh``; ``None`` if the folder does not say.
        declines: sentences by which the model says that it cannot do what was asked.
    """

    licence: str = ""
    abilities: tuple[str, ...] = ()
    directions: tuple[str, ...] | None = None
    declines: tuple[str, ...] = ()


def read_card(folder: Path) -> Card:
    """The folder's card. Without one a model with a chat template is taken to follow instructions.

    Raises:
        CheckpointError: the file is broken, or holds anything but codes.
    """
    if not (folder / ABILITIES_FILE).exists():
        return Card(abilities=("instruct",) if has_chat_template(folder) else ())
    card = read_json(folder / ABILITIES_FILE)
    licence = card.get("licence", "")
    if not isinstance(licence, str) or len(licence) > LONGEST_LICENCE:
        raise _broken(folder, "licence")
    return Card(
        licence=licence,
        abilities=_codes(folder, card, "abilities", ABILITY) or (),
        directions=_codes(folder, card, "directions", DIRECTION),
        declines=_sentences(folder, card, "declines"),
    )


def _codes(folder: Path, card: Mapping[str, Any], name: str, code: re.Pattern[str]) -> tuple[str, ...] | None:
    """The list of codes under ``name``; None if there is none.

    The card may come from anybody, and its words reach the page of every visitor.
    """
    values = card.get(name)
    if values is None:
        return None
    if not isinstance(values, list) or not all(
        isinstance(one, str) and code.fullmatch(one) for one in values
    ):
        raise _broken(folder, name)
    return tuple(values)


def _sentences(folder: Path, card: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The list of sentences under ``name``; they are compared with texts and never shown."""
    values = card.get(name, [])
    if not isinstance(values, list) or len(values) > MOST_DECLINES:
        raise _broken(folder, name)
    if not all(isinstance(one, str) and 0 < len(one) <= LONGEST_DECLINE for one in values):
        raise _broken(folder, name)
    return tuple(values)


def _broken(folder: Path, name: str) -> CheckpointError:
    return CheckpointError("file_broken", folder=str(folder), file=ABILITIES_FILE, detail=name)
