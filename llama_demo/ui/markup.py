"""The page's own pieces of HTML: templates in ``assets/templates``, everything in them escaped.

Two facts shape this file.

``gr.HTML`` runs what stands between ``${`` and ``}``, also when it came out of a ``{{value}}`` of the
template: a text that holds ``${...}`` would run as a program in the page. So a text never enters a
component's template; it is escaped here and handed over as the component's finished value.

Each piece carries its words in every language, and the style sheet shows one of them by the ``lang`` of
the page. The switch therefore acts at once, on what is being streamed as well as on the first paint.
"""

from __future__ import annotations

from functools import cache

import gradio as gr
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from llama_demo.errors import DemoError
from llama_demo.settings import ASSETS, Language
from llama_demo.ui.texts import LANGUAGES, TAGS, catalogue


def words(key: str, **values: object) -> Markup:
    """The text of ``key`` in every language, each in a span that the style sheet shows or hides.

    A value that depends on the language is a function of that language's texts.
    """
    return Markup("").join(_word(language, _filled(language, key, values)) for language in LANGUAGES)


def problem(error: DemoError) -> Markup:
    """The sentence of an error, in every language."""
    return Markup("").join(_word(language, catalogue(language).error(error)) for language in LANGUAGES)


def render(template: str, **values: object) -> str:
    """The HTML of a file in ``assets/templates``; values are text and are escaped."""
    return _environment().get_template(template).render(**values)


def piece(template: str, *, classes: str = "", id: str | None = None, **values: object) -> gr.HTML:
    """A component that shows a template."""
    return gr.HTML(
        render(template, **values),
        elem_id=id,
        elem_classes=classes.split(),
        apply_default_css=False,
        js_on_load=None,
    )


def _word(language: Language, text: str | Markup) -> Markup:
    return Markup('<span class="word" lang="{}">{}</span>').format(TAGS[language], text)


def _filled(language: Language, key: str, values: dict[str, object]) -> Markup:
    """The text with its values, all of it escaped."""
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
