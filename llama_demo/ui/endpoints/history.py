"""``/history``: find runs."""

from typing import Any

from llama_demo.errors import InputError
from llama_demo.services.history.runs import TASKS
from llama_demo.services.visits import Visit
from llama_demo.ui.handlers import Handlers
from llama_demo.ui.tab_context import Services

LONGEST_QUERY = 200_000
"""Characters; as long as a prompt, so that a whole text can be pasted to find its run."""


def register(services: Services, handlers: Handlers) -> None:
    """Register the endpoint."""

    def history(visit: Visit, query: str = "", task: str = "", limit: int = 20) -> list[dict[str, Any]]:
        """The runs that belong to the caller, newest first.

        Args:
            query: Words, or beginnings of words, that the runs hold.
            task: generate, translate, search or ask; empty for all.
            limit: Most runs to return.

        Returns:
            runs: What was asked, what came of it, and when.
        """
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

    handlers.offer(history)
