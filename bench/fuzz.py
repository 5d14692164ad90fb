"""Junk on everything that the app answers: ``python -m bench.fuzz``.

Starts the app in this process, in public mode, and for ten minutes calls its server functions, the events
of its page, its endpoints for programs and every route with junk, some of it made from their own schemas.
The exit code is 1 if an answer had a status of 500, held a traceback or a path of the server, or if the log
has an error.
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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bench.junk import Junk
from bench.visitor import Event, ServerFunction, Visitor, connection
from llama_demo.settings import ASSETS
from llama_demo.ui.schemas import Schema
from tests.whole_app import ServedApp, paths, served

METHODS = ("GET", "POST", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "BREW")

ENDLESS = ("/gradio_api/heartbeat/", "/gradio_api/queue/data", "/gradio_api/startup-events")
"""Routes that answer for as long as a page is open; calls of events read the second one."""


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
    print("\n".join(result.faults) or "no status of 500, no traceback, no path of the server")
    return 1 if result.faults else 0


@dataclass
class FuzzResult:
    """What came of junk: the number of answers of each status, and what must not be."""

    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


REFUSED = ("a call failed:", "a call was refused:")
"""What the log has of calls that Gradio could not read; it names no value."""


class _Defects(logging.Handler):
    """Collects the log's other errors."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = logging.Formatter().format(record)
        if not line.startswith(REFUSED):
            self.lines.append(line)


def fuzz(app: ServedApp, *, seconds: float, seed: int, most: int = sys.maxsize) -> FuzzResult:
    """Send junk for some seconds, or ``most`` times if that is sooner."""
    result, defects = FuzzResult(), _Defects()
    logging.getLogger().addHandler(defects)
    secrets = [re.compile(r"Traceback|File \"/|site-packages"), re.compile(re.escape(str(app.data)))]
    secrets.append(re.compile(re.escape(str(ASSETS.parent))))
    try:
        with connection(app.url) as client:
            end = time.monotonic() + seconds
            for number, (name, send) in enumerate(_requests(app, client, random.Random(seed))):
                if number >= most or time.monotonic() > end:
                    break
                _send(name, send, result, secrets)
            if client.get("/healthz").status_code != httpx.codes.OK:
                result.faults.append("the app is not healthy any more")
    finally:
        logging.getLogger().removeHandler(defects)
    result.faults += [f"log: {line}" for line in defects.lines]
    return result


def _send(
    name: str,
    send: Callable[[], Sequence[tuple[int, str]]],
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


def _requests(
    app: ServedApp, client: httpx.Client, chance: random.Random
) -> Iterator[tuple[str, Callable[[], Sequence[tuple[int, str]]]]]:
    """Requests without end, each with its name; a kind of them after the other."""
    junk, visitor = Junk(chance), Visitor(client)
    schemas = [one.model_json_schema() for one in _request_schemas(Schema)]
    endpoints = client.get("/gradio_api/info").json()["named_endpoints"]
    routes = sorted({path for _, path in paths(app.app) if not path.startswith(ENDLESS)})
    while True:
        function, event = chance.choice(visitor.map.functions), chance.choice(visitor.map.events)
        endpoint, route, schema = (
            chance.choice(sorted(endpoints)),
            chance.choice(routes),
            chance.choice(schemas),
        )
        yield f"{function}", lambda f=function, s=schema: _call(visitor, f, junk, s)  # type: ignore[misc]
        yield f"{event}", lambda e=event, s=schema: _event(visitor, e, junk, s)  # type: ignore[misc]
        yield endpoint, lambda e=endpoint: _endpoint(visitor, e, junk, endpoints[e])  # type: ignore[misc]
        yield route, lambda r=route: _route(client, r, junk)  # type: ignore[misc]


def _request_schemas(schema: type[Schema]) -> Iterator[type[Schema]]:
    for one in schema.__subclasses__():
        if one.__name__.endswith("Request"):
            yield one
        yield from _request_schemas(one)


def _json(value: object) -> bytes:
    """The value as JSON; lone surrogates are escaped."""
    return json.dumps(value).encode("ascii")


JSON = {"Content-Type": "application/json"}


def _answer(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.text


def _call(
    visitor: Visitor, function: ServerFunction, junk: Junk, schema: Mapping[str, Any]
) -> list[tuple[int, str]]:
    request = junk.value(schema)
    data = {"visit": visitor.visit(), **request} if isinstance(request, dict) else request
    body = {"session_hash": visitor.session, "component_id": function.component, "fn_name": function.name}
    answer = visitor.client.post(
        "/gradio_api/component_server",
        content=_json({**body, "data": data}),
        headers={**JSON, **junk.headers()},
    )
    return [_answer(answer)]


def _event(visitor: Visitor, event: Event, junk: Junk, schema: Mapping[str, Any]) -> list[tuple[int, str]]:
    values = [junk.anything() for _ in event.inputs[1:]]
    visit = visitor.visit() if junk.chance.random() < 0.8 else junk.anything()
    data = [visit, *values][: junk.chance.choice((99, 99, 99, 1))]
    body = {"fn_index": event.number, "session_hash": visitor.session, "trigger_id": event.trigger}
    joined = visitor.client.post(
        "/gradio_api/queue/join",
        content=_json({**body, "data": data, "event_data": junk.value(schema)}),
        headers={**JSON, **junk.headers()},
    )
    answers = [_answer(joined)]
    if joined.status_code == httpx.codes.OK:
        streamed = visitor.client.get("/gradio_api/queue/data", params={"session_hash": visitor.session})
        answers.append(_answer(streamed))
    return answers


def _endpoint(visitor: Visitor, name: str, junk: Junk, endpoint: Mapping[str, Any]) -> list[tuple[int, str]]:
    values = [junk.value(one.get("type")) for one in endpoint["parameters"]]
    way = junk.chance.choice(("call", "call/v2", "run"))
    named = {one["parameter_name"]: value for one, value in zip(endpoint["parameters"], values, strict=True)}
    body = named if way == "call/v2" else {"data": values[: junk.chance.choice((99, 99, 1))]}
    begun = visitor.client.post(
        f"/gradio_api/{way}{name}", content=_json(body), headers={**JSON, **junk.headers()}
    )
    answers = [_answer(begun)]
    if way != "run" and begun.status_code == httpx.codes.OK:
        answers.append(_answer(visitor.client.get(f"/gradio_api/call{name}/{begun.json()['event_id']}")))
    return answers


def _route(client: httpx.Client, route: str, junk: Junk) -> list[tuple[int, str]]:
    path = re.sub(
        r"\{.*?\}", lambda _: junk.chance.choice(("7", "a%00", "..%2f..%2fetc", "%ff", "a" * 2_000)), route
    )
    content, kind = junk.body()
    method = junk.chance.choice(METHODS)
    headers = {"Content-Type": kind, **junk.headers()}
    query = {junk.chance.choice(("a", "session_hash", "upload_id", "deep_link", "view")): "7"}
    answer = client.request(method, path, content=content, headers=headers, params=query, timeout=20)
    return [_answer(answer)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
