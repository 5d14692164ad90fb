"""Exports and imports of the history.

An export is streamed while its runs are read, an import is held in memory while it is checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from llama_demo.errors import InputError
from llama_demo.services.history.exports import exported
from llama_demo.services.history.imports import LARGEST_FILE, imported
from llama_demo.services.history.runs import RunService
from llama_demo.ui.calls import Call
from llama_demo.ui.handlers import Handlers
from llama_demo.ui.history.schemas import ExportRequest, ImportResponse
from llama_demo.ui.http_routes import Upload, UploadLimit
from llama_demo.ui.provenance import run_notice
from llama_demo.ui.schemas import Empty

MEDIA_TYPES = {"json": "application/json", "csv": "text/csv", "md": "text/markdown"}

LIMIT = UploadLimit(bytes=LARGEST_FILE, too_large=InputError("import_too_large", limit=LARGEST_FILE))


def routes(runs: RunService, handlers: Handlers) -> list[Route]:
    """The routes of export and import."""

    async def export(call: Call, request: ExportRequest) -> Response:
        return await run_in_threadpool(_export, runs, call, request)

    async def take_in(upload: Upload[Empty]) -> Response:
        data = await upload.data()
        added, known = await run_in_threadpool(lambda: runs.add(upload.call.visit, imported(data)))
        return JSONResponse(ImportResponse(added=added, known=known).model_dump())

    return [
        handlers.files.download("/history/export", ExportRequest, export),
        handlers.files.upload("/history/import", Empty, take_in, limit=LIMIT),
    ]


def _export(runs: RunService, call: Call, request: ExportRequest) -> Response:
    if request.id:
        wanted = iter([runs.get(call.visit, request.id)])
    else:
        wanted = runs.every(call.visit, **request.filter.runs(call.zone))
    text = exported(wanted, request.form, lambda run: run_notice(run, call.visit.language))
    name = f"llama_demo-{datetime.now(UTC).astimezone(call.zone):%Y-%m-%d}.{request.form}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-File-Name": name,
        "Cache-Control": "no-store",
    }
    pieces = (piece.encode("utf-8") for piece in _chunks(text))
    return StreamingResponse(pieces, media_type=MEDIA_TYPES[request.form], headers=headers)


def _chunks(pieces: Iterator[str], size: int = 64 * 1024) -> Iterator[str]:
    """Join pieces up to a size, as each piece costs a change of threads."""
    chunk: list[str] = []
    length = 0
    for piece in pieces:
        chunk.append(piece)
        length += len(piece)
        if length >= size:
            yield "".join(chunk)
            chunk, length = [], 0
    yield "".join(chunk)
