"""Binds handlers to events, server functions, routes for files, and endpoints.

Each wraps a handler alike: the visit is read first, a :class:`~llama_demo.errors.DemoError` becomes a
sentence in the caller's language, any other exception is logged as a defect.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from llama_demo.services.admission import Admission, CallLimits
from llama_demo.services.visits import Visit
from llama_demo.ui.api_signatures import endpoint, offer
from llama_demo.ui.calls import CallReader
from llama_demo.ui.http_routes import FileRoutes
from llama_demo.ui.page_events import PageEvents
from llama_demo.ui.server_functions import server_functions


class Handlers:
    """Binds the handlers of a tab.

    Args:
        public: whether many visitors share this server.
        behind_proxy: whether a proxy says from which address a call comes.
        limits: on the calls at work.
        origins: of the app's own pages, beside that of a request.
        operators: names of the accounts that are operators in public mode.
        visited: called with each visit.

    Attributes:
        public: as given.
        events: events of components.
        files: routes for uploads and downloads.
    """

    def __init__(
        self,
        *,
        public: bool,
        behind_proxy: bool = False,
        limits: CallLimits | None = None,
        origins: Collection[str] = (),
        operators: Collection[str] = (),
        visited: Callable[[Visit], None] | None = None,
    ) -> None:
        self.public = public
        limits = limits or CallLimits()
        self.calls = CallReader(
            public=public,
            behind_proxy=behind_proxy,
            origins=origins,
            operators=operators,
            visited=visited,
            admission=Admission(limits),
            look_ups=Admission(limits),
        )
        self.events = PageEvents(self.calls)
        self.files = FileRoutes(self.calls)
        self.place = self.events.place
        self.on = self.events.on
        self.call = self.calls.read

    def functions(self, *servers: object) -> list[Callable[[object], dict[str, Any]]]:
        """The methods of servers, for ``gr.HTML(server_functions=...)``."""
        return [function for server in servers for function in server_functions(self.calls, server)]

    def offer(self, handler: Callable[..., Any]) -> None:
        """Register a handler as an endpoint of its name, for programs."""
        offer(self.calls, handler)

    def endpoint(self, handler: Callable[..., Any]) -> Callable[..., Any]:
        """The handler of an endpoint for programs, as :func:`gradio.api` takes it."""
        return endpoint(self.calls, handler)
