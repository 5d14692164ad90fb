"""Exports of the log of decisions."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.concurrency import iterate_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from llama_demo.services.decisions import DecisionLog
from llama_demo.ui.calls import Call
from llama_demo.ui.handlers import Handlers
from llama_demo.ui.safety.schemas import DecisionExportRequest

MEDIA_TYPES = {"json": "application/json", "csv": "text/csv"}


def routes(decisions: DecisionLog, handlers: Handlers) -> list[Route]:
    """The route of the export."""

    async def export(call: Call, request: DecisionExportRequest) -> Response:
        text = decisions.exported(call.visit, request.form)
        name = f"llama_demo-policy-{datetime.now(UTC).astimezone(call.zone):%Y-%m-%d}.{request.form}"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-File-Name": name,
            "Cache-Control": "no-store",
        }
        pieces = iterate_in_threadpool(piece.encode("utf-8") for piece in text)
        return StreamingResponse(pieces, media_type=MEDIA_TYPES[request.form], headers=headers)

    return [handlers.files.download("/safety/export", DecisionExportRequest, export)]
