"""Files on their way into the library: a route beside Gradio's own, several files in one request."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from llama_demo.errors import InputError
from llama_demo.services.library.library import DEFAULT, IncomingFile, Library
from llama_demo.ui.guard import ADDING
from llama_demo.ui.handlers import Call, Handlers, sent_beside, sent_json, whole

MOST_FILES = 500
"""Of one request; the page sends more in several."""

BATCH = 64 * 2**20
"""Bytes that a request may have beyond one file of the largest size."""


def routes(library: Library, handlers: Handlers) -> list[Route]:
    """The way in, which answers with the job."""

    async def add(request: Request) -> Response:
        call = handlers.call(sent_beside(request, "x-visit"))
        if call.visit.temporary:  # told before anything is taken in
            raise InputError("library_temporary")
        _check_length(request, library.limits.file_bytes + BATCH)
        collection = whole(unquote(request.headers.get("x-collection", ""))) or DEFAULT
        async with request.form(max_files=MOST_FILES, max_fields=1) as form:
            names = sent_json(str(form.get("names", "")))
            files = [one for one in form.getlist("files") if isinstance(one, UploadFile)]
            job = await run_in_threadpool(_added, library, call, str(collection), files, names)
        return JSONResponse({"job": job})

    return [handlers.route(ADDING, add)]


def _added(
    library: Library, call: Call, collection: str, uploads: Sequence[UploadFile], names: object
) -> str:
    """Hand the files over; the library has its own copies when this returns."""
    told = (
        names if isinstance(names, list) and len(names) == len(uploads) else [one.filename for one in uploads]
    )
    with TemporaryDirectory(prefix="llama_demo-") as folder:
        files = []
        for number, (upload, name) in enumerate(zip(uploads, told, strict=True)):
            path = Path(folder) / str(number)
            with path.open("wb") as file:
                shutil.copyfileobj(upload.file, file)
            files.append(IncomingFile(str(whole(str(name or ""))), path))
        return library.add(call.visit, collection, files).id


def _check_length(request: Request, most: int) -> None:
    """Raises: InputError: ``library_too_large``, also if the length is not told."""
    announced = request.headers.get("content-length", "")
    if not announced.isdigit() or int(announced) > most:
        raise InputError("library_too_large", limit=most)
