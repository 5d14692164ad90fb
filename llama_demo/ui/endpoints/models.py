"""``/models``: the catalogue of models."""

from inspect import getdoc
from typing import Any

from gradio.events import api

from llama_demo.ui.api_signatures import describe
from llama_demo.ui.handlers import Handlers
from llama_demo.ui.tab_context import Services


def register(services: Services, _: Handlers) -> None:
    """Register the endpoint."""

    def models() -> list[dict[str, Any]]:
        """The models, with task, size, licence and whether they are loaded.

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
            for entry in services.writers.all_entries()
        ]

    described = getdoc(models) or ""
    api(models, api_name=models.__name__, api_description=described.partition("\n")[0])
    describe(models)
