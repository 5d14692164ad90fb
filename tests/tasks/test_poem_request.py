"""What a poem is asked for with."""

from __future__ import annotations

import pytest

from llama_demo.errors import InputError
from llama_demo.tasks.language_model import LanguageModel
from llama_demo.tasks.poem_request import (
    POEM_FORMS,
    PoemRequest,
    parse_poem_request,
    poem_guidance,
)
from llama_demo.training.generator import poems


@pytest.mark.parametrize(
    ("text", "form", "theme", "request_"),
    [
        ("", "五言绝句", "春天", "写一首关于春天的五言绝句。"),
        ("大海", "七言律诗", "春天", "写一首关于大海的七言律诗。"),
        ("春眠不觉晓，", "", "", "以“春眠不觉晓”开头，写一首五言绝句。"),
        ("春眠不觉晓", "七言律诗", "", "以“春眠不觉晓”开头，写一首五言律诗。"),
        ("两个黄鹂鸣翠柳", "七言律诗", "", "以“两个黄鹂鸣翠柳”开头，写一首七言律诗。"),
        ("", "", "", "写一首诗。"),
        ("spring", "五言绝句", "", "写一首关于spring的五言绝句。"),
        ("写一首关于月亮的七言律诗", "", "", "写一首关于月亮的七言律诗"),
        ("写一首春天的诗", "", "", "写一首春天的诗"),
        ("写一首七言绝句。", "", "", "写一首七言绝句。"),
        ("请写一首思乡诗", "", "", "请写一首思乡诗"),
        ("请君试问东流水", "", "", "以“请君试问东流水”开头，写一首七言绝句。"),
        ("春天的早晨", "", "", "写一首关于春天的早晨的诗。"),
        ("妈妈生病了", "", "", "写一首关于妈妈生病了的诗。"),
        ("春花秋月何时了", "", "", "以“春花秋月何时了”开头，写一首七言绝句。"),
        ("秋天漠漠向昏黑，", "", "", "以“秋天漠漠向昏黑”开头，写一首七言绝句。"),
        ("藏头：天长地久", "", "", "写一首七言绝句。"),
        ("藏头诗“天长地久”", "五言绝句", "离别", "写一首关于离别的五言绝句。"),
    ],
)
def test_a_poem_is_asked_for_by_form_and_theme_or_first_line(
    text: str, form: str, theme: str, request_: str
) -> None:
    """What is typed goes before what is chosen; a line of five or seven characters is a first line."""
    assert parse_poem_request(text, form=form, theme=theme).prompt == request_


@pytest.mark.parametrize(
    ("text", "form", "wanted"),
    [
        ("写一首关于月亮的七言律诗", "七言律诗", "月蟾桂圆明夜"),
        ("写一首关于友谊的七言律诗。", "七言律诗", "友谊"),
        ("写一首关于友谊的诗", "", "友谊"),
        ("请以“故园”为题写一首五律", "五言律诗", "故园"),
        ("来一首写长城的七绝", "七言绝句", "长城"),
        ("写一首春天的诗", "", "春花柳莺燕芳草桃"),
        ("写一首五言律诗", "五言律诗", ""),
        ("写一首七绝，赠友人", "七言绝句", ""),
        ("写一首七绝，写给妈妈", "七言绝句", ""),
        ("Write a poem about 长城", "", ""),
    ],
)
def test_a_sentence_names_the_form_and_the_theme(text: str, form: str, wanted: str) -> None:
    """A draft is preferred for words of the theme, never for those of the request itself."""
    request = parse_poem_request(text)
    assert (request.form.name if request.form else "") == form
    assert request.wanted == frozenset(wanted)


def test_the_words_are_those_that_the_bundled_model_was_trained_with() -> None:
    """A request in other words than it learned would be answered worse, so both sides must agree."""
    assert "写一首关于{theme}的{form}。" in poems.REQUESTS
    assert set(POEM_FORMS) == set(poems.FORMS.values())


@pytest.mark.parametrize(
    ("key", "fields"),
    [
        ("poem_form_unknown", {"form": "俳句"}),
        ("acrostic_length", {"text": "藏头：天长地"}),
        ("acrostic_length", {"text": "藏头诗 天长地久", "form": "七言律诗"}),
    ],
)
def test_what_cannot_be_is_refused(key: str, fields: dict[str, str]) -> None:
    """A form that there is not, or an acrostic that has no line for each character."""
    with pytest.raises(InputError, match=key):
        parse_poem_request(**{"text": "", **fields})


def test_a_character_that_the_model_cannot_write_is_named(writer: LanguageModel) -> None:
    """It would otherwise be missing from the poem."""
    with pytest.raises(InputError, match="龘"):
        poem_guidance(writer, PoemRequest(acrostic="龘长地久"))
