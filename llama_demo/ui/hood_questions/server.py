"""Server functions of the questions."""

from __future__ import annotations

from llama_demo.catalogue import ModelEntry
from llama_demo.services.checkpoints.fit import weight_memory
from llama_demo.services.machine_figures import MachineFigureService
from llama_demo.ui.calls import Call
from llama_demo.ui.hood_questions.schemas import MachineFiguresResponse, MachineModelItem, PronounItem


class QuestionsServer:
    """Tells what this machine measures."""

    def __init__(self, figures: MachineFigureService) -> None:
        self._figures = figures

    def measure_machine(self, _: Call) -> MachineFiguresResponse:
        """The figures, at most half a minute old."""
        found = self._figures.measure()
        return MachineFiguresResponse(
            multiply_adds=found.multiply_adds,
            tokens_per_second=found.tokens_per_second,
            writer=found.writer.name,
            parameters=found.writer.parameters,
            models=[_model(one, one.name in found.loaded) for one in found.models],
            pronouns=[
                PronounItem(person=one.person, context=one.context, he=one.he, she=one.she)
                for one in found.pronouns
            ],
        )


def _model(entry: ModelEntry, loaded: bool) -> MachineModelItem:
    in_memory = weight_memory(entry.parameters, entry.dtype or "float32")
    return MachineModelItem(
        name=entry.name,
        task=entry.task,
        parameters=entry.parameters,
        bytes=in_memory if loaded else entry.bytes,
        loaded=loaded,
    )
