"""A sentence as a translator gets it, masked and in small letters, and the way back."""

from __future__ import annotations

from llama_demo.tasks.translation_hops import Hop
from llama_demo.text.capitals import is_in_capitals, small_form
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
        self.text = self._masked.text
        if self._capital:
            self.text = small_form(self.text, lambda word: len(hop.token_ends(word)), hop.source)

    def finished(self, translation: str, language: str) -> str | None:
        """The translation in capitals, if the sentence was, with its verbatim parts; None if one is lost.

        Args:
            language: of the translation.
        """
        capital = translation.upper() if self._capital else translation
        return self._masked.restored(capital, language)
