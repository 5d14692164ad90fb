"""Responses in OpenAI's form, whole or as the chunks of a stream."""

from __future__ import annotations

import base64
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llama_demo.catalogue import ModelEntry
from llama_demo.services.completions import CompletionUpdate
from llama_demo.tasks.generate import Choice, Token

LOWEST = -9999.0
"""What stands for a log-probability of minus infinity, which JSON cannot hold."""


@dataclass
class WrittenText:
    """One text of a response, with what came of it so far."""

    parts: list[str] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    ended: str = ""

    def add(self, update: CompletionUpdate) -> None:
        """Take in what came."""
        self.parts.append(update.text)
        self.tokens += update.tokens
        self.ended = update.ended


class TextResponse:
    """The response to ``/v1/completions``.

    Args:
        logprobs: whether it tells the log-probabilities of tokens.
    """

    kind, chunk_kind, prefix = "text_completion", "text_completion", "cmpl-"

    def __init__(self, *, logprobs: bool) -> None:
        self._logprobs = logprobs
        self._id, self._created = self.prefix + uuid.uuid4().hex, int(time.time())
        self._offsets: dict[int, int] = {}

    def opening(self, choice: int) -> dict[str, Any] | None:
        """What a stream says before the first text of a choice."""
        del choice
        return None

    def chunk(self, update: CompletionUpdate) -> dict[str, Any]:
        """What came of a text, for a stream."""
        return self.choice(update.choice, WrittenText([update.text], list(update.tokens), update.ended))

    def choice(self, number: int, written: WrittenText) -> dict[str, Any]:
        """A text, or what came of it since this was called for it last."""
        text = "".join(written.parts)
        offset = self._offsets.get(number, 0)
        self._offsets[number] = offset + len(text)
        logprobs = _text_logprobs(written.tokens, offset) if self._logprobs else None
        return {"index": number, "text": text, "logprobs": logprobs, "finish_reason": written.ended or None}

    def event(
        self, model: str, choices: Sequence[Mapping[str, Any]], **more: Mapping[str, int] | None
    ) -> dict[str, Any]:
        """An event of a stream."""
        return self._head(model, self.chunk_kind) | {"choices": list(choices), **more}

    def whole(self, texts: Sequence[WrittenText], last: CompletionUpdate) -> dict[str, Any]:
        """The response that is no stream."""
        choices = [self.choice(number, written) for number, written in enumerate(texts)]
        return self._head(last.model, self.kind) | {"choices": choices, "usage": usage_of(last)}

    def _head(self, model: str, kind: str) -> dict[str, Any]:
        return {"id": self._id, "object": kind, "created": self._created, "model": model}


class ChatResponse(TextResponse):
    """The response to ``/v1/chat/completions``."""

    kind, chunk_kind, prefix = "chat.completion", "chat.completion.chunk", "chatcmpl-"

    def opening(self, choice: int) -> dict[str, Any] | None:
        delta = {"role": "assistant", "content": ""}
        return {"index": choice, "delta": delta, "logprobs": None, "finish_reason": None}

    def chunk(self, update: CompletionUpdate) -> dict[str, Any]:
        delta = {"content": update.text} if update.text else {}
        return {
            "index": update.choice,
            "delta": delta,
            "logprobs": self._token_logprobs(update.tokens) if update.tokens else None,
            "finish_reason": update.ended or None,
        }

    def choice(self, number: int, written: WrittenText) -> dict[str, Any]:
        message = {"role": "assistant", "content": "".join(written.parts), "refusal": None}
        return {
            "index": number,
            "message": message,
            "logprobs": self._token_logprobs(written.tokens),
            "finish_reason": written.ended,
        }

    def _token_logprobs(self, tokens: Iterable[Token]) -> dict[str, Any] | None:
        if not self._logprobs:
            return None
        content = [
            _token(token) | {"top_logprobs": [_token(choice) for choice in token.choices]} for token in tokens
        ]
        return {"content": content, "refusal": None}


def usage_of(update: CompletionUpdate) -> dict[str, int]:
    """The tokens that were read and written."""
    return {
        "prompt_tokens": update.prompt_tokens,
        "completion_tokens": update.completion_tokens,
        "total_tokens": update.prompt_tokens + update.completion_tokens,
    }


def model_object(entry: ModelEntry) -> dict[str, Any]:
    """An entry of ``/v1/models``. When a model was made is not known, so ``created`` is 0."""
    owner = "llama_demo" if entry.bundled else "library"
    return {"id": entry.name, "object": "model", "created": 0, "owned_by": owner}


def embedding_response(
    model: str, vectors: NDArray[np.float32], tokens: int, *, encoded: bool
) -> dict[str, Any]:
    """The response to ``/v1/embeddings``.

    Args:
        vectors: (texts, width).
        tokens: that were read.
        encoded: whether each vector is little-endian float32 in base64, in place of a list of numbers.
    """
    data = [
        {
            "object": "embedding",
            "index": index,
            "embedding": base64.b64encode(vector.astype("<f4").tobytes()).decode()
            if encoded
            else vector.tolist(),
        }
        for index, vector in enumerate(vectors)
    ]
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "data": data, "model": model, "usage": usage}


def _token(token: Token | Choice) -> dict[str, Any]:
    return {
        "token": token.text,
        "logprob": max(token.logprob, LOWEST),
        "bytes": list(token.text.encode()),
    }


def _text_logprobs(tokens: Sequence[Token], offset: int) -> dict[str, Any]:
    """Log-probabilities as ``/v1/completions`` has them.

    Args:
        offset: characters of the text before these tokens.
    """
    offsets = []
    for token in tokens:
        offsets.append(offset)
        offset += len(token.text)
    return {
        "tokens": [token.text for token in tokens],
        "token_logprobs": [max(token.logprob, LOWEST) for token in tokens],
        "top_logprobs": [
            {choice.text: max(choice.logprob, LOWEST) for choice in token.choices} for token in tokens
        ],
        "text_offset": offsets,
    }
