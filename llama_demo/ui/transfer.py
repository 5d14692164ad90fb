"""Files of the history, on their way out and in: two routes beside Gradio's own.

Gradio would write each file into a folder of the server first. Here an export is streamed while its runs
are read, and an import is held in memory while it is checked, so nothing is left to be deleted.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from llama_demo.errors import DemoError, InputError
from llama_demo.services.history.exports import exported
from llama_demo.services.history.imports import LARGEST_FILE, imported
from llama_demo.services.history.runs import Runs
from llama_demo.ui import markup
from llama_demo.ui.guard import IMPORT
from llama_demo.ui.handler import Call
from llama_demo.ui.narrowing import narrowing

log = logging.getLogger(__name__)

LONGEST_VISIT = 100_000
"""Characters in which a page says who asks."""

MEDIA_TYPES = {"json": "application/json", "csv": "text/csv", "md": "text/markdown"}


def routes(runs: Runs, read_call: Callable[[object], Call]) -> list[Route]:
    """The way out and the way in; ``read_call`` reads what the page says of itself."""

    async def export(request: Request) -> Response:
        try:
            return await run_in_threadpool(_export, runs, read_call, _json(await request.body()))
        except DemoError as error:
            return _refused(error)

    async def take_in(request: Request) -> Response:
        try:
            call = read_call(_json(unquote(request.headers.get("x-visit", ""))[:LONGEST_VISIT]))
            data = await _body(request)
            added, known = await run_in_threadpool(lambda: runs.add(call.visit, imported(data)))
        except ClientDisconnect:
            return HTMLResponse("", 400)
        except DemoError as error:
            return _refused(error)
        sentence = markup.words("history.imported", added=added, known=known)
        return HTMLResponse(markup.render("said.html", sentence=sentence))

    return [Route("/history/export", export, methods=["POST"]), Route(IMPORT, take_in, methods=["POST"])]


def _export(runs: Runs, read_call: Callable[[object], Call], asked: Any) -> Response:
    asked = asked if isinstance(asked, dict) else {}
    call = read_call(asked.get("visit"))
    form, run_id = str(asked.get("form")), str(asked.get("id") or "")
    wanted = iter([runs.get(call.visit, run_id)]) if run_id else runs.every(call.visit, **narrowing(call))
    text = exported(wanted, form)
    name = f"llama_demo-{datetime.now(UTC).astimezone(call.zone):%Y-%m-%d}.{form}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-File-Name": name,
        "Cache-Control": "no-store",
    }
    pieces = (piece.encode("utf-8") for piece in _chunks(text))
    return StreamingResponse(pieces, media_type=MEDIA_TYPES[form], headers=headers)


def _chunks(pieces: Iterator[str], size: int = 64 * 1024) -> Iterator[str]:
    """Pieces of some length: each costs a change of threads."""
    chunk: list[str] = []
    length = 0
    for piece in pieces:
        chunk.append(piece)
        length += len(piece)
        if length >= size:
            yield "".join(chunk)
            chunk, length = [], 0
    yield "".join(chunk)


async def _body(request: Request) -> bytes:
    """The file, or as much of it as shows that it is too large."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > LARGEST_FILE:
        raise InputError("import_too_large", bytes=int(announced), limit=LARGEST_FILE)
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > LARGEST_FILE:
            break
    return bytes(data)


def _json(text: str | bytes) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _refused(error: DemoError) -> HTMLResponse:
    return HTMLResponse(markup.render("notice.html", sentence=markup.problem(error)), 422)
