"""Server functions of the tab "Under the hood"."""

from __future__ import annotations

from llama_demo.services.inspection.sources import source_code
from llama_demo.services.inspection.subject import TASKS
from llama_demo.ui.calls import Call
from llama_demo.ui.hood.schemas import (
    InspectionRequest,
    InspectionResponse,
    SourceRequest,
    SourceResponse,
    TasksRequest,
    TasksResponse,
)
from llama_demo.ui.hood.serializers import serialize_inspection
from llama_demo.ui.tab_context import Services


class InspectionServer:
    """What a model does inside."""

    def __init__(self, services: Services) -> None:
        self._models = services.models
        self._inspection = services.inspection

    def tasks(self, _: Call, request: TasksRequest) -> TasksResponse:  # noqa: ARG002
        """The tasks that there are models for."""
        return TasksResponse(tasks=[task for task in TASKS if self._models.entries(task)])

    def look(self, _: Call, request: InspectionRequest) -> InspectionResponse:
        """A subject as its model reads it."""
        seen = self._inspection.look(request.subject)
        entry = next(one for one in self._models.entries(request.task) if one.name == seen.model)
        return serialize_inspection(seen, entry, len(request.text))

    def source_code(self, _: Call, request: SourceRequest) -> SourceResponse:
        """The source of a function that the tour refers to."""
        found = source_code(request.name)
        return SourceResponse(name=found.name, file=found.file, first_line=found.line, code=found.code)
