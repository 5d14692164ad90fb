"""A file to be asked about, on its way in: a route beside Gradio's own, so it is never written to disk."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from llama_demo.services.asking.answer import Subject
from llama_demo.services.asking.sources import LARGEST_FILE
from llama_demo.ui.ask.told import conversation_told
from llama_demo.ui.ask.wishes import File
from llama_demo.ui.frame import Services
from llama_demo.ui.guard import READING
from llama_demo.ui.handlers import Call, Handlers, sent_beside, sent_file
from llama_demo.ui.wishes import read


def routes(services: Services, handlers: Handlers) -> list[Route]:
    """The way in, which answers with a conversation about the file."""

    async def take(request: Request) -> Response:
        call = handlers.call(sent_beside(request, "x-visit"))
        told = sent_beside(request, "x-asked")
        name = read(File, told if isinstance(told, dict) else {}).name
        data = await sent_file(request, LARGEST_FILE)
        return JSONResponse(await run_in_threadpool(_begun, services, call, name, data))

    return [handlers.route(READING, take)]


def _begun(services: Services, call: Call, name: str, data: bytes) -> dict[str, Any]:
    parts = services.sources.file(name, data)
    return conversation_told(services.conversations.begin(call.visit, Subject(parts=parts)))
