"""``/translate``: a text in another language."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from gradio.events import api

from llama_demo.services.translation.service import TranslationRequest
from llama_demo.services.visits import Visit
from llama_demo.ui.frame import Services
from llama_demo.ui.handlers import Handlers


def register(services: Services, handlers: Handlers) -> None:
    """Offer it."""

    def translate(
        visit: Visit, text: str, source: str = "auto", target: str = "en", beams: int = 1, model: str = ""
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Translate a text. Streams the translation so far, and figures about it.

        source and target are codes such as zh, en, fr, de, es; source auto detects the language. beams 1
        takes the likeliest token each time, up to 8 look further. Line breaks, lists, numbers, addresses
        and `code` stay as they are. Each sentence comes with a score: the mean log-probability of its
        tokens, nearer to 0 is surer.
        """
        asked = TranslationRequest(text, source=source, target=target, beams=beams, model=model)
        stream = services.translating.translate(visit, asked)
        with closing(stream):  # type: ignore[type-var]
            for update in stream:
                yield update.text, update.info

    api(handlers.endpoint(translate), api_name="translate")
