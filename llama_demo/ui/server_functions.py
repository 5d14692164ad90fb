"""Server functions: what a script of the page calls, with a request and a response of declared types.

A server is an object whose methods are ``def name(self, call: Call, request: Request) -> Response``, where
``Request`` and ``Response`` are schemas of its tab. The request is validated, since pages can be forged; the
response is validated when it is made. :mod:`llama_demo.ui.typescript` declares both to the scripts.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_type_hints

import gradio as gr
from pydantic import BaseModel

from llama_demo.errors import DemoError
from llama_demo.services.admission import call_for
from llama_demo.ui.calls import Call, CallReader
from llama_demo.ui.log_format import logged_event
from llama_demo.ui.notices import notice_of
from llama_demo.ui.schemas import parse

Answer = Callable[[object], dict[str, Any]]


def methods(server: object | type) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The server functions of an object, in the order in which they are written."""
    for name in vars(server if isinstance(server, type) else type(server)):
        if not name.startswith("_") and inspect.isroutine(getattr(server, name)):
            yield name, getattr(server, name)


def request_of(method: Callable[..., Any]) -> type[BaseModel] | None:
    """The request schema of a method; None for one that takes the call alone."""
    hints = get_type_hints(method)
    hints.pop("return", None)
    own = [hint for hint in hints.values() if hint is not Call]
    return own[0] if own else None


def server_functions(calls: CallReader, server: object) -> list[Answer]:
    """The methods of a server, for ``gr.HTML(server_functions=...)``."""
    return [_function(calls, method) for _, method in methods(server)]


def _function(calls: CallReader, method: Callable[..., Any]) -> Answer:
    schema = request_of(method)

    def answered(payload: object, request: gr.Request | None = None) -> dict[str, Any]:
        message: Mapping[str, Any] = payload if isinstance(payload, dict) else {}
        try:
            call = calls.read(message.get("visit"), caller=calls.caller(request))
            arguments = (call,) if schema is None else (call, parse(schema, message))
            with logged_event(method.__name__), calls.look_ups.admit(call.visit):
                response = call_for(call.visit, method, *arguments)
        except Exception as failure:  # noqa: BLE001 (a defect is logged where it is turned)
            key = failure.key if isinstance(failure, DemoError) else "unexpected"
            return {"problem": notice_of(failure, method), "key": key}
        return {} if response is None else response.model_dump(mode="json", by_alias=True)

    answered.__name__ = method.__name__
    return answered
