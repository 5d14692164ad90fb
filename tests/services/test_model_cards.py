"""The models at work and their cards: which are shown, and to whom."""

from __future__ import annotations

import shutil

import pytest

from llama_demo.errors import InputError
from llama_demo.services.model_cards import ModelCardService
from llama_demo.services.models import Models
from llama_demo.services.visits import resolve
from llama_demo.settings import ASSETS

BUNDLED = ASSETS / "models"
OPERATOR = resolve(public=False)
STRANGER = resolve(public=True, secret="s" * 32)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    """The bundled models, and a writer of the operator's own."""
    own = shutil.copytree(BUNDLED / "generator", tmp_path_factory.mktemp("models") / "own")
    (own / "README.md").write_text("---\nlicence: mit\n---\n# Ours\n\nTrained on secret letters.\n")
    return Models(sorted(BUNDLED.iterdir()), chosen=[own], device="cpu")


def test_the_model_of_each_task_is_listed_with_its_licence(models: Models) -> None:
    """Those that serve, and not the ones that wait on the disk."""
    seen = {one.entry.name: one for one in ModelCardService(models, public=False).at_work(OPERATOR)}
    assert seen.keys() == {"own", "embedder", "sentence-encoder", "reader", "translator"}
    assert all(one.file and one.entry.licence for one in seen.values())


def test_a_card_is_shown_without_its_front_matter(models: Models) -> None:
    """It is data for the hub."""
    card = ModelCardService(models, public=False).card(OPERATOR, "own")
    assert card.startswith("# Ours")


def test_strangers_read_the_cards_that_came_with_the_program(models: Models) -> None:
    """The operator's own folder may say what is not for them."""
    cards = ModelCardService(models, public=True)
    assert [one.file for one in cards.at_work(STRANGER) if one.entry.name == "own"] == [None]
    assert cards.card(STRANGER, "reader").startswith("\n# reader")
    for name in ("own", "../../etc", "nothing"):
        with pytest.raises(InputError, match="card_missing"):
            cards.card(STRANGER, name)


def test_a_model_of_a_single_file_has_no_card(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no folder that could hold one."""
    monkeypatch.setattr(models, "folder", lambda name: BUNDLED / "reader" / "config.json")
    assert not any(one.file for one in ModelCardService(models, public=False).at_work(OPERATOR))
