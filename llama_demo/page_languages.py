"""The registry of the page's languages; their texts are in ``assets/locales``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from llama_demo.language import Language, language_of

PageLanguageCode = Literal["en", "zh"]
"""The ISO 639-1 code of a language of the page."""


@dataclass(frozen=True)
class PageLanguage:
    """A language of the page.

    Attributes:
        tag: BCP 47 tag in ``lang`` attributes and in Gradio's own texts.
        speech: BCP 47 tag for dictation.
        codes: languages of browsers and terminals that use it, as :func:`language_of` knows them.
    """

    tag: str
    speech: str
    codes: tuple[str, ...]

    @property
    def name(self) -> str:
        """In the language itself, for the switch."""
        language = language_of(self.tag)
        return language.autonym if language else self.tag


PAGE_LANGUAGES: Mapping[PageLanguageCode, PageLanguage] = MappingProxyType(
    {
        "en": PageLanguage("en", "en-US", ("en",)),
        "zh": PageLanguage("zh-CN", "zh-CN", ("zh", "yue")),
    }
)
"""The languages by code; the first one serves visitors of all other languages."""

FALLBACK = next(iter(PAGE_LANGUAGES))


def name_for_readers(language: Language) -> str:
    """The name of a language in each language of the page: "法语 · French"."""
    return " · ".join(dict.fromkeys(language.name(reader) for reader in reversed(tuple(PAGE_LANGUAGES))))


def page_language_of(tag: str) -> PageLanguageCode | None:
    """The language of a BCP 47 tag or POSIX locale, such as ``zh-HK`` or ``zh_CN.UTF-8``; None if unknown."""
    known = language_of(tag)
    if known is None:
        return None
    return next((code for code, language in PAGE_LANGUAGES.items() if known.code in language.codes), None)
