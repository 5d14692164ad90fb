"""A simulated Hugging Face Space: who signs in, who is the operator, and the page in a frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import App, Visitor, start
from tests.e2e.openid_provider import OpenIdProvider, openid_provider

HOST = "someone-llama.hf.space"

BLOCKED = """
    const refuse = () => { throw new DOMException("Access is denied for this document.", "SecurityError"); };
    const stores = ["localStorage", "sessionStorage"];
    for (const name of stores) Object.defineProperty(window, name, { get: refuse });
    Object.defineProperty(document, "cookie", { get: refuse, set: refuse });
"""
"""What Chromium does in the frame of another site where third-party cookies are blocked."""


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIdProvider]:
    """In place of huggingface.co."""
    with openid_provider() as one:
        yield one


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory, provider: OpenIdProvider) -> Iterator[App]:
    """The app on a Space of "someone" whose README enables OAuth; "ann" is an operator too. A variable that
    would have Gradio share the page is overruled.
    """
    app = start(
        tmp_path_factory.mktemp("space"),
        "--operators",
        "Ann",
        "--host",
        "127.0.0.1",
        env={
            "GRADIO_SHARE": "True",
            "SYSTEM": "spaces",
            "SPACE_ID": "someone/llama",
            "SPACE_AUTHOR_NAME": "someone",
            "SPACE_HOST": HOST,
            "OAUTH_CLIENT_ID": "client",
            "OAUTH_CLIENT_SECRET": "secret of the client",
            "OAUTH_SCOPES": "openid profile",
            "OPENID_PROVIDER_URL": provider.url,
        },
    )
    yield app
    assert app.foreign() == []
    assert app.stop() == 0
    assert not [line for line in app.log if "Traceback" in line], "\n".join(app.log)


class SpaceVisitor:
    """A browser without a page, behind the proxy of the Space, which ends TLS."""

    def __init__(self, space: App) -> None:
        self.url = space.url
        self.cookies: dict[str, str] = {}
        config = httpx.get(f"{space.url}/config").json()
        self._foot = next(one["id"] for one in config["components"] if one["props"].get("elem_id") == "foot")

    def get(self, address: str) -> httpx.Response:
        """Fetch an address of the Space, with the cookie, which the browser sends over TLS only."""
        parts = urlsplit(address)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        answer = httpx.get(f"{self.url}{path}", headers=self._headers())
        self.cookies |= dict(answer.cookies)
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def sign_in(self) -> None:
        """By the way over the provider and back."""
        there = self.get("/login/huggingface?_target_url=/").headers["location"]
        back = httpx.get(there).headers["location"]
        assert back.startswith(f"https://{HOST}/login/callback")
        assert self.get(back).headers["location"] == "/"

    def call(self, function: str, origin: str = f"https://{HOST}", **told: object) -> dict[str, Any]:
        """Call a server function of the foot of the page, which tells further things of its visit."""
        answer = httpx.post(
            f"{self.url}/gradio_api/component_server",
            headers={**self._headers(), "Origin": origin},
            json={
                "data": {"visit": {"language": "en", "secret": "s" * 32, **told}},
                "fn_name": function,
                "component_id": self._foot,
                "session_hash": "x",
            },
        )
        return dict(answer.json()) if answer.status_code == 200 else {}

    def _headers(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Host": HOST, "Cookie": cookies, "X-Forwarded-Proto": "https"}


def test_the_owner_and_named_accounts_are_operators(space: App, provider: OpenIdProvider) -> None:
    """Whoever else signs in is not, nor is anyone who has not signed in, or has signed out."""
    visitor = SpaceVisitor(space)
    assert visitor.call("account") == {"name": "", "operator": False}
    assert "operator" in visitor.call("figures")["problem"]
    for name, operator in (("someone", True), ("ann", True), ("mallory", False)):
        provider.name = name
        visitor.sign_in()
        assert visitor.call("account") == {"name": name, "operator": operator}
        assert ("problem" in visitor.call("figures")) is not operator
    visitor.get("/logout")
    assert visitor.call("account") == {"name": "", "operator": False}


def test_a_page_that_outlives_its_sign_in_is_no_anonymous_visitor_s(
    space: App, provider: OpenIdProvider
) -> None:
    """What it sends belongs to the account: it is refused, and the page offers to sign in again."""
    provider.name = "ann"
    visitor = SpaceVisitor(space)
    visitor.sign_in()
    assert visitor.call("account", account="ann")["name"] == "ann"
    visitor.cookies.clear()
    assert "Sign in again" in visitor.call("account", account="ann")["problem"]
    assert visitor.call("account", account="") == {"name": "", "operator": False}


def test_pages_of_other_sites_cannot_use_the_cookie(space: App, provider: OpenIdProvider) -> None:
    """The browser sends it along, since the Space is shown in a frame; and a forged one is no account."""
    provider.name = "someone"
    visitor = SpaceVisitor(space)
    visitor.sign_in()
    assert visitor.call("account")["operator"]
    for origin in ("https://evil.example", "null", f"http://{HOST}", f"https://{HOST}.evil.example"):
        assert not visitor.call("account", origin).get("operator")
    visitor.cookies["session"] = visitor.cookies["session"][:-3] + "abc"
    assert visitor.call("account") == {"name": "", "operator": False}


@pytest.mark.long
def test_a_frame_without_storage_works_and_says_that_it_keeps_nothing(
    visitor: Callable[..., Visitor], space: App
) -> None:
    """In temporary mode, which cannot be left: nothing would find again what was saved."""
    one = visitor()
    one.context.grant_permissions(["local-network-access"])  # of a frame that comes from this machine
    page = one.context.new_page()
    page.on("pageerror", lambda error: one.problems.append(f"error: {error}"))
    page.add_init_script(BLOCKED)
    frame_html = f"<iframe src='{space.url}' style='width: 1200px; height: 800px'></iframe>"
    page.route(
        "https://huggingface.co/**", lambda route: route.fulfill(body=frame_html, content_type="text/html")
    )
    page.goto("https://huggingface.co/spaces/someone/llama")
    frame = page.frame_locator("iframe")
    expect(frame.locator("#temporary-line")).to_contain_text("your history ends with this page")
    expect(frame.locator("#temporary button")).to_be_disabled()
    expect(frame.get_by_role("link", name="Sign in with Hugging Face")).to_have_attribute("target", "_blank")
    expect(frame.locator(".foot")).to_contain_text("sent to this Space")
    expect(frame.locator(".foot")).to_contain_text("30 days after your last visit")
    frame.get_by_role("button", name="中文", exact=True).click()
    expect(frame.locator("#temporary-line")).to_contain_text("关闭页面后")
    frame.locator("[data-preset=free]").click()
    frame.locator("#prompt textarea").fill("Once upon a time")
    frame.locator("#write").click()
    expect(frame.locator("#status .status-length, #status .status-end, #status .status-stop")).to_be_visible()
    one.problems[:] = [found for found in one.problems if "huggingface.co/spaces" not in found]
