"""Comparison: one prompt, two temperatures, two texts that stream side by side."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import gradio as gr

from llama_demo.services.comparison.side_by_side import side_by_side
from llama_demo.services.generation import GenerationRequest, GenerationService, GenerationUpdate
from llama_demo.tasks.generate import GenerateOptions
from llama_demo.ui.calls import Call
from llama_demo.ui.generate import result
from llama_demo.ui.generate.result_component import result_component
from llama_demo.ui.generate.stream import GenerationStream
from llama_demo.ui.labels import Label
from llama_demo.ui.tab_context import TabContext

CALM, DARING = 0.2, 1.2
SIDES = ("left", "right")


class ComparisonParts(NamedTuple):
    """The two temperatures, and the button that writes both texts."""

    calm: gr.Slider
    daring: gr.Slider
    write: gr.Button


def settings(context: TabContext) -> ComparisonParts:
    """Make the two temperatures, in an accordion."""
    make = context.labels.make

    def temperature(side: str, value: float) -> gr.Slider:
        label = Label(f"pair.{side}")
        return make(
            gr.Slider, minimum=0, maximum=2, step=0.05, value=value, label=label, elem_id=f"pair-{side}"
        )

    with make(gr.Accordion, label=Label("generate.pair"), open=False, elem_id="pair"):
        calm, daring = temperature("left", CALM), temperature("right", DARING)
        write = make(gr.Button, value=Label("pair.write"), elem_id="write-both")
    return ComparisonParts(calm, daring, write)


def results(context: TabContext) -> list[gr.HTML]:
    """Make the two results, which replace the single one while they are the latest."""
    with gr.Row(elem_classes=["pair"]):
        return [
            result_component(
                context,
                f"result-{side}",
                title=f"pair.title.{side}",
                empty="pair.empty",
                main=False,
                leads=side == SIDES[0],
            )
            for side in SIDES
        ]


def key(page: str) -> str:
    """The key of a page's comparison."""
    return f"{page}:pair"


def keys(page: str) -> list[str]:
    """The keys by which the two runs of a page can be stopped."""
    return [f"{page}:{side}" for side in SIDES]


def write_both(
    writing: GenerationService,
    call: Call,
    request: GenerationRequest,
    options: GenerateOptions,
    temperatures: Sequence[float],
) -> Generator[tuple[str, str, Any], None, None]:
    """Stream two results and the status line until both are over; if one fails, so does the other."""
    endings = writing.endings(call.visit, request.model)
    streams = [GenerationStream(request, endings=endings) for _ in SIDES]
    latest = [GenerationUpdate() for _ in SIDES]
    announcer = result.Announcer(unsaved=call.visit.temporary)
    works = [
        partial(_written, writing, call, request, replace(options, temperature=temperature), name)
        for name, temperature in zip(keys(call.page), temperatures, strict=True)
    ]
    going = len(works)
    with closing(side_by_side(works)) as steps:
        for step in steps:
            if step.error is not None:
                raise step.error
            if step.item is None:
                going -= 1
            else:
                latest[step.side] = step.item
                streams[step.side].add(_with_temperature(step.item, temperatures[step.side]))
            left, right = (one.text for one in streams)
            yield left, right, _status(announcer, latest, ended=not going)


def _written(
    writing: GenerationService, call: Call, request: GenerationRequest, options: GenerateOptions, key: str
) -> Generator[GenerationUpdate, None, None]:
    yield from writing.write(call.visit, request, options, key=key)


def _with_temperature(update: GenerationUpdate, temperature: float) -> GenerationUpdate:
    """The update with its temperature among the figures; unchanged for a quoted text."""
    return update if update.quotes else replace(update, info={**update.info, "temperature": temperature})


def _status(announcer: result.Announcer, latest: Sequence[GenerationUpdate], *, ended: bool) -> str:
    tokens = sum(int(str(update.info.get("tokens", 0))) for update in latest)
    warning = next((update.warning for update in latest if update.warning), None)
    if ended:
        return announcer.ending("status.both", warning=warning, tokens=tokens)
    waiting = max(update.waiting for update in latest)
    return announcer.line({"tokens": tokens}, waiting=waiting, warning=warning)
