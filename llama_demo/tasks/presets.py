"""Presets: kinds of text to ask for, and the request that each makes of a model.

A preset lists, best first, the abilities that it can be done with. A model that has none of them cannot
do it; the page then says which ability is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import regex

from llama_demo.errors import InputError
from llama_demo.page_languages import PageLanguageCode

_HAN = regex.compile(r"\p{Han}")
# A text that is a whole request is used as it is.
_REQUEST = regex.compile(
    r"(?i)\s*(tell|write|please|can you|i want|give|a story about|请|写|讲|给我|来一|作一)"
)


@dataclass(frozen=True)
class Preset:
    """One kind of text.

    Attributes:
        name: in requests of programs; its title is the text ``preset.<name>``.
        abilities: any one of these is enough, the first that a model has is used; empty: every model can.
        requests: for each ability and language what the model is asked; ``{text}`` is what was typed.
        quotes: whether it can also be done without a model, by quoting.
        verbatim: whether what was typed is the request, word for word.
    """

    name: str
    abilities: tuple[str, ...] = ()
    requests: Mapping[tuple[str, PageLanguageCode], str] = field(default_factory=dict)
    quotes: bool = False
    verbatim: bool = False

    def ability_of(self, abilities: frozenset[str]) -> str | None:
        """The ability that a model with ``abilities`` would use; ``None`` if it has none that fits."""
        return next((ability for ability in self.abilities if ability in abilities), None)


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        preset.name: preset
        for preset in (
            Preset(
                "story",
                abilities=("instruct", "story"),
                requests={
                    ("instruct", "en"): "Write a short story about {text}.",
                    ("instruct", "zh"): "请写一个关于{text}的小故事。",
                    ("story", "en"): "Tell me a story about {text}.",
                    ("story", "zh"): "讲一个关于{text}的故事。",
                },
            ),
            Preset("poem", abilities=("poem", "instruct")),
            Preset(
                "summary",
                abilities=("instruct",),
                requests={
                    ("instruct", "en"): "Summarise the following text in a few sentences:\n\n{text}",
                    ("instruct", "zh"): "请用几句话概括下面这段文字：\n\n{text}",
                },
                quotes=True,
            ),
            Preset(
                "news",
                abilities=("instruct",),
                requests={
                    ("instruct", "en"): "Write a short news article about {text}.",
                    ("instruct", "zh"): "请写一篇关于{text}的短新闻。",
                },
            ),
            Preset("free"),
        )
    }
)

"""The presets of the page, by name."""

REQUEST = Preset(
    "request",
    abilities=("instruct",),
    requests={("instruct", "en"): "{text}", ("instruct", "zh"): "{text}"},
    verbatim=True,
)
"""A request to a model that follows instructions; the page offers it where models are compared."""


def preset_named(name: str) -> Preset:
    """The preset called ``name``.

    Raises:
        InputError: there is none.
    """
    if name == REQUEST.name:
        return REQUEST
    if name not in PRESETS:
        raise InputError("preset_unknown", name=name[:40], known=", ".join(PRESETS))
    return PRESETS[name]


def language_of(text: str) -> PageLanguageCode:
    """Chinese if any of it is written in Chinese characters."""
    return "zh" if _HAN.search(text) else "en"


def request_for(preset: Preset, ability: str, text: str) -> str:
    """The request to a model about ``text`` in a preset other than ``free`` and ``poem``.

    Args:
        ability: the one that the model uses.

    Raises:
        InputError: there is nothing to write about.
    """
    if not text.strip():
        raise InputError("prompt_empty")
    if preset.verbatim or (_REQUEST.match(text) and preset.name != "summary"):
        return text.strip()
    topic = text.strip() if preset.name == "summary" else text.strip().rstrip(".。!！")
    return preset.requests[ability, language_of(text)].format(text=topic)
