"""The route for uploading a file to ask about, which is never written to disk."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from llama_demo.errors import InputError
from llama_demo.services.answering.answer import Subject
from llama_demo.services.answering.sources import LARGEST_FILE
from llama_demo.ui.ask.schemas import FileConversationItem, TextFileRequest
from llama_demo.ui.ask.serializers import serialize_begun
from llama_demo.ui.calls import Call
from llama_demo.ui.handlers import Handlers
from llama_demo.ui.http_routes import Upload, UploadLimit
from llama_demo.ui.tab_context import Services


def routes(services: Services, handlers: Handlers) -> list[Route]:
    """The route, which answers with a conversation about the file."""

    async def take(upload: Upload[TextFileRequest]) -> Response:
        data = await upload.data()
        begun = await run_in_threadpool(_begin, services, upload.call, upload.request.name, data)
        return JSONResponse(begun.model_dump(mode="json"))

    too_large = InputError("document_too_large", bytes=LARGEST_FILE + 1, limit=LARGEST_FILE)
    limit = UploadLimit(bytes=LARGEST_FILE, too_large=too_large)
    return [handlers.files.upload("/ask/text", TextFileRequest, take, limit=limit)]


def _begin(services: Services, call: Call, name: str, data: bytes) -> FileConversationItem:
    file = services.sources.file(name, data)
    return serialize_begun(services.conversations.begin(call.visit, Subject(parts=file.parts)), file)
