"""The guard of every request: allowed hosts and origins, the password, limits of size, security headers.

This is the outermost layer of the server. Gradio's own answer to a CORS preflight would come before any
middleware that :func:`gradio.Blocks.launch` can be given, so :class:`GuardedApp` wraps the whole stack.
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from gradio.routes import App
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from llama_demo.errors import BusyError
from llama_demo.openai_api.errors import PREFIX, in_api_form
from llama_demo.ui.content_policy import content_policy
from llama_demo.ui.http_routes import UploadRoute
from llama_demo.ui.log_format import log_request
from llama_demo.ui.malformed_requests import HANDLERS, CallerErrors
from llama_demo.ui.own_origin import is_own
from llama_demo.ui.password import PasswordCheck
from llama_demo.ui.program_uploads import ProgramUploads
from llama_demo.ui.upload_names import names_of
from llama_demo.ui.window_session import WindowSession

LARGEST_BODY = 16 * 1024 * 1024
"""Bytes of a request that is no upload; uploads have Gradio's own limit."""

UNUSED = re.compile(
    r"/(file|proxy)=|^/monitoring"
    r"|^/gradio_api/(file/|stream/|dev/|deep_link|process_recording|upload_progress|custom_component/|runs)"
    r"|^/gradio_api/(undo-)?vibe-"
)
"""Gradio's routes that the page does not need. By them a visitor could read what another one has uploaded,
store the state of a page, or make this server fetch an address."""

ALIVE = "/alive"
"""What the page asks every few seconds to know whether the server is there; not logged."""

UPLOADS = "/gradio_api/upload"
"""Gradio's route for uploads, which programs use."""

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": content_policy(),  # the page has its own
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        # The microphone is for dictation by the browser.
        "Permissions-Policy": "camera=(), microphone=(self), geolocation=(), payment=(), usb=()",
    }
)

INERT_HEADERS: Mapping[str, str] = MappingProxyType({"X-Content-Type-Options": "nosniff"})
"""Of scripts, styles and fonts, of which a page has a hundred: the other headers are about documents."""

INERT = ("text/javascript", "application/javascript", "text/css", "font/")


def _headers_for(media_type: str) -> Mapping[str, str]:
    return INERT_HEADERS if media_type.startswith(INERT) else HEADERS


@dataclass(frozen=True)
class Callers:
    """Who may call.

    Attributes:
        hosts: allowed names of a Host header, lower case; ``*`` allows any.
        own_pages_only: refuse requests of other sites' pages. On a private machine every caller is the
            operator, so another site in the same browser must not be able to call.
        origins: further origins of the app's own pages.
        password: that every caller needs; empty for none.
        api_keyed: whether the API asks for a key, in place of the password or the window's session.
        session: of the window, whose browser alone may call; None where there is none.
    """

    hosts: Collection[str]
    own_pages_only: bool
    origins: Collection[str] = ()
    password: str = ""
    api_keyed: bool = False
    session: WindowSession | None = None


class GuardedApp(App):
    """Gradio's server behind a :class:`Guard`."""

    def __init__(self, *, callers: Callers, programs: ProgramUploads, **kwargs: Any) -> None:
        super().__init__(exception_handlers=dict(HANDLERS), **kwargs)
        self._callers = callers
        self._programs = programs

    @property
    def entrance(self) -> str:
        """The address of the page, on this machine; that of a window lets in once."""
        address = str(self.get_blocks().local_url).rstrip("/")
        session = self._callers.session
        return f"{address}{session.entrance if session else '/'}"

    def build_middleware_stack(self) -> ASGIApp:
        """Starlette's stack, wrapped in the guard."""
        stack = super().build_middleware_stack()
        uploads = [route.path for route in self.routes if isinstance(route, UploadRoute)]
        return Guard(CallerErrors(stack), callers=self._callers, programs=self._programs, uploads=uploads)


class Guard:
    """Refuses requests of those who may not call, and too large bodies.

    Args:
        app: the application that is guarded.
        callers: who may call.
        programs: limits uploads by Gradio's own route.
        uploads: paths of routes that have limits of their own.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        callers: Callers,
        programs: ProgramUploads,
        uploads: Collection[str] = (),
    ) -> None:
        self._app = app
        self._callers = callers
        self._password = PasswordCheck(callers.password, keyed=PREFIX if callers.api_keyed else "")
        self._programs = programs
        self._uploads = frozenset(uploads)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request = Headers(scope=scope)
        by_program = scope["type"] == "http" and scope["path"] == UPLOADS
        refusal = await self._answer_before(scope, request)
        if refusal is None and by_program:
            refusal = await self._programs.refusal(scope)
        if isinstance(refusal, PlainTextResponse) and scope["path"].startswith(PREFIX):
            refusal = in_api_form(refusal)
        app = self._app if refusal is None else refusal
        begun, status = time.monotonic(), 499  # of a client that left before the answer

        async def with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                if message["status"] == 503:  # of Gradio, when the queue is full
                    headers.setdefault("Retry-After", str(BusyError.RETRY_AFTER))
                for name, value in _headers_for(headers.get("content-type", "")).items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            if by_program and refusal is None:
                await self._upload(scope, receive, with_headers)
            else:
                await app(scope, receive, with_headers)
        finally:
            if scope["path"] != ALIVE:
                log_request(scope, status, time.monotonic() - begun)

    async def _answer_before(self, scope: Scope, request: Headers) -> Response | None:
        """The response that is given before the application is asked; None where it answers."""
        session = self._callers.session
        return (
            self._refusal(scope, request)
            or await self._password.refusal(scope["path"], request)
            or (session.response(scope, request) if session else None)
        )

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an upload on; one that takes too long is answered with 408."""
        answered, parts = False, bytearray()
        start: Message = {}
        scope["headers"] = [one for one in scope["headers"] if one[0] != b"accept-encoding"]

        async def noted(message: Message) -> None:
            nonlocal answered, start
            if message["type"] == "http.response.start":
                start = message
                return
            parts.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            self._programs.stored(scope, bytes(parts))
            body = names_of(bytes(parts), self._programs.folder)
            MutableHeaders(scope=start)["content-length"] = str(len(body))
            answered = True
            await send(start)
            await send({"type": "http.response.body", "body": body})

        try:
            async with self._programs.arriving(scope):
                await self._app(scope, receive, noted)
        except TimeoutError:
            if not answered:
                late = PlainTextResponse("The upload took too long.", 408, {"Connection": "close"})
                await late(scope, receive, send)

    def _refusal(self, scope: Scope, headers: Headers) -> PlainTextResponse | None:
        """The response to a refused request; None for an allowed one."""
        if not self._known(headers.get("host", "")):
            return PlainTextResponse("This name is not one of this server's: see --allowed-hosts.", 400)
        own_only = self._callers.own_pages_only or scope["path"].startswith(PREFIX)
        if own_only and not self._is_own_page(scope, headers):
            return PlainTextResponse("Pages of other sites may not call this server.", 403)
        if UNUSED.search(scope["path"]):
            return PlainTextResponse("This server does not offer that.", 403)
        if scope["type"] == "http" and scope["path"] not in (UPLOADS, *self._uploads):
            return _body_refusal(headers)
        return None

    def _known(self, address: str) -> bool:
        """Whether ``name:port`` is a name of this server."""
        if "*" in self._callers.hosts:
            return True
        try:
            return (urlsplit(f"//{address}").hostname or "") in self._callers.hosts
        except ValueError:
            return False

    def _is_own_page(self, scope: Scope, headers: Headers) -> bool:
        """Whether the request names no page, or one of this server."""
        origin, host = headers.get("origin"), headers.get("host", "")
        return origin is None or is_own(
            origin, scheme=scope["scheme"], host=host, allowed=self._callers.origins
        )


def _body_refusal(headers: Headers) -> PlainTextResponse | None:
    """The response to a body that a route without files does not take."""
    if "multipart/" in headers.get("content-type", "").lower():
        # Gradio's other routes would write each part to a temporary file and leave it there.
        return PlainTextResponse("This address takes no files.", 415)
    if "transfer-encoding" in headers:
        return PlainTextResponse("Send the length of the request.", 411)
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > LARGEST_BODY:
        return PlainTextResponse(f"The request is larger than {LARGEST_BODY:,} bytes.", 413)
    return None
