"""Parses files, and writes them again, in a separate process, so that a harmful file breaks only that."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from llama_demo.documents.document import Document
from llama_demo.documents.frames import encoded, receive, send
from llama_demo.documents.rewriting import OpenedDocument, refuse_unwritable
from llama_demo.documents.segments import DocumentSegment, SegmentTranslation
from llama_demo.documents.serialization import (
    deserialize_document,
    deserialize_error,
    deserialize_notices,
    deserialize_segments,
    serialize_translations,
)
from llama_demo.errors import DocumentError

ROOT = Path(__file__).resolve().parents[2]
WORKER = (sys.executable, "-B", "-X", "utf8", "-m", "llama_demo.documents.worker")
_FILES_A_WORKER = 500
"""A worker is replaced after so many files, so that what libraries forget to free does not add up."""


@dataclass(frozen=True)
class ParsingLimits:
    """Limits for parsing one file.

    Attributes:
        seconds: of the clock.
        memory: bytes of the worker, the interpreter included; not enforced on Windows and macOS.
        largest: bytes of the file.
    """

    seconds: float = 60.0
    memory: int = 1024**3
    largest: int = 100 * 1024**2


class Parser:
    """Reads one file at a time; may be called from any thread.

    The worker starts with the first file and stays for the next ones. When a file kills it, that file is
    refused and the next one gets a new worker.
    """

    def __init__(self, limits: ParsingLimits | None = None, *, command: Sequence[str] = WORKER) -> None:
        self._limits = limits or ParsingLimits()
        self._command = command
        self._turn = threading.Lock()
        self._worker: subprocess.Popen[bytes] | None = None
        self._read = 0
        self._busy = False
        self._reason = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def parse(self, name: str, data: bytes | Path) -> Document:
        """Read a file.

        Args:
            name: of the file; its suffix decides the format where the bytes do not.

        Raises:
            DocumentError: it cannot be read, with the reason.
            OSError: ``data`` is a path that cannot be read.
        """
        header, _ = self._response("read", name, self._content(data))
        return deserialize_document(header)

    def open(self, name: str, data: bytes) -> OpenedDocument:
        """Read a file that is to be written again.

        The passages are here; the file is parsed and written in the worker alone.

        Raises:
            DemoError: as :func:`~llama_demo.documents.rewriting.open_document`, and what limits the worker.
        """
        refuse_unwritable(name, len(data))
        header, _ = self._response("segment", name, data)
        body = _WorkerDocument(self, name, data, deserialize_segments(header["segments"]))
        return OpenedDocument(body, deserialize_notices(header["notices"]))

    def rewritten(
        self, name: str, data: bytes, translations: Sequence[SegmentTranslation | None], note: str = ""
    ) -> bytes:
        """A file with these translations and a note in it, one for each passage; None leaves one as it was.

        Raises:
            DocumentError: the worker has reached one of its limits.
        """
        more = {"translations": serialize_translations(translations), "note": note}
        return self._response("rewrite", name, data, **more)[1]

    def stop(self) -> None:
        """End the file that is being read, if there is one, with ``file_stopped``."""
        if self._busy:
            self._end("file_stopped")

    def close(self) -> None:
        """End the worker; a later file starts a new one."""
        self.stop()
        with self._turn:
            self._discard()

    def _content(self, data: bytes | Path) -> bytes:
        """The bytes, unless they are too many: then not even a file is read."""
        size = data.stat().st_size if isinstance(data, Path) else len(data)
        if size > self._limits.largest:
            raise DocumentError("file_too_large", bytes=size, limit=self._limits.largest)
        return data.read_bytes() if isinstance(data, Path) else data

    def _response(self, task: str, name: str, content: bytes, **more: Any) -> tuple[dict[str, Any], bytes]:
        """What the worker answers to a request.

        Raises:
            DocumentError: it refuses the file, or has reached a limit.
        """
        limits = {"seconds": self._limits.seconds, "memory": self._limits.memory}
        with self._turn:
            header, data = self._asked({"task": task, "name": name, **limits, **more}, content)
        if error := deserialize_error(header):
            raise error
        return header, data

    def _asked(self, request: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
        self._reason = ""
        requests, answers = self._pipes()
        clock = threading.Timer(self._limits.seconds, self._end, ("file_slow",))
        clock.start()
        self._busy = True
        try:
            send(requests, encoded(request), content)
            header, data = receive(answers)
        except (OSError, EOFError, ValueError, RecursionError) as exc:
            self._discard()
            reason = self._reason or "file_crashed"
            raise DocumentError(reason, seconds=round(self._limits.seconds), detail="") from exc
        except BaseException:
            self._discard()  # a rest of its answer may be in the pipe
            raise
        finally:
            self._busy = False
            clock.cancel()
        self._read += 1
        if header.get("error") in ("file_memory", "file_crashed") or self._read >= _FILES_A_WORKER:
            self._discard()  # its memory may be fragmented
        return header, data

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._worker is None or self._worker.poll() is not None:
            self._discard()
            self._worker = subprocess.Popen(  # noqa: S603  (our own module)
                self._command,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "OMP_NUM_THREADS": "1"},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
            self._read = 0
        assert self._worker.stdin is not None
        assert self._worker.stdout is not None
        return self._worker.stdin, self._worker.stdout

    def _end(self, reason: str) -> None:
        """Kill the worker; the waiting :meth:`parse` raises ``reason``."""
        self._reason = self._reason or reason
        if (worker := self._worker) is not None:
            worker.kill()

    def _discard(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        worker.kill()
        worker.wait()
        for pipe in (worker.stdin, worker.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


@dataclass(frozen=True)
class _WorkerDocument:
    """The :class:`~llama_demo.documents.segments.RewritableDocument` that a worker reads and writes."""

    parser: Parser = field(repr=False)
    name: str
    data: bytes = field(repr=False)
    segments: Sequence[DocumentSegment]

    def rewritten(self, translations: Sequence[SegmentTranslation | None], note: str = "") -> bytes:
        """The file with these translations, parsed anew in the worker."""
        return self.parser.rewritten(self.name, self.data, translations, note)
