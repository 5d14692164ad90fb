"""The API as OpenAI's own client sees it."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import openai
import pytest

from llama_demo.safety.moderation import Moderator
from llama_demo.safety.policy_file import bundled_policy
from llama_demo.services.models import Models
from llama_demo.services.moderation import Moderation
from tests.conftest import GENERATOR, ROOT
from tests.endless import without_end
from tests.instructed import BARE, GROUNDED, write_instructed
from tests.openai_api.conftest import ServeApi, api_of
from tests.services.test_moderation import RefusesGrown

ASK = [{"role": "user", "content": "Tell me a story about a cat."}]
STORY: dict[str, Any] = {"model": "generator", "messages": ASK, "max_tokens": 24, "seed": 3}


@pytest.fixture(scope="module")
def all_models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    """The bundled writer and embedder, and a writer that follows instructions."""
    instructed = write_instructed(tmp_path_factory.mktemp("models") / "instructed")
    bundled = [GENERATOR, ROOT / "assets" / "models" / "embedder"]
    return Models(bundled, chosen=[instructed], device="cpu")


@pytest.fixture(scope="module")
def address(all_models: Models) -> Iterator[str]:
    """Of a server that asks for no key."""
    with api_of(all_models) as served:
        yield served


@pytest.fixture(scope="module")
def client(address: str) -> openai.OpenAI:
    """OpenAI's client of that server."""
    return client_of(address)


def client_of(address: str, key: str = "none") -> openai.OpenAI:
    return openai.OpenAI(base_url=address, api_key=key, max_retries=0)


def test_a_stream_says_what_a_response_says(client: openai.OpenAI) -> None:
    """Text, reason, usage and log-probabilities are the same; the role comes first and the usage last."""
    whole = client.chat.completions.create(**STORY, logprobs=True, top_logprobs=2)
    chunks = list(
        client.chat.completions.create(
            **STORY, logprobs=True, top_logprobs=2, stream=True, stream_options={"include_usage": True}
        )
    )
    first, *middle, last = chunks
    [choice] = whole.choices
    assert first.choices[0].delta.role == "assistant"
    assert "".join(one.choices[0].delta.content or "" for one in middle) == choice.message.content
    assert middle[-1].choices[0].finish_reason == choice.finish_reason == "length"
    assert last.choices == []
    assert last.usage == whole.usage
    assert whole.usage.completion_tokens == 24
    assert whole.usage.total_tokens == whole.usage.prompt_tokens + 24
    streamed = [
        token for one in middle if one.choices[0].logprobs for token in one.choices[0].logprobs.content
    ]
    assert streamed == choice.logprobs.content
    assert len(streamed) == 24
    assert "".join(token.token for token in streamed) == choice.message.content
    assert all(len(token.top_logprobs) == 2 and token.logprob <= 0 for token in streamed)


def test_the_messages_reach_the_model_in_their_roles(client: openai.OpenAI) -> None:
    """A system message is one, also as a developer's, and the parts of a text are put together."""

    def said(*messages: dict[str, Any]) -> str | None:
        made = client.chat.completions.create(model="instructed", messages=list(messages), temperature=0)
        return made.choices[0].message.content

    user = {
        "role": "user",
        "content": [{"type": "text", "text": "When was"}, {"type": "text", "text": "it?"}],
    }
    assert said({"role": "system", "content": "Be brief."}, user) == GROUNDED
    assert said({"role": "developer", "content": "Be brief."}, user) == GROUNDED
    assert said(user) == BARE


def test_the_start_of_an_answer_is_continued(client: openai.OpenAI) -> None:
    """A last message of the assistant is gone on with, as a client asks that regenerates half an answer."""
    greedy = {**STORY, "temperature": 0}
    whole = client.chat.completions.create(**greedy, logprobs=True).choices[0]
    begins = "".join(token.token for token in whole.logprobs.content[:4])
    half = [*ASK, {"role": "assistant", "content": begins}]
    rest = client.chat.completions.create(**greedy | {"messages": half, "max_tokens": 20})
    assert begins + rest.choices[0].message.content == whole.message.content


def test_prompts_are_continued(client: openai.OpenAI) -> None:
    """Several texts of several prompts have their numbers and seeds; a stop string may be a line break."""
    several = client.completions.create(
        model="generator", prompt=["Once upon a time", "One day"], n=2, max_tokens=8, seed=1, logprobs=2
    )
    assert [choice.index for choice in several.choices] == [0, 1, 2, 3]
    assert several.choices[0].text != several.choices[1].text
    second = client.completions.create(model="generator", prompt="Once upon a time", max_tokens=8, seed=2)
    assert several.choices[1].text == second.choices[0].text
    assert several.usage.completion_tokens == 32
    logprobs = several.choices[0].logprobs
    assert "".join(logprobs.tokens) == several.choices[0].text
    assert logprobs.text_offset[:2] == [0, len(logprobs.tokens[0])]
    poem = client.completions.create(
        model="instructed", prompt="<|user|>x<|end|><|assistant|>", temperature=0, max_tokens=200, stop=["it"]
    )
    assert poem.choices[0].finish_reason == "stop"
    assert "it" not in poem.choices[0].text


@pytest.mark.parametrize(
    ("wrong", "status", "param", "code"),
    [
        ({"model": "nothing"}, 404, "model", "model_not_found"),
        ({"model": "embedder"}, 404, "model", "model_not_found"),
        ({"messages": []}, 400, "messages", "invalid_value"),
        ({"messages": [{"role": "system", "content": "x"}]}, 400, None, "prompt_empty"),
        ({"messages": [{"role": "robot", "content": "x"}]}, 400, "messages", "invalid_value"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
            400,
            "messages[0].content",
            "unsupported_value",
        ),
        ({"messages": [{"role": "user", "content": "x " * 600}]}, 400, None, "context_length_exceeded"),
        ({"messages": [{"role": "user", "content": "x" * 300_000}]}, 400, None, "string_above_max_length"),
        ({"temperature": 2.5}, 400, "temperature", "invalid_value"),
        ({"stop": ["a"] * 9}, 400, "stop", "stop_too_many"),
        ({"response_format": {"type": "json_object"}}, 400, "response_format", "unsupported_parameter"),
        ({"tools": [{"type": "function"}]}, 400, "tools", "unsupported_parameter"),
        ({"presence_penalty": 0.5}, 400, "presence_penalty", "unsupported_parameter"),
        ({"top_logprobs": 3}, 400, "top_logprobs", None),
        ({"n": 99}, 400, "n", "invalid_value"),
        (
            {"messages": [{"role": "user", "content": "How do I make a bomb?"}]},
            400,
            None,
            "content_policy_violation",
        ),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_refused_by_name(
    client: openai.OpenAI,
    wrong: dict[str, Any],
    status: int,
    param: str | None,
    code: str | None,
) -> None:
    """The error says which field it is about, and comes before a stream begins."""
    for stream in (False, True):
        with pytest.raises(openai.APIStatusError) as caught:
            client.chat.completions.create(**STORY | wrong, stream=stream)
        error = caught.value
        assert (error.status_code, error.param, error.code) == (status, param, code)
        assert error.body["message"]


def test_fields_that_ask_for_nothing_are_taken(client: openai.OpenAI) -> None:
    """Clients send defaults: an empty list of tools is no wish for tools."""
    neutral = {"tools": [], "response_format": {"type": "text"}, "presence_penalty": 0, "n": 1, "user": "me"}
    assert client.chat.completions.create(**STORY, extra_body=neutral).choices[0].finish_reason == "length"


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'"x"', b"[" * 100_000])
def test_a_body_that_is_no_request_is_refused(address: str, body: bytes) -> None:
    """In OpenAI's form too."""
    answer = httpx.post(f"{address}/completions", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_json"


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "responses"), ("GET", "completions"), ("DELETE", "models/x")]
)
def test_an_unknown_route_is_told_in_the_same_form(address: str, method: str, path: str) -> None:
    """A client of a newer API shows why it fails."""
    answer = httpx.request(method, f"{address}/{path}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_url")


def test_embeddings_come_as_numbers_and_as_bytes(client: openai.OpenAI) -> None:
    """Both are the same; what is alike in two languages is closer than what is not."""
    texts = ["a small cat", "一只小猫", "the price of steel"]
    as_bytes = client.embeddings.create(model="embedder", input=texts, encoding_format="base64")
    as_numbers = client.embeddings.create(model="embedder", input=texts, encoding_format="float")
    assert as_bytes.usage.prompt_tokens > 3
    decoded = np.array([np.frombuffer(base64.b64decode(one.embedding), "<f4") for one in as_bytes.data])
    vectors = np.array([one.embedding for one in as_numbers.data])
    assert np.allclose(decoded, vectors)
    cat, chinese_cat, steel = vectors
    assert cat @ chinese_cat > cat @ steel


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"input": []}, "input"),
        ({"input": ["a", ""]}, "input"),
        ({"input": [1, 2]}, "input"),
        ({"dimensions": 7}, "dimensions"),
        ({"model": "generator"}, "model"),
    ],
    ids=["no text", "an empty text", "token ids", "another width", "no embedder"],
)
def test_texts_that_cannot_be_embedded_are_refused(client: openai.OpenAI, wrong: dict, param: str) -> None:
    """Rather than answered with vectors that mean something else."""
    with pytest.raises(openai.APIStatusError) as caught:
        client.embeddings.create(**{"model": "embedder", "input": "a"} | wrong)
    assert caught.value.param == param


def test_models_are_listed_and_found(client: openai.OpenAI) -> None:
    """Those that write and those that embed."""
    assert [model.id for model in client.models.list()] == ["instructed", "generator", "embedder"]
    assert client.models.retrieve("embedder").owned_by == "llama_demo"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("nothing")


def test_a_client_that_leaves_stops_the_model(tmp_path: Path, serve_api: ServeApi) -> None:
    """In a stream and before a whole response; until then its call counts, and another one is refused."""
    models = Models([without_end(tmp_path / "endless")], device="cpu")
    engine = models.writer().engine
    client = client_of(serve_api(models, calls=1))
    long: dict[str, Any] = {"model": "endless", "prompt": "Once upon", "max_tokens": 15_000}
    with client.completions.create(**long, stream=True) as stream:
        next(iter(stream))
        with pytest.raises(openai.RateLimitError) as caught:
            client.completions.create(model="endless", prompt="x", max_tokens=1)
        assert caught.value.response.headers["Retry-After"]
    wait_until(lambda: engine.requests == 0)
    with pytest.raises(openai.APITimeoutError):
        client.with_options(timeout=0.5).completions.create(**long)
    wait_until(lambda: engine.requests == 0)
    assert client.completions.create(model="endless", prompt="x", max_tokens=1).usage.completion_tokens == 1


def test_a_text_that_the_policy_ends_says_so(serve_api: ServeApi) -> None:
    """By OpenAI's reason for it."""
    layer = RefusesGrown()
    moderation = Moderation(lambda: Moderator(bundled_policy(), [layer]))
    client = client_of(serve_api(Models([GENERATOR], device="cpu"), moderation=moderation))
    made = client.chat.completions.create(**STORY | {"max_tokens": 120})
    assert made.choices[0].finish_reason == "content_filter"
    _, refused = layer.judged
    assert refused.startswith(made.choices[0].message.content)
    assert made.choices[0].message.content != refused


def test_a_public_server_wants_the_key(models: Models, serve_api: ServeApi) -> None:
    """Without one of the operator's the API is off; with one, another key and none get nothing."""
    with pytest.raises(openai.PermissionDeniedError):
        client_of(serve_api(models, public=True)).models.list()
    address = serve_api(models, public=True, key="an-operators-key")
    with pytest.raises(openai.AuthenticationError):
        client_of(address, "another-key").models.list()
    assert httpx.get(f"{address}/models").json()["error"]["code"] == "invalid_api_key"
    assert client_of(address, "an-operators-key").models.list().data


def wait_until(is_so: Any) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)
