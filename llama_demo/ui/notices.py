"""Notices: the sentence of a failure in every language, as escaped HTML."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from llama_demo.errors import DemoError
from llama_demo.ui import markup

log = logging.getLogger(__name__)


def notice_of(failure: Exception, handler: Callable[..., Any]) -> str:
    """The notice of a failure, as HTML.

    Any exception but a :class:`DemoError` is a defect: it is logged with its traceback, which holds no text
    of a visitor, and the notice says that something unexpected happened.
    """
    if not isinstance(failure, DemoError):
        log.error("a handler of the page failed: %s", handler.__qualname__, exc_info=failure)
        failure = DemoError("unexpected")
    return str(markup.error_notice(failure))
