"""Limits on the uploads of programs for ``/add_documents``, which come by Gradio's own route.

Gradio limits the size of each file, but neither their number nor what lies on the disk already. It removes
the files of completed uploads after a while, those of aborted ones never. Here a request is refused before
its first byte is read, and old files are swept; :mod:`~llama_demo.ui.endpoints.add_documents` removes those
that it has taken.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Scope

from llama_demo.ui.client_address import client_address
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
        most_of_address: bytes of the files from one address; None for no limit.
        behind_proxy: whether a proxy tells the caller's address.
        most_files: in the folder.
        most_at_once: uploads that arrive at the same time.
    """

    folder: Path
    largest: int
    most_bytes: int
    most_of_address: int | None = None
    behind_proxy: bool = False
    most_files: int = 2_000
    most_at_once: int = 16
    _arriving: list[tuple[str, int]] = field(default_factory=list, init=False)
    _senders: dict[Path, str] = field(default_factory=dict, init=False)

    async def refusal(self, scope: Scope) -> PlainTextResponse | None:
        """The response to a refused upload; None for an allowed one."""
        headers = Headers(scope=scope)
        if "origin" in headers:
            return PlainTextResponse("Pages upload elsewhere; this route is for programs.", 403)
        length = headers.get("content-length", "")
        # Where both are sent, the chunks count and the length is ignored (RFC 9112, section 6.3).
        if not length.isdigit() or "transfer-encoding" in headers:
            return PlainTextResponse("Send the length of the request, and no transfer encoding.", 411)
        if int(length) > self.largest + MULTIPART_OVERHEAD:
            return PlainTextResponse(f"Send files of {self.largest:,} bytes at most, one at a time.", 413)
        sizes = await run_in_threadpool(self._sizes)
        taken = sum(sizes.values()) + sum(size for _, size in self._arriving) + int(length)
        busy = len(self._arriving) >= self.most_at_once
        full = taken > self.most_bytes or self._share_taken(self._address(scope), sizes, int(length))
        if busy or len(sizes) >= self.most_files or full:
            minutes = 1 if busy else int(KEPT / 60)
            return PlainTextResponse(
                f"The space for uploads is taken. Try again in {minutes} min.",
                507,
                headers={"Retry-After": str(60 * minutes)},
            )
        return None

    @asynccontextmanager
    async def arriving(self, scope: Scope) -> AsyncIterator[None]:
        """Reserve the space of an upload during the block, which is cancelled if it takes too long."""
        own = (self._address(scope), int(Headers(scope=scope)["content-length"]))
        self._arriving.append(own)
        try:
            async with asyncio.timeout(ARRIVAL):
                yield
        finally:
            self._arriving.remove(own)

    def stored(self, scope: Scope, answer: bytes) -> None:
        """Remember who sent the files that Gradio's answer lists."""
        with suppress(ValueError, TypeError):
            self._senders.update({Path(path).resolve(): self._address(scope) for path in json.loads(answer)})

    def _share_taken(self, address: str, sizes: Mapping[Path, int], length: int) -> bool:
        """Whether an address would have more than its share with ``length`` more bytes."""
        self._senders = {path: sender for path, sender in self._senders.items() if path in sizes}
        if self.most_of_address is None:
            return False
        lying = sum(sizes[path] for path, sender in self._senders.items() if sender == address)
        coming = sum(size for sender, size in self._arriving if sender == address)
        return lying + coming + length > self.most_of_address

    def _address(self, scope: Scope) -> str:
        return client_address(Request(scope), behind_proxy=self.behind_proxy)

    def _sizes(self) -> dict[Path, int]:
        """Sizes of the files, after old ones and empty folders were removed."""
        sizes, oldest = {}, time.time() - KEPT
        for path in sorted(
            self.folder.resolve().rglob("*"), reverse=True
        ):  # what is in a folder before the folder
            with suppress(OSError):  # removed meanwhile, or a folder that is not empty
                status = path.stat()
                if path.is_dir():
                    if status.st_mtime < oldest:
                        path.rmdir()
                elif status.st_mtime < oldest:
                    path.unlink()
                else:
                    sizes[path] = status.st_size
        return sizes
