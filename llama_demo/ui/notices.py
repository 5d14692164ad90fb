"""Failures as the page shows them: a sentence in both languages, as HTML made and escaped here."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from llama_demo.errors import DemoError
from llama_demo.ui import markup

log = logging.getLogger(__name__)


def notice_of(failure: Exception, handler: Callable[..., Any]) -> str:
    """The sentence for a failure, as HTML.

    What a person cannot cause is a defect: it goes to the log with its trace, which holds no text of a
    visitor, and the page says that something unexpected happened.
    """
    if not isinstance(failure, DemoError):
        log.error("a handler of the page failed: %s", handler.__qualname__, exc_info=failure)
        failure = DemoError("unexpected")
    return markup.render("notice.html", sentence=markup.problem(failure))
