"""The running model in the head of the page: name, size, device and last speed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llama_demo.catalogue import ModelEntry
from llama_demo.ui import markup


def running(model: ModelEntry, info: Mapping[str, Any] | None = None) -> str:
    """Name, size and device, and the speed of the last run, if any, as HTML."""
    known = (model.name, short_count(model.parameters), model.device.upper())
    measured = info.get("tokens_per_second") if info else None
    speed = f"{measured:,.0f}" if measured else None
    return markup.render("running.html", facts=[fact for fact in known if fact], speed=speed)


def short_count(number: int) -> str:
    """A number of parameters, abbreviated: ``9.8 M``, ``1.1 B``."""
    for size, unit in ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K")):
        if number >= size:
            return f"{number / size:.1f} {unit}"
    return str(number)
