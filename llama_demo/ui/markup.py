"""HTML of the page, from templates in ``assets/templates``; all values are escaped.

Two facts shape this file.

``gr.HTML`` evaluates what is between ``${`` and ``}``, also in a ``{{value}}`` of the template: a text that
contains ``${...}`` would run as code in the page. So a text never enters a component's template; it is
escaped here and becomes the component's value.

Each piece has its texts in every language, and the style sheet shows one of them by the ``lang`` of the page.
The switch therefore acts at once, also on streamed content and on the first paint.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import gradio as gr
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from llama_demo.errors import DemoError
from llama_demo.page_languages import PageLanguageCode
from llama_demo.settings import ASSETS
from llama_demo.ui.texts import LANGUAGES, TAGS, catalogue


def words(key: str, **values: object) -> Markup:
    """The text of ``key`` in every language, each in a span that the style sheet shows or hides.

    A value that depends on the language is a function of that language's texts.
    """
    return Markup("").join(_word(language, _filled(language, key, values)) for language in LANGUAGES)


def problem(error: DemoError) -> Markup:
    """The sentence of an error in every language, as HTML."""
    return Markup("").join(_word(language, catalogue(language).error(error)) for language in LANGUAGES)


def notice(key: str, values: Mapping[str, object]) -> Markup:
    """What a document could not give, in every language, as HTML."""
    notices = ((language, catalogue(language).notice(key, values)) for language in LANGUAGES)
    return Markup("").join(_word(language, text) for language, text in notices)


def render(template: str, **values: object) -> str:
    """The HTML of a file in ``assets/templates``; values are text and are escaped."""
    return _environment().get_template(template).render(**values)


def piece(template: str, *, classes: str = "", id: str | None = None, **values: object) -> gr.HTML:
    """Make a component that shows a template."""
    return gr.HTML(
        render(template, **values),
        elem_id=id,
        elem_classes=classes.split(),
        apply_default_css=False,
        js_on_load=None,
    )


def _word(language: PageLanguageCode, text: str | Markup) -> Markup:
    return Markup('<span class="word" lang="{}">{}</span>').format(TAGS[language], text)


def _filled(language: PageLanguageCode, key: str, values: dict[str, object]) -> Markup:
    """The text with its values, escaped."""
    texts = catalogue(language)
    known = {name: value(texts) if callable(value) else value for name, value in values.items()}
    if "model" in known:
        known["model"] = texts.model(str(known["model"]))
    return escape(texts.entries[key]).format(**known)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ASSETS / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["words"] = words
    return environment
