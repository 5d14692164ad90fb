"""Events of Gradio's components, bound to handlers.

A handler gets a :class:`~llama_demo.ui.calls.Call` first, then the values of its components. Its
:class:`~llama_demo.errors.DemoError` is shown in the notice of its tab, and every other component stays as it
was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any

import gradio as gr
from gradio.blocks import Block

from llama_demo.ui.calls import CallReader
from llama_demo.ui.handler_results import handler_results
from llama_demo.ui.notices import notice_of
from llama_demo.ui.schemas import repaired

SEND_VISIT = "async (visit, ...rest) => { %s; return [(await import('app/lib/visit.js')).visit(), ...rest]; }"
"""Runs in the browser before each call and adds the visit."""


class PageEvents:
    """Binds handlers to the events of the page."""

    def __init__(self, calls: CallReader) -> None:
        self._calls = calls
        self._visit: gr.JSON | None = None

    def place(self) -> None:
        """Make the hidden component that carries the visit."""
        self._visit = gr.JSON(visible=False)

    def on(
        self,
        event: Callable[..., Any],
        handler: Callable[..., Any],
        *,
        inputs: Sequence[Block] = (),
        outputs: Sequence[Block],
        notice: gr.HTML,
        first: str = "",
        **options: Any,
    ) -> Any:
        """Call ``handler(call, *values)`` at an event of the page.

        Args:
            event: of a component, such as ``button.click``.
            handler: returns a tuple with a value for each output, or yields such tuples.
            inputs: components whose values are the handler's arguments.
            outputs: components that the results change.
            notice: shows errors.
            first: JavaScript that runs before the call; ``import()`` may be awaited in it.
            options: further ones of Gradio's event.

        Returns:
            Gradio's event, for ``cancels``.
        """
        return event(
            self.guarded(handler, unchanged=[gr.skip()] * len(outputs)),
            inputs=[self._visit, *inputs],
            outputs=[*outputs, notice],
            js=SEND_VISIT % first,
            api_visibility="private",
            show_progress="hidden",
            # No outputs: Gradio would copy every component that it tells of the progress, at each update.
            show_progress_on=[],
            **options,
        )

    def guarded(self, handler: Callable[..., Any], *, unchanged: list[Any]) -> Callable[..., Any]:
        """The handler as Gradio calls it: visit and values in, results and a notice out."""

        def guarded(
            event: gr.EventData, request: gr.Request, payload: object, *values: object
        ) -> Iterator[Any]:
            try:
                call = self._calls.read(payload, event._data, caller=self._calls.caller(request))
                arguments = (call, *map(repaired, values))
                admission = self._calls.admission
                results = handler_results(handler, arguments, visit=call.visit, admission=admission)
                with closing(results):
                    for answer in results:
                        # One that cannot be sent would leave its stream, and all later ones, without an end.
                        yield (*map(repaired, answer), "")
            except Exception as failure:  # noqa: BLE001 (a defect is logged where it is turned)
                yield (*unchanged, repaired(notice_of(failure, handler)))

        guarded.__name__ = handler.__name__
        return guarded
