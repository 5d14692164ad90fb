"""What crosses between the questions of the tour and the server."""

from __future__ import annotations

from llama_demo.ui.schemas import Schema


class MachineModelItem(Schema):
    """A model.

    Attributes:
        bytes: of its parameters in memory; on disk for one that is not loaded.
    """

    name: str
    task: str
    parameters: int
    bytes: int
    loaded: bool


class PronounItem(Schema):
    """How likely "he" and "she" are next, behind a text about a person."""

    person: str
    context: str
    he: float
    she: float


class MachineFiguresResponse(Schema):
    """Figures of this machine at this moment.

    Attributes:
        multiply_adds: a second.
        tokens_per_second: of the writing model.
        writer: its name.
        parameters: of the writing model.
    """

    multiply_adds: float
    tokens_per_second: float
    writer: str
    parameters: int
    models: list[MachineModelItem]
    pronouns: list[PronounItem]
