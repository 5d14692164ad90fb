"""Answers to requests that Gradio's own routes cannot read.

Gradio lets the exceptions go, which the server would log as defects of its own and answer with status 500.
The app's routes turn their failures themselves (:mod:`llama_demo.ui.http_routes`).
"""

from __future__ import annotations

import errno
import re
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from fastapi.exceptions import RequestValidationError
from gradio.route_utils import API_PREFIX, FnIndexInferError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Answer = Callable[[Request, Exception], Awaitable[Response]]


def _answer(status: int, sentence: str, *, everywhere: bool = False) -> Answer:
    async def answer(request: Request, exc: Exception) -> Response:
        if not everywhere and not request.url.path.startswith(f"{API_PREFIX}/"):
            raise exc
        return PlainTextResponse(sentence, status)

    return answer


async def _no_such_file(_: Request, exc: Exception) -> Response:
    if not isinstance(exc, OSError) or exc.errno != errno.ENAMETOOLONG:
        raise exc
    return PlainTextResponse("There is no such file.", 404)


HANDLERS: Mapping[type[Exception], Answer] = MappingProxyType(
    {
        # An unknown fn_index, component or name of an endpoint.
        KeyError: _answer(404, "There is no such function."),
        FnIndexInferError: _answer(404, "There is no endpoint of this name."),
        # A field where a file belongs.
        TypeError: _answer(400, "The request cannot be read."),
        # A name that is too long for a file.
        OSError: _no_such_file,
        # FastAPI's own answer repeats the request, and fails for one that is not UTF-8.
        RequestValidationError: _answer(422, "The request cannot be read.", everywhere=True),
    }
)
"""By the exception that Gradio's routes raise."""

CALLS = re.compile(rf"^{API_PREFIX}/(run|api)/")
"""Gradio's routes that answer a call at once."""


class CallerErrors:
    """Makes what a caller did wrong an error of the caller.

    A call that a handler refuses has status 500 at Gradio's routes that answer at once. The stream of a
    session that does not exist says so, and then fails, which the server would log as a defect.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""

        async def sent(message: Message) -> None:
            if message.get("status") == 500 and CALLS.match(scope["path"]):
                message["status"] = 422
            await send(message)

        try:
            await self._app(scope, receive, sent)
        except RuntimeError as exc:
            if not isinstance(exc.__cause__, HTTPException):
                raise
            await send({"type": "http.response.body", "body": b"", "more_body": False})
