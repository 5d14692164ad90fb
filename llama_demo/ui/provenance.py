"""The sentence that marks a text as generated or machine-translated, in copies, exports and documents."""

from __future__ import annotations

from llama_demo.page_languages import PageLanguageCode
from llama_demo.services.history.provenance import provenance_of
from llama_demo.services.history.runs import Run
from llama_demo.services.translation.documents import DOUBT_SIGN
from llama_demo.ui.texts import LANGUAGES, catalogue

APP = "llama demo"


def maker(model: str) -> str:
    """Who made a text: the app, and the name of the model if it is known."""
    return f"{APP}, {model}" if model else APP


def run_notice(run: Run, language: PageLanguageCode) -> str:
    """The sentence about a run's output in this language; empty if no model wrote it."""
    kind = provenance_of(run)
    return catalogue(language)(f"provenance.{kind}", maker=maker(run.model)) if kind else ""


def document_note(model: str, language: str, doubtful: int) -> str:
    """What a translated document says of itself.

    Args:
        language: of the translation (ISO 639-1). The note is in it if the page is; else in all of the page's.
        doubtful: number of passages that should be checked.
    """
    own = [code for code in LANGUAGES if code == language]
    return " ".join(_document_note(code, model, doubtful) for code in own or LANGUAGES)


def _document_note(code: PageLanguageCode, model: str, doubtful: int) -> str:
    texts = catalogue(code)
    notice = texts("provenance.translated", maker=maker(model))
    if not doubtful:
        return notice
    key = "provenance.doubtful.one" if doubtful == 1 else "provenance.doubtful"
    return texts(key, notice=notice, sign=DOUBT_SIGN.strip(), count=doubtful)
