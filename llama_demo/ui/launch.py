"""The launch: what is served, to whom, and what is switched off for safety.

Each argument below differs from Gradio's default: nothing of a run is kept in the browser, no analytics are
sent, no file of the machine is served, errors show no traceback.
"""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr
import safehttpx  # type: ignore[import-untyped]
from gradio import http_server
from gradio.routes import ORJSONResponse
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from llama_demo.errors import SettingsError
from llama_demo.openai_api.errors import PREFIX
from llama_demo.settings import ASSETS, LOOPBACK, Settings, terminal_language
from llama_demo.ui.addresses import addresses_of, names_of
from llama_demo.ui.gradio_chunks import chunk_links, first_chunks
from llama_demo.ui.gradio_log import log_without_values
from llama_demo.ui.guard import ALIVE, Callers, GuardedApp
from llama_demo.ui.log_format import take_over
from llama_demo.ui.opening import Opening
from llama_demo.ui.opening import routes as opening_routes
from llama_demo.ui.page import TITLE, Page
from llama_demo.ui.password import new_password
from llama_demo.ui.program_uploads import ProgramUploads
from llama_demo.ui.sign_in import offer_sign_in
from llama_demo.ui.texts import catalogue
from llama_demo.ui.theme import paper_and_ink
from llama_demo.ui.window_session import WindowSession

QUEUE_INTERVAL, PROGRESS_INTERVAL = 0.01, 1.0
"""Seconds between Gradio's looks at its queue, and at its progress bars, of which the page has none. By its
defaults, 0.001 and 0.01 s, an idle server took 7.7 % of a processor core."""

THREADS = 120
"""Calls that run at the same time; the settings limit those of visitors to fewer."""


MEGABYTE = 1024**2

GRACE = 1
"""Seconds that calls at work may still take when the program is told to end."""


def prepare(settings: Settings) -> None:
    """Set what Gradio reads before the first component: the folder of uploads, proxies, fetches, and its log.

    It asks its own server whether it is up: through a proxy of the environment it would ask elsewhere. And
    it fetches any public address that stands where a file is expected, asking dns.google for its number;
    there is no switch for that, so the one function that all its fetches pass through refuses. On a Space it
    starts a second server, by which the code is exchanged while it runs: it does not learn where it is.
    """
    http_server.get_space = lambda: None  # type: ignore[attr-defined]
    safehttpx.async_validate_url = _refuse_address
    log_without_values()
    os.environ["GRADIO_TEMP_DIR"] = str(uploads_folder(settings))
    for name in ("no_proxy", "NO_PROXY"):
        known = [entry for entry in os.environ.get(name, "").split(",") if entry]
        os.environ[name] = ",".join(dict.fromkeys([*known, *LOOPBACK, settings.listen_host]))


async def _refuse_address(hostname: str) -> str:
    """Replaces Gradio's resolution of a host name.

    Raises:
        ValueError: always; Gradio turns it into an error of the request.
    """
    raise ValueError(f"this app fetches nothing by address, and so not from {hostname}")


@contextmanager
def serving(
    page: Page,
    settings: Settings,
    *,
    healthy: Callable[[], bool],
    models: Callable[[], Mapping[str, str]],
    once_serving: Callable[[], None],
    routes: Sequence[Route] = (),
    copy: Callable[[], str] | None = None,
) -> Iterator[GuardedApp]:
    """Serve the page during the block.

    Args:
        page: what to serve.
        settings: where, and to whom.
        healthy: whether the history can be written.
        models: the state of each model, for ``/healthz``.
        once_serving: called when the page is ready.
        routes: further ones.
        copy: the state of the copy of the data, for ``/healthz``; None if there is none.

    Yields:
        The application, with its routes.

    Raises:
        SettingsError: ``port_in_use``, ``port_forbidden`` or ``host_unknown``.
    """
    blocks = page.blocks
    blocks.queue(max_size=settings.limits.waiting_calls or None, default_concurrency_limit=THREADS)
    blocks._queue.sleep_when_free = QUEUE_INTERVAL
    blocks._queue.progress_update_sleep_when_free = PROGRESS_INTERVAL
    # Its monitoring is off, but it would still make a table of 10,000 past calls after each one.
    blocks._queue.ANALYTICS_MAX_EVENTS, blocks._queue.ANAYLTICS_CACHE_FREQUENCY = 1, sys.maxsize
    port = free_port(settings)

    async def health(_: Request) -> JSONResponse:
        writable = healthy()
        state = {
            "status": "ok" if writable else "failing",
            "database": "ok" if writable else "not writable",
            "models": dict(models()),
            "queue": len(blocks._queue),
            **({"copy": copy()} if copy is not None else {}),
        }
        return JSONResponse(state, status_code=200 if writable else 503)

    async def alive(_: Request) -> Response:
        return Response(status_code=204, headers={"Cache-Control": "no-store"})

    callers = _callers(settings)
    head = page.browser.head(chunk_links(first_chunks(blocks.config)))
    app = GuardedApp(
        callers=callers,
        programs=_programs(settings),
        routes=[
            Route("/healthz", health),
            Route(ALIVE, alive),
            *routes,
            *page.routes,
            *page.browser.routes(),
            *opening_routes(TITLE),
        ],
        middleware=[Middleware(Opening, settings=settings, name=TITLE, head=head)],
        default_response_class=ORJSONResponse,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    offer_sign_in(app, settings)
    try:
        blocks.launch(
            server_name=settings.listen_host, server_port=port, _app=app, **_choices(page, settings)
        )
    except OSError as exc:
        raise SettingsError("port_in_use", port=str(port), host=settings.listen_host) from exc
    take_over(("uvicorn", "uvicorn.error", "uvicorn.access"))
    address = _announce(settings, port, callers.password)
    once_serving()
    if settings.open and not settings.window:
        webbrowser.open(address)
    try:
        yield app
    finally:
        _close(blocks)


def _close(blocks: gr.Blocks) -> None:
    """End the server; what is still at work after a while is cancelled."""
    server_log = logging.getLogger("uvicorn.error")
    level = server_log.level
    server_log.setLevel(logging.CRITICAL)  # it logs each cancelled call as an error
    blocks.server.config.timeout_graceful_shutdown = GRACE
    try:
        blocks.close(verbose=False)
    finally:
        server_log.setLevel(level)


def _choices(page: Page, settings: Settings) -> dict[str, Any]:
    return {
        "prevent_thread_lock": True,
        "max_threads": THREADS,
        "quiet": True,
        "share": False,
        "show_error": False,
        "inbrowser": False,
        "enable_monitoring": False,
        "run_history": False,
        "strict_cors": True,
        "ssr_mode": False,
        "mcp_server": False,
        "pwa": True,
        "footer_links": ["api"],  # hidden; the line at the foot of the page opens what it opens
        "max_file_size": settings.limits.file_megabytes * MEGABYTE,
        "state_session_capacity": 200,
        "allowed_paths": [],
        "favicon_path": str(ASSETS / "icons" / "favicon.png"),
        "theme": paper_and_ink(),
        "js": "async () => (await import('app/page/index.js')).shown()",
        "i18n": page.i18n,
    }


def uploads_folder(settings: Settings) -> Path:
    """Where Gradio puts the files that programs upload."""
    return settings.data_folder / "cache" / "gradio"


def _programs(settings: Settings) -> ProgramUploads:
    limits = settings.limits
    return ProgramUploads(
        uploads_folder(settings),
        largest=limits.file_megabytes * MEGABYTE,
        most_bytes=limits.upload_megabytes * MEGABYTE,
        most_of_address=limits.address_megabytes * MEGABYTE or None,
        behind_proxy=settings.is_behind_proxy,
    )


def free_port(settings: Settings) -> int:
    """The port to listen on: the configured one if it is free, or any for 0.

    Raises:
        SettingsError: ``port_in_use``, ``port_forbidden`` or ``host_unknown``.
    """
    family = socket.AF_INET6 if ":" in settings.listen_host else socket.AF_INET
    with socket.socket(family) as probe:
        if os.name == "posix":  # on Windows this option would let two servers share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.listen_host, settings.port))
        except OSError as exc:
            reasons = {errno.EADDRINUSE: "port_in_use", errno.EACCES: "port_forbidden"}
            key = reasons.get(exc.errno or 0, "host_unknown")
            raise SettingsError(key, port=str(settings.port), host=settings.listen_host) from exc
        return int(probe.getsockname()[1])


def _callers(settings: Settings) -> Callers:
    """Who may call: under which names, from which pages, with which password."""
    needed = settings.password.get_secret_value() or (new_password() if settings.needs_password else "")
    keyed = bool(settings.api_key.get_secret_value())
    return Callers(
        hosts=(*settings.hosts, *names_of(settings.listen_host)),
        own_pages_only=not settings.is_public,
        origins=settings.origins,
        password="" if settings.window else needed,
        api_keyed=keyed,
        session=WindowSession(keyed=PREFIX if keyed else "") if settings.window else None,
    )


def _announce(settings: Settings, port: int, password: str) -> str:
    """Print where the page is, and what others need or may do; returns its address on this machine."""
    own, *others = (_address(one, port) for one in addresses_of(settings.listen_host))
    texts = catalogue(terminal_language(settings))
    print(f"Running on {own}", flush=True)
    for one in others:
        print(texts("launch.other_machines", address=one), flush=True)
    if password:
        given = settings.password.get_secret_value() == password
        print(texts("launch.password_set" if given else "launch.password", password=password), flush=True)
    elif settings.listen_host not in LOOPBACK and not settings.is_public:
        print(texts("launch.anyone"), flush=True)
    return own


def _address(host: str, port: int) -> str:
    """The URL of the page at this address."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def wait_for_end(ended: threading.Event | None = None) -> None:
    """Wait for Ctrl+C, SIGTERM, or this event."""
    ended = ended or threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    try:
        while not ended.wait(0.5):
            pass
    except KeyboardInterrupt:
        pass
