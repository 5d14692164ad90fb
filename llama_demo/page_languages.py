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
        subtags: primary BCP 47 subtags of browsers and terminals that use it.
    """

    tag: str
    speech: str
    subtags: tuple[str, ...]

    @property
    def name(self) -> str:
        """In the language itself, for the switch."""
        language = language_of(self.tag)
        return language.autonym if language else self.tag


PAGE_LANGUAGES: Mapping[PageLanguageCode, PageLanguage] = MappingProxyType(
    {
        "en": PageLanguage("en", "en-US", ("en",)),
        # Mandarin and Cantonese have tags of their own beside the macrolanguage.
        "zh": PageLanguage("zh-CN", "zh-CN", ("zh", "cmn", "yue")),
    }
)
"""The languages by code; the first one serves visitors of all other languages."""

FALLBACK = next(iter(PAGE_LANGUAGES))


def name_for_readers(language: Language) -> str:
    """The name of a language in each language of the page: "法语 · French"."""
    return " · ".join(dict.fromkeys(language.name(reader) for reader in reversed(tuple(PAGE_LANGUAGES))))


def language_of_tag(tag: str) -> PageLanguageCode | None:
    """The language of a BCP 47 tag or POSIX locale, such as ``zh-HK`` or ``zh_CN.UTF-8``; None if unknown."""
    subtag = tag.strip().lower().replace("_", "-").replace(".", "-").partition("-")[0]
    return next((code for code, language in PAGE_LANGUAGES.items() if subtag in language.subtags), None)
