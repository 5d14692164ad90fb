"""The texts of the page by key and language: the catalogues in ``assets/locales``.

A catalogue is a folder of flat JSON files, one for each part of the page:
``{"generate.title": "Write with a small model"}``. Placeholders are those of :meth:`str.format`, and every
language has every key (a test holds them to it).
"""

from __future__ import annotations

import json
import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from llama_demo.errors import DemoError
from llama_demo.language import Language
from llama_demo.page_languages import PAGE_LANGUAGES, PageLanguageCode
from llama_demo.settings import ASSETS

LANGUAGES: tuple[PageLanguageCode, ...] = tuple(PAGE_LANGUAGES)

TAGS: Mapping[PageLanguageCode, str] = {code: language.tag for code, language in PAGE_LANGUAGES.items()}
"""BCP 47 tags of ``lang`` attributes, by code."""


@dataclass(frozen=True)
class Texts:
    """The catalogue of one language."""

    language: PageLanguageCode
    entries: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The text of ``key`` with its placeholders filled; KeyError for an unknown key."""
        return self.entries[key].format(**values)

    def ability(self, name: str) -> str:
        """The text of a model's ability; its own name if there is no text."""
        return self.entries.get(f"ability.{name}", name)

    def model(self, name: str, *, technical: bool = False) -> str:
        """A model's name in a sentence: in plain words for a bundled one, else its folder's name.

        The Chinese names of folders bring the space that stands between Latin and Chinese.
        """
        own = self("models.own", name=name)
        return own if technical else self.entries.get(f"model.{name}", own)

    def error(self, problem: DemoError, *, plain_names: bool = False) -> str:
        """The sentence of an error, with a way out; an error without one is called unexpected.

        Args:
            problem: the error.
            plain_names: call fields and models as programs do (``top_k``), not as the page does.
        """
        text = self.entries.get(f"errors.{problem.key}", self.entries["errors.unexpected"])
        wanted = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        values = {name: problem.values.get(name, "?") for name in wanted}
        shown = {name: self._shown(value, plain_names) for name, value in values.items()}
        if "model" in values:
            shown["model"] = self.model(str(values["model"]), technical=plain_names)
        return text.format(**shown).strip()

    def notice(self, key: str, values: Mapping[str, object]) -> str:
        """What a document could not give, in a sentence; values that the sentence lacks are left out."""
        shown = {name: self._shown(value, plain_names=True) for name, value in values.items()}
        return self(f"notices.{key}", **shown)

    def _shown(self, value: object, plain_names: bool) -> str:
        """A value in a sentence: a field or language by its name, a large number with separators."""
        if isinstance(value, tuple):
            return ", ".join(self._shown(each, plain_names) for each in value)
        if isinstance(value, Mapping):  # a text in every language of the page
            return str(value[self.language])
        if isinstance(value, Language):
            return value.name(self.language)
        if isinstance(value, str):
            return value if plain_names else self.entries.get(f"field.{value}", value)
        if isinstance(value, int) and not isinstance(value, bool):
            return f"{value:,}"
        return f"{value:g}" if isinstance(value, float) else str(value)


@cache
def catalogue(language: PageLanguageCode) -> Texts:
    """The texts of one language, read once."""
    entries: dict[str, str] = {}
    for path in sorted((ASSETS / "locales" / language).glob("*.json")):
        part = json.loads(path.read_text(encoding="utf-8"))
        assert not entries.keys() & part.keys(), f"{path} repeats keys of another file"
        entries |= part
    return Texts(language, entries)
