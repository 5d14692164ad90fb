"""The upload route of the library, for several files in one request."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from llama_demo.errors import InputError
from llama_demo.services.library.library import DEFAULT, IncomingFile, Library
from llama_demo.ui.handlers import Handlers
from llama_demo.ui.http_routes import Upload, UploadLimit
from llama_demo.ui.search.schemas import AddFilesRequest, JobResponse

MOST_FILES = 500
"""Files in one request; the page sends more in batches."""

BATCH = 64 * 2**20
"""Bytes of a request beyond one file of the largest size."""


def routes(library: Library, handlers: Handlers) -> list[Route]:
    """The upload route, which responds with the job."""

    async def add(upload: Upload[AddFilesRequest]) -> Response:
        if upload.call.visit.temporary:
            raise InputError("library_temporary")
        job = await run_in_threadpool(_add, library, upload)
        return JSONResponse(JobResponse(job=job).model_dump())

    most = library.limits.file_bytes + BATCH
    limit = UploadLimit(
        bytes=most, too_large=InputError("library_too_large", limit=most), files=MOST_FILES, spooled=True
    )
    return [handlers.files.upload("/library/add", AddFilesRequest, add, limit=limit)]


def _add(library: Library, upload: Upload[AddFilesRequest]) -> str:
    """Add the files; the library has copied them when this returns."""
    names = upload.request.names
    if len(names) != len(upload.files):
        names = tuple(file.filename or "" for file in upload.files)
    with TemporaryDirectory(prefix="llama_demo-") as folder:
        files = []
        for number, (upload_file, name) in enumerate(zip(upload.files, names, strict=True)):
            path = Path(folder) / str(number)
            with path.open("wb") as file:
                shutil.copyfileobj(upload_file.file, file)
            files.append(IncomingFile(name, path))
        return library.add(upload.call.visit, upload.request.collection or DEFAULT, files).id
