"""Whose is whose: visitors of a public host never meet, and nothing goes anywhere else."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from playwright.sync_api import expect

from tests.e2e.conftest import App, Visitor, finished, keeping, set_field, write
from tests.e2e.test_history import history


def test_two_browsers_and_two_clients_never_meet(visitor: Callable[..., Visitor], public_app: App) -> None:
    """Each sees their own runs and no others, in the list, by id and by the endpoint."""
    pages = [keeping(visitor().open(public_app)) for _ in range(2)]
    for number, page in enumerate(pages):
        set_field(page, "max-new-tokens", "3")
        write(page, f"browser {number}")
        finished(page)
    secrets = [f"client-{number}-" + "s" * 40 for number in range(2)]
    client = Client(public_app.url, verbose=False)
    for number, secret in enumerate(secrets):
        client.predict(f"client {number}", max_new_tokens=2, visitor=secret, save=True, api_name="/generate")
    for number, page in enumerate(pages):
        history(page)
        assert page.locator("#history .entry-input").all_inner_texts() == [f"browser {number}"]
    for number, secret in enumerate(secrets):
        assert [run["input"] for run in client.predict(visitor=secret, api_name="/history")] == [
            f"client {number}"
        ]
    taken = client.predict(visitor=secrets[0], api_name="/history")[0]["id"]
    intruder = pages[1]
    intruder.evaluate("(id) => { document.querySelector('#history [data-act=open]').dataset.id = id }", taken)
    intruder.locator("#history [data-act=open]").click()
    expect(intruder.locator("#history-notice [role=alert]")).to_contain_text("not in your history")
    assert client.predict(visitor=secrets[0], api_name="/history")[0]["id"] == taken


def test_many_calls_at_once_do_not_mix(public_app: App) -> None:
    """Interleaved calls of four visitors land where they belong."""
    secrets = [f"crowd-{number}-" + "c" * 40 for number in range(4)]

    def call(number: int) -> None:
        Client(public_app.url, verbose=False).predict(
            f"of {number % 4}",
            max_new_tokens=2,
            visitor=secrets[number % 4],
            save=True,
            api_name="/generate",
        )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(call, range(24)))
    client = Client(public_app.url, verbose=False)
    for number, secret in enumerate(secrets):
        runs = client.predict(visitor=secret, limit=100, api_name="/history")
        assert [run["input"] for run in runs] == [f"of {number}"] * 6


def test_a_secret_that_could_be_guessed_is_refused(public_app: App) -> None:
    """Short secrets would let visitors meet by accident."""
    with pytest.raises(AppError, match="at least 32"):
        Client(public_app.url, verbose=False).predict(visitor="short", api_name="/history")


def test_the_page_sets_no_cookie_and_keeps_no_text(visitor: Callable[..., Visitor], public_app: App) -> None:
    """The browser keeps a secret and a language, and nothing of what was written."""
    one = visitor()
    page = keeping(one.open(public_app))
    set_field(page, "max-new-tokens", "3")
    write(page, "for nobody else")
    finished(page)
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "nobody" not in stored
    assert one.context.cookies() == []
    secret = page.evaluate("localStorage.getItem('llama_demo.visitor')")
    assert len(secret) >= 32
    for file in public_app.folder.rglob("*"):
        if file.is_file():
            assert secret.encode() not in file.read_bytes(), f"{file.name} holds the secret itself"
    assert secret not in "\n".join(public_app.log)


def test_the_log_holds_nothing_that_was_typed(local_app: App) -> None:
    """Neither what was asked nor what came back, also after a mistake."""
    client = Client(local_app.url, verbose=False)
    client.predict("quetzalcoatl rises", max_new_tokens=2, api_name="/generate")
    with pytest.raises(AppError):
        client.predict("quetzalcoatl rises", temperature=9.0, api_name="/generate")
    assert "quetzalcoatl" not in "\n".join(local_app.log)


def test_a_session_hash_opens_nothing(public_app: App) -> None:
    """Gradio's session is chosen by the client; a second one that uses it finds nothing."""
    secret = "session-owner-" + "x" * 40
    first = Client(public_app.url, verbose=False)
    first.predict("mine", max_new_tokens=1, visitor=secret, save=True, api_name="/generate")
    second = Client(public_app.url, verbose=False)
    second.session_hash = first.session_hash
    assert second.predict(api_name="/history") == []
    assert httpx.get(f"{public_app.url}/monitoring/summary").status_code in (401, 403, 404)
