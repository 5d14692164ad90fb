"""``/models``: what there is to run."""

from inspect import getdoc
from typing import Any

from gradio.events import api

from llama_demo.ui.api_signatures import describe
from llama_demo.ui.frame import Services
from llama_demo.ui.handlers import Handlers


def register(services: Services, _: Handlers) -> None:
    """Offer it."""

    def models() -> list[dict[str, Any]]:
        """The models there are, with their task, size, licence and whether they can be used at once.

        Returns:
            models: One entry for each.
        """
        return [
            {
                "name": entry.name,
                "task": entry.task,
                "family": entry.family,
                "parameters": entry.parameters,
                "bytes": entry.bytes,
                "installed": entry.installed,
                "active": entry.active,
                "licence": entry.licence,
            }
            for entry in services.models.entries()
        ]

    described = getdoc(models) or ""
    api(models, api_name=models.__name__, api_description=described.partition("\n")[0])
    describe(models)
