"""Texts from PDFs, web pages and phones read like the same text typed on a keyboard."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_demo import normal_form
from llama_demo.normal_form import normal_text, normalise

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        (unicodedata.normalize("NFD", "Die Katze schläft, déjà vu"), "Die Katze schläft, déjà vu"),
        (unicodedata.normalize("NFD", "한국어, がぎ"), "한국어, がぎ"),
        ("ＵＳＢ很贵。", "USB很贵。"),
        ("她有３个孩子，２只猫。", "她有3个孩子，2只猫。"),
        ("１，０００元，１．５米，下午３：３０", "1,000元，1.5米，下午3:30"),
        ("第１，２，３章有１，２３４，５６７字", "第1，2，3章有1,234,567字"),
        ("Ｐｌｅａｓｅ　ｃａｌｌ　ｍｅ，Ａｎｎａ！", "Please call me, Anna!"),
        ("我用iPhone，很好！", "我用iPhone，很好！"),
        ("￥５００ ％ ８㎡ ℃", "¥500 % 8m² ℃"),
        ("ｶﾞｷﾞ ﾊﾟ｡", "ガギ パ。"),
        ("The ﬁsh oﬃce, Ĳssel, ﬅop", "The fish office, IJssel, stop"),
        ("𝐇𝐞𝐥𝐥𝐨 𝒘𝒐𝒓𝒍𝒅, Henry Ⅳ", "Hello world, Henry IV"),
        ("⾦⼭ ﷲ", "金山 الله"),
        ("The cat\u200b is\xad sleep\xading.", "The cat is sleeping."),
        ("\ufeffHi\u2060 \u202bthere\u202c\u200e!\x00", "Hi there!"),
        ("co\u2011op\u2003and\u2009more", "co-op and more"),
        ("a\xad\u0308 ｕ\u0308", "ä ü"),
        ("a\tb\r\nc\u00a0d", "a\tb\r\nc\u00a0d"),
        ("m², ½, ①, …, “x”", "m², ½, ①, …, “x”"),
        (f"{FAMILY} ❤\ufe0f {SCOTLAND} 1\ufe0f\u20e3", f"{FAMILY} ❤\ufe0f {SCOTLAND} 1\ufe0f\u20e3"),
        ("می\u200cخواهم क्\u200dष x\u200dy", "می\u200cخواهم क्\u200dष xy"),
        ("", ""),
    ],
)  # fmt: skip
def test_normal_form(text: str, normal: str) -> None:
    """Composed, of ordinary width, without what cannot be seen; meaning and emoji stay."""
    assert normal_text(text) == normal
    assert normal_text(normal) == normal


def test_positions_point_at_the_original() -> None:
    """A letter that was two characters, two that were one, and what stands around an invisible one."""
    text = unicodedata.normalize("NFD", "schläft") + " ﬁsh\xad ｘ"
    found = normalise(text)
    assert found.text == "schläft fish x"

    def original(part: str) -> str:
        start = found.text.index(part)
        first, last = found.original_span(start, start + len(part))
        return text[first:last]

    assert original("ä") == "a\u0308"
    assert original("ft") == "ft"
    assert original("i") == "ﬁ"
    assert original("h x") == "h\xad ｘ"
    assert found.original_span(len(found.text), len(found.text)) == (len(text), len(text))
    assert found.original_span(0, 0) == (0, 0)


@given(st.text(st.sampled_from("aeuÄ1２ｅｕ，。，ﬁﬀ㎡漢\u0301\u0308\u200b\xad\ufeff \n\ud800")))
def test_every_character_has_its_place(text: str) -> None:
    """Spans are in order and inside; the normal form of a normal form is itself; both functions agree."""
    found = normalise(text)
    assert found.text == normal_text(text) == normal_text(found.text)
    spans = [found.original_span(i, i + 1) for i in range(len(found.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)
    assert unicodedata.is_normalized("NFC", found.text)


def test_no_line_is_passed_over() -> None:
    """The quick look at a line knows every character that changes."""
    changing = normal_form._ELSEWHERE
    passed = [
        code
        for code in (*range(0xD800), *range(0xE000, 0x20000))
        if changing.match(chr(code)) and not normal_form._ANYWHERE.match(chr(code))
        if not normal_form._RARE.match(chr(code))
    ]
    assert passed == []
