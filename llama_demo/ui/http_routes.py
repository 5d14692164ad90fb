"""Routes for files, beside Gradio's own: uploads as ``multipart/form-data``, downloads as answers to JSON.

Gradio would write each file into a folder of the server. Here one is held in memory, or spooled where a
route says so, and is gone when it was answered. The visit is in the field ``request``, with the rest of
the request.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from pydantic import BaseModel
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from llama_demo.errors import BusyError, DemoError, InputError
from llama_demo.services.admission import stream_for
from llama_demo.services.bounded_queue import BoundedQueue
from llama_demo.services.visits import Visit
from llama_demo.ui.calls import Call, CallReader
from llama_demo.ui.log_format import logged_event
from llama_demo.ui.notices import notice_of
from llama_demo.ui.schemas import ProblemLine, Schema, parse

Asked = TypeVar("Asked", bound=BaseModel)

LONGEST_REQUEST = 1_000_000
"""Bytes of the JSON beside the files."""

MULTIPART_OVERHEAD = 64 * 1024
"""Bytes that a body has beyond its files and its request: boundaries and headers of parts."""


class UploadRoute(Route):
    """A route with an upload limit of its own, which the guard does not limit."""


@dataclass(frozen=True)
class UploadLimit:
    """Limits of an upload.

    Attributes:
        bytes: of all files together.
        too_large: the error for a larger one.
        files: number of files.
        spooled: whether a large file may be held in a temporary file.
        seconds: in which it has to arrive; None for no limit.
        too_slow: the error for a slower one.
        queue: limits the number of uploads that arrive at the same time.
    """

    bytes: int
    too_large: DemoError
    files: int = 1
    spooled: bool = False
    seconds: float | None = None
    too_slow: DemoError | None = None
    queue: BoundedQueue | None = None


@dataclass(frozen=True)
class Upload(Generic[Asked]):
    """An upload that has arrived.

    Attributes:
        call: who sent it.
        request: the validated request.
        files: in the order in which they were sent; their names are those of the request.
    """

    call: Call
    request: Asked
    files: Sequence[UploadFile]

    async def data(self) -> bytes:
        """The content of the first file; empty if there is none."""
        return await self.files[0].read() if self.files else b""


@dataclass(frozen=True)
class FileRoutes:
    """Makes routes that answer errors with a notice, as HTML."""

    calls: CallReader

    def upload(
        self,
        path: str,
        schema: type[Asked],
        handler: Callable[[Upload[Asked]], Awaitable[Response]],
        *,
        limit: UploadLimit,
    ) -> Route:
        """A route for uploads."""

        async def answered(request: Request) -> Response:
            with limit.queue.place() if limit.queue else nullcontext():
                payload, files = await _arrived(request, limit)
            try:
                call = self.calls.read(payload.get("visit"), caller=self.calls.caller(request))
                upload = Upload(call, parse(schema, payload), files)
                with self.calls.admission.admit(call.visit):
                    return await handler(upload)
            finally:
                for file in files:
                    await file.close()

        return UploadRoute(path, self._guarded(answered, handler), methods=["POST"])

    def download(
        self, path: str, schema: type[Asked], handler: Callable[[Call, Asked], Awaitable[Response]]
    ) -> Route:
        """A route for downloads."""

        async def answered(request: Request) -> Response:
            payload = _object(await request.body())
            call = self.calls.read(payload.get("visit"), caller=self.calls.caller(request))
            asked = parse(schema, payload)
            with self.calls.admission.admit(call.visit):
                return await handler(call, asked)

        return Route(path, self._guarded(answered, handler), methods=["POST"])

    def stream(
        self, visit: Visit, handler: Callable[..., Generator[Schema, None, None]], *values: Any
    ) -> StreamingResponse:
        """The messages of the handler as JSON lines; a failure is a :class:`ProblemLine`."""
        lines = stream_for(visit, self._lines(visit, handler, *values))
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        # Closed when the client leaves, not when memory is swept.
        leaving = BackgroundTask(lines.close)
        return StreamingResponse(
            lines, media_type="application/x-ndjson", headers=headers, background=leaving
        )

    def _lines(
        self, visit: Visit, handler: Callable[..., Generator[Schema, None, None]], *values: Any
    ) -> Generator[str, None, None]:
        try:
            counted = self.calls.admission.admit(visit)
            with logged_event(handler.__name__), counted, closing(handler(*values)) as steps:
                for step in steps:
                    yield step.line()
        except Exception as failure:  # noqa: BLE001 (a defect is logged where it is turned)
            yield ProblemLine(problem=notice_of(failure, handler)).line()

    def _guarded(
        self, endpoint: Callable[[Request], Awaitable[Response]], handler: Callable[..., Any]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            try:
                return await endpoint(request)
            except (ClientDisconnect, HTTPException):
                return HTMLResponse("", 400)
            except BusyError as failure:
                later = {"Retry-After": str(failure.RETRY_AFTER)}
                return HTMLResponse(notice_of(failure, handler), 429, later)
            except Exception as failure:  # noqa: BLE001 (a defect is logged where it is turned)
                return HTMLResponse(notice_of(failure, handler), 422)

        return guarded


def file_response(name: str, media_type: str, content: bytes) -> Response:
    """The response with a file, which the browser does not cache."""
    headers = {"X-File-Name": quote(name), "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


class _InMemory(MultiPartParser):
    """Keeps files in memory; the limit of the route applies."""

    spool_max_size = 2**40


async def _arrived(request: Request, limit: UploadLimit) -> tuple[Mapping[str, Any], list[UploadFile]]:
    """The field ``request`` and the files of a body, within the time limit."""
    try:
        async with asyncio.timeout(limit.seconds):
            return await _parts(request, limit)
    except TimeoutError as exc:
        raise (limit.too_slow or DemoError("unexpected")) from exc


async def _parts(request: Request, limit: UploadLimit) -> tuple[Mapping[str, Any], list[UploadFile]]:
    """The field ``request`` and the files of a body."""
    parser = MultiPartParser if limit.spooled else _InMemory
    most = limit.bytes + LONGEST_REQUEST + MULTIPART_OVERHEAD * limit.files
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > most:
        raise limit.too_large
    try:
        form = await parser(
            request.headers,
            _limited(request, most, limit.too_large),
            max_files=limit.files,
            max_fields=1,
            max_part_size=LONGEST_REQUEST,
        ).parse()
    except (MultiPartException, KeyError) as exc:
        raise InputError("unexpected") from exc
    files = [file for file in form.getlist("files") if isinstance(file, UploadFile)]
    return _object(str(form.get("request", ""))), files


async def _limited(request: Request, most: int, too_large: DemoError) -> AsyncGenerator[bytes, None]:
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if received > most:
            raise too_large
        yield chunk


def _object(text: str | bytes) -> Mapping[str, Any]:
    """The JSON object that a page sent; an empty one for anything else."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
