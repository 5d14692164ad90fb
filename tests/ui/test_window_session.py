"""Who may use the server of a window."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from llama_demo.ui.guard import Callers, Guard
from llama_demo.ui.program_uploads import ProgramUploads
from llama_demo.ui.texts import catalogue
from llama_demo.ui.window_session import WindowSession

PROGRAMS = ProgramUploads(Path("no-such-folder"), largest=1, most_bytes=1)


def client(session: WindowSession) -> TestClient:
    """A browser before a server that greets whoever gets in."""
    callers = Callers(hosts=("localhost",), own_pages_only=True, session=session)
    guard = Guard(PlainTextResponse("in"), callers=callers, programs=PROGRAMS)
    return TestClient(guard, base_url="http://localhost", follow_redirects=False)


def test_the_secret_is_exchanged_for_a_cookie() -> None:
    """The page's own address has no secret, so nothing of it is in a history or a picture of the screen."""
    session = WindowSession()
    window = client(session)
    assert window.get("/").status_code == 401
    answer = window.get(session.entrance)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    attributes = {one.strip().lower() for one in answer.headers["set-cookie"].split(";")[1:]}
    assert {"httponly", "samesite=strict"} <= attributes
    assert window.get("/").text == "in"


def test_the_secret_counts_once() -> None:
    """Who finds it later is not let in, and learns why; also not who asks at the same moment."""
    session = WindowSession()
    entrance = session.entrance
    with ThreadPoolExecutor(8) as pool:
        codes = [*pool.map(lambda _: client(session).get(entrance).status_code, range(8))]
    assert sorted(codes) == [303, *[401] * 7]
    assert client(session).get(entrance).text == catalogue("en")("window.used")
    assert client(session).get("/window?secret=").status_code == 401


@pytest.mark.parametrize(
    "path", ["/", "/gradio_api/info", "/v1/models", "/browser/1/js/index.js", "/healthz/"]
)
def test_nobody_else_is_let_in(path: str) -> None:
    """Another user of the machine finds the port, and guesses."""
    session = WindowSession()
    client(session).get(session.entrance)
    other = client(session)
    other.cookies.set("llama_demo_window_80", "guess")
    answer = other.get(path, headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 401
    told = catalogue("zh")("window.other_browser")
    assert answer.text == told or json.loads(answer.text)["error"]["message"] == told


def test_programs_with_a_key_and_supervisors_need_no_cookie() -> None:
    """The key is asked for by the API itself."""
    session = WindowSession(keyed="/v1")
    assert client(session).get("/v1/models").text == "in"
    assert client(session).get("/healthz").text == "in"
    assert client(session).get("/v2").status_code == 401


def test_the_cookies_of_two_windows_do_not_mix() -> None:
    """Browsers send a cookie to every port of a host."""
    first, second = WindowSession(), WindowSession()
    names = [
        TestClient(client(one).app, base_url=f"http://localhost:{port}", follow_redirects=False)
        .get(one.entrance)
        .headers["set-cookie"]
        .partition("=")[0]
        for one, port in ((first, 81), (second, 82))
    ]
    assert len(set(names)) == 2
