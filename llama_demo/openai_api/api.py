"""The routes of the API: who asks, what for, and the response, whole or as a stream of events."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from llama_demo.catalogue import ModelEntry
from llama_demo.errors import BusyError, DemoError, InputError
from llama_demo.openai_api.access import ApiAccess
from llama_demo.openai_api.errors import PREFIX, ApiError, api_error
from llama_demo.openai_api.requests import (
    ChatRequest,
    EmbeddingRequest,
    PromptRequest,
    refuse_unsupported,
)
from llama_demo.openai_api.responses import (
    ChatResponse,
    TextResponse,
    WrittenText,
    embedding_response,
    model_object,
    usage_of,
)
from llama_demo.services.admission import Admission, call_for, stream_for
from llama_demo.services.completions import CompletionRequest, CompletionService, CompletionUpdate
from llama_demo.services.models import Models
from llama_demo.services.visits import Visit
from llama_demo.tasks.embed import Embeddings

log = logging.getLogger(__name__)

TASKS = ("generate", "search")
"""The tasks whose models this API offers."""

EVERY_METHOD = ["GET", "POST", "PUT", "PATCH", "DELETE"]
"""Methods of requests for paths that are unknown, or known with another method."""

CLIENT_LEFT = 499
"""Status in the log of a request whose client left before the response."""

Asked = TypeVar("Asked", bound=BaseModel)
Handler = Callable[[Request, Visit], Awaitable[Response]]


@dataclass(frozen=True)
class OpenAiApi:
    """The API of one server.

    Attributes:
        embeddings: the unit vectors of texts, by a model's name.
        access: who may use it.
        visit_of: the visit of a request; nothing of it is stored.
        admission: limits the calls at work.
        sentence: says what an error means, for a request.
    """

    models: Models
    completions: CompletionService
    embeddings: Callable[[Sequence[str], str], Embeddings]
    access: ApiAccess
    visit_of: Callable[[Request], Visit]
    admission: Admission
    sentence: Callable[[DemoError, Request], str]

    def routes(self) -> list[Route]:
        """The routes, with one for every other path below."""
        return [
            Route(f"{PREFIX}models", self._guarded(self._list_models), methods=["GET"]),
            Route(f"{PREFIX}models/{{name:path}}", self._guarded(self._model), methods=["GET"]),
            Route(f"{PREFIX}chat/completions", self._guarded(self._chat), methods=["POST"]),
            Route(f"{PREFIX}completions", self._guarded(self._complete), methods=["POST"]),
            Route(f"{PREFIX}embeddings", self._guarded(self._embed), methods=["POST"]),
            Route(f"{PREFIX}{{path:path}}", self._guarded(_unknown), methods=EVERY_METHOD),
        ]

    async def _list_models(self, _: Request, __: Visit) -> Response:
        return JSONResponse({"object": "list", "data": [model_object(entry) for entry in self._entries()]})

    async def _model(self, request: Request, _: Visit) -> Response:
        name = request.path_params["name"]
        for entry in self._entries():
            if entry.name == name:
                return JSONResponse(model_object(entry))
        raise InputError("model_unknown", name=name, known=", ".join(one.name for one in self._entries()))

    async def _chat(self, request: Request, visit: Visit) -> Response:
        asked = await _read(request, ChatRequest)
        form = ChatResponse(logprobs=bool(asked.logprobs))
        return await self._written(request, visit, asked, form)

    async def _complete(self, request: Request, visit: Visit) -> Response:
        asked = await _read(request, PromptRequest)
        form = TextResponse(logprobs=asked.logprobs is not None)
        return await self._written(request, visit, asked, form)

    async def _embed(self, request: Request, visit: Visit) -> Response:
        asked = await _read(request, EmbeddingRequest)
        texts = asked.texts
        with self.admission.admit(visit):
            found: Embeddings = await run_in_threadpool(call_for, visit, self.embeddings, texts, asked.model)
        if any(found.cut):
            message = f"input[{found.cut.index(True)}] is longer than the model reads. Send it in parts."
            raise ApiError(message, param="input", code="context_length_exceeded")
        width = found.vectors.shape[1]
        if asked.dimensions not in (None, width):
            message = f"The vectors of this model have {width} numbers, which cannot be changed."
            raise ApiError(message, param="dimensions", code="unsupported_value")
        model = asked.model or self.models.entries("search")[0].name
        encoded = asked.encoding_format == "base64"
        return JSONResponse(embedding_response(model, found.vectors, found.tokens, encoded=encoded))

    async def _written(
        self, request: Request, visit: Visit, asked: ChatRequest | PromptRequest, form: TextResponse
    ) -> Response:
        """The texts that are asked for. Once the client has left, the model stops."""
        updates = stream_for(visit, self._updates(visit, asked.read()))
        first = await run_in_threadpool(next, updates)  # what is refused has a status of its own
        if not asked.stream:
            return await _collected(request, form, first, updates)
        events = self._events(request, form, first, updates, usage=asked.wants_usage)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        leaving = BackgroundTask(updates.close)
        return StreamingResponse(events, media_type="text/event-stream", headers=headers, background=leaving)

    def _updates(self, visit: Visit, request: CompletionRequest) -> Generator[CompletionUpdate, None, None]:
        with self.admission.admit(visit):
            yield from self.completions.write(request)

    def _events(
        self,
        request: Request,
        form: TextResponse,
        first: CompletionUpdate,
        updates: Generator[CompletionUpdate, None, None],
        *,
        usage: bool,
    ) -> Iterator[str]:
        """The events of a stream; one that fails ends with the error."""
        unused: dict[str, None] = {"usage": None} if usage else {}
        last, opened = first, -1
        try:
            for last in updates:
                if opened < last.choice:
                    opened = last.choice
                    if (opening := form.opening(opened)) is not None:
                        yield _event(form.event(last.model, [opening], **unused))
                if last.text or last.ended:
                    yield _event(form.event(last.model, [form.chunk(last)], **unused))
        except Exception as failure:  # noqa: BLE001 (a defect is logged where it is turned)
            yield _event(self._error(failure, request).body())
            return
        if usage:
            yield _event(form.event(last.model, [], usage=usage_of(last)))
        yield "data: [DONE]\n\n"

    def _entries(self) -> list[ModelEntry]:
        return [entry for task in TASKS for entry in self.models.entries(task)]

    def _guarded(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            try:
                await self.access.check(request)
                return await handler(request, self.visit_of(request))
            except ClientDisconnect:
                return Response(status_code=CLIENT_LEFT)
            except Exception as failure:  # noqa: BLE001 (a defect is logged where it is turned)
                later = {"Retry-After": str(BusyError.RETRY_AFTER)} if isinstance(failure, BusyError) else {}
                return self._error(failure, request).response(later)

        return guarded

    def _error(self, failure: Exception, request: Request) -> ApiError:
        if isinstance(failure, ApiError):
            return failure
        if not isinstance(failure, DemoError):
            route = getattr(request.scope.get("route"), "path", "")
            log.error("a request of the API failed: %s", route, exc_info=failure)
            failure = DemoError("unexpected")
        return api_error(failure, self.sentence(failure, request))


async def _unknown(request: Request, _: Visit) -> Response:
    message = f"This server does not know {request.method} {request.url.path[:200]}."
    raise ApiError(message, status=404, code="unknown_url")


async def _read(request: Request, schema: type[Asked]) -> Asked:
    """The request in a body.

    Raises:
        ApiError: it is none, or asks for what is not supported.
    """
    try:
        payload = json.loads(await request.body())
    except (ValueError, RecursionError) as exc:
        raise ApiError("The body is no JSON.", code="invalid_json") from exc
    if not isinstance(payload, dict):
        raise ApiError("The body has to be a JSON object.", code="invalid_json")
    refuse_unsupported(payload)
    try:
        return schema.model_validate(payload)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False, include_context=False)[0]
        param = str(first["loc"][0]) if first["loc"] else ""
        raise ApiError(f"{param}: {first['msg']}.", param=param, code="invalid_value") from exc


async def _collected(
    request: Request,
    form: TextResponse,
    first: CompletionUpdate,
    updates: Generator[CompletionUpdate, None, None],
) -> Response:
    """The response with whole texts.

    Raises:
        ClientDisconnect: the client left; the model has stopped.
        DemoError: the model failed.
    """
    texts: list[WrittenText] = []
    last: CompletionUpdate | None = first
    update = first
    try:
        while (last := await run_in_threadpool(next, updates, None)) is not None:
            if await request.is_disconnected():
                raise ClientDisconnect
            update = last
            if update.choice == len(texts):
                texts.append(WrittenText())
            texts[update.choice].add(update)
    finally:
        updates.close()
    return JSONResponse(form.whole(texts, update))


def _event(body: dict[str, Any]) -> str:
    return f"data: {json.dumps(body, ensure_ascii=False, separators=(',', ':'))}\n\n"
