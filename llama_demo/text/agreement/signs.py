"""Whether a text has a number below zero."""

from __future__ import annotations

import regex

from llama_demo.text.verbatim import find_verbatim

_MINUS = ("-", "−", "–")
# Words that put a number below zero, and further ones that may.
_SURE = {
    "en": r"below zero|(?<!\d\s)\bminus\s(?=\d)",
    "zh": r"零下|负(?=[\d一二三四五六七八九十])",
    "fr": r"(?:au-|en )dessous de zéro",
    "de": r"unter [Nn]ull|(?<!\d\s)\b[Mm]inus\s(?=\d)",
    "es": r"bajo cero",
}
_POSSIBLE = {
    "en": r"minus|negative|below|freez|frost|cold|fell|drop|loss|lost|down|debt|owe",
    "zh": r"零下|负|減|减|低于|冰点|跌|降|欠|亏",
    "fr": r"moins|négati|dessous|gel|froid|baiss|perd|dette",
    "de": r"minus|negativ|unter|frost|kalt|gefallen|verl|schuld|gesunken",
    "es": r"menos|negativ|bajo|helad|frío|baj|perd|deud",
}


def signs_differ(source: str, translation: str, languages: tuple[str, str]) -> bool:
    """Whether one of the two has a number below zero, and the other says so in no way."""
    below = [
        _is_below(text, language) for text, language in zip((source, translation), languages, strict=True)
    ]
    possible = [
        sure or _says(_POSSIBLE, text, language)
        for sure, text, language in zip(below, (source, translation), languages, strict=True)
    ]
    return (below[0] and not possible[1]) or (below[1] and not possible[0])


def _is_below(text: str, language: str) -> bool:
    signed = any(part.kind == "quantity" and part.text.startswith(_MINUS) for part in find_verbatim(text))
    return signed or _says(_SURE, text, language)


def _says(words: dict[str, str], text: str, language: str) -> bool:
    return language in words and regex.search(words[language], text, regex.IGNORECASE) is not None
