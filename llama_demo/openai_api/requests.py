"""Requests in OpenAI's form: their fields, and those that are refused."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from llama_demo.openai_api.errors import ApiError
from llama_demo.services.completions import CompletionRequest, Dialogue
from llama_demo.tasks.generate import GenerateOptions
from llama_demo.text.chat_template import ChatMessage
from llama_demo.unicode import replace_lone_surrogates

Text = Annotated[str, AfterValidator(replace_lone_surrogates)]
Name = Annotated[Text, Field(max_length=1_000)]

MOST_TEXTS = 32
"""Texts that one request may ask for: its prompts, times ``n``."""

LONGEST = 1_000_000
"""Tokens that a text may have if the request sets no limit; no more than the context leaves is used."""

COMPLETION_TOKENS = 16
"""OpenAI's default for ``/v1/completions``."""

NEUTRAL: Mapping[str, tuple[object, ...]] = MappingProxyType(
    {
        "tools": ([],),
        "tool_choice": ("none", "auto"),
        "functions": ([],),
        "function_call": ("none", "auto"),
        "response_format": ({"type": "text"},),
        "logit_bias": ({},),
        "presence_penalty": (0,),
        "frequency_penalty": (0,),
        "modalities": (["text"],),
        "audio": (),
        "web_search_options": (),
        "suffix": ("",),
        "best_of": (1,),
        "echo": (False,),
    }
)
"""What no model here can do, by field, with the values that ask for nothing; null is one of all."""


def refuse_unsupported(payload: Mapping[str, Any]) -> None:
    """Refuse a request for what no model here can do, which would else be answered as if it were done.

    Raises:
        ApiError: names the field.
    """
    for name, neutral in NEUTRAL.items():
        value = payload.get(name)
        if value is not None and value not in neutral:
            message = f"{name} is not supported by this server. Leave it out."
            raise ApiError(message, param=name, code="unsupported_parameter")


class ApiRequest(BaseModel):
    """A request; unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    model: Name = ""


class StreamOptions(BaseModel):
    """Options of a stream: whether its last chunk tells the usage."""

    include_usage: bool | None = None


class WritingRequest(ApiRequest):
    """What requests for texts have in common. What is not set is as on the page.

    ``top_k``, ``min_p`` and ``repetition_penalty`` are no fields of OpenAI's; other servers take them too.
    """

    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, ge=0, le=1)
    top_k: int | None = Field(None, ge=0, le=1_000_000)
    min_p: float | None = Field(None, ge=0, le=1)
    repetition_penalty: float | None = Field(None, ge=0.5, le=2)
    max_tokens: int | None = Field(None, ge=1)
    seed: int | None = None
    stop: Text | list[Text] | None = None
    n: int | None = Field(None, ge=1, le=MOST_TEXTS)
    stream: bool | None = None
    stream_options: StreamOptions | None = None

    @property
    def wants_usage(self) -> bool:
        """Whether a stream ends with the usage."""
        return bool(self.stream_options and self.stream_options.include_usage)

    def options(self, max_new_tokens: int) -> GenerateOptions:
        """How to continue; raises :class:`~llama_demo.errors.InputError` for what is out of range."""
        given = {
            "temperature": self.temperature,
            "top_p": None if self.top_p is None else max(self.top_p, 0.01),
            "top_k": self.top_k,
            "min_p": self.min_p,
            "repetition_penalty": self.repetition_penalty,
            "seed": None if self.seed is None else self.seed % 2**63,
        }
        set_ones: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        return GenerateOptions(max_new_tokens=min(max_new_tokens, LONGEST), **set_ones)

    @property
    def stops(self) -> tuple[str, ...]:
        """The stop strings that are not empty."""
        strings = [self.stop] if isinstance(self.stop, str) else self.stop or []
        return tuple(string for string in strings if string)


class MessagePart(BaseModel):
    """A part of a message's content; only texts are taken."""

    type: str
    text: Text = ""


class RequestMessage(BaseModel):
    """A message of a conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | list[MessagePart] | None = None

    def read(self, place: str) -> ChatMessage:
        """The message as models read it.

        Args:
            place: of the message in the request, for errors.

        Raises:
            ApiError: it has other parts than text, or is of a tool.
        """
        if self.role in ("tool", "function") or self.content is None:
            message = "Tools are not supported by this server: each message needs a text."
            raise ApiError(message, param=place, code="unsupported_value")
        parts = (
            [MessagePart(type="text", text=self.content)] if isinstance(self.content, str) else self.content
        )
        for part in parts:
            if part.type not in ("text", "refusal"):
                message = f"Parts of the type {part.type[:40]} are not supported by this server, only text."
                raise ApiError(message, param=place, code="unsupported_value")
        role = "system" if self.role == "developer" else self.role
        return ChatMessage(role, "\n".join(part.text for part in parts))


class ChatRequest(WritingRequest):
    """``POST /v1/chat/completions``."""

    messages: list[RequestMessage] = Field(min_length=1, max_length=2_000)
    max_completion_tokens: int | None = Field(None, ge=1)
    logprobs: bool | None = None
    top_logprobs: int | None = Field(None, ge=0, le=20)

    def read(self) -> CompletionRequest:
        """What is asked for.

        Raises:
            ApiError, InputError: it cannot be done.
        """
        if self.top_logprobs and not self.logprobs:
            raise ApiError("top_logprobs needs logprobs to be true.", param="top_logprobs")
        return CompletionRequest(
            prompts=[self._dialogue()],
            model=self.model,
            options=self.options(self.max_completion_tokens or self.max_tokens or LONGEST),
            stops=self.stops,
            alternatives=self.top_logprobs or 0,
            count=self.n or 1,
        )

    def _dialogue(self) -> Dialogue:
        """The conversation: system messages in front, the last one's beginning if it is the assistant's."""
        read = [message.read(f"messages[{place}].content") for place, message in enumerate(self.messages)]
        turns = [turn for turn in read if turn.role != "system"]
        system = "\n\n".join(turn.content for turn in read if turn.role == "system" and turn.content.strip())
        begins = turns.pop().content if len(turns) > 1 and turns[-1].role == "assistant" else ""
        return Dialogue(tuple(turns), system, begins)


class PromptRequest(WritingRequest):
    """``POST /v1/completions``."""

    prompt: Text | list[Text] | list[int] | list[list[int]]
    logprobs: int | None = Field(None, ge=0, le=20)

    def read(self) -> CompletionRequest:
        """What is asked for.

        Raises:
            ApiError, InputError: it cannot be done.
        """
        prompts: list[str | tuple[int, ...]] = (
            [self.prompt]
            if isinstance(self.prompt, str)
            else [one if isinstance(one, str) else tuple(one) for one in _each(self.prompt)]
        )
        if not prompts:
            raise ApiError("prompt is empty.", param="prompt")
        if len(prompts) * (self.n or 1) > MOST_TEXTS:
            raise ApiError(f"At most {MOST_TEXTS} texts are written for one request.", param="prompt")
        return CompletionRequest(
            prompts=prompts,
            model=self.model,
            options=self.options(self.max_tokens or COMPLETION_TOKENS),
            stops=self.stops,
            alternatives=self.logprobs or 0,
            count=self.n or 1,
        )


def _each(prompts: list[str] | list[int] | list[list[int]]) -> list[str] | list[list[int]]:
    """The prompts of a list, which is one prompt itself if it holds token ids."""
    ids = [one for one in prompts if isinstance(one, int)]
    return [ids] if ids else prompts  # type: ignore[return-value]


class EmbeddingRequest(ApiRequest):
    """``POST /v1/embeddings``."""

    input: Text | list[Text] | list[int] | list[list[int]]
    encoding_format: Literal["float", "base64"] | None = None
    dimensions: int | None = Field(None, ge=1)

    @property
    def texts(self) -> list[str]:
        """The texts to embed.

        Raises:
            ApiError: there is none, one is empty, or there are token ids, which clients make by OpenAI's
            vocabulary.
        """
        given = [self.input] if isinstance(self.input, str) else self.input
        texts = [one for one in given if isinstance(one, str)]
        if len(texts) < len(given):
            message = "Send texts: token ids of another vocabulary mean nothing to this model."
            raise ApiError(message, param="input", code="unsupported_value")
        if not texts or not all(texts):
            raise ApiError("input is empty.", param="input")
        return texts
