"""The API in OpenAI's form as the whole program serves it: who may use it, and what is kept of it."""

from __future__ import annotations

from pathlib import Path

import httpx
import openai
import pytest
from gradio_client import Client

from tests.e2e.conftest import App
from tests.whole_app import served

MESSAGES = [{"role": "user", "content": "Tell me a story about a purple walrus."}]


def test_the_local_app_serves_and_stores_nothing(local_app: App) -> None:
    """The models of the page answer, without a key; what was asked is in no history."""
    client = openai.OpenAI(base_url=f"{local_app.url}/v1", api_key="none", max_retries=0)
    assert {"generator", "embedder"} <= {model.id for model in client.models.list()}
    with client.chat.completions.create(
        model="generator", messages=MESSAGES, max_tokens=8, stream=True
    ) as stream:
        said = [chunk.choices[0] for chunk in stream]
    assert "".join(choice.delta.content or "" for choice in said)
    assert said[-1].finish_reason == "length"
    with pytest.raises(openai.BadRequestError) as caught:
        client.embeddings.create(model="embedder", input=",".join(map(str, range(9_000))))
    assert (caught.value.param, caught.value.code) == ("input", "string_above_max_length")
    history = Client(local_app.url, verbose=False).predict(query="walrus", api_name="/history")
    assert history == []


def test_a_page_of_another_site_cannot_use_it(local_app: App, public_app: App) -> None:
    """Whether it sends what needs no preflight or not; the refusal has OpenAI's form."""
    body = '{"model": "generator", "prompt": "x"}'
    for app in (local_app, public_app):
        headers = {"Origin": "https://evil.example", "Content-Type": "text/plain"}
        answer = httpx.post(f"{app.url}/v1/completions", content=body, headers=headers)
        assert answer.status_code == 403
        assert answer.json()["error"]["type"] == "permission_error"
        assert "access-control-allow-origin" not in answer.headers


def test_a_public_app_serves_those_who_have_the_key(public_app: App, tmp_path: Path) -> None:
    """Off without the operator's key, which takes the place of the page's password and opens no page."""
    with pytest.raises(openai.PermissionDeniedError):
        openai.OpenAI(base_url=f"{public_app.url}/v1", api_key="x", max_retries=0).models.list()
    variables = {"LLAMA_DEMO_API_KEY": "of-the-operator", "LLAMA_DEMO_PASSWORD": "of-the-page"}
    with served(tmp_path, "--public", variables=variables) as app:
        url = app.url.rstrip("/")
        for given in ({}, {"Authorization": "Bearer of-the-page"}):
            assert httpx.get(f"{url}/v1/models", headers=given).status_code == 401
        client = openai.OpenAI(base_url=f"{url}/v1", api_key="of-the-operator", max_retries=0)
        assert client.models.list().data
        keyed = {"Authorization": "Bearer of-the-operator"}
        assert httpx.get(url, headers=keyed).status_code == 401
