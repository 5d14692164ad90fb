"""Codes, tags and names of languages."""

from __future__ import annotations

import pytest

from llama_demo.language import language_of, script_of


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        *(("pt", "pt"), ("por", "pt"), ("pt-BR", "pt"), ("pt_PT.UTF-8", "pt"), ("pob", "pt"), (" PT ", "pt")),
        *(("zho", "zh"), ("cmn_Hans", "zh"), ("chi", "zh"), ("zh-Hant-TW", "zh"), ("yue", "yue")),
        *(
            ("deu", "de"),
            ("ger", "de"),
            ("eng", "en"),
            ("iw", "he"),
            ("hbs", "sr"),
            ("nob", "no"),
            ("nno", "nn"),
        ),
        *(("tgl", "tl"), ("fil", "tl"), ("ns", "nso"), ("pes", "fa"), ("swh", "sw"), ("roa", "roa")),
    ],
)
def test_every_spelling_is_one_code(tag: str, code: str) -> None:
    """Models, browsers and terminals name one language in many ways."""
    found = language_of(tag)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("tag", ["", "C.UTF-8", "x", "english", "12", "中文"])
def test_what_is_no_code_is_none(tag: str) -> None:
    """A terminal without a language says C."""
    assert language_of(tag) is None


@pytest.mark.parametrize(
    ("code", "own", "english", "chinese"),
    [
        ("zh", "中文", "Chinese", "中文"),
        ("de", "Deutsch", "German", "德语"),
        ("pt", "português", "Portuguese", "葡萄牙语"),
        ("ilo", "Iloko", "Iloko", "伊洛卡诺语"),
        ("qqq", "qqq", "qqq", "qqq"),
    ],
)
def test_names(code: str, own: str, english: str, chinese: str) -> None:
    """In the language itself and in both languages of the page; a code where there is none."""
    found = language_of(code)
    assert found is not None
    assert (found.autonym, found.name("en"), found.name("zh")) == (own, english, chinese)


def test_scripts() -> None:
    """The usual one of a language, and the one that a tag names."""
    assert [script_of(tag) for tag in ("zh-Hant-TW", "cmn_Hans", "sr_latn", "pt-BR", "en")] == [
        *("Hant", "Hans", "Latn", "", "")
    ]
    chinese, serbian = language_of("zh"), language_of("sr")
    assert chinese is not None
    assert serbian is not None
    assert (chinese.script, serbian.script) == ("Hans", "Cyrl")
    assert chinese.name("en", script=True) == "Simplified Chinese"
