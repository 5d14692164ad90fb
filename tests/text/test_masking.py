"""Masks: what stands for what must not change, and how it comes back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llama_demo.text.masking import FORMS, mask_verbatim
from llama_demo.text.verbatim import find_untranslated


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "text",
    [
        "Hello {{name}}, you have {0:.2f} coins.",
        'Click <a href="help.html">here</a> for help.<br/>',
        "<p>Hello <b>Tom</b>!</p>",
        "See [the guide](https://a.org/b?c=1) now.",
        "Width: %dpx (%s), '%s'",
        "%s%s",
        r"One line.\nTwo lines\tand more.",
        "Tom&nbsp;and &lt;b&gt; in M&uuml;nchen, AT&amp;T",
        "Hi <0>you</0>, <1/> and <@U02>, ｛x｝!",
        "No parts at all.",
    ],
)
def test_a_translation_that_changes_nothing(text: str, form: str) -> None:
    """It comes back as it was, blanks and all."""
    masked = mask_verbatim(text, form)
    assert masked.restored(masked.text, "fr") == text
    assert not set("<{%[").intersection(masked.text)


_GLUED = ("%d", "{name}", "{{ x }}", "%(n)s", "${a}")
_APART = ("https://a.org/b", "`x = 1`", "<b>", "a_b", "@tom")
_SPACED = ("Hello ", "dos años ", "12 ", "ok. ", "Über ", "")
_PIECE = st.one_of(
    st.tuples(st.sampled_from(("Hello", "两只猫", "你好，", *_SPACED)), st.sampled_from(_GLUED)),
    st.tuples(st.sampled_from(("两只猫", "你好，", *_SPACED)), st.sampled_from(_APART)),
)


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=40)
@given(pieces=st.lists(_PIECE, min_size=1, max_size=4))
def test_any_text_comes_back(form: str, pieces: list[tuple[str, str]]) -> None:
    """Words, Chinese and parts in any order, glued or not; none of the parts is shown to the translator.

    Blanks are not compared, since Chinese gets some around its parts.
    """
    text = " ".join(f"{word}{part}" for word, part in pieces) + " end"
    masked = mask_verbatim(text, form)
    assert str(masked.restored(masked.text, "fr")).replace(" ", "") == text.replace(" ", "")
    assert not any(part.text in masked.text for part in find_untranslated(text))


def test_tags_at_the_edges_are_cut_off() -> None:
    """They need no mask, and the sentence is read without them."""
    assert mask_verbatim("<p>Hello!</p>").text == "Hello!"


def test_tags_stand_at_their_words() -> None:
    """Blanks are around them as in the original, wherever the model put its own."""
    masked = mask_verbatim("Click <b>here</b>, please.")
    assert masked.text == "Click 73156 here 48209, please."
    assert masked.restored("Cliquez 73156 ici 48209 , merci.", "fr") == "Cliquez <b>ici</b>, merci."
    assert masked.restored("Cliquez ici 73156 48209, merci.", "fr") is None


def test_chinese_gets_and_gives_no_blanks() -> None:
    """Out of Chinese a blank is put where words would touch the part; into Chinese none is needed."""
    masked = mask_verbatim("你有{0}条消息")
    assert masked.restored("You have73156messages", "en") == "You have {0} messages"
    assert mask_verbatim("你好，{0}。").restored("Hello,73156.", "en") == "Hello, {0}."
    assert mask_verbatim("You have {0} messages").restored("你有73156条消息", "zh") == "你有{0}条消息"


def test_a_mask_may_get_a_separator() -> None:
    """As numbers do in most languages; but another number is no mask."""
    masked = mask_verbatim("Hello {x}")
    assert masked.restored("Hallo 73.156", "de") == "Hallo {x}"
    assert masked.restored("Hallo 731567", "de") is None


def test_masks_are_all_there_in_order() -> None:
    """Else the translation is not taken."""
    masked = mask_verbatim("From %s to %d")
    assert masked.restored("De 73156 à 48209", "fr") == "De %s à %d"
    for translation in ("De 48209 à 73156", "De 73156", "De 73156 à 73156 et 48209"):
        assert masked.restored(translation, "fr") is None


def test_a_number_of_the_text_is_no_mask() -> None:
    """Another one is taken."""
    assert "48209" in mask_verbatim("Room 73156 for {x}").text
