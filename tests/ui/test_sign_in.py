"""Sign-in that fails: the visitor is back on the page, and nothing that was sent is logged."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from gradio import oauth
from starlette.testclient import TestClient

from llama_demo.ui.sign_in import offer_sign_in


@pytest.mark.parametrize(
    "address",
    [
        "/login/callback?error=access_denied&error_description=a%0AFORGED",
        "/login/callback?state=FORGED&code=FORGED&_nb_redirects=FORGED",
        "/login/huggingface?_target_url=/FORGED",
    ],
    ids=["cancelled", "made up", "the provider is down"],
)
def test_a_sign_in_that_fails_returns_to_the_page(
    address: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With one line in the log, of its kind."""
    monkeypatch.setenv("SYSTEM", "spaces")
    monkeypatch.setenv("SPACE_ID", "someone/llama")
    values = {"CLIENT_ID": "client", "CLIENT_SECRET": "secret", "SCOPES": "openid"}
    for name, value in values.items():
        monkeypatch.setattr(oauth, f"OAUTH_{name}", value)
    monkeypatch.setattr(oauth, "OPENID_PROVIDER_URL", "http://127.0.0.1:1")
    app, settings = FastAPI(), SimpleNamespace(signs_in=True)
    forged: Any = settings
    offer_sign_in(app, forged)
    with caplog.at_level(logging.WARNING, "llama_demo"):
        answer = TestClient(app).get(address, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert [record.name for record in caplog.records] == ["llama_demo.ui.sign_in"]
    assert "FORGED" not in caplog.text
