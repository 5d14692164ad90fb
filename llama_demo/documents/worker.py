"""The worker process that parses files, and writes them again: ``python -m llama_demo.documents.worker``.

It has pipes to the app, and isolates the libraries that parse files. Where the system supports it, the
process has a limit of memory, cannot write files, and ends by itself when a file takes too long and the app
is gone. On Windows only the app limits its time.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from types import ModuleType
from typing import Any

from llama_demo.documents.document import Document
from llama_demo.documents.frames import encoded, receive, send
from llama_demo.documents.registry import read_document
from llama_demo.documents.rewriting import open_document
from llama_demo.documents.serialization import (
    deserialize_translations,
    serialize_document,
    serialize_error,
    serialize_notices,
    serialize_segments,
)
from llama_demo.errors import DemoError, DocumentError

resource: ModuleType | None
try:
    import resource
except ImportError:  # Windows
    resource = None

MOST_CHARACTERS = 20_000_000
_FORBIDDEN = ("socket.connect", "socket.getaddrinfo", "socket.bind", "subprocess.Popen", "os.system")
_SPARE = 5  # seconds of processor time beyond the limit, so that the app's clock is the first to strike


def main() -> None:
    """Answer requests one by one until the app closes the pipe."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    silence = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):  # a library that prints must not write into an answer
        os.dup2(silence, descriptor)
    logging.disable()
    warnings.simplefilter("ignore")
    sys.addaudithook(_forbid)
    while True:
        try:
            request, data = receive(requests)
        except EOFError:
            return
        _limit(request["seconds"], request["memory"])
        send(answers, *_answer(request, data))


def _answer(request: dict[str, Any], data: bytes) -> tuple[bytes, bytes]:
    """The header, encoded, and the bytes of an answer."""
    try:
        header, content = _TASKS[request["task"]](request, data)
        return encoded(header), content
    except DemoError as exc:
        error = serialize_error(exc)
    except MemoryError:
        error = {"error": "file_memory", "values": {}}
    except Exception as exc:  # noqa: BLE001  (a library met a file that its authors did not foresee)
        error = {"error": "file_crashed", "values": {"detail": type(exc).__name__}}
    return encoded(error), b""


def _read(request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    return serialize_document(parse(request["name"], data)), b""


def _segment(request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    opened = open_document(request["name"], data)
    return {
        "segments": serialize_segments(opened.body.segments),
        "notices": serialize_notices(opened.notices),
    }, b""


def _rewrite(request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """The file with these translations; it is parsed again, as nothing is kept between two requests."""
    opened = open_document(request["name"], data)
    return {}, opened.body.rewritten(deserialize_translations(request["translations"]), request["note"])


_TASKS = {"read": _read, "segment": _segment, "rewrite": _rewrite}


def parse(name: str, data: bytes) -> Document:
    """Read a file in this process.

    Raises:
        DemoError: it cannot be read.
    """
    parsed = read_document(name, data)
    if not parsed.blocks:
        raise DocumentError("file_nothing")
    count = sum(len(block.text) for block in parsed.blocks)
    if count > MOST_CHARACTERS:
        raise DocumentError("file_too_long", count=count, limit=MOST_CHARACTERS)
    return parsed


def _forbid(event: str, _: object) -> None:
    """Audit hook that forbids network access and other programs."""
    if event in _FORBIDDEN:
        raise PermissionError(event)


def _limit(seconds: float, memory: int) -> None:
    """Set the limits for one file; a system that lacks one of them goes without."""
    if resource is None:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    processor = int(usage.ru_utime + usage.ru_stime + seconds) + _SPARE
    limits = {"RLIMIT_AS": memory, "RLIMIT_CPU": processor, "RLIMIT_FSIZE": 0, "RLIMIT_CORE": 0}
    for name, value in limits.items():
        kind = getattr(resource, name)
        _, hard = resource.getrlimit(kind)
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(kind, (most, hard))
        except (ValueError, OSError):  # macOS refuses some of them
            continue


if __name__ == "__main__":
    main()
