"""Limits on the uploads of programs for ``/add_documents``, which come by Gradio's own route.

Gradio limits the size of each file, but neither their number nor what lies on the disk already. It removes
the files of completed uploads after a while, those of aborted ones never. Here a request is refused before
its first byte is read, and old files are swept; :mod:`~llama_demo.ui.endpoints.add_documents` removes those
that it has taken.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse

from llama_demo.ui.http_routes import MULTIPART_OVERHEAD

KEPT = 1_800.0
"""Seconds that a file may lie in the folder."""

ARRIVAL = 300.0
"""Seconds that an upload may take."""


@dataclass
class ProgramUploads:
    """The folder of uploads and its limits.

    Attributes:
        folder: where Gradio puts the files.
        largest: bytes of a file, and so of a request: clients send one file in each.
        most_bytes: of all files in the folder and on their way to it.
        most_files: in the folder.
        most_at_once: uploads that arrive at the same time.
    """

    folder: Path
    largest: int
    most_bytes: int
    most_files: int = 2_000
    most_at_once: int = 16
    _arriving: list[int] = field(default_factory=list, init=False)

    async def refusal(self, headers: Headers) -> PlainTextResponse | None:
        """The response to a refused upload; None for an allowed one."""
        if "origin" in headers:
            return PlainTextResponse("Pages upload elsewhere; this route is for programs.", 403)
        length = headers.get("content-length", "")
        # Where both are sent, the chunks count and the length is ignored (RFC 9112, section 6.3).
        if not length.isdigit() or "transfer-encoding" in headers:
            return PlainTextResponse("Send the length of the request, and no transfer encoding.", 411)
        if int(length) > self.largest + MULTIPART_OVERHEAD:
            return PlainTextResponse(f"Send files of {self.largest:,} bytes at most, one at a time.", 413)
        sizes = await run_in_threadpool(self._sizes)
        taken = sum(sizes) + sum(self._arriving) + int(length)
        busy = len(self._arriving) >= self.most_at_once
        if busy or len(sizes) >= self.most_files or taken > self.most_bytes:
            minutes = 1 if busy else int(KEPT / 60)
            return PlainTextResponse(
                f"The space for uploads is taken. Try again in {minutes} min.",
                507,
                headers={"Retry-After": str(60 * minutes)},
            )
        return None

    @asynccontextmanager
    async def arriving(self, headers: Headers) -> AsyncIterator[None]:
        """Reserve the space of an upload during the block, which is cancelled if it takes too long."""
        length = int(headers["content-length"])
        self._arriving.append(length)
        try:
            async with asyncio.timeout(ARRIVAL):
                yield
        finally:
            self._arriving.remove(length)

    def _sizes(self) -> list[int]:
        """Sizes of the files, after old ones and empty folders were removed."""
        sizes, oldest = [], time.time() - KEPT
        for path in sorted(self.folder.rglob("*"), reverse=True):  # what is in a folder before the folder
            with suppress(OSError):  # removed meanwhile, or a folder that is not empty
                status = path.stat()
                if path.is_dir():
                    if status.st_mtime < oldest:
                        path.rmdir()
                elif status.st_mtime < oldest:
                    path.unlink()
                else:
                    sizes.append(status.st_size)
        return sizes
