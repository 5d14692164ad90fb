"""What the program logs: lines for people, or JSON objects, one a line and for each request and event.

Neither holds what a visitor wrote, named or is known by: of a request the pattern of its route is logged, of
an event the name of its handler, of an exception its kind and its frames. An exception's message is left out,
since it can quote what was sent.
"""

from __future__ import annotations

import json
import logging
import time
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Literal

from llama_demo.errors import DemoError

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

log = logging.getLogger(__name__)


class TextFormatter(logging.Formatter):
    """A record as a line, with the traces of its exceptions."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 (the name is that of the base class)
        """Frames and kind of an exception, and of those that led to it, without their messages."""
        return _trace(ei[1])


class JsonFormatter(TextFormatter):
    """A record as an object: ``time``, ``level``, ``logger``, ``message``, the record's fields, ``trace``."""

    def format(self, record: logging.LogRecord) -> str:
        """The record in one line."""
        record_fields: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            record_fields["trace"] = self.formatException(record.exc_info)
        return json.dumps(record_fields, ensure_ascii=False)


def configure(form: Literal["text", "json"]) -> None:
    """Log warnings and errors in this form; as JSON also each request and event."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter(TEXT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    log.setLevel(logging.INFO if form == "json" else logging.WARNING)


def take_over(names: Iterable[str]) -> None:
    """Have these loggers, which a library has set up with handlers of its own, log in our form."""
    for name in names:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


def log_request(scope: Any, status: int, seconds: float) -> None:
    """Log a request that was answered."""
    fields = {
        "method": scope.get("method", ""),
        "route": _route(scope),
        "status": status,
        "milliseconds": round(1000 * seconds),
    }
    log.info("request", extra={"fields": fields})


@contextmanager
def logged_event(name: str) -> Iterator[None]:
    """Log how a call of a handler ended, and when: ``done``, ``closed``, or the key of its error."""
    begun, outcome = time.monotonic(), "done"
    try:
        yield
    except GeneratorExit:
        outcome = "closed"
        raise
    except DemoError as error:
        outcome = error.key
        raise
    except Exception:
        outcome = "unexpected"
        raise
    finally:
        took = round(1000 * (time.monotonic() - begun))
        log.info("event", extra={"fields": {"handler": name, "outcome": outcome, "milliseconds": took}})


def _route(scope: Any) -> str:
    """The pattern of the route that answered; empty without one."""
    return str(getattr(scope.get("route"), "path", ""))


def _trace(failure: BaseException | None) -> str:
    lines: list[str] = []
    while failure is not None:
        frames = traceback.format_list(traceback.extract_tb(failure.__traceback__))
        lines.append(f"Traceback:\n{''.join(frames)}{type(failure).__name__}")
        failure = failure.__cause__ or (None if failure.__suppress_context__ else failure.__context__)
    return "\nwhile handling:\n".join(lines)
