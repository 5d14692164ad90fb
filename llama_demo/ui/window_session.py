"""Who may use the server of a window: its browser alone, and no other user of the machine.

The window is given an address with a secret, which counts once: it is exchanged for a cookie, and the page
then has an address without a secret.
"""

from __future__ import annotations

import secrets
import threading
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import Scope

from llama_demo.page_languages import FALLBACK
from llama_demo.services.visits import language_of
from llama_demo.ui.password import OPEN_PATHS
from llama_demo.ui.texts import catalogue

ENTRANCE = "/window"
"""Where the secret is exchanged."""

WITHOUT_COOKIE = (*OPEN_PATHS, "/manifest.json")
"""What is asked for without a cookie: by supervisors and Gradio's start, and by browsers, the manifest."""


class WindowSession:
    """The session of one window.

    Args:
        keyed: beginning of the paths that ask for a key of their own; empty for none.
    """

    def __init__(self, *, keyed: str = "") -> None:
        self._keyed = keyed
        self._secret = secrets.token_urlsafe(32)
        self._cookie = secrets.token_urlsafe(32)
        self._lock = threading.Lock()

    @property
    def entrance(self) -> str:
        """Path and query of the address that opens the session, once."""
        return f"{ENTRANCE}?secret={self._secret}"

    def response(self, scope: Scope, headers: Headers) -> Response | None:
        """The response to the entrance, and to whoever has no cookie; None for a request of the window."""
        path = scope["path"]
        if path == ENTRANCE and scope.get("method") == "GET":
            return self._enter(scope, headers)
        if path in WITHOUT_COOKIE or (self._keyed and path.startswith(self._keyed)):
            return None
        given = _cookie_of(headers, _name(scope))
        if given is not None and secrets.compare_digest(given.encode(), self._cookie.encode()):
            return None
        return _refusal("window.other_browser", headers)

    def _enter(self, scope: Scope, headers: Headers) -> Response:
        """The exchange of the secret for the cookie."""
        given = parse_qs(scope["query_string"].decode("latin-1")).get("secret", [""])[0]
        with self._lock:
            right = bool(self._secret) and secrets.compare_digest(given.encode(), self._secret.encode())
            if right:
                self._secret = ""
        if not right:
            return _refusal("window.used", headers)
        page = RedirectResponse("/", 303, {"Cache-Control": "no-store"})
        page.set_cookie(_name(scope), self._cookie, httponly=True, samesite="strict")
        return page


def _name(scope: Scope) -> str:
    """The name of the cookie. Browsers send cookies to every port of a host, so the port is part of it."""
    return f"llama_demo_window_{scope['server'][1]}"


def _cookie_of(headers: Headers, name: str) -> str | None:
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return None
    return cookie.value if cookie else None


def _refusal(key: str, headers: Headers) -> Response:
    language = language_of(headers.get("accept-language", "")) or FALLBACK
    # Not 403: Gradio asks at its start whether the page is there, and takes 401 for an answer.
    told = {"Cache-Control": "no-store", "WWW-Authenticate": 'Cookie realm="llama_demo"'}
    return PlainTextResponse(catalogue(language)(key), 401, told)
