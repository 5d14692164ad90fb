"""A run as services hold it, with or without a row of the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from llama_demo.store.run import RUNNING, Token


@dataclass(frozen=True)
class FinishedRun:
    """A run with its result, stored or not; "Save it after all" stores it."""

    created: datetime
    task: str
    model: str
    input: str
    options: Mapping[str, object]
    status: str = RUNNING
    output: str = ""
    timings: Mapping[str, object] = field(default_factory=dict)
    trace: Sequence[Token] = ()
    origin: str | None = None
