"""The registry of the page's languages."""

from __future__ import annotations

import pytest

from llama_demo.language import Language
from llama_demo.page_languages import FALLBACK, PAGE_LANGUAGES, name_for_readers, page_language_of


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        *(("en", "en"), ("en-GB", "en"), (" EN_us.UTF-8 ", "en")),
        *(("zh", "zh"), ("zh-HK", "zh"), ("zh-Hant-TW", "zh"), ("zh_CN.UTF-8", "zh"), ("zh.UTF-8", "zh")),
        *(("cmn", "zh"), ("cmn-Hans-CN", "zh"), ("yue", "zh")),
        *(("fr", None), ("fr-CA", None), ("eng", "en"), ("zho", "zh"), ("C.UTF-8", None), ("", None)),
    ],
)
def test_a_tag_is_read_by_its_primary_subtag(tag: str, code: str | None) -> None:
    """Of browsers and of terminals; regions, scripts and encodings play no part."""
    assert page_language_of(tag) == code


def test_each_language_is_found_by_its_own_tags() -> None:
    """In markup and for dictation; no code belongs to two languages."""
    for code, language in PAGE_LANGUAGES.items():
        assert page_language_of(code) == code
        assert page_language_of(language.tag) == code
        assert page_language_of(language.speech) == code
    codes = [code for language in PAGE_LANGUAGES.values() for code in language.codes]
    assert len(set(codes)) == len(codes)


def test_other_visitors_get_the_first_language() -> None:
    """English."""
    assert FALLBACK == "en"


def test_languages_are_named_in_the_page_s() -> None:
    """The switch in their own words; all others in each language of the page, once."""
    assert [language.name for language in PAGE_LANGUAGES.values()] == ["English", "中文"]
    assert name_for_readers(Language("fr")) == "法语 · French"
    assert name_for_readers(Language("qqq")) == "qqq"
