"""Labels, hints and button texts of Gradio's components, in the visitor's language.

Gradio translates them in the browser before the first paint, from :class:`gradio.I18n`; a later switch of the
language sends all of them again. Both read this one registry: a component is made by
:meth:`Labels.make`, and that is all a tab has to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import gradio as gr
from gradio.blocks import Block
from gradio.i18n import I18nData

from llama_demo.page_languages import PageLanguageCode
from llama_demo.ui.texts import LANGUAGES, TAGS, catalogue

Made = TypeVar("Made", bound=Block)


@dataclass(frozen=True)
class Label:
    """A key of the catalogues, standing for its text in each language."""

    key: str


@dataclass
class Labels:
    """The properties of components that depend on the language."""

    _properties: list[tuple[Block, Mapping[str, Label]]] = field(default_factory=list)

    def make(self, kind: type[Made], /, **properties: Any) -> Made:
        """Make a component whose :class:`Label` properties follow the language.

        ``labels.make(gr.Button, value=Label("generate.write"), variant="primary")``
        """
        labels = {name: value for name, value in properties.items() if isinstance(value, Label)}
        fixed = {name: value for name, value in properties.items() if name not in labels}
        translated: dict[str, Any] = {name: I18nData(label.key) for name, label in labels.items()}
        component = kind(**fixed, **translated)
        self._properties.append((component, labels))
        return component

    @property
    def components(self) -> list[Block]:
        """The components of :meth:`updates`, in its order."""
        return [component for component, _ in self._properties]

    def updates(self, language: PageLanguageCode) -> list[dict[str, Any]]:
        """The properties of :attr:`components` in this language; typed values stay."""
        texts = catalogue(language)

        def update(labels: Mapping[str, Label]) -> dict[str, Any]:
            changed: dict[str, Any] = {name: texts(label.key) for name, label in labels.items()}
            return gr.update(**changed)

        return [update(labels) for _, labels in self._properties]

    def first_paint(self) -> gr.I18n:
        """The same texts for the browser, which picks one language before it draws anything."""
        keys = {label.key for _, labels in self._properties for label in labels.values()}
        return gr.I18n(
            **{
                TAGS[language]: {key: catalogue(language)(key) for key in sorted(keys)}
                for language in LANGUAGES
            }
        )
