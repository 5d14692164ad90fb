"""What Gradio logs of calls that fail outside of the app's handlers.

Gradio prints the traceback with the exception's message, which quotes whatever was sent: a visitor's text, or
a megabyte of a forged call.
"""

from __future__ import annotations

import errno
import logging
import sys
import traceback
from types import SimpleNamespace

import gradio as gr
from gradio import queueing, routes

log = logging.getLogger(__name__)


def log_without_values() -> None:
    """Have Gradio log where a call failed and with which kind of exception, without the message."""
    # Its modules call traceback.print_exc, and have no switch for it.
    for module in (queueing, routes):
        vars(module)["traceback"] = SimpleNamespace(print_exc=_log_failure)


READING = "preprocess_data"
"""Gradio's function that reads the values of a call."""
_MISTAKES = (ValueError, TypeError, LookupError)
"""What it raises for values that a component cannot have."""


def _log_failure() -> None:
    """Log the exception that is being handled; a mistake of the caller in one line."""
    failure = sys.exc_info()[1]
    if failure is None:
        return
    kind, frames = type(failure).__name__, traceback.extract_tb(failure.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"
    is_reading = READING in {frame.name for frame in frames}
    if isinstance(failure, gr.Error) or (is_reading and _is_mistake(failure)):
        log.warning("a call was refused: %s at %s", kind, place)
    else:
        log.error("a call failed: %s at %s\n%s", kind, place, "".join(traceback.format_list(frames)).rstrip())


def _is_mistake(failure: BaseException) -> bool:
    """Whether the values are at fault; no file has a name that is too long for one."""
    too_long = isinstance(failure, OSError) and failure.errno == errno.ENAMETOOLONG
    return too_long or isinstance(failure, _MISTAKES)
