"""The results of a handler as a generator, whether it returns or streams, under the limits on calls."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator
from contextlib import closing
from typing import Any

from llama_demo.services.admission import Admission, stream_for
from llama_demo.services.visits import Visit
from llama_demo.ui.log_format import logged_event


def handler_results(
    handler: Callable[..., Any], arguments: tuple[Any, ...], *, visit: Visit, admission: Admission
) -> Generator[Any, None, None]:
    """The values that the handler returns or yields; closing this generator closes the handler.

    Raises:
        InputError: too many calls are running; the handler was not called.
    """
    work = stream_for(visit, _stream(handler, arguments))
    with logged_event(handler.__name__), admission.admit(visit), closing(work):
        yield from work


def _stream(handler: Callable[..., Any], arguments: tuple[Any, ...]) -> Generator[Any, None, None]:
    result = handler(*arguments)
    if not inspect.isgenerator(result):
        yield result
        return
    with closing(result):
        yield from result
