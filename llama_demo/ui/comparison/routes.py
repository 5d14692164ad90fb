"""Routes of the comparison: the stream of both sides, and the export of votes."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from llama_demo.errors import InputError
from llama_demo.services.comparison.request import ComparisonRequest
from llama_demo.services.comparison.service import ComparisonService
from llama_demo.services.comparison.votes import VoteService
from llama_demo.ui.calls import Call
from llama_demo.ui.comparison.schemas import CompareRequest, ComparisonLine
from llama_demo.ui.comparison.serializers import ComparisonLines
from llama_demo.ui.comparison.server import comparison_key
from llama_demo.ui.handlers import Handlers
from llama_demo.ui.http_routes import Upload, UploadLimit, file_response
from llama_demo.ui.schemas import Empty

SLOWEST = 60.0
"""Seconds in which a request has to arrive."""


def routes(comparison: ComparisonService, votes: VoteService, handlers: Handlers) -> list[Route]:
    """The route that compares and the one that answers with the votes."""
    limit = UploadLimit(bytes=0, too_large=InputError("unexpected"), files=0, seconds=SLOWEST)

    async def compare(upload: Upload[CompareRequest]) -> Response:
        return handlers.files.stream(upload.call.visit, _lines, comparison, upload.call, upload.request)

    async def export(call: Call, _: Empty) -> Response:
        text = await run_in_threadpool(lambda: "".join(votes.exported(call.visit)))
        name = f"llama_demo-votes-{datetime.now(UTC).astimezone(call.zone):%Y-%m-%d}.csv"
        return file_response(name, "text/csv", text.encode())

    return [
        handlers.files.upload("/models/compare", CompareRequest, compare, limit=limit),
        handlers.files.download("/models/votes", Empty, export),
    ]


def _lines(
    comparison: ComparisonService, call: Call, request: CompareRequest
) -> Generator[ComparisonLine, None, None]:
    asked = ComparisonRequest(**request.model_dump())
    lines = ComparisonLines()
    with closing(comparison.compare(call.visit, asked, key=comparison_key(call))) as updates:
        for update in updates:
            yield lines.line(update)
