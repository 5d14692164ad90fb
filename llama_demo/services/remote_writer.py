"""A model of another server that writes: its prompts are messages, its text comes over HTTP."""

from __future__ import annotations

import queue
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from llama_demo.engine.request import FinishReason
from llama_demo.errors import BackendError, InputError
from llama_demo.hub.inference import SILENT_SECONDS, InferenceRequest, RemoteModel, RemotePiece
from llama_demo.services.writer import Guide
from llama_demo.tasks.conversation import Fitted, in_turn
from llama_demo.tasks.generate import Choice, GeneratedPiece, GenerateOptions, Token
from llama_demo.tasks.poem_request import PoemRequest
from llama_demo.tasks.presets import Preset, request_for
from llama_demo.tasks.prompts import Prompt, checked_text
from llama_demo.text.chat_template import ChatMessage

CONTEXT = 8_192
"""Tokens that a prompt and its answer have together at most; most servers read more, and none tells."""

MOST_CHOICES = 5
"""Choices for a token that every server with log-probabilities gives."""

UNKNOWN_ID = -1
"""Id of a token of another server, which tells texts alone."""

_ANSWER_SHARE = 0.25
_BYTES_OF_TOKEN = 3  # of UTF-8: a Chinese character, or a little less than an English token
_PIECE_SECONDS = 0.08
_AFTERWARDS_SECONDS = 1.0  # for the count of tokens, which comes behind the end of the text
_SEEDS = 2**31


@dataclass(frozen=True)
class RemotePrompt(Prompt):
    """A prompt that another server renders by the template of its model.

    Attributes:
        messages: empty for a text that is continued.
    """

    messages: tuple[ChatMessage, ...] = ()


class RemoteWriter:
    """A model of another server. It is taken to follow instructions, as nearly all that are served do.

    Args:
        name: as the page calls it.
        public: refuse private addresses.
        seconds: without a byte after which the server is taken not to answer.
    """

    def __init__(
        self, remote: RemoteModel, *, name: str, public: bool = False, seconds: float = SILENT_SECONDS
    ) -> None:
        self._remote = remote
        self._public, self._seconds = public, seconds
        self._takes_extras, self._continues = True, True
        self.name = name
        self.abilities = frozenset({"instruct"})
        self.context = CONTEXT
        self.end_ids: frozenset[int] = frozenset()

    def prompt(self, preset: Preset, text: str, *, poem: PoemRequest | None = None) -> RemotePrompt:
        text = checked_text(text)
        if preset.abilities:
            request = poem.prompt if poem else request_for(preset, "instruct", text)
            return _asking([ChatMessage("user", request)])
        if not text.strip():
            raise InputError("prompt_empty")
        return RemotePrompt((), text, begins=text)

    def fill(self, prompt: Prompt) -> None:
        del prompt

    def conversation(self, turns: Sequence[ChatMessage], *, system: str, begins: str, answer: int) -> Fitted:
        if begins:
            raise InputError("backend_no_continuation")
        turns = in_turn(turns)
        left = self.room(answer) - self.size(system) - self.size(turns[-1].content)
        first = len(turns) - 1
        while first > 0 and (left := left - self.size(turns[first - 1].content)) >= 0:
            first -= 1
        if turns[first].role != "user":
            first += 1
        told = [ChatMessage("system", system)] if system else []
        return Fitted(_asking([*told, *turns[first:]]), first)

    def room(self, answer: int) -> int:
        return CONTEXT - min(answer, int(CONTEXT * _ANSWER_SHARE))

    def size(self, text: str) -> int:
        return -(-len(checked_text(text).encode()) // _BYTES_OF_TOKEN)

    def start(
        self,
        prompt: Prompt,
        options: GenerateOptions,
        *,
        kept: Sequence[Token] = (),
        alternatives: int = 0,
        guide: Guide | None = None,
    ) -> RemoteStream:
        del guide
        if kept:
            raise InputError("backend_no_continuation")
        assert isinstance(prompt, RemotePrompt)
        return RemoteStream(self, prompt, options, min(alternatives, MOST_CHOICES))

    def request(self) -> InferenceRequest:
        """A request to the server that is not sent yet."""
        return InferenceRequest(self._remote, public=self._public, seconds=self._seconds)

    def pieces(
        self,
        prompt: RemotePrompt,
        options: Mapping[str, Any],
        extras: Mapping[str, Any],
        begun: Callable[[InferenceRequest], None],
    ) -> Iterator[RemotePiece]:
        """The text as it comes. What a server refuses beside the common parameters is left out.

        Args:
            extras: parameters that not every server takes.
            begun: called with each request before it is sent.
        """
        for takes_extras in (True, False) if self._takes_extras else (False,):
            request = self.request()
            begun(request)
            sent = {**options, **extras} if takes_extras else options
            try:
                yield from self._asked(request, prompt, sent, begun)
            except BackendError as error:
                if not takes_extras or error.key != "backend_refused":
                    raise
            else:
                self._takes_extras = takes_extras
                return

    def _asked(
        self,
        request: InferenceRequest,
        prompt: RemotePrompt,
        options: Mapping[str, Any],
        begun: Callable[[InferenceRequest], None],
    ) -> Iterator[RemotePiece]:
        """The answer to messages, or the continuation of a text, which some servers can only reply to."""
        messages = [{"role": one.role, "content": one.content} for one in prompt.messages]
        if messages:
            yield from request.chat(messages, options)
            return
        if self._continues:
            try:
                yield from request.complete(prompt.text, options)
                return
            except BackendError as error:
                if error.key != "backend_model_unknown":
                    raise
                request = self.request()
                begun(request)
        yield from request.chat([{"role": "user", "content": prompt.text}], options)
        self._continues = False


class RemoteStream:
    """A text of another server under way; see :class:`~llama_demo.services.writer.TextStream`."""

    waiting = 0

    def __init__(
        self, writer: RemoteWriter, prompt: RemotePrompt, options: GenerateOptions, alternatives: int
    ) -> None:
        self.seed = options.seed if options.seed >= 0 else secrets.randbelow(_SEEDS)
        self._model, self._longest = writer.name, options.max_new_tokens
        self._stopped = threading.Event()
        self._request: InferenceRequest | None = None
        self._came: queue.SimpleQueue[RemotePiece | Exception | None] = queue.SimpleQueue()
        self._failure: Exception | None = None
        self._closed = False
        common, extras = _parameters(options, self.seed, alternatives)
        self._pieces = writer.pieces(prompt, common, extras, self._begun)

    def stop(self) -> None:
        self._stopped.set()
        if (request := self._request) is not None:
            request.cancel()

    def __iter__(self) -> Iterator[GeneratedPiece]:
        text = _RemoteText()
        threading.Thread(target=self._read, name="another server", daemon=True).start()
        try:
            while not (self._stopped.is_set() or self._closed or text.is_over(self._longest)):
                yield text.add(self._take())
            reason = self._reason(text)
        finally:
            self.stop()
        yield replace(text.add(()), finish_reason=reason)

    def _reason(self, text: _RemoteText) -> FinishReason:
        if text.ended == "content_filter":
            raise BackendError("backend_filtered", model=self._model)
        if text.ended == "length" or text.count >= self._longest:
            return FinishReason.LENGTH
        return FinishReason.END if text.ended else FinishReason.STOPPED

    def _take(self) -> list[RemotePiece]:
        """What came within the time of one piece; raises what went wrong behind it."""
        if self._failure is not None:
            raise self._failure
        taken: list[RemotePiece] = []
        until = time.monotonic() + _PIECE_SECONDS
        with suppress(queue.Empty):
            while (left := until - time.monotonic()) > 0:
                came = self._came.get(timeout=left)
                if came is None:
                    self._closed = True
                    break
                if isinstance(came, Exception):
                    self._failure = came
                    break
                taken.append(came)
        return taken

    def _begun(self, request: InferenceRequest) -> None:
        self._request = request
        if self._stopped.is_set():
            request.cancel()

    def _read(self) -> None:
        try:
            for piece in self._pieces:
                self._came.put(piece)
        except Exception as error:  # noqa: BLE001  (raised again in the thread that asked)
            self._came.put(error)
        else:
            self._came.put(None)


class _RemoteText:
    """A text as it comes, with its figures.

    Attributes:
        count: tokens; parts of the stream where the server tells neither tokens nor their number.
        ended: why, as the server calls it.
    """

    def __init__(self) -> None:
        self.count, self.ended = 0, ""
        self._begun = time.monotonic()
        self._first: float | None = None
        self._last = self._ended_at = self._begun

    def is_over(self, longest: int) -> bool:
        """Whether no more of it is waited for."""
        late = bool(self.ended) and time.monotonic() - self._ended_at > _AFTERWARDS_SECONDS
        return late or (not self.ended and self.count >= longest)

    def add(self, came: Sequence[RemotePiece]) -> GeneratedPiece:
        """The next piece of the text."""
        now = time.monotonic()
        text, tokens = "".join(one.text for one in came), [token for one in came for token in _tokens(one)]
        for one in came:
            self.count = one.count or self.count + (len(one.tokens) or bool(one.text))
            if one.ended:
                self.ended, self._ended_at = one.ended, now
        if text:
            self._first = self._first or now - self._begun
            self._last = now
        seconds = self._last - self._begun - (self._first or 0.0)
        speed = (self.count - 1) / seconds if seconds > 0 else 0.0
        return GeneratedPiece(text, tuple(tokens), self.count, speed, self._first)


def _tokens(piece: RemotePiece) -> Iterator[Token]:
    """The tokens of a piece. Texts that are parts of a character are told with the last of them."""
    texts = [one.text for one in piece.tokens]
    if "".join(texts) != piece.text:
        texts = [""] * (len(texts) - 1) + [piece.text] if texts else []
    for text, one in zip(texts, piece.tokens, strict=True):
        choices = tuple(Choice(UNKNOWN_ID, word, logprob) for word, logprob in one.choices)
        yield Token(UNKNOWN_ID, text, one.logprob, choices)


def _asking(messages: Sequence[ChatMessage]) -> RemotePrompt:
    text = "\n\n".join(f"{one.role}: {one.content}" for one in messages)
    return RemotePrompt((), text, messages=tuple(messages))


def _parameters(
    options: GenerateOptions, seed: int, alternatives: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters that every server takes, and those that some refuse."""
    common: dict[str, Any] = {
        "max_tokens": options.max_new_tokens,
        "temperature": options.temperature,
        "top_p": options.top_p,
    }
    if options.stop_strings:
        common["stop"] = list(options.stop_strings)
    extras: dict[str, Any] = {"seed": seed, "stream_options": {"include_usage": True}}
    if alternatives:
        extras |= {"logprobs": True, "top_logprobs": alternatives}
    beyond = {
        "top_k": options.top_k,
        "min_p": options.min_p,
        "repetition_penalty": options.repetition_penalty,
    }
    neutral = {"top_k": 0, "min_p": 0.0, "repetition_penalty": 1.0}
    extras["extra_body"] = {name: value for name, value in beyond.items() if value != neutral[name]}
    return common, extras
