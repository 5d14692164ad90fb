"""The worker process that parses files: ``python -m llama_demo.documents.worker``, with pipes to the app.

It isolates the libraries that parse files. Where the system supports it, the process has a limit of memory,
cannot write files, and ends by itself when a file takes too long and the app is gone. On Windows only the app
limits its time.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from types import ModuleType
from typing import Any

from llama_demo.documents.document import Document
from llama_demo.documents.frames import receive, send
from llama_demo.documents.registry import read_document
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
        send(answers, *_answer(request["name"], data))


def _answer(name: str, data: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        parsed = parse(name, data)
    except DemoError as exc:
        return {"error": exc.key, "values": {key: str(value) for key, value in exc.values.items()}}, b""
    except MemoryError:
        return {"error": "file_memory", "values": {}}, b""
    except Exception as exc:  # noqa: BLE001  (a library met a file that its authors did not foresee)
        return {"error": "file_crashed", "values": {"detail": type(exc).__name__}}, b""
    blocks = [(block.text, block.headings, block.page, block.kind) for block in parsed.blocks]
    notices = [(notice.key, dict(notice.values)) for notice in parsed.notices]
    return {"title": parsed.title, "blocks": blocks, "notices": notices}, b""


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
