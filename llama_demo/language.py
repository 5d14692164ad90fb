"""Languages: their codes and tags in one form, and their names. CLDR, by Babel, is the table.

A language is known by one code everywhere: ISO 639-1 where it has one, else ISO 639-3. Models, files and
browsers spell it as they like: ``pt``, ``por``, ``pt-BR``, ``pt_PT.UTF-8``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from babel import Locale, UnknownLocaleError
from babel.core import get_global

# Where models go other ways than CLDR: Norwegian means Bokmål, Filipino has Tagalog's code, M2M100 spells
# Northern Sotho in two letters, and OPUS has a code of its own for the Portuguese of Brazil.
_OWN: Mapping[str, str] = MappingProxyType(
    {"nb": "no", "nob": "no", "fil": "tl", "tgl": "tl", "ns": "nso", "pob": "pt"}
)
_SUBTAG = re.compile(r"[-_.@]")
_SCRIPT = re.compile(r"[A-Za-z]{4}")


@dataclass(frozen=True)
class Language:
    """A language.

    Attributes:
        code: ISO 639-1 where there is one, else of three letters.
    """

    code: str

    @property
    def script(self) -> str:
        """ISO 15924, of the script that it is mostly written in; empty if that is unknown."""
        found = _SCRIPT.search(str(get_global("likely_subtags").get(self.code, "")).partition("_")[2])
        return found[0] if found else ""

    @property
    def autonym(self) -> str:
        """Its name in the language itself; in English where Babel does not know that."""
        return _autonym(self.code) or self.name("en")

    def name(self, reader: str, *, script: bool = False) -> str:
        """Its name in the language ``reader`` (ISO 639-1); its code if it has none there.

        Args:
            script: name the script, too, where the language has several: "Simplified Chinese".
        """
        names = Locale.parse(reader).languages
        exact = names.get(f"{self.code}_{self.script}") if script else None
        return str(exact or names.get(self.code) or self.code)


def language_of(tag: str) -> Language | None:
    """The language of a BCP 47 tag, a POSIX locale or a code of ISO 639; None if it is none.

    Region, script and encoding play no part. Nothing is said about whether there is such a language.
    """
    code = _SUBTAG.split(tag.strip())[0].lower()
    if not (code.isascii() and code.isalpha() and 2 <= len(code) <= 3):
        return None
    alias = str(get_global("language_aliases").get(code, code)).partition("_")[0]
    return Language(_OWN.get(code) or _OWN.get(alias) or alias)


def script_of(tag: str) -> str:
    """The script that a tag names, such as ``Hant`` of ``zh-Hant-TW``; empty if it names none."""
    return next((part.title() for part in _SUBTAG.split(tag)[1:] if _SCRIPT.fullmatch(part)), "")


@cache
def _autonym(code: str) -> str:
    try:
        return str(Locale.parse(code).language_name or "")
    except (UnknownLocaleError, ValueError):
        return ""
