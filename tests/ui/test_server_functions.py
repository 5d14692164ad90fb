"""Server functions: requests are checked, responses are made of schemas, failures become notices."""

from __future__ import annotations

from typing import Annotated

import gradio as gr
import pytest
from pydantic import Field
from starlette.requests import Request

from llama_demo.engine.fair_share import Client, current_client
from llama_demo.errors import InputError
from llama_demo.services.admission import Admission, CallLimits
from llama_demo.ui.calls import Call, CallReader
from llama_demo.ui.schemas import Schema, Text
from llama_demo.ui.server_functions import server_functions


class EchoRequest(Schema):
    """What is asked."""

    text: Text = ""
    times: Annotated[int, Field(le=3)] = 1


class EchoResponse(Schema):
    """What is answered."""

    text: str


class EchoServer:
    """Says what it is told."""

    def echo(self, call: Call, request: EchoRequest) -> EchoResponse:
        """The text, as often as asked for."""
        if not request.text:
            raise InputError("prompt_empty")
        return EchoResponse(text=request.text * request.times)

    def language(self, call: Call) -> EchoResponse:
        """Needs the call alone."""
        return EchoResponse(text=call.visit.language)

    def _hidden(self, call: Call) -> None:
        raise AssertionError


echo, language = server_functions(CallReader(public=False), EchoServer())


def test_public_methods_are_offered_under_their_names() -> None:
    """A script calls ``server.echo``."""
    assert [echo.__name__, language.__name__] == ["echo", "language"]


def test_a_request_is_checked_and_answered() -> None:
    """The visit travels beside the fields of the request."""
    assert echo({"text": "ab", "times": 2, "visit": {}}) == {"text": "abab"}
    assert language({"visit": {"language": "zh"}}) == {"text": "zh"}


def test_a_failure_is_a_notice() -> None:
    """In both languages, as HTML made here."""
    assert "先写点什么" in echo({"text": ""})["problem"]


@pytest.mark.parametrize("payload", [None, 5, {"text": 5}, {"text": "a", "times": 9}])
def test_a_forged_request_reaches_no_method(payload: object) -> None:
    """No page of ours sends such a thing."""
    assert 'role="alert"' in echo(payload)["problem"]


def test_half_characters_are_made_whole() -> None:
    """A browser can send them, but nothing can send them back."""
    assert echo({"text": "a\ud83d"}) == {"text": "a\ufffd"}


def test_look_ups_are_counted_and_take_the_turns_of_their_client() -> None:
    """Of a visitor at an address; one too many is told so and reaches no method."""
    seen: list[Client] = []

    class NestedServer:
        def nested(self, call: Call) -> EchoResponse:
            """Calls itself once."""
            seen.append(current_client())
            return EchoResponse(text=str(nested({"visit": visit}, request).get("problem")))

    request = gr.Request(Request({"type": "http", "headers": [], "client": ("203.0.113.5", 5)}))
    visit = {"secret": "s" * 64}
    calls = CallReader(public=True, look_ups=Admission(CallLimits(visitor=1)))
    [nested] = server_functions(calls, NestedServer())
    assert "1 requests at work" in nested({"visit": visit}, request)["text"]
    assert [client.address for client in seen] == ["203.0.113.5"]
    assert seen[0].name not in ("", "s" * 64)
