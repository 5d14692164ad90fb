"""Documents on their way in and out: two routes beside Gradio's own, so none is ever written to the disk."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any
from urllib.parse import quote, unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from llama_demo.errors import DemoError
from llama_demo.services.translation.translating import MOST_TERMS
from llama_demo.services.translation.translating_documents import LARGEST_FILE, Progress
from llama_demo.ui import markup
from llama_demo.ui.frame import Services
from llama_demo.ui.handler import Call
from llama_demo.ui.translate_wishes import Direction, read

log = logging.getLogger(__name__)

LONGEST_HEADER = 100_000
"""Characters in which a page says who asks and what for."""

LONGEST_NAME = 1_000


def routes(services: Services, read_call: Callable[[object], Call]) -> list[Route]:
    """The way in, which answers with the progress, and the way out; ``read_call`` reads who asks."""

    async def translate(request: Request) -> Response:
        try:
            call = read_call(_header(request, "x-visit"))
            data = await _body(request)
        except ClientDisconnect:
            return HTMLResponse("", 400)
        except DemoError as error:
            return _refused(error)
        progress = _lines(services, call, _header(request, "x-asked"), data)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(progress, media_type="application/x-ndjson", headers=headers)

    async def result(request: Request) -> Response:
        asked = _json(await request.body())
        asked = asked if isinstance(asked, dict) else {}
        try:
            visit = read_call(asked.get("visit")).visit
            file = await run_in_threadpool(services.documents.result, visit, str(asked.get("id", "")))
        except DemoError as error:
            return _refused(error)
        headers = {"X-File-Name": quote(file.name), "Cache-Control": "no-store"}
        return Response(file.data, media_type=file.media_type, headers=headers)

    return [
        Route("/translate/document", translate, methods=["POST"]),
        Route("/translate/document/result", result, methods=["POST"]),
    ]


def _lines(services: Services, call: Call, told: object, data: bytes) -> Iterator[str]:
    """The progress as lines of JSON; a refusal and what breaks is a line too, with a notice."""
    try:
        for step in _steps(services, call, told if isinstance(told, dict) else {}, data):
            yield _line(
                {
                    "id": step.id,
                    "name": step.name,
                    "done": step.done,
                    "total": step.total,
                    "state": step.state,
                    "seconds_left": step.seconds_left,
                }
            )
    except DemoError as error:
        yield _line({"problem": _notice(error)})
    except Exception:
        log.exception("a document could not be translated")
        yield _line({"problem": _notice(DemoError("unexpected"))})


def _steps(services: Services, call: Call, told: dict[str, Any], data: bytes) -> Iterator[Progress]:
    asked = read(Direction, told)
    # A document's language is told only when it is read; terms of the others do not occur in it.
    sources = services.translating.directions() if asked.source == "auto" else [asked.source]
    terms = [services.glossary.for_translation(call.visit, source, asked.target) for source in sources]
    return services.documents.translate_document(
        call.visit,
        str(told.get("name", ""))[:LONGEST_NAME],
        data,
        source=asked.source,
        target=asked.target,
        model=asked.model,
        glossary=tuple(chain.from_iterable(terms))[:MOST_TERMS],
        key=f"{call.page}:document",
    )


async def _body(request: Request) -> bytes:
    """The file, or as much of it as shows that it is too large."""
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > LARGEST_FILE:
            break
    return bytes(data)


def _header(request: Request, name: str) -> object:
    return _json(unquote(request.headers.get(name, ""))[:LONGEST_HEADER])


def _json(text: str | bytes) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _line(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False) + "\n"


def _refused(error: DemoError) -> HTMLResponse:
    return HTMLResponse(_notice(error), 422)


def _notice(error: DemoError) -> str:
    return markup.render("notice.html", sentence=markup.problem(error))
