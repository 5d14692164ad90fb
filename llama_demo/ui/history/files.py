"""Files of the history, on their way out and in: two routes beside Gradio's own.

Gradio would write each file into a folder of the server first. Here an export is streamed while its runs
are read, and an import is held in memory while it is checked, so nothing is left to be deleted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from llama_demo.errors import InputError
from llama_demo.services.history.exports import exported
from llama_demo.services.history.imports import LARGEST_FILE, imported
from llama_demo.services.history.runs import RunService
from llama_demo.ui import markup
from llama_demo.ui.guard import IMPORT
from llama_demo.ui.handlers import Handlers, sent_beside, sent_file, sent_json
from llama_demo.ui.history.narrowing import narrowing

MEDIA_TYPES = {"json": "application/json", "csv": "text/csv", "md": "text/markdown"}


def routes(runs: RunService, handlers: Handlers) -> list[Route]:
    """The way out and the way in."""

    async def export(request: Request) -> Response:
        return await run_in_threadpool(_export, runs, handlers, sent_json(await request.body()))

    async def take_in(request: Request) -> Response:
        call = handlers.call(sent_beside(request, "x-visit"))
        data = await _body(request)
        added, known = await run_in_threadpool(lambda: runs.add(call.visit, imported(data)))
        sentence = markup.words("history.imported", added=added, known=known)
        return HTMLResponse(markup.render("said.html", sentence=sentence))

    return [handlers.route("/history/export", export), handlers.route(IMPORT, take_in)]


def _export(runs: RunService, handlers: Handlers, asked: object) -> Response:
    asked = asked if isinstance(asked, dict) else {}
    call = handlers.call(asked.get("visit"))
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
    return await sent_file(request, LARGEST_FILE)
