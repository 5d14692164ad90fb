"""Asking an instruction-tuned decoder for translations, sentence by sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llama_demo.errors import InputError
from llama_demo.language import Language
from llama_demo.tasks.generate import GenerateOptions, Generation
from llama_demo.tasks.language_model import LanguageModel
from llama_demo.tasks.prompts import Prompt
from llama_demo.tasks.translation_hops import ScoredTranslation, Stopped
from llama_demo.text.chat_template import ChatMessage

# The languages of the request, which is in English: all instruction-tuned decoders were trained on it.
PROMPTED = ("zh", "en", "fr", "de", "es")
_REQUEST = (
    "Translate the following text from {source} into {target}. Keep names, numbers, links and code "
    "as they are. Answer with the translation alone.\n\n{text}"
)
_QUOTES = {'"': '"', "“": "”", "「": "」", "'": "'"}


def _named(code: str) -> str:
    return Language(code).name("en", script=True)


@dataclass(frozen=True)
class PromptedHop:
    """A decoder that follows instructions, with a direction. It has no beams: it always writes greedily."""

    model: LanguageModel
    source: str
    target: str

    @property
    def most_tokens(self) -> int:
        """The limit of a sentence in characters; decoders lose track of longer ones."""
        return 1_000

    def token_ends(self, text: str) -> Sequence[int]:
        """One end for each character: an upper bound of the tokens."""
        return range(1, len(text) + 1)

    def translate(
        self,
        sentences: Sequence[str],
        *,
        beams: int,  # noqa: ARG002
        stopped: Stopped,
    ) -> list[ScoredTranslation] | None:
        """Each sentence's translation, one after the other; None if it was stopped."""
        translations = []
        for sentence in sentences:
            one = self._one(sentence, stopped)
            if one is None:
                return None
            translations.append(one)
        return translations

    def _one(self, sentence: str, stopped: Stopped) -> ScoredTranslation | None:
        prompt = self._prompt(sentence)
        options = GenerateOptions(max_new_tokens=3 * len(prompt.ids) + 32, temperature=0.0, seed=0)
        generation = Generation(self.model, prompt, options)
        text, logprobs = "", []
        for piece in generation:
            text += piece.text
            logprobs += [token.logprob for token in piece.tokens]
            if stopped():
                generation.stop()
                return None
        return ScoredTranslation(_unquoted(text.strip(), sentence), sum(logprobs) / max(len(logprobs), 1))

    def _prompt(self, sentence: str) -> Prompt:
        if self.model.chat is None:
            raise InputError("ability_missing", preset="translate", model=self.model.name)
        request = _REQUEST.format(source=_named(self.source), target=_named(self.target), text=sentence)
        turns = [ChatMessage("user", request)]
        return Prompt(tuple(self.model.chat.encode(turns)), self.model.chat.render(turns))


def _unquoted(text: str, sentence: str) -> str:
    """The text without quotation marks that the model put around its answer."""
    if len(text) > 1 and _QUOTES.get(text[0]) == text[-1] and sentence[:1] not in _QUOTES:
        return text[1:-1].strip()
    return text
