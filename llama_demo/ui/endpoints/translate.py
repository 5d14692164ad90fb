"""``/translate``: a text in another language."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from llama_demo.services.translation.service import TranslationRequest
from llama_demo.services.visits import Visit
from llama_demo.ui.handlers import Handlers
from llama_demo.ui.tab_context import Services


def register(services: Services, handlers: Handlers) -> None:
    """Register the endpoint."""

    def translate(
        visit: Visit, text: str, source: str = "auto", target: str = "en", beams: int = 1, model: str = ""
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Translate a text. Streams the translation so far, and figures about it.

        Line breaks, lists, numbers, addresses, placeholders, tags and `code` stay as they are. Each sentence
        comes with a score, the mean log-probability of its tokens (higher is surer), and with doubts: what a
        comparison with its source found. `number`: a number differs; `date`: a weekday or month differs;
        `negation`: "not" may be missing or added; `name`: the name of a place may be missing; `placeholder`:
        a placeholder, tag, address or the like is missing or moved.

        Args:
            text: The text to translate.
            source: Code of its language, such as zh, en, fr, de or es; auto detects it.
            target: Code of the language to translate into.
            beams: 1 for greedy search, up to 8 for beam search.
            model: Name of a model, as /models has it; empty for the default one.

        Returns:
            text: The translation so far.
            info: Its languages, the model, the sentences with their scores and doubts, and all doubts.
        """
        request = TranslationRequest(text, source=source, target=target, beams=beams, model=model)
        stream = services.translation.translate(visit, request)
        with closing(stream):  # type: ignore[type-var]
            for update in stream:
                yield update.text, update.info

    handlers.offer(translate)
