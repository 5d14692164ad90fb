"""The wrapper round every handler."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import gradio as gr
import pytest

from llama_demo.errors import InputError
from llama_demo.services.visits import Visit
from llama_demo.ui.calls import Call
from llama_demo.ui.handlers import Handlers
from llama_demo.ui.schemas import repaired

SECRET = "s" * 40


class Event(gr.EventData):
    """What Gradio hands over beside the values."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(None, data)


def call(handler: Any, payload: object, *values: object, public: bool = False, data: Any = None) -> list[Any]:
    """All answers of a page's handler, as Gradio gets them."""
    guarded = Handlers(public=public).events.guarded(handler, unchanged=[gr.skip()])
    return list(guarded(Event(data), None, payload, *values))


def seen(payload: object, *, public: bool = True, data: Any = None) -> Call:
    """The call that a handler gets for what the page told."""
    calls: list[Call] = []

    def keep(told: Call) -> tuple[str]:
        calls.append(told)
        return ("",)

    call(keep, payload, public=public, data=data)
    return calls[0]


def test_a_call_knows_who_asks() -> None:
    """Owner, language, page, time of day and what was touched."""
    told = seen(
        {"secret": SECRET, "language": "zh", "page": "p1", "minutes_from_utc": 480}, data={"act": "open"}
    )
    assert told.visit.owner is not None
    assert SECRET not in told.visit.owner
    assert told.visit.language == "zh"
    assert (told.page, told.event) == ("p1", {"act": "open"})
    assert told.zone.utcoffset(None) == timedelta(hours=8)


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        "text",
        5,
        {},
        {"secret": None},
        {"language": ["zh"], "page": {"a": 1}, "minutes_from_utc": "x"},
        {"minutes_from_utc": 10**9},
        {"minutes_from_utc": True},
    ],
)
def test_a_page_can_tell_nonsense(payload: object) -> None:
    """Anybody can send anything; nobody becomes somebody by it."""
    told = seen(payload)
    assert told.visit.owner is None
    assert told.visit.language == "en"
    assert told.zone.utcoffset(None) == timedelta(0)


def test_on_ones_own_machine_there_is_one_owner() -> None:
    """Whatever secret is sent."""
    assert seen({"secret": SECRET}, public=False).visit.owner == seen({}, public=False).visit.owner == "local"


@pytest.mark.parametrize("secret", ["short", "x" * 5000])
def test_a_bad_secret_is_told(secret: str) -> None:
    """In the notice, with the rest of the page as it was."""
    ((unchanged, notice),) = call(lambda told: ("never",), {"secret": secret}, public=True)
    assert unchanged == gr.skip()
    assert 'role="alert"' in notice


def test_a_failure_leaves_the_page_as_it_was() -> None:
    """Only the notice changes, in both languages."""

    def fail(told: Call, text: str) -> tuple[str]:
        raise InputError("prompt_empty")

    ((unchanged, notice),) = call(fail, {}, "text")
    assert unchanged == gr.skip()
    assert "Type something first" in notice
    assert "先写点什么" in notice


def test_a_defect_is_logged_without_what_was_typed(caplog: pytest.LogCaptureFixture) -> None:
    """The visitor reads a sentence; the operator finds the trace; nobody finds the text."""

    def fail(told: Call, text: str) -> tuple[str]:
        raise RuntimeError("broken")

    ((_, notice),) = call(fail, {}, "my secret thoughts")
    assert "should not have" in notice
    assert "RuntimeError" in caplog.text
    assert "thoughts" not in caplog.text + notice


def test_a_stream_clears_the_notice_and_tells_a_late_failure() -> None:
    """Parts come as they are made, and what came stays."""

    def stream(told: Call) -> Iterator[tuple[str]]:
        yield ("one",)
        yield ("two",)
        raise InputError("run_unknown")

    first, second, failure = call(stream, {})
    assert (first, second) == (("one", ""), ("two", ""))
    assert failure[0] == gr.skip()
    assert "not in your history" in failure[1]


def test_closing_a_stream_closes_the_handler() -> None:
    """That is how a closed tab frees the model."""
    closed: list[bool] = []

    def stream(told: Call) -> Iterator[tuple[str]]:
        try:
            while True:
                yield ("more",)
        finally:
            closed.append(True)

    guarded = Handlers(public=False).events.guarded(stream, unchanged=[gr.skip()])
    running = guarded(Event(), None, {})
    next(running)
    running.close()
    assert closed == [True]


def greet(visit: Visit, name: str, times: int = 1, loud: bool | None = None) -> str:
    """Greet somebody."""
    return f"{visit.language} {name} {times} {loud}"


def test_an_endpoint_shows_its_own_parameters_and_two_more() -> None:
    """Names, order, defaults and types are what Gradio publishes."""
    endpoint = Handlers(public=False).endpoint(greet)
    parameters = inspect.signature(endpoint).parameters
    assert list(parameters) == ["name", "times", "loud", "visitor", "save", "request"]
    assert parameters["times"].default == 1
    assert parameters["save"].annotation == bool | None
    assert endpoint.__name__ == "greet"
    assert endpoint.__doc__ == "Greet somebody."
    assert endpoint("Ann", 2, True, "", None, None) == "en Ann 2 True"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ((5, 1, None, "", None), "name has to be a text"),
        (("a", "x", None, "", None), "times has to be a whole number"),
        (("a", 1, "x", "", None), "loud has to be true or false"),
        (("a", 1, None, 7, None), "visitor has to be a text"),
        (("a", 1, None, "", "x"), "save has to be true or false"),
    ],
)
def test_an_endpoint_checks_types(values: tuple[object, ...], sentence: str) -> None:
    """By name, in a sentence, as the one kind of error whose text reaches a program."""
    with pytest.raises(gr.Error, match=sentence):
        Handlers(public=False).endpoint(greet)(*values, None)


def test_an_endpoint_hides_a_defect(caplog: pytest.LogCaptureFixture) -> None:
    """No trace for the caller, one for the operator."""

    def broken(visit: Visit, text: str) -> str:
        raise RuntimeError("inside")

    with pytest.raises(gr.Error) as caught:
        Handlers(public=False).endpoint(broken)("text", "", None, None)
    assert "inside" not in str(caught.value)
    assert "inside" in caplog.text


@pytest.mark.parametrize(
    ("text", "expected"), [("a\ud83d", "a�"), ("\ude00b", "�b"), ("👩‍👧", "👩‍👧"), (5, 5)]
)
def test_half_characters_are_made_whole(text: object, expected: object) -> None:
    """Nothing could send them back to the browser."""
    assert repaired(text) == expected


def test_every_parameter_of_an_endpoint_is_described() -> None:
    """Gradio's page of endpoints shows name and description; programmers have nothing else."""
    with gr.Blocks() as blocks:
        handlers = Handlers(public=False)

        def shout(visit: Visit, text: str, times: int = 1) -> str:
            """Say it loudly.

            Args:
                text: What is said,
                    on two lines.
                times: How often.

            Returns:
                shout: In capitals.
            """
            return text.upper() * times

        handlers.offer(shout)
    endpoint = blocks.get_api_info()["named_endpoints"]["/shout"]
    told = {one["parameter_name"]: one for one in endpoint["parameters"]}
    assert told["text"]["python_type"]["description"] == "What is said, on two lines."
    assert told["times"]["label"] == "times"
    assert "secret" in told["visitor"]["python_type"]["description"]
    assert endpoint["description"] == "Say it loudly."
    assert [one["label"] for one in endpoint["returns"]] == ["shout"]
