"""The Generate tab: presets and prompt, the settings, and the result."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any, NamedTuple

import gradio as gr
from gradio.blocks import Block

from llama_demo.errors import DemoError
from llama_demo.services.generation import GenerationRequest
from llama_demo.services.history.runs import Run
from llama_demo.tasks.generate import GenerateOptions
from llama_demo.tasks.presets import PRESETS
from llama_demo.ui import markup
from llama_demo.ui.calls import Call
from llama_demo.ui.generate import comparison, meter, presets, result
from llama_demo.ui.generate.result_component import result_component
from llama_demo.ui.generate.sampling import SamplingFields, as_set, options, sampling_fields, seed_of
from llama_demo.ui.generate.save_button import save_button
from llama_demo.ui.generate.schemas import ContinuationRequest, VersionRequest
from llama_demo.ui.generate.server import WriterServer, lead_of
from llama_demo.ui.generate.shortcuts import shortcuts
from llama_demo.ui.generate.stream import GenerationStream, stream_of_runs
from llama_demo.ui.generate.writer_choice import writer_choice
from llama_demo.ui.labels import Label
from llama_demo.ui.latest_streams import LatestStreams
from llama_demo.ui.running import speed_of
from llama_demo.ui.schemas import parse
from llama_demo.ui.tab_context import Reopening, TabContext, TabParts

TASK = "generate"

SHOW = "(await import('app/lib/dom.js')).reveal('#result')"
"""Scrolls to the result, which is below the button on a phone."""

EMPTY = "(await import('app/lib/dom.js')).fill('#prompt', '')"
"""Empties the prompt in the browser at once, so that later input is kept."""

ANEW = {"trigger_mode": "multiple"}
"""By itself Gradio drops a click while the stream of an earlier one counts as pending, which it does for
a moment after Stop too. Here a click always begins anew, and the earlier stream falls silent: see
:class:`~llama_demo.ui.latest_streams.LatestStreams`."""


class RequestFields(NamedTuple):
    """The components of a request, in the order of :func:`asked_by`."""

    preset: gr.HTML
    text: gr.Textbox
    form: gr.Dropdown
    theme: gr.Dropdown
    writer: gr.HTML


class RequestForm(NamedTuple):
    """The left half of the tab: the request and its settings."""

    fields: RequestFields
    examples: gr.HTML
    notice: gr.HTML
    write: gr.Button
    stop: gr.Button
    clear: gr.Button
    sampling: SamplingFields
    comparison: comparison.ComparisonParts
    meter: meter.MeterParts
    continuation: gr.JSON


class Results(NamedTuple):
    """The result, the status line, and the two results of a comparison."""

    single: gr.HTML
    status: gr.HTML
    compared: list[gr.HTML]


def build(context: TabContext) -> TabParts:
    """Make the components of the tab and bind their events."""
    with gr.Row(elem_classes=["columns"]):
        with gr.Column(scale=5, min_width=320, elem_classes=["asking"]):
            form = _form(context)
        with gr.Column(scale=7, min_width=320, elem_classes=["answering"]):
            card = result_component(context, "result")
            both = comparison.results(context)
            status = gr.HTML(result.silent(), elem_id="status", apply_default_css=False, js_on_load=None)
            save_button(context, status, form.notice)
            results = Results(card, status, both)
    shortcuts(context)
    _bind(context, form, results)
    outputs: list[Block] = [*form.fields, *form.sampling, card, status]
    return TabParts(reopening=Reopening(TASK, outputs, _shown_again, _shown_again))


def _form(context: TabContext) -> RequestForm:
    make, model = context.labels.make, context.services.writers.active
    context.browser.component(
        "generate/title",
        markup=markup.render("generate_title.html", lead=lead_of(model)),
        functions=context.handlers.functions(WriterServer(context.services)),
    )
    writer = writer_choice(context)
    preset = presets.pills(context, model)
    form, theme = presets.poem_lists(context)
    first = presets.first_of(model)
    text = make(
        gr.Textbox,
        label=Label(f"prompt.{first}.label"),
        placeholder=Label(f"prompt.{first}.placeholder"),
        lines=4,
        max_lines=14,
        elem_id="prompt",
        elem_classes=["sheet"],
    )
    window = meter.meter(context)
    notice = markup.piece("nothing.html", id="generate-notice", classes="notice")
    with gr.Row(elem_classes=["doing"]):
        write = make(gr.Button, value=Label("generate.write"), variant="primary", elem_id="write")
        stop = make(gr.Button, value=Label("generate.stop"), elem_id="stop", scale=0)
        clear = make(gr.Button, value=Label("generate.clear"), elem_id="clear", scale=0)
    examples = presets.examples(context)
    values, two = sampling_fields(context), comparison.settings(context)
    shown = meter.MeterParts(window, meter.exact_prompt(context))
    fields = RequestFields(preset, text, form, theme, writer)
    continuation = gr.JSON(visible=False)
    return RequestForm(fields, examples, notice, write, stop, clear, values, two, shown, continuation)


def _bind(context: TabContext, form: RequestForm, results: Results) -> None:
    controller, on, notice = GenerateController(context), context.handlers.on, form.notice
    card, status, both = results
    fields, values = form.fields, form.sampling
    written = [card, status, context.running]
    show = {"first": SHOW}
    for event in (form.write.click, fields.text.submit):
        on(
            event,
            controller.write,
            inputs=[form.examples, *fields, *values],
            outputs=written,
            notice=notice,
            **show,
            **ANEW,
        )
    on(card.select, controller.go_on, inputs=values, outputs=written, notice=notice, **ANEW)
    on(
        form.comparison.write.click,
        controller.write_both,
        inputs=[form.comparison.calm, form.comparison.daring, *fields, *values],
        outputs=[*both, status],
        notice=notice,
        **ANEW,
    )
    on(form.stop.click, controller.stop, outputs=[], notice=notice)
    on(form.clear.click, controller.clear, outputs=[card, status, *both], notice=notice, first=EMPTY)
    aside = markup.piece("nothing.html", classes="notice")  # measuring clears no notice of another handler
    on(
        form.meter.meter.select,
        controller.measure,
        inputs=[form.continuation, values.max_new_tokens, *fields],
        outputs=form.meter,
        notice=aside,
        first=meter.SEND_CONTINUATION,
        trigger_mode="always_last",
    )
    for event in (fields.form.change, fields.theme.change):
        event(None, js=meter.REQUEST_CHANGED, api_visibility="private")


Answers = Generator[tuple[Any, ...], None, None]
"""Values that a handler streams, one for each of its outputs."""


class GenerateController:
    """The handlers of the tab."""

    def __init__(self, context: TabContext) -> None:
        self._generation = context.services.generation
        self._models = context.services.models
        self._streams = LatestStreams()

    def write(
        self, call: Call, seed: str, preset: str, text: str, form: str, theme: str, writer: str, *values: Any
    ) -> Answers:
        """Stream the result, the status line and, at the end, the speed for the head of the page.

        Args:
            seed: of an example; empty for other texts.
        """
        chosen = options(*values)
        if seed and chosen.seed < 0:
            chosen = replace(chosen, seed=seed_of(seed))
        return self._single(call, asked_by(preset, text, form, theme, writer), chosen)

    def go_on(self, call: Call, *values: Any) -> Answers:
        """Stream another version of the text, its continuation, or another token in it."""
        source, chosen = parse(VersionRequest, call.event), options(*values)
        if source.act == "again":  # with the same seed it would be the same text
            chosen = replace(chosen, seed=-1)
        return self._single(call, source.request, chosen, source)

    def _single(
        self,
        call: Call,
        request: GenerationRequest,
        chosen: GenerateOptions,
        source: VersionRequest | None = None,
    ) -> Answers:
        stream = self._stream(call, request, chosen, source)
        return self._streams.follow(call.page, call.number, stream, cleared=("", result.silent(), gr.skip()))

    def _stream(
        self, call: Call, request: GenerationRequest, chosen: GenerateOptions, source: VersionRequest | None
    ) -> Answers:
        self._stop(call)
        announcer = result.Announcer(unsaved=call.visit.temporary)
        lines = GenerationStream(
            request, source=source, endings=self._generation.endings(call.visit, request.model)
        )
        stream = self._generation.write(
            call.visit,
            request,
            chosen,
            kept=source.tokens if source else (),
            key=call.page,
            origin=source.run_id if source else None,
        )
        with closing(stream):  # type: ignore[type-var]
            begun = False
            try:
                for update in stream:
                    begun = True
                    line = announcer.line(
                        update.info,
                        waiting=update.waiting,
                        warning=update.warning,
                        quotes=len(update.quotes),
                    )
                    ended = "finish_reason" in update.info
                    head = speed_of(update.info) if ended else gr.skip()
                    yield lines.add(update), line, head
            except DemoError:
                if begun:
                    yield lines.broken(), gr.skip(), gr.skip()
                raise

    def write_both(
        self,
        call: Call,
        calm: float,
        daring: float,
        preset: str,
        text: str,
        form: str,
        theme: str,
        writer: str,
        *values: Any,
    ) -> Answers:
        """Stream two results and the status line."""
        request = asked_by(preset, text, form, theme, writer)
        self._stop(call)
        stream = comparison.write_both(self._generation, call, request, options(*values), (calm, daring))
        return self._streams.follow(
            comparison.key(call.page), call.number, stream, cleared=("", "", result.silent())
        )

    def measure(
        self,
        call: Call,
        shown: Mapping[str, Any] | None,
        room: float,
        preset: str,
        text: str,
        form: str,
        theme: str,
        writer: str,
    ) -> tuple[str, str]:
        """The meter, for the prompt and for a continuation, and the exact prompt."""
        request = asked_by(preset, text, form, theme, writer)
        continuation = parse(ContinuationRequest, shown) if shown else None
        return meter.measure(self._generation, call.visit, request, int(room), continuation)

    def stop(self, call: Call) -> tuple[()]:
        """Stop what this page has running; its stream then says so."""
        self._stop(call)
        return ()

    def clear(self, call: Call) -> tuple[Any, ...]:
        """Empty the results and stop what is running; the browser has emptied the prompt."""
        if self._streams.is_superseded(call.page, call.number):
            return (gr.skip(),) * 4
        for key in (call.page, comparison.key(call.page)):
            self._streams.clear(key, call.number)
        self._stop(call)
        return "", result.silent(), "", ""

    def _stop(self, call: Call) -> None:
        if self._streams.is_superseded(call.page, call.number):
            return
        for key in (call.page, *comparison.keys(call.page)):
            self._generation.stop(key)


def asked_by(
    preset: str | None, text: str | None, form: str | None, theme: str | None, writer: str | None
) -> GenerationRequest:
    """The request for these values of the page; form and theme count for poems only.

    A model that a visitor trained knows no requests: it continues the text.
    """
    if writer:
        return GenerationRequest(text or "", model=writer)
    if preset != "poem":
        form = theme = ""
    return GenerationRequest(text or "", preset=preset or "free", form=form or "", theme=theme or "")


def _shown_again(run: Run, versions: Sequence[Run] = ()) -> Sequence[Any]:
    """Values of request, settings, result and status for a run of the history, with all its versions."""
    stored = run.options
    preset = str(stored.get("preset", "free"))
    fields = (
        preset if preset in PRESETS else "free",
        run.input,
        stored.get("form", ""),
        stored.get("theme", ""),
        "",
    )
    return (
        *fields,
        *as_set(stored),
        stream_of_runs(versions or [run], run.id),
        result.said(f"status.reopened.{run.status}"),
    )
