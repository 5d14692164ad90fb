"""Cards of model folders, which may come from anybody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llama_demo.errors import CheckpointError
from llama_demo.tasks.card import Card, read_card


def folder(tmp_path: Path, card: object) -> Path:
    """A folder with this card."""
    (tmp_path / "abilities.json").write_text(json.dumps(card))
    return tmp_path


def test_what_a_card_says(tmp_path: Path) -> None:
    """As it stands in the file; what it does not say is empty."""
    card = {"licence": "MIT", "abilities": ["story", "poem"], "directions": ["en-zh", "cmn-pt_br"]}
    assert read_card(folder(tmp_path, card)) == Card("MIT", ("story", "poem"), ("en-zh", "cmn-pt_br"))
    assert read_card(folder(tmp_path, {})) == Card()


@pytest.mark.parametrize(
    ("card", "detail"),
    [
        ({"abilities": 5}, "abilities"),
        ({"abilities": "story"}, "abilities"),
        ({"abilities": ["story", "${alert(1)}"]}, "abilities"),
        ({"abilities": [["story"]]}, "abilities"),
        ({"directions": ["en-${alert(1)}"]}, "directions"),
        ({"directions": ["en-{{x}}"]}, "directions"),
        ({"directions": {"en": "zh"}}, "directions"),
        ({"licence": "<b>" * 100}, "licence"),
        ({"licence": 3}, "licence"),
    ],
)
def test_a_card_holds_codes_and_no_programs(tmp_path: Path, card: dict[str, object], detail: str) -> None:
    """Its words reach the page of every visitor."""
    with pytest.raises(CheckpointError) as caught:
        read_card(folder(tmp_path, card))
    assert caught.value.key == "file_broken"
    assert caught.value.values["detail"] == detail
