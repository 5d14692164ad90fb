"""Answers to requests that Gradio's own routes cannot read.

Gradio lets the exceptions go, which the server would log as defects of its own and answer with status 500.
The app's routes turn their failures themselves (:mod:`llama_demo.ui.http_routes`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from gradio.route_utils import API_PREFIX, FnIndexInferError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

Answer = Callable[[Request, Exception], Awaitable[Response]]


def _answer(status: int, sentence: str) -> Answer:
    async def answer(request: Request, exc: Exception) -> Response:
        if not request.url.path.startswith(f"{API_PREFIX}/"):
            raise exc
        return PlainTextResponse(sentence, status)

    return answer


HANDLERS: Mapping[type[Exception], Answer] = MappingProxyType(
    {
        # An unknown fn_index, component or name of an endpoint.
        KeyError: _answer(404, "There is no such function."),
        FnIndexInferError: _answer(404, "There is no endpoint of this name."),
        # A field where a file belongs.
        TypeError: _answer(400, "The request cannot be read."),
    }
)
"""By the exception that Gradio's routes raise."""
