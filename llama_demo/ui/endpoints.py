"""The endpoints for programs; their names, parameters and results are a promise.

Client("http://127.0.0.1:7860").predict("Once upon a time", api_name="/generate")
"""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from gradio.events import api

from llama_demo.errors import InputError
from llama_demo.services.visits import Visit
from llama_demo.services.writing import Asked
from llama_demo.tasks.generate import GenerateOptions
from llama_demo.ui.frame import Services
from llama_demo.ui.handler import Handlers

TASKS = ("generate", "translate", "search", "ask")
LONGEST_QUERY = 200_000
"""Characters, as of a prompt: whoever pastes a whole text to find its run gets no error."""


def register(services: Services, handlers: Handlers) -> None:
    """Offer the endpoints; to be called inside of the page's Blocks."""

    def generate(
        visit: Visit,
        prompt: str,
        preset: str = "free",
        max_new_tokens: int = 200,
        temperature: float = 0.8,
        top_k: int = 50,
        top_p: float = 0.95,
        min_p: float = 0.0,
        repetition_penalty: float = 1.0,
        seed: int = -1,
        stop: str = "",
        model: str = "",
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Continue a text. Streams the continuation so far, without the prompt, and figures about it.

        temperature 0 always takes the likeliest token; seed -1 draws one and reports it; stop holds one
        stop string a line. The last figures carry finish_reason: length, stop, end or stopped.
        """
        options = GenerateOptions(
            max_new_tokens=max_new_tokens,
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            min_p=min_p,
            repetition_penalty=repetition_penalty,
            seed=seed,
            stop=stop,
        )
        stream = services.writing.write(visit, Asked(prompt, preset=preset, model=model), options)
        with closing(stream):  # type: ignore[type-var]
            for update in stream:
                yield update.text, update.info

    def history(visit: Visit, query: str = "", task: str = "", limit: int = 20) -> list[dict[str, Any]]:
        """The runs that belong to the caller, newest first; query finds words in them, or beginnings."""
        if task and task not in TASKS:
            raise InputError("task_unknown", name=task[:40], known=", ".join(TASKS))
        if len(query) > LONGEST_QUERY:
            raise InputError("query_too_long", characters=len(query), longest=LONGEST_QUERY)
        return [
            {
                "id": run.id,
                "task": run.task,
                "created": run.created.isoformat(),
                "status": run.status,
                "model": run.model,
                "input": run.input,
                "output": run.output,
                "options": run.options,
            }
            for run in services.runs.page(visit, limit=limit, task=task, query=query)
        ]

    def models() -> list[dict[str, Any]]:
        """The models there are, with their task, size, licence and whether they can be used at once."""
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

    api(handlers.endpoint(generate), api_name="generate")
    api(handlers.endpoint(history), api_name="history")
    api(models, api_name="models")
