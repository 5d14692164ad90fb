"""Who translates what, told from what the models say of themselves."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from llama_demo.catalogue import ModelEntry
from llama_demo.errors import InputError
from llama_demo.services.models import Models
from llama_demo.services.translation.routes import all_routes, choose
from llama_demo.ui.texts import catalogue

BUNDLED = "en-zh zh-en en-fr fr-en en-de de-en".split()


def entry(name: str, task: str, directions: Sequence[str] = (), abilities: Sequence[str] = ()) -> ModelEntry:
    return ModelEntry(
        name=name,
        task=task,
        family="x",
        parameters=1,
        bytes=1,
        licence="",
        context=512,
        abilities=tuple(abilities),
        bundled=False,
        directions=tuple(directions),
    )


class Listed(Models):
    """Models of which only the list is looked at."""

    def __init__(self, *entries: ModelEntry) -> None:
        self._listed = entries

    def entries(self, task: str = "") -> list[ModelEntry]:
        """Those of a task."""
        return [one for one in self._listed if one.task == task]


def test_direct_before_through_english_before_by_prompt() -> None:
    """The chosen folder comes first in its direction; a decoder is asked where nothing else is."""
    models = Listed(
        entry("opus-mt-zh-de", "translate", ["zh-de"]),
        entry("translator", "translate", BUNDLED),
        entry("chat", "generate", abilities=["instruct"]),
        entry("writer", "generate", abilities=["story"]),
    )
    routes = all_routes(models)
    assert [(r.model, r.via, r.prompted) for r in routes["zh"]["de"]] == [
        ("opus-mt-zh-de", "", False),
        ("chat", "", True),
    ]
    assert [(r.model, r.via) for r in routes["zh"]["fr"]] == [("translator", "en"), ("chat", "")]
    assert [r.model for r in routes["es"]["en"]] == ["chat"]
    assert list(routes) == ["zh", "en", "fr", "de", "es"]
    assert choose(routes, "zh", "fr", "chat").prompted


def test_two_folders_meet_in_english() -> None:
    """Each for its half of the way; both are named."""
    routes = all_routes(Listed(entry("a", "translate", ["it-en"]), entry("b", "translate", ["en-ja"])))
    assert routes["it"]["ja"][0].models == ("a", "b")
    assert routes["it"]["ja"][0].model == "a + b"
    assert "it" not in routes["it"]


@pytest.mark.parametrize(
    ("source", "target", "model", "key"),
    [
        ("it", "en", "", "language_not_offered"),
        ("en", "zh", "b", "model_unknown"),
        ("zh", "en", "a", "direction_not_offered"),
    ],
)
def test_what_is_not_offered_is_told(source: str, target: str, model: str, key: str) -> None:
    """With the reason."""
    with pytest.raises(InputError) as caught:
        choose(all_routes(Listed(entry("a", "translate", ["en-zh"]))), source, target, model)
    assert caught.value.key == key
    if key == "language_not_offered":
        assert "意大利语" in catalogue("zh").error(caught.value)
        assert "Italian. There is: Chinese, English." in catalogue("en").error(caught.value)


def test_no_translator_no_languages() -> None:
    """The page then says that there is none."""
    assert all_routes(Listed(entry("writer", "generate", abilities=["story"]))) == {}
