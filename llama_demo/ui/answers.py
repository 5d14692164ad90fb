"""The answers of a handler as a generator, whether it returns or streams."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator
from contextlib import closing
from typing import Any


def answers(handler: Callable[..., Any], arguments: tuple[Any, ...]) -> Generator[Any, None, None]:
    """The values that the handler returns or yields; closing this generator closes the handler."""
    result = handler(*arguments)
    if not inspect.isgenerator(result):
        yield result
        return
    with closing(result):
        yield from result
