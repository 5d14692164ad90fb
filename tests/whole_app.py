"""The whole program in this process, on loopback, for tests that need its table of routes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import safehttpx  # type: ignore[import-untyped]
from gradio import http_server, queueing, routes
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount

import app as program
from llama_demo import settings
from llama_demo.ui.guard import GuardedApp


@dataclass(frozen=True)
class ServedApp:
    """The program while it serves.

    Attributes:
        app: the application.
        url: where it listens.
        data: its data folder.
    """

    app: GuardedApp
    url: str
    data: Path


@contextmanager
def served(data: Path, *flags: str, variables: Mapping[str, str] | None = None) -> Iterator[ServedApp]:
    """Serve during the block; what the program sets for its process is set back afterwards.

    Args:
        data: its data folder.
        flags: those of the command line.
        variables: of the environment, in place of those that name this app or a Space.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("LLAMA_DEMO_", "SPACE_"))]:
            patch.delenv(name)
        for name, value in (variables or {}).items():
            patch.setenv(name, value)
        for name in ("GRADIO_TEMP_DIR", "NO_PROXY", "no_proxy"):
            patch.setenv(name, os.environ.get(name, ""))
        patch.setattr(safehttpx, "async_validate_url", safehttpx.async_validate_url)
        patch.setattr(http_server, "get_space", http_server.get_space)
        for module in (queueing, routes):
            patch.setattr(module, "traceback", module.traceback)
        with program.running(settings.load(["--data-dir", str(data), "--port", "0", *flags])) as app:
            yield ServedApp(app, app.get_blocks().local_url, data)


def paths(app: Starlette) -> set[tuple[str, str]]:
    """Method and path of every route, however deep it is included; ``*`` for a mounted application."""
    return set(_paths(app.routes, ""))


def _paths(known: Iterable[BaseRoute], prefix: str) -> Iterator[tuple[str, str]]:
    for route in known:
        if included := getattr(
            route, "original_router", None
        ):  # FastAPI's, which expands it when it is called
            yield from _paths(included.routes, prefix)
        elif isinstance(route, Mount):
            yield "*", prefix + route.path
        else:
            for method in sorted(getattr(route, "methods", None) or ["*"]):
                yield method, prefix + getattr(route, "path", "?")
