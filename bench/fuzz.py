"""Junk on everything that the app answers: ``python -m bench.fuzz``.

Starts the app in this process, in public mode, and for ten minutes calls its server functions, the events
of its page, its endpoints for programs, its routes for files and every other route. A part of the requests is
junk; the others fit their schemas but for one value, so that they reach the handlers. The exit code is 1 if
an answer had a status of 500, held a traceback or a path of the server, or if the log has an error.
"""

from __future__ import annotations

import json
import logging
import random
import re
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
from pydantic import BaseModel

from bench.junk import Junk
from bench.skeletons import SENTENCES, Skeletons
from bench.visitor import Event, ServerFunction, Visitor, connection
from llama_demo.settings import ASSETS
from llama_demo.ui import log_format
from llama_demo.ui.ask.schemas import AskRequest, TextFileRequest
from llama_demo.ui.comparison.schemas import CompareRequest
from llama_demo.ui.generate.schemas import ContinuationRequest, VersionRequest
from llama_demo.ui.history.schemas import ExportRequest, RunActionRequest
from llama_demo.ui.hood_training.schemas import TrainedModelRequest, TrainRequest
from llama_demo.ui.safety.schemas import DecisionExportRequest
from llama_demo.ui.schemas import Empty
from llama_demo.ui.search.schemas import AddFilesRequest
from llama_demo.ui.server_functions import methods, request_of
from llama_demo.ui.translate.schemas import (
    TranslatedFileRequest,
    TranslateDocumentRequest,
    TranslateRequest,
)
from llama_demo.ui.typescript import servers
from tests.whole_app import ServedApp, paths, served

METHODS = ("GET", "POST", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "BREW")

ENDLESS = ("/gradio_api/heartbeat/", "/gradio_api/queue/data", "/gradio_api/startup-events")
"""Routes that answer for as long as a page is open; calls of events read the second one."""

EVENTS: Mapping[str, type[BaseModel]] = MappingProxyType(
    {
        "ask": AskRequest,
        "translate": TranslateRequest,
        "result": VersionRequest,
        "meter": ContinuationRequest,
        "history": RunActionRequest,
    }
)
"""What the value of an event is, by the id of its element."""

UPLOADS: Mapping[str, type[BaseModel]] = MappingProxyType(
    {
        "/ask/text": TextFileRequest,
        "/history/import": Empty,
        "/hood/train": TrainRequest,
        "/library/add": AddFilesRequest,
        "/models/compare": CompareRequest,
        "/translate/document": TranslateDocumentRequest,
    }
)

DOWNLOADS: Mapping[str, type[BaseModel]] = MappingProxyType(
    {
        "/history/export": ExportRequest,
        "/hood/train/model": TrainedModelRequest,
        "/models/votes": Empty,
        "/safety/export": DecisionExportRequest,
        "/translate/document/result": TranslatedFileRequest,
    }
)

LONGEST_STREAM = 0.5
"""Seconds after which a page leaves the answer to an upload."""


def main(arguments: Sequence[str]) -> int:
    """Send junk and print what came of it; returns the exit code."""
    parser = ArgumentParser(
        prog="python -m bench.fuzz", description="Junk on everything that the app answers."
    )
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), "--public") as app:
        result = fuzz(app, seconds=chosen.seconds, seed=chosen.seed)
    print(", ".join(f"{status}: {count}" for status, count in sorted(result.statuses.items())))
    print(f"{len(result.handlers)} handlers were called, {sum(result.handlers.values())} times")
    print("\n".join(result.faults) or "no status of 500, no traceback, no path of the server")
    return 1 if result.faults else 0


@dataclass
class FuzzResult:
    """What came of junk.

    Attributes:
        statuses: number of the answers of each status.
        handlers: number of the calls that passed the validation, by the name of their handler.
        faults: what must not be.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    handlers: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


@dataclass(eq=False)
class _Log(logging.Handler):
    """Notes the handlers that were called, and the log's errors."""

    result: FuzzResult

    def __post_init__(self) -> None:
        super().__init__()

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            self.result.faults.append(f"log: {logging.Formatter().format(record)}")
        elif record.getMessage() == "event":
            self.result.handlers[vars(record)["fields"]["handler"]] += 1


@contextmanager
def _listening(result: FuzzResult) -> Iterator[None]:
    """Note in the result what is logged during the block."""
    noted, events = _Log(result), log_format.log
    level = events.level
    events.setLevel(logging.INFO)
    logging.getLogger().addHandler(noted)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(noted)
        events.setLevel(level)


def fuzz(app: ServedApp, *, seconds: float, seed: int, most: int = sys.maxsize) -> FuzzResult:
    """Send junk for some seconds, or ``most`` times if that is sooner."""
    result = FuzzResult()
    secrets = [re.compile(r"Traceback|File \"/|site-packages"), re.compile(re.escape(str(app.data)))]
    secrets.append(re.compile(re.escape(str(ASSETS.parent))))
    with _listening(result), connection(app.url) as client:
        end = time.monotonic() + seconds
        for number, (name, send) in enumerate(_Fuzzer(app, client, seed).requests()):
            if number >= most or time.monotonic() > end:
                break
            _send(name, send, result, secrets)
        if client.get("/healthz").status_code != httpx.codes.OK:
            result.faults.append("the app is not healthy any more")
    return result


Answers = Sequence[tuple[int, str]]


def _send(
    name: str,
    send: Callable[[], Answers],
    result: FuzzResult,
    secrets: Sequence[re.Pattern[str]],
) -> None:
    try:
        answers = send()
    except httpx.HTTPError as exc:
        result.faults.append(f"{name}: {type(exc).__name__}: {exc}")
        return
    for status, text in answers:
        result.statuses[status] += 1
        if status == httpx.codes.INTERNAL_SERVER_ERROR:
            result.faults.append(f"{name}: 500 {text[:300]}")
        result.faults += [f"{name}: {found[0]}" for one in secrets if (found := one.search(text))]


JSON = {"Content-Type": "application/json"}


class _Fuzzer:
    """Makes requests of every kind.

    Args:
        app: what is asked.
        client: of its address.
        seed: of what is drawn.
    """

    def __init__(self, app: ServedApp, client: httpx.Client, seed: int) -> None:
        self._chance = random.Random(seed)
        self._junk = Junk(self._chance)
        self._skeletons = Skeletons(self._junk)
        self._visitor, self._client = Visitor(client), client
        self._routes = sorted({path for _, path in paths(app.app) if not path.startswith(ENDLESS)})

    def requests(self) -> Iterator[tuple[str, Callable[[], Answers]]]:
        """Requests without end, each with its name; one of each kind in turn."""
        page, endpoints = self._visitor.map, self._client.get("/gradio_api/info").json()["named_endpoints"]
        kinds: Sequence[tuple[Callable[[Any], Answers], Sequence[Any]]] = (
            (self._function, page.functions),
            (self._event, page.events),
            (self._function, page.functions[::-1]),
            (lambda name: self._endpoint(name, endpoints[name]), sorted(endpoints)),
            (self._file, sorted([*UPLOADS, *DOWNLOADS])),
            (self._route, self._routes),
        )
        yield "a text is stored", self._store
        turns = [(send, cycle(self._chance.sample(things, len(things)))) for send, things in kinds]
        while True:
            for send, things in turns:
                thing = next(things)
                yield f"{thing}", lambda send=send, thing=thing: send(thing)  # type: ignore[misc]

    def _store(self) -> Answers:
        """Store something, so that requests can carry the ids of it."""
        told = {"act": "say", "subject": {"kind": "text", "text": SENTENCES[0]}, "text": SENTENCES[1]}
        self._learn(str(self._visitor.outcome("ask", "select", told=told)[0]))
        self._learn(
            json.dumps(self._visitor.call("add_text", collection="shelf", name="a", text=SENTENCES[0]))
        )
        return []

    def _learn(self, text: str) -> None:
        for line in text.splitlines():
            try:
                self._skeletons.learn(json.loads(line.removeprefix("data: ")))
            except ValueError:
                continue

    def _visit(self) -> Any:
        visit = self._visitor.visit()
        return visit if self._chance.random() < 0.95 else self._skeletons.changed(visit)

    def _request(self, schema: type[BaseModel] | None) -> Any:
        return {} if schema is None else self._skeletons.request(schema.model_json_schema())

    def _with_visit(self, request: Any) -> Any:
        return {"visit": self._visit(), **request} if isinstance(request, dict) else request

    def _post(self, path: str, body: object) -> httpx.Response:
        """Send JSON, in which lone surrogates are escaped."""
        headers = {**JSON, **self._junk.headers()}
        return self._client.post(path, content=json.dumps(body).encode("ascii"), headers=headers)

    def _answer(self, answer: httpx.Response) -> tuple[int, str]:
        self._learn(answer.text)
        return answer.status_code, answer.text

    def _function(self, function: ServerFunction) -> Answers:
        request = self._request(self._chance.choice(REQUESTS[function.name]))
        body = {"component_id": function.component, "fn_name": function.name}
        data = {**body, "session_hash": self._visitor.session, "data": self._with_visit(request)}
        return [self._answer(self._post("/gradio_api/component_server", data))]

    def _event(self, event: Event) -> Answers:
        values: list[Any] = self._visitor.map.values(event, {"prompt": SENTENCES[0], "max-new-tokens": 5})
        if values and self._chance.random() < 0.5:
            values = self._skeletons.changed(values)
        told, session = self._request(EVENTS.get(event.element)), self._visitor.session
        body = {"fn_index": event.number, "session_hash": session, "trigger_id": event.trigger}
        joined = self._post(
            "/gradio_api/queue/join", {**body, "data": [self._visit(), *values], "event_data": told}
        )
        answers = [self._answer(joined)]
        if joined.status_code == httpx.codes.OK:
            answer = self._client.get("/gradio_api/queue/data", params={"session_hash": session})
            answers.append(self._answer(answer))
        return answers

    def _endpoint(self, name: str, endpoint: Mapping[str, Any]) -> Answers:
        known = endpoint["parameters"]
        named = {
            one["parameter_name"]: one["parameter_default"]
            if one["parameter_has_default"] and self._chance.random() < 0.7
            else self._skeletons.value(one["type"], one["parameter_name"])
            for one in known
        }
        if named and self._chance.random() < 0.8:
            changed = self._skeletons.changed(named)
            named = changed if isinstance(changed, dict) else named
        way = self._chance.choice(("call", "call/v2", "run"))
        values = [named.get(one["parameter_name"]) for one in known]
        begun = self._post(f"/gradio_api/{way}{name}", named if way == "call/v2" else {"data": values})
        answers = [self._answer(begun)]
        if way != "run" and begun.status_code == httpx.codes.OK:
            path = f"/gradio_api/call{name}/{begun.json()['event_id']}"
            answers.append(self._answer(self._client.get(path)))
        return answers

    def _file(self, path: str) -> Answers:
        """Send a file, or ask for one, with a request that fits but for one value."""
        if path in DOWNLOADS:
            return [self._answer(self._post(path, self._with_visit(self._request(DOWNLOADS[path]))))]
        request = json.dumps(self._with_visit(self._request(UPLOADS[path])))
        parts: list[tuple[str, Any]] = [("request", (None, request))]
        if path not in ("/hood/train", "/models/compare"):
            content = self._chance.choice((SENTENCES[0].encode(), b"", b"\xff\x00{"))
            parts.append(("files", ("a.txt", content)))
        text, end = "", time.monotonic() + LONGEST_STREAM
        with self._client.stream("POST", path, files=parts) as answer:
            for part in answer.iter_text():
                text += part
                if time.monotonic() > end:
                    break
        self._learn(text)
        return [(answer.status_code, text)]

    def _route(self, route: str) -> Answers:
        odd = ("7", "a%00", "..%2f..%2fetc", "%ff", "a" * 2_000)
        path = re.sub(r"\{.*?\}", lambda _: self._chance.choice(odd), route)
        content, kind = self._junk.body()
        query = {self._chance.choice(("a", "session_hash", "upload_id", "deep_link", "view")): "7"}
        headers = {"Content-Type": kind, **self._junk.headers()}
        answer = self._client.request(
            self._chance.choice(METHODS), path, content=content, headers=headers, params=query, timeout=20
        )
        return [self._answer(answer)]


def _requests_by_function() -> Mapping[str, Sequence[type[BaseModel] | None]]:
    """The schemas of requests by the names of the server functions, of which several may share one."""
    found: dict[str, list[type[BaseModel] | None]] = {}
    for server in servers():
        for name, method in methods(server):
            found.setdefault(name, []).append(request_of(method))
    return found


REQUESTS = _requests_by_function()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
