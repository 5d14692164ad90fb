"""A visitor of a running app, without a browser: calls what the page and programs call, over HTTP."""

from __future__ import annotations

import itertools
import json
import secrets
import time
from collections.abc import Generator, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import httpx

TIMEOUT = 120.0
"""Seconds that an answer may take."""

Json = dict[str, Any]


class Event(NamedTuple):
    """An event of the page that calls the server.

    Attributes:
        number: Gradio's index of the function.
        trigger: id of the component.
        name: of the event, such as ``click``.
        element: id of the component's element; empty if it has none.
        inputs: ids of the components whose values are sent.
    """

    number: int
    trigger: int
    name: str
    element: str
    inputs: tuple[int, ...]


class ServerFunction(NamedTuple):
    """A server function of the page: its component, the id of the component's element, and its name."""

    component: int
    element: str
    name: str


class PageMap:
    """The events, server functions and default values of a page, read from its configuration."""

    def __init__(self, config: Json) -> None:
        components = {one["id"]: one["props"] for one in config["components"]}
        self._elements = {number: props.get("elem_id") or "" for number, props in components.items()}
        self._values = {number: props.get("value") for number, props in components.items()}
        self.functions = tuple(
            ServerFunction(number, self._elements[number], name)
            for number, props in components.items()
            for name in props.get("server_fns") or ()
        )
        self.events = tuple(
            Event(one["id"], trigger, name, self._elements.get(trigger, ""), tuple(one["inputs"]))
            for one in config["dependencies"]
            if one["backend_fn"] and one["api_visibility"] == "private"
            for trigger, name in one["targets"][:1]
        )

    def function(self, name: str, element: str = "") -> ServerFunction:
        """The server function of this name, of this element if several have it."""
        return next(one for one in self.functions if one.name == name and element in ("", one.element))

    def event(self, element: str, name: str) -> Event:
        """The event of an element."""
        return next(one for one in self.events if (one.element, one.name) == (element, name))

    def values(self, event: Event, typed: Mapping[str, object]) -> list[object]:
        """The values that an event sends after the visit: those typed, by element, else the defaults."""
        return [typed.get(self._elements[one], self._values[one]) for one in event.inputs[1:]]


@dataclass
class Visitor:
    """One page of a visitor, or one program.

    Attributes:
        client: of the server's address.
        secret: of the visitor; empty for one whose data is not stored.
        page: id of the page.
        save: whether runs are stored.
        address: of the visitor, as a proxy tells it; empty for none.
        session: Gradio's name of the page.
    """

    client: httpx.Client
    secret: str = field(default_factory=lambda: secrets.token_hex(32))
    page: str = field(default_factory=lambda: secrets.token_hex(32))
    save: bool = True
    address: str = ""
    session: str = field(default_factory=lambda: secrets.token_hex(8))
    _map: PageMap | None = None
    _numbers: Iterable[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def map(self) -> PageMap:
        """What the page can call, loaded once."""
        if self._map is None:
            self._map = PageMap(self.client.get("/config", headers=self.headers).json())
        return self._map

    @property
    def headers(self) -> dict[str, str]:
        """Headers of every request."""
        return {"X-Forwarded-For": self.address} if self.address else {}

    def visit(self) -> Json:
        """What a page sends with every call."""
        number = next(iter(self._numbers))
        told = {"secret": self.secret, "language": "en", "page": self.page, "temporary": not self.save}
        return {**told, "number": number, "minutes_from_utc": 0}

    def new_page(self) -> Visitor:
        """The same visitor on a page that was just opened."""
        page, session = secrets.token_hex(32), secrets.token_hex(8)
        return replace(self, page=page, session=session, _numbers=itertools.count(1))

    def call(self, function: ServerFunction | str, element: str = "", **request: object) -> Any:
        """Call a server function; returns its response, with ``problem`` if it was refused."""
        one = self.map.function(function, element) if isinstance(function, str) else function
        body = {"session_hash": self.session, "component_id": one.component, "fn_name": one.name}
        answer = self.post(
            "/gradio_api/component_server", {**body, "data": {"visit": self.visit(), **request}}
        )
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: object) -> httpx.Response:
        """Send JSON."""
        return self.client.post(path, json=body, headers=self.headers)

    def event(
        self, element: Event | str, name: str = "", *, told: object = None, **typed: object
    ) -> Generator[Json, None, None]:
        """The server's messages about an event, until it is done; closing this leaves the page, as a visitor
        may, who then needs a new one. A page has one event at a time.

        Args:
            element: the event, or the id of its element.
            name: of the event.
            told: value of the event.
            typed: values of components, by the ids of their elements with ``_`` for ``-``.

        Raises:
            httpx.HTTPStatusError: the queue refused it.
        """
        one = self.map.event(element, name) if isinstance(element, str) else element
        values = self.map.values(one, {key.replace("_", "-"): value for key, value in typed.items()})
        body = {"fn_index": one.number, "session_hash": self.session, "trigger_id": one.trigger}
        self.post(
            "/gradio_api/queue/join", {**body, "data": [self.visit(), *values], "event_data": told}
        ).raise_for_status()
        yield from self._messages("/gradio_api/queue/data", {"session_hash": self.session})

    def _messages(self, path: str, query: Mapping[str, str]) -> Generator[Json, None, None]:
        """Read to the end: left before it, the session would lose the messages of its next event."""
        deadline = time.monotonic() + TIMEOUT
        with self.client.stream("GET", path, params=query, headers=self.headers) as answer:
            for line in answer.iter_lines():
                if time.monotonic() > deadline:  # a server that is alive says so every 15 s
                    raise httpx.ReadTimeout(f"no end after {TIMEOUT:.0f} s")
                if line.startswith("data: "):
                    message = json.loads(line.removeprefix("data: "))
                    if message["msg"] != "close_stream":
                        yield message

    def outcome(self, element: Event | str, name: str = "", **values: Any) -> list[Any]:
        """The last values of an event; the last of them is the notice, empty if nothing went wrong."""
        last: Json = {}
        with closing(self.event(element, name, **values)) as messages:
            for message in messages:
                last = message
        told = last.get("output") or {"error": last.get("message")}
        return list(told.get("data") or [str(told.get("error"))])

    def program(self, endpoint: str, *values: object) -> tuple[bool, Any]:
        """Call an endpoint for programs: whether it succeeded, and the last answer or the error."""
        begun = self.post(f"/gradio_api/call/{endpoint}", {"data": list(values)})
        if begun.status_code != httpx.codes.OK:
            return False, begun.text
        path, event, data = f"/gradio_api/call/{endpoint}/{begun.json()['event_id']}", "", "null"
        with self.client.stream("GET", path, headers=self.headers) as answer:
            for line in answer.iter_lines():
                key, _, value = line.partition(": ")
                event, data = (value if key == "event" else event), (value if key == "data" else data)
                if key == "data" and event in ("complete", "error"):
                    break
        return event == "complete", json.loads(data)

    def upload_stream(self, path: str, **request: object) -> Generator[Json, None, None]:
        """Send a request without files to a route of the app; yields the lines of the answer, or
        one with the ``problem`` if it was refused.
        """
        fields = [("request", (None, json.dumps({"visit": self.visit(), **request})))]
        with self.client.stream("POST", path, files=fields, headers=self.headers) as answer:
            if answer.is_error:
                yield {"problem": answer.read().decode()}
                return
            for line in answer.iter_lines():
                yield json.loads(line)

    def upload(self, path: str, files: Mapping[str, bytes], **request: object) -> httpx.Response:
        """Send files, by name, to a route of the app."""
        fields = {"request": json.dumps({"visit": self.visit(), **request})}
        parts = [("files", (name, data)) for name, data in files.items()]
        return self.client.post(path, data=fields, files=parts, headers=self.headers)

    def download(self, path: str, **request: object) -> httpx.Response:
        """Ask a route of the app for a file."""
        return self.post(path, {"visit": self.visit(), **request})


def connection(url: str, *, connections: int = 64) -> httpx.Client:
    """A client of the app at this address, for many threads."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    return httpx.Client(base_url=url, timeout=TIMEOUT, limits=limits, trust_env=False)
