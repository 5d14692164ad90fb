"""Texts from a server that speaks OpenAI's API, by ``huggingface_hub``'s ``InferenceClient``.

vLLM, TGI, SGLang, llama.cpp, Ollama and Inference Providers are such servers, and so is another instance of
this app. What goes wrong becomes an error with a sentence; the key is in none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from huggingface_hub import InferenceClient
from huggingface_hub.errors import TextGenerationError

from llama_demo.errors import BackendError, DemoError
from llama_demo.hub.cut_connection import CutConnection

SILENT_SECONDS = 120.0
"""Without a byte after which a server is taken not to answer; a long prompt takes a while to be read."""

WAITS = (0.5, 1.0, 2.0)
"""Seconds before each further try."""

LONGEST_WAIT = 20.0
"""Seconds of ``Retry-After`` that are waited for; after longer ones a visitor can ask again."""

RETRIED = (408, 425, 429, 500, 502, 503, 504)
"""Statuses after which another try may succeed."""

LARGEST_ANSWER = 16 * 2**20
"""Bytes of an answer that is read whole."""

_LONGEST_DETAIL = 200


@dataclass(frozen=True)
class RemoteModel:
    """A model of another server.

    Attributes:
        address: base URL, such as ``http://127.0.0.1:8000/v1``.
        name: as the server calls it.
        key: sent as a bearer token; empty for none.
    """

    address: str
    name: str
    key: str = field(default="", repr=False)


@dataclass(frozen=True)
class RemoteToken:
    """A token of a text, with those that could have come in its place, likeliest first."""

    text: str
    logprob: float
    choices: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class RemotePiece:
    """What came of a text.

    Attributes:
        tokens: of ``text``, if the server tells log-probabilities.
        ended: reason as the server calls it: ``stop``, ``length``; empty until the end.
        count: tokens of the whole text; 0 if they are not told yet.
    """

    text: str = ""
    tokens: tuple[RemoteToken, ...] = ()
    ended: str = ""
    count: int = 0


class InferenceRequest:
    """One request to a server; any thread can cancel it.

    Args:
        public: refuse private addresses.
        seconds: without a byte after which the server is taken not to answer.
    """

    def __init__(self, remote: RemoteModel, *, public: bool = False, seconds: float = SILENT_SECONDS) -> None:
        self._remote = remote
        self._connection = CutConnection(public=public, seconds=seconds)

    def cancel(self) -> None:
        """End the request; its iterator ends."""
        self._connection.cut()

    def models(self) -> list[str]:
        """The names of the server's models.

        Raises:
            BackendError: it does not answer, or not as such a server does.
        """
        with self._errors():
            response = self._answer("GET", "/models", None)
            found = json.loads(_body(response))
            return [str(one["id"]) for one in found["data"]]

    def chat(self, messages: Sequence[dict[str, str]], options: Mapping[str, Any]) -> Iterator[RemotePiece]:
        """The answer in a conversation, as it comes.

        Args:
            options: parameters of ``chat_completion``; others in ``extra_body``.

        Raises:
            BackendError, BusyError: the server does not answer, refuses, or breaks off.
        """
        client = _Client(self._remote, self._lines)
        with self._errors():
            chunks = client.chat_completion(list(messages), model=self._remote.name, stream=True, **options)
            yield from self._whole(_chat_piece(chunk) for chunk in chunks)

    def complete(self, prompt: str, options: Mapping[str, Any]) -> Iterator[RemotePiece]:
        """The continuation of a text, as it comes; raises as :meth:`chat` does."""
        extra = options.get("extra_body") or {}
        asked = {name: value for name, value in options.items() if name != "extra_body"}
        if "top_logprobs" in asked:
            asked["logprobs"] = asked.pop("top_logprobs")
        payload = {"model": self._remote.name, "prompt": prompt, "stream": True, **asked, **extra}
        with self._errors():
            yield from self._whole(_text_pieces(self._lines("/completions", payload)))

    def embed(self, texts: Sequence[str]) -> list[Any]:
        """The vectors of some texts, in their order, as the server gives them.

        ``InferenceClient.feature_extraction`` does not speak OpenAI's form.

        Raises:
            BackendError: the server does not answer, or refuses.
        """
        payload = {"model": self._remote.name, "input": list(texts), "encoding_format": "float"}
        with self._errors():
            found = json.loads(_body(self._answer("POST", "/embeddings", payload)))
            return [one["embedding"] for one in sorted(found["data"], key=lambda one: int(one["index"]))]

    def _whole(self, pieces: Iterable[RemotePiece]) -> Iterator[RemotePiece]:
        """The pieces of a text, which has to have an end."""
        last: RemotePiece | None = None
        ended = False
        for last in pieces:
            if self._connection.is_cut.is_set():
                return
            ended = ended or bool(last.ended)
            yield last
        if not ended and not self._connection.is_cut.is_set():
            raise BackendError(
                "backend_answer_broken" if last is None else "backend_cut_off", model=self._remote.name
            )

    def _lines(self, path: str, payload: object) -> Iterator[str]:
        yield from self._answer("POST", path, payload).iter_lines()

    def _answer(self, method: str, path: str, payload: object) -> httpx2.Response:
        """The response with status 200, after further tries if need be."""
        for wait in (*WAITS, None):
            try:
                response = self._connection.open(
                    method, self._remote.address + path, json=payload, headers=self._headers
                )
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                if wait is None or self._connection.is_cut.wait(wait):
                    raise
                continue
            if response.status_code == httpx2.codes.OK:
                return response
            asked = _asked_wait(response)
            patient = wait is not None and response.status_code in RETRIED and asked <= LONGEST_WAIT
            if not patient or self._connection.is_cut.wait(max(asked, wait or 0.0)):
                raise self._refusal(response)
            response.close()
        raise AssertionError  # the last try returns or raises

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._remote.key}"} if self._remote.key else {}

    def _refusal(self, response: httpx2.Response) -> DemoError:
        status, model = response.status_code, self._remote.name
        if status in (401, 403):
            return BackendError("backend_key_refused", model=model)
        if status == 404:
            return BackendError("backend_model_unknown", model=model)
        if status == 429:
            return BackendError("backend_busy", model=model)
        if status >= 500:
            return BackendError("backend_failed", model=model, status=status)
        return BackendError("backend_refused", model=model, status=status, detail=self._detail(response))

    def _detail(self, response: httpx2.Response) -> str:
        """What the server says about a refusal, without the key."""
        try:
            said = json.loads(_body(response))
            error = said.get("error", said) if isinstance(said, dict) else {}
            detail = error.get("message", "") if isinstance(error, dict) else error
        except (ValueError, httpx2.HTTPError):
            return ""
        return self._shown(detail)

    def _said(self, error: TextGenerationError) -> str:
        """What the server says about an error in its stream."""
        said = error.args[0] if error.args else ""
        return self._shown(said.get("message") if isinstance(said, dict) else said)

    def _shown(self, detail: object) -> str:
        text = " ".join(str(detail or "").split())
        return (text.replace(self._remote.key, "…") if self._remote.key else text)[:_LONGEST_DETAIL]

    @contextmanager
    def _errors(self) -> Iterator[None]:
        model = self._remote.name
        try:
            yield
        except (DemoError, GeneratorExit):
            raise
        except Exception as exc:
            if self._connection.is_cut.is_set():
                return
            if isinstance(exc, TextGenerationError):
                raise BackendError("backend_ended", model=model, detail=self._said(exc)) from exc
            if isinstance(exc, httpx2.TimeoutException):
                raise BackendError("backend_timeout", model=model) from exc
            if isinstance(exc, httpx2.RemoteProtocolError | httpx2.ReadError):
                raise BackendError("backend_cut_off", model=model) from exc
            if isinstance(exc, httpx2.HTTPError | httpx2.InvalidURL | OSError):
                raise BackendError("backend_unreachable", model=model) from exc
            if isinstance(exc, ValueError | KeyError | TypeError | AttributeError | IndexError):
                raise BackendError("backend_answer_broken", model=model) from exc
            raise
        finally:
            self._connection.close()


class _Client(InferenceClient):
    """The client with the connection of a request in place of the one that all others share.

    That one would follow redirects with the key, and cannot be cut while it waits.
    """

    def __init__(self, remote: RemoteModel, lines: Any) -> None:
        # Without a key of its own it would send the token of the hub that is stored on this machine.
        super().__init__(base_url=f"{remote.address}/chat/completions", api_key=remote.key or "none")
        self._lines = lines

    def _inner_post(self, request_parameters: Any, *, stream: bool = False) -> Any:
        assert stream
        return self._lines("/chat/completions", request_parameters.json)


def _body(response: httpx2.Response) -> bytes:
    """A whole body.

    Raises:
        ValueError: it is larger than :data:`LARGEST_ANSWER`.
    """
    content = b""
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > LARGEST_ANSWER:
            raise ValueError(len(content))
    return content


def _asked_wait(response: httpx2.Response) -> float:
    """Seconds of ``Retry-After``; 0 for none, and for a date."""
    asked = response.headers.get("retry-after", "")
    return float(asked) if asked.isdigit() else 0.0


def _chat_piece(chunk: Any) -> RemotePiece:
    count = chunk.usage.completion_tokens if chunk.usage else 0
    if not chunk.choices:
        return RemotePiece(count=count)
    choice = chunk.choices[0]
    told = choice.logprobs.content if choice.logprobs else None
    tokens = [
        RemoteToken(
            str(one.token),
            float(one.logprob),
            tuple((str(other.token), float(other.logprob)) for other in one.top_logprobs or ()),
        )
        for one in told or ()
    ]
    return RemotePiece(choice.delta.content or "", tuple(tokens), choice.finish_reason or "", count)


def _text_pieces(lines: Iterable[str]) -> Iterator[RemotePiece]:
    """The pieces in the events of ``/completions``."""
    for line in lines:
        data = line.removeprefix("data:").strip()
        if not line.startswith("data:") or data == "[DONE]":
            continue
        event = json.loads(data)
        if event.get("error"):
            raise TextGenerationError(event["error"])
        count = int((event.get("usage") or {}).get("completion_tokens") or 0)
        for choice in event["choices"] or [{}]:
            tokens = tuple(_text_tokens(choice.get("logprobs") or {}))
            yield RemotePiece(choice.get("text") or "", tokens, choice.get("finish_reason") or "", count)


def _text_tokens(told: Mapping[str, Any]) -> Iterator[RemoteToken]:
    likeliest = told.get("top_logprobs") or []
    for place, (text, logprob) in enumerate(
        zip(told.get("tokens") or (), told.get("token_logprobs") or (), strict=True)
    ):
        others = (likeliest[place] if place < len(likeliest) else None) or {}
        ranked = sorted(others.items(), key=lambda one: -float(one[1]))
        yield RemoteToken(
            str(text), float(logprob or 0.0), tuple((word, float(value)) for word, value in ranked)
        )
