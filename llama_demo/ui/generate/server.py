"""Server functions of the Generate tab: the model that writes, which can be another one than at the start."""

from __future__ import annotations

from markupsafe import Markup

from llama_demo.catalogue import ModelEntry
from llama_demo.ui import markup
from llama_demo.ui.calls import Call
from llama_demo.ui.generate.presets import quotes, unable
from llama_demo.ui.generate.schemas import WriterResponse
from llama_demo.ui.tab_context import Services
from llama_demo.ui.texts import Texts


class WriterServer:
    """The model that writes."""

    def __init__(self, services: Services) -> None:
        self._writers = services.writers

    def writer(self, _: Call) -> WriterResponse:
        """What it can do, and the line about it."""
        model = self._writers.active
        return WriterResponse(
            model=model.name, unable=unable(model), quotes=quotes(model), lead=str(lead_of(model))
        )


def lead_of(model: ModelEntry) -> Markup:
    """The line that names the model, its abilities and its limits."""

    def learned(texts: Texts) -> str:
        if model.writes_freely:
            return ""
        subjects = texts("list.and").join(map(texts.ability, model.abilities))
        return texts("generate.learned", subjects=subjects)

    kind = "bundled" if model.bundled else "remote" if model.is_elsewhere else "own"
    return markup.words(f"generate.lead.{kind}", name=model.name, learned=learned)
