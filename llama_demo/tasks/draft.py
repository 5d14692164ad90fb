"""A sentence as a translator gets it, masked and in small letters, and the way back."""

from __future__ import annotations

from functools import partial

from llama_demo.tasks.translation_hops import Hop
from llama_demo.text.capitals import in_capitals, is_in_capitals, small_form, small_words
from llama_demo.text.masking import FORMS, mask_verbatim


class Draft:
    """A sentence prepared for a hop.

    Args:
        form: kind of the masks.

    Attributes:
        text: what the hop translates.
    """

    def __init__(self, sentence: str, hop: Hop, form: str) -> None:
        self._masked = mask_verbatim(sentence, form)
        # Numbers are no letters, while names of files are small ones.
        numbered = self._masked if form == FORMS[0] else mask_verbatim(sentence, FORMS[0])
        self._capital = is_in_capitals(numbered.text)
        written = small_form if self._capital else small_words
        self.text = written(self._masked.text, partial(_tokens, hop), hop.source)

    def finished(self, translation: str, language: str) -> str | None:
        """The translation in capitals, if the sentence was, with its verbatim parts; None if one is lost.

        Args:
            language: of the translation.
        """
        capital = in_capitals(translation, language) if self._capital else translation
        return self._masked.restored(capital, language)


def _tokens(hop: Hop, word: str) -> int:
    """The tokens of a word, without those that mark a source."""
    return len(hop.token_ends(word)) - len(hop.token_ends(""))
