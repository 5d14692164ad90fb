"""The sentence that marks a text as generated or machine-translated, in copies, exports and documents."""

from __future__ import annotations

from llama_demo.page_languages import PageLanguageCode
from llama_demo.services.history.provenance import provenance_of
from llama_demo.services.history.runs import Run
from llama_demo.ui.texts import catalogue

APP = "llama demo"


def maker(model: str) -> str:
    """Who made a text: the app, and the name of the model if it is known."""
    return f"{APP}, {model}" if model else APP


def run_notice(run: Run, language: PageLanguageCode) -> str:
    """The sentence about a run's output in this language; empty if no model wrote it."""
    kind = provenance_of(run)
    return catalogue(language)(f"provenance.{kind}", maker=maker(run.model)) if kind else ""
