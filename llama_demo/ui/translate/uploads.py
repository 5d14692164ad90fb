"""Routes for uploading a document and downloading its translation; neither is written to disk."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from itertools import chain

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from llama_demo.errors import InputError
from llama_demo.services.bounded_queue import BoundedQueue
from llama_demo.services.translation.documents import LARGEST_FILE
from llama_demo.services.translation.service import MOST_TERMS
from llama_demo.ui.calls import Call
from llama_demo.ui.handlers import Handlers
from llama_demo.ui.http_routes import Upload, UploadLimit, file_response
from llama_demo.ui.provenance import document_note
from llama_demo.ui.tab_context import Services
from llama_demo.ui.translate.schemas import (
    DocumentProgressLine,
    TranslatedFileRequest,
    TranslateDocumentRequest,
)
from llama_demo.ui.translate.serializers import serialize_document_progress
from llama_demo.ui.translate.server import document_key

ARRIVING = 8
"""Files received at the same time; each is held in memory."""

SLOWEST = 120.0
"""Seconds a file may take to arrive."""


def routes(services: Services, handlers: Handlers) -> list[Route]:
    """The upload route, which streams the progress, and the download route."""
    limit = UploadLimit(
        bytes=LARGEST_FILE,
        too_large=InputError("document_too_large", bytes=LARGEST_FILE + 1, limit=LARGEST_FILE),
        seconds=SLOWEST,
        too_slow=InputError("document_slow", seconds=int(SLOWEST)),
        queue=BoundedQueue(at_once=ARRIVING, waiting=0, full="documents_busy"),
    )

    async def translate(upload: Upload[TranslateDocumentRequest]) -> Response:
        call, data = upload.call, await upload.data()
        return handlers.files.stream(call.visit, _progress, services, call, upload.request, data)

    async def result(call: Call, request: TranslatedFileRequest) -> Response:
        file = await run_in_threadpool(services.documents.result, call.visit, request.id)
        return file_response(file.name, file.media_type, file.data)

    return [
        handlers.files.upload("/translate/document", TranslateDocumentRequest, translate, limit=limit),
        handlers.files.download("/translate/document/result", TranslatedFileRequest, result),
    ]


def _progress(
    services: Services, call: Call, request: TranslateDocumentRequest, data: bytes
) -> Generator[DocumentProgressLine, None, None]:
    # A document's language is told only when it is read; terms of the others do not occur in it.
    sources = services.translation.directions() if request.source == "auto" else [request.source]
    directions = [(source, request.target) for source in sources] + [(request.target, request.otherwise)]
    terms = [services.glossary.for_translation(call.visit, *direction) for direction in directions]
    steps = services.documents.translate_document(
        call.visit,
        request.name,
        data,
        source=request.source,
        target=request.target,
        otherwise=request.otherwise,
        model=request.model,
        glossary=tuple(chain.from_iterable(terms))[:MOST_TERMS],
        key=document_key(call),
        note=document_note,
    )
    with closing(steps):
        for step in steps:
            yield serialize_document_progress(step)
