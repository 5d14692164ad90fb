"""What programs may upload for ``/add_documents``, through the one route of Gradio's that takes files.

Gradio checks each file's size, but neither how many come nor what lies on the disk already, and keeps every
file until its cache is swept. Here the whole is bounded before the first byte is read, so a request that is
refused leaves nothing behind; :mod:`~llama_demo.ui.endpoints.add_documents` removes what it has taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse

OVERHEAD = 64 * 1024
"""Bytes that a request has beside its file: boundaries and headers of parts."""


@dataclass
class ProgramUploads:
    """The space that uploads share.

    Attributes:
        folder: where Gradio puts them.
        largest: bytes of a file, and so of a request: clients send one file in each.
        most_bytes: of all files that lie there or arrive.
        most_files: that lie there.
    """

    folder: Path
    largest: int
    most_bytes: int
    most_files: int = 2_000
    _arriving: int = field(default=0, init=False)

    def refusal(self, headers: Headers) -> PlainTextResponse | None:
        """The answer to an upload that is not taken; None for one that is."""
        if "origin" in headers:
            return PlainTextResponse("Pages upload elsewhere; this route is for programs.", 403)
        length = headers.get("content-length", "")
        if not length.isdigit():
            return PlainTextResponse("Send the length of the request.", 411)
        if int(length) > self.largest + OVERHEAD:
            return PlainTextResponse(f"Send files of {self.largest:,} bytes at most, one at a time.", 413)
        sizes = list(self._sizes())
        if len(sizes) >= self.most_files or sum(sizes) + self._arriving + int(length) > self.most_bytes:
            return PlainTextResponse(
                "The space for uploads is taken; it is freed as files are indexed. Try again in 30 minutes.",
                507,
                headers={"Retry-After": "1800"},
            )
        return None

    @contextmanager
    def arriving(self, headers: Headers) -> Iterator[None]:
        """Hold the space of an upload while it comes in."""
        length = int(headers["content-length"])
        self._arriving += length
        try:
            yield
        finally:
            self._arriving -= length

    def _sizes(self) -> Iterator[int]:
        for path in self.folder.rglob("*"):
            try:
                if path.is_file():
                    yield path.stat().st_size
            except OSError:  # swept in between
                continue
