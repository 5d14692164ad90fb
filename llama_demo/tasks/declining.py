"""Answers by which a model declines: kept out of what a preset asks for, noticed before a continuation."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from llama_demo.engine.request import Request, Sampling
from llama_demo.engine.token_filter import TokenSet
from llama_demo.errors import InputError
from llama_demo.tasks.guidance import Guidance
from llama_demo.tasks.language_model import LanguageModel
from llama_demo.tasks.prompts import Prompt

_HAN = regex.compile(r"\p{Han}")
_WORDS = regex.compile(r"[\p{L}--\p{Han}]+", regex.V1)
_MARKS = regex.compile(r"[\p{P}\s]+")
_VERSE_WIDTHS = (5, 7)
_LONGEST_START = 6
"""Tokens by which a decline is known."""


class FirstTokenFilter:
    """Leaves some tokens out of the first place of a text."""

    def __init__(self, allowed: TokenSet) -> None:
        self._allowed: TokenSet | None = allowed

    def allowed(self) -> TokenSet | None:
        """The tokens that may come next; all behind the first."""
        return self._allowed

    def accept(self, _token: int) -> None:
        """Go on behind the first token, whichever it was."""
        self._allowed = None


def without_declining(model: LanguageModel) -> Guidance:
    """Guidance by which an answer does not begin as the model's declines do."""
    if not model.declines:
        return Guidance()
    begins = {model.tokenizer.encode_pieces([text])[0] for text in model.declines}
    others = TokenSet.of(range(model.tokenizer.size), model.tokenizer.size).without(begins)
    return Guidance(lambda: FirstTokenFilter(others))


def check_continuable(model: LanguageModel, prompt: Prompt) -> None:
    """Refuse a text that a model of few abilities would decline to continue, or cannot.

    Raises:
        InputError: ``continue_prose``; Chinese that is no verse, for a model that knows only verse.
            ``continue_declined``; the model takes the text for something that it has to decline.
    """
    if not model.declines:
        return
    if _is_chinese(prompt.begins) and not _may_be_verse(prompt.begins):
        raise InputError("continue_prose")
    if _declines(model, prompt.ids):
        raise InputError("continue_declined")


def _is_chinese(text: str) -> bool:
    """Whether a text has more Chinese characters than words of other scripts."""
    return len(_HAN.findall(text)) > len(_WORDS.findall(text))


def _may_be_verse(text: str) -> bool:
    """Whether all lines of a text but the last, which may be incomplete, are as long as lines of verse."""
    *whole, end = [line for line in _MARKS.split(text) if line] or [""]
    return all(len(line) in _VERSE_WIDTHS for line in whole) and 0 < len(end) <= max(_VERSE_WIDTHS)


def _declines(model: LanguageModel, ids: Sequence[int]) -> bool:
    """Whether the likeliest continuation begins as a decline does."""
    left = model.engine.context - len(ids)
    if left < _LONGEST_START:
        return False
    text = ""
    request = Request(tuple(ids), Sampling(temperature=0.0), _LONGEST_START, model.tokenizer.end_ids)
    with model.engine.submit(request) as stream:
        for step in stream:
            text += model.tokenizer.decode([step.id])
            if not any(decline.startswith(text.strip()) for decline in model.declines):
                return False
    return bool(text.strip())
