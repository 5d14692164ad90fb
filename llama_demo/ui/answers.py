"""What a handler answers, one by one, whether it returns or streams."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator
from contextlib import closing
from typing import Any


def answers(handler: Callable[..., Any], arguments: tuple[Any, ...]) -> Generator[Any, None, None]:
    """What the handler gives; closing this closes the handler."""
    result = handler(*arguments)
    if not inspect.isgenerator(result):
        yield result
        return
    with closing(result):
        yield from result
