"""Documents on their way in and out: two routes beside Gradio's own, so none is ever written to the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import closing
from itertools import chain
from typing import Any
from urllib.parse import quote

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from llama_demo.errors import InputError
from llama_demo.services.bounded_queue import BoundedQueue
from llama_demo.services.translation.documents import LARGEST_FILE
from llama_demo.services.translation.service import MOST_TERMS
from llama_demo.ui.frame import Services
from llama_demo.ui.handlers import Call, Handlers, sent_beside, sent_file, sent_json
from llama_demo.ui.translate.wishes import File
from llama_demo.ui.wishes import read

ARRIVING = 8
"""Files that are taken in at the same time; each is held in memory."""

SLOWEST = 120.0
"""Seconds that a file may take to arrive, so that nobody keeps a place for ever."""

TOLD = ("id", "name", "done", "total", "unsure", "state", "seconds_left")
"""Of a document's progress, what the page is told."""


def routes(services: Services, handlers: Handlers) -> list[Route]:
    """The way in, which answers with the progress, and the way out."""
    arriving = BoundedQueue(at_once=ARRIVING, waiting=0, full="documents_busy")

    async def translate(request: Request) -> Response:
        call = handlers.call(sent_beside(request, "x-visit"))
        with arriving.place():
            data = await _body(request)
        progress = handlers.lines(_steps, services, call, sent_beside(request, "x-asked"), data)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        # Who leaves gives up the place in the line at once, not when memory is swept.
        leaving = BackgroundTask(progress.close)
        return StreamingResponse(
            progress, media_type="application/x-ndjson", headers=headers, background=leaving
        )

    async def result(request: Request) -> Response:
        asked = sent_json(await request.body())
        asked = asked if isinstance(asked, dict) else {}
        visit = handlers.call(asked.get("visit")).visit
        file = await run_in_threadpool(services.documents.result, visit, str(asked.get("id", "")))
        headers = {"X-File-Name": quote(file.name), "Cache-Control": "no-store"}
        return Response(file.data, media_type=file.media_type, headers=headers)

    return [
        handlers.route("/translate/document", translate),
        handlers.route("/translate/document/result", result),
    ]


def _steps(
    services: Services, call: Call, told: object, data: bytes
) -> Generator[dict[str, Any], None, None]:
    asked = read(File, told if isinstance(told, dict) else {})
    # A document's language is told only when it is read; terms of the others do not occur in it.
    sources = services.translating.directions() if asked.source == "auto" else [asked.source]
    directions = [(source, asked.target) for source in sources] + [(asked.target, asked.otherwise)]
    terms = [services.glossary.for_translation(call.visit, *direction) for direction in directions]
    steps = services.documents.translate_document(
        call.visit,
        asked.name,
        data,
        source=asked.source,
        target=asked.target,
        otherwise=asked.otherwise,
        model=asked.model,
        glossary=tuple(chain.from_iterable(terms))[:MOST_TERMS],
        key=f"{call.page}:document",
    )
    with closing(steps):
        for step in steps:
            yield {name: getattr(step, name) for name in TOLD}


async def _body(request: Request) -> bytes:
    """The file, or as much of it as shows that it is too large.

    Raises:
        InputError: ``document_slow``.
    """
    try:
        async with asyncio.timeout(SLOWEST):
            return await sent_file(request, LARGEST_FILE)
    except TimeoutError as exc:
        raise InputError("document_slow", seconds=int(SLOWEST)) from exc
