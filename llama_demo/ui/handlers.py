"""How the page and programs reach the use cases: events, server functions, files, endpoints.

Each wraps a handler alike: who asks is read first, a :class:`~llama_demo.errors.DemoError` becomes a sentence
in the caller's language, anything else is a defect that goes to the log.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import closing
from typing import Any
from urllib.parse import unquote

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from llama_demo.ui.api_signatures import endpoint, offer
from llama_demo.ui.calls import Call, CallReader
from llama_demo.ui.http_routes import FileRoutes
from llama_demo.ui.json_line import json_line
from llama_demo.ui.notices import notice_of
from llama_demo.ui.page_events import PageEvents
from llama_demo.ui.schemas import repaired
from llama_demo.ui.server_functions import server_functions

__all__ = ["Call", "Handlers", "notice_of", "repaired"]

LONGEST_HEADER = 100_000
"""Characters in which a page says who asks and what for, beside what it uploads."""


class Handlers:
    """What a tab binds its handlers with.

    Attributes:
        public: whether many visitors share this server.
        events: events of components.
        files: routes for uploads and downloads.
    """

    def __init__(self, *, public: bool) -> None:
        self.public = public
        self.calls = CallReader(public)
        self.events = PageEvents(self.calls)
        self.files = FileRoutes(self.calls)
        self.place = self.events.place
        self.on = self.events.on
        self.call = self.calls.read

    def functions(self, *servers: object) -> list[Callable[[object], dict[str, Any]]]:
        """The methods of servers, for ``gr.HTML(server_functions=...)``."""
        return [function for server in servers for function in server_functions(self.calls, server)]

    def offer(self, handler: Callable[..., Any]) -> None:
        """Offer a handler to programs, as an endpoint of its name."""
        offer(self.calls, handler)

    def endpoint(self, handler: Callable[..., Any]) -> Callable[..., Any]:
        """The handler of an endpoint for programs, as :func:`gradio.api` takes it."""
        return endpoint(self.calls, handler)

    def script(self, handler: Callable[[Call], dict[str, Any]]) -> Callable[[object], dict[str, Any]]:
        """The handler as a script of the page calls it, for the ``server_functions`` of ``gr.HTML``.

        The script sends what it wants to know with the visit under ``visit``. It gets the handler's answer,
        or a notice, as HTML under ``problem``.
        """

        def answered(told: object) -> dict[str, Any]:
            told = told if isinstance(told, dict) else {}
            try:
                return handler(self.call(told.get("visit"), told))
            except Exception as failure:  # noqa: BLE001 (as above)
                return {"problem": notice_of(failure, handler)}

        answered.__name__ = handler.__name__
        return answered

    def scripts(
        self, *handlers: Callable[[Call], dict[str, Any]]
    ) -> list[Callable[[object], dict[str, Any]]]:
        """Several of them; a script calls each by its name."""
        return [self.script(handler) for handler in handlers]

    def route(self, path: str, handler: Callable[[Request], Awaitable[Response]]) -> Route:
        """A way in beside Gradio's own, by POST; a failure is answered with a notice, as HTML."""

        async def answered(request: Request) -> Response:
            try:
                return await handler(request)
            except (ClientDisconnect, HTTPException):
                return HTMLResponse("", 400)
            except Exception as failure:  # noqa: BLE001 (as above)
                return HTMLResponse(notice_of(failure, handler), 422)

        return Route(path, answered, methods=["POST"])

    def lines(
        self, handler: Callable[..., Generator[Mapping[str, Any], None, None]], *values: Any
    ) -> Generator[str, None, None]:
        """What the handler tells, a line of JSON each; a failure is one too, with a notice as ``problem``."""
        try:
            with closing(handler(*values)) as steps:
                for told in steps:
                    yield json_line(told)
        except Exception as failure:  # noqa: BLE001 (as above)
            yield json_line({"problem": notice_of(failure, handler)})


def sent_json(text: str | bytes) -> object:
    """What a page sent as JSON; None if it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def sent_beside(request: Request, name: str) -> object:
    """What a page sent in a header, beside a body that is a file."""
    return sent_json(unquote(request.headers.get(name, ""))[:LONGEST_HEADER])


async def sent_file(request: Request, largest: int) -> bytes:
    """The file that a page sends as the body, or as much of it as shows that it is larger."""
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > largest:
            break
    return bytes(data)
