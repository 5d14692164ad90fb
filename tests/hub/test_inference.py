"""What becomes of the answers of another server, over real HTTP."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from llama_demo.errors import DemoError, InputError
from llama_demo.hub import inference
from llama_demo.hub.inference import InferenceRequest, RemoteModel, RemotePiece
from tests.faulty_server import FaultyServer, Reply, chat_event, failure, faulty_server

KEY = "a-secret-key"
WHOLE = Reply(lines=[chat_event("One"), ": still here\n\n", chat_event(" day", "stop"), "data: [DONE]\n\n"])
ASKED = [{"role": "user", "content": "Hello"}]


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inference, "WAITS", (0.01, 0.01, 0.01))


def asked(server: FaultyServer, seconds: float = 5.0, **options: Any) -> list[RemotePiece]:
    request = InferenceRequest(RemoteModel(server.url, "m", KEY), seconds=seconds)
    return list(request.chat(ASKED, {"max_tokens": 5, **options}))


@pytest.mark.parametrize(
    ("reply", "key", "tries"),
    [
        (failure(401, f"wrong key {KEY}"), "backend_key_refused", 1),
        (failure(404), "backend_model_unknown", 1),
        (failure(422, f"no top_k, {KEY}"), "backend_refused", 1),
        (failure(429, Retry_After="0"), "backend_busy", 4),
        (failure(429, Retry_After="3600"), "backend_busy", 1),
        (failure(500), "backend_failed", 4),
        (Reply(307, headers={"Location": "http://127.0.0.1:9/"}), "backend_refused", 1),
        (Reply(lines=["<html>\n"]), "backend_answer_broken", 1),
        (Reply(lines=["data: {\n\n"]), "backend_answer_broken", 1),
        (Reply(lines=['data: {"choices": 7}\n\n']), "backend_answer_broken", 1),
        (Reply(lines=['data: {"error": {"message": "too hot"}}\n\n']), "backend_ended", 1),
        (Reply(lines=[chat_event("One")]), "backend_cut_off", 1),
        (Reply(lines=[chat_event("One")], whole=False), "backend_cut_off", 1),
        (Reply(lines=[chat_event("One")], hang=3.0), "backend_timeout", 1),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_fails_is_told(reply: Reply, key: str, tries: int) -> None:
    """Once it is known that no further try helps; the key is in no error."""
    with faulty_server(reply) as server, pytest.raises(DemoError) as caught:
        asked(server, seconds=0.4)
    assert caught.value.key == key
    assert KEY not in str(caught.value)
    assert len(server.seen) == tries


def test_a_server_that_recovers_answers() -> None:
    """It is asked again after the time that it names; the key goes along, and nothing of the hub's."""
    with faulty_server(failure(503), failure(429, Retry_After="1"), WHOLE) as server:
        pieces = asked(server, temperature=0.5)
    assert "".join(one.text for one in pieces) == "One day"
    assert pieces[-1].ended == "stop"
    path, headers, body = server.seen[-1]
    assert (path, headers["Authorization"]) == ("/v1/chat/completions", f"Bearer {KEY}")
    assert body == {"model": "m", "messages": ASKED, "stream": True, "max_tokens": 5, "temperature": 0.5}


def test_a_server_without_a_key_is_sent_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """The token of the hub that is stored on the machine is for the hub."""
    monkeypatch.setenv("HF_TOKEN", "hf_of_the_operator")
    with faulty_server(WHOLE) as server:
        list(InferenceRequest(RemoteModel(server.url, "m")).chat(ASKED, {}))
    assert "Authorization" not in server.seen[0][1]
    assert "hf_of_the_operator" not in str(server.seen)


def test_nobody_listens() -> None:
    """The address is wrong, or the server does not run."""
    with pytest.raises(DemoError, match="backend_unreachable"):
        list(InferenceRequest(RemoteModel("http://127.0.0.1:9/v1", "m")).chat(ASKED, {}))


def test_a_cancelled_request_leaves_a_silent_server_at_once() -> None:
    """The thread that waits for a byte is woken, and the server notices."""
    with faulty_server(Reply(lines=[chat_event("One")], hang=20.0)) as server:
        request = InferenceRequest(RemoteModel(server.url, "m"))
        pieces = request.chat(ASKED, {})
        assert next(pieces).text == "One"
        threading.Timer(0.1, request.cancel).start()
        assert list(pieces) == []
        assert server.left.wait(2)


def test_a_public_server_connects_to_no_private_address() -> None:
    """Whatever the name meant when it was checked: nothing is sent."""
    with faulty_server(WHOLE) as server, pytest.raises(InputError, match="backend_private"):
        list(InferenceRequest(RemoteModel(server.url, "m", KEY), public=True).chat(ASKED, {}))
    assert server.seen == []
