"""What the scripts of the Translate tab ask for, checked: pages can be forged."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from llama_demo.services.translation.service import Term, TranslationRequest
from llama_demo.ui.wishes import Name, Text


class Direction(BaseModel):
    """From which language into which, and by which model if not by the usual one."""

    source: Name = "auto"
    target: Name = "en"
    model: Name = ""


class Wish(Direction):
    """A text to be translated.

    Attributes:
        act: ``compare`` translates it twice, greedily and by beam search.
        ask: counts the requests of a page, so that it can tell a late answer from the one it waits for.
        typed: whether it was asked for by typing, not by a button.
    """

    act: Literal["translate", "compare"] = "translate"
    text: Text = ""
    beams: int = 1
    ask: int = Field(0, ge=0)
    typed: bool = False

    def asked(self, glossary: tuple[Term, ...]) -> TranslationRequest:
        """What the service is asked for."""
        return TranslationRequest(self.text, self.source, self.target, self.beams, self.model, glossary)


class File(Direction):
    """A document.

    Attributes:
        name: as the visitor calls it.
        otherwise: into which language it goes if it is in the target language already.
    """

    name: Name = ""
    otherwise: Name = ""


class Sentence(Direction):
    """One sentence, to be looked at closely, and its translation."""

    text: Text = ""
    translation: Text = ""

    @property
    def asked(self) -> TranslationRequest:
        """What the service is asked for."""
        return TranslationRequest(self.text, self.source, self.target, model=self.model)


class Place(BaseModel):
    """A place in a text, in UTF-16 units."""

    text: Text = Field("", max_length=5_000)
    unit: int = Field(0, ge=0)


class Entry(Direction):
    """A term of the glossary."""

    term: Text = ""
    translation: Text = ""
