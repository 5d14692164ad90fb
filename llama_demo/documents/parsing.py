"""Parses files into blocks of text in a separate process, so that a harmful file breaks only that."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from llama_demo.documents.document import Block, BlockKind, Document, DocumentNotice
from llama_demo.documents.frames import receive, send
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
        content = self._content(data)
        with self._turn:
            request = {"name": name, "seconds": self._limits.seconds, "memory": self._limits.memory}
            header = self._asked(request, content)
        if error := header.get("error"):
            raise DocumentError(error, **header["values"])
        return _document(header)

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

    def _asked(self, request: dict[str, Any], content: bytes) -> dict[str, Any]:
        self._reason = ""
        requests, answers = self._pipes()
        clock = threading.Timer(self._limits.seconds, self._end, ("file_slow",))
        clock.start()
        self._busy = True
        try:
            send(requests, request, content)
            header, _ = receive(answers)
        except (OSError, EOFError, ValueError) as exc:
            self._discard()
            reason = self._reason or "file_crashed"
            raise DocumentError(reason, seconds=round(self._limits.seconds), detail="") from exc
        finally:
            self._busy = False
            clock.cancel()
        self._read += 1
        if header.get("error") in ("file_memory", "file_crashed") or self._read >= _FILES_A_WORKER:
            self._discard()  # its memory may be fragmented
        return header

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


def _document(header: dict[str, Any]) -> Document:
    """The document that a worker's answer describes."""
    blocks = (
        Block(text, tuple(headings), page, BlockKind(kind)) for text, headings, page, kind in header["blocks"]
    )
    notices = (DocumentNotice(key, values) for key, values in header["notices"])
    return Document(header["title"], tuple(blocks), tuple(notices))
