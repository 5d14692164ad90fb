"""HTML of the page, from templates in ``assets/templates``; all values are escaped.

Two facts shape this file.

``gr.HTML`` evaluates what is between ``${`` and ``}``, also in a ``{{value}}`` of the template: a text that
contains ``${...}`` would run as code in the page. So a text never enters a component's template; it is
escaped here and becomes the component's value.

Each piece has its texts in every language, and the style sheet shows one of them by the ``lang`` of the page.
The switch therefore acts at once, also on streamed content and on the first paint.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import gradio as gr
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from llama_demo.errors import DemoError, PolicyError, PolicyNoticeError
from llama_demo.page_languages import PageLanguageCode
from llama_demo.settings import ASSETS
from llama_demo.ui.texts import LANGUAGES, TAGS, Texts, catalogue

OFFERS_HELP = ("policy_self_harm", "policy_concern")
"""Errors of the content policy that give help lines first."""


def words(key: str, **values: object) -> Markup:
    """The text of ``key`` in every language, each in a span that the style sheet shows or hides.

    A value that depends on the language is a function of that language's texts.
    """
    return Markup("").join(_word(language, _filled(language, key, values)) for language in LANGUAGES)


def problem(error: DemoError) -> Markup:
    """The sentence of an error in every language, as HTML."""
    return Markup("").join(_word(language, catalogue(language).error(error)) for language in LANGUAGES)


def error_notice(error: DemoError) -> Markup:
    """The notice of an error: its sentence; of one of the content policy also a title and a link to it."""
    policy = error.values["action"] if isinstance(error, PolicyError | PolicyNoticeError) else ""
    policy = "help" if error.key in OFFERS_HELP else policy
    category = _in_language(error.values.get("category"))
    title = words(f"policy.title.{policy}", category=category) if policy else ""
    filled = render("notice.html", sentence=problem(error), policy=policy, title=title)
    return Markup(filled)  # noqa: S704  (a template of ours, which escapes)


def notice(key: str, values: Mapping[str, object]) -> Markup:
    """What a document could not give, in every language, as HTML."""
    notices = ((language, catalogue(language).notice(key, values)) for language in LANGUAGES)
    return Markup("").join(_word(language, text) for language, text in notices)


def spoken(wording: Mapping[PageLanguageCode, str]) -> Markup:
    """A text that is data, in every language, as HTML."""
    return Markup("").join(_word(language, wording[language]) for language in LANGUAGES)


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


def _in_language(wording: object) -> Callable[[Texts], str]:
    """A value of a text that is worded in every language."""
    return lambda texts: str(wording[texts.language]) if isinstance(wording, Mapping) else str(wording)


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
    environment.globals["spoken"] = spoken
    return environment
