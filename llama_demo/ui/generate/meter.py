"""The meter of the context, and the exact prompt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import gradio as gr

from llama_demo.errors import DemoError
from llama_demo.services.generation import GenerationRequest, GenerationService
from llama_demo.services.visits import Visit
from llama_demo.tasks.prompts import Fill
from llama_demo.ui import markup
from llama_demo.ui.generate.schemas import ContinuationRequest
from llama_demo.ui.labels import Label
from llama_demo.ui.tab_context import TabContext

UNREAD_SHOWN = 200
"""Characters of the part that does not fit that are shown."""

PROMPT_SHOWN = 20_000
"""Characters of the exact prompt that are shown."""

REQUEST_CHANGED = "async () => { (await import('app/lib/events.js')).emit('generate:request-changed'); }"
"""Emits the event after which the meter is updated."""


SEND_CONTINUATION = "rest[0] = (await import('app/generate/continuation.js')).continuation()"
"""Puts the text that "Continue" would continue into the first input of a call.

Not into the data of the event: Gradio repeats a deferred call with the data of the first.
"""


class MeterParts(NamedTuple):
    """The meter under the prompt box, and the prompt itself in an accordion."""

    meter: gr.HTML
    exact: gr.HTML


def meter(context: TabContext) -> gr.HTML:
    """Make the meter; it emits ``select`` when typing pauses."""
    return context.browser.component("generate/meter", id="meter")


def exact_prompt(context: TabContext) -> gr.HTML:
    """Make the accordion with the exact prompt."""
    with context.labels.make(gr.Accordion, label=Label("generate.exact"), open=False, elem_id="exact-prompt"):
        return markup.piece("exact.html", text="", cut=False, quoting=False, id="exact")


def measure(
    writing: GenerationService,
    visit: Visit,
    request: GenerationRequest,
    room: int,
    continuation: ContinuationRequest | None = None,
) -> tuple[str, str]:
    """Meter and exact prompt, as HTML; both are empty without a text.

    Args:
        room: tokens of the continuation.
        continuation: the text that "Continue" would continue.
    """
    try:
        if writing.quotes(visit, request):
            return "", _exact("", quoting=True)
        prompt, fill = writing.prompt(visit, request)
    except DemoError:  # the Write button reports errors; the meter does not, while a visitor types
        return "", _exact("")
    if fill is None:
        return "", _exact(prompt.text)
    going_on = _going_on(writing, visit, continuation) if continuation else 0
    return markup.render("meter.html", **_filling(fill, room), going_on=going_on), _exact(
        prompt.added + prompt.text
    )


def _exact(text: str, *, quoting: bool = False) -> str:
    return markup.render(
        "exact.html", text=text[:PROMPT_SHOWN], cut=len(text) > PROMPT_SHOWN, quoting=quoting
    )


def _going_on(writing: GenerationService, visit: Visit, shown: ContinuationRequest) -> int:
    """Tokens of the prompt for a continuation: the request and the text so far."""
    try:
        fill = writing.prompt(visit, shown.request)[1]
    except DemoError:
        return 0
    return fill.tokens + shown.tokens if fill else 0


def _filling(fill: Fill, room: int) -> Mapping[str, Any]:
    """The numbers of the meter; shares are percentages of the context."""
    tokens, context, unread = fill.tokens, fill.context, fill.unread
    left = max(0, context - tokens)
    used = min(100, 100 * tokens / context)
    return {
        "tokens": tokens,
        "context": context,
        "left": left,
        "short": 0 < left < room,
        "used": f"{used:.1f}",
        "planned": f"{min(100 - used, 100 * room / context):.1f}",
        "unread": unread[:UNREAD_SHOWN] + ("…" if len(unread) > UNREAD_SHOWN else ""),
    }
