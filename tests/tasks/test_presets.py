"""What a click asks a model for."""

from __future__ import annotations

import pytest

from llama_demo.errors import InputError
from llama_demo.tasks.presets import PRESETS, preset_named, request_for
from llama_demo.training.generator import stories


def test_every_request_says_what_was_typed() -> None:
    """For every preset, ability and language there is a request with the person's words in it."""
    for preset in PRESETS.values():
        for ability in preset.abilities:
            for text in ("a dog and a ball", "小狗和红球"):
                if preset.name != "poem":
                    assert text in request_for(preset, ability, text)


def test_a_whole_request_is_taken_as_it_is() -> None:
    """Who writes the request out gets no second one around it."""
    for text in ("Tell me a story about a fox", "讲一个关于狐狸的故事", "请写一个小故事"):
        assert request_for(PRESETS["story"], "story", text) == text


def test_the_words_are_those_that_the_bundled_model_was_trained_with() -> None:
    """A request in other words than it learned would be answered worse, so both sides must agree."""
    assert PRESETS["story"].requests["story", "en"].replace("{text}", "{topic}") in stories.REQUESTS
    assert PRESETS["story"].requests["story", "zh"].replace("{text}", "{topic}") in stories.CHINESE_REQUESTS


def test_a_model_without_the_ability_is_told_apart() -> None:
    """News needs a model that follows instructions; free text needs nothing."""
    assert PRESETS["news"].ability_of(frozenset({"story", "poem"})) is None
    assert PRESETS["poem"].ability_of(frozenset({"instruct", "poem"})) == "poem"
    assert PRESETS["story"].ability_of(frozenset({"instruct"})) == "instruct"
    assert PRESETS["free"].abilities == ()


def test_wrong_names_are_refused_with_the_right_ones() -> None:
    """A program that mistypes reads what there is."""
    with pytest.raises(InputError) as caught:
        preset_named("haiku")
    assert "story" in str(caught.value.values["known"])
    with pytest.raises(InputError):
        request_for(PRESETS["story"], "story", "  ")
