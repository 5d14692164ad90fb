"""The registry of the page's languages; their texts are in ``assets/locales``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Language = Literal["en", "zh"]
"""The ISO 639-1 code of a language of the page."""


@dataclass(frozen=True)
class PageLanguage:
    """A language of the page.

    Attributes:
        tag: BCP 47 tag in ``lang`` attributes and in Gradio's own texts.
        name: in the language itself, for the switch.
        speech: BCP 47 tag for dictation.
        subtags: primary BCP 47 subtags of browsers and terminals that use it.
    """

    tag: str
    name: str
    speech: str
    subtags: tuple[str, ...]


PAGE_LANGUAGES: Mapping[Language, PageLanguage] = MappingProxyType(
    {
        "en": PageLanguage("en", "English", "en-US", ("en",)),
        # Mandarin and Cantonese have tags of their own beside the macrolanguage.
        "zh": PageLanguage("zh-CN", "中文", "zh-CN", ("zh", "cmn", "yue")),
    }
)
"""The languages by code; the first one serves visitors of all other languages."""

FALLBACK = next(iter(PAGE_LANGUAGES))


def language_of_tag(tag: str) -> Language | None:
    """The language of a BCP 47 tag or POSIX locale, such as ``zh-HK`` or ``zh_CN.UTF-8``; None if unknown."""
    subtag = tag.strip().lower().replace("_", "-").replace(".", "-").partition("-")[0]
    return next((code for code, language in PAGE_LANGUAGES.items() if subtag in language.subtags), None)
