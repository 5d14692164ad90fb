"""Sign-in with Hugging Face on a Space: Gradio's routes, and the account of a request.

The routes are ``/login/huggingface``, ``/login/callback`` and ``/logout``; a signed cookie holds the account.
:class:`gradio.LoginButton` is not used: it tells by its English label whether the visitor has signed in, and
it opens Hugging Face's page inside the frame of the Space, where that page may get no cookies.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Mapping
from typing import Any

import gradio as gr
from fastapi import FastAPI
from gradio.oauth import attach_oauth
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from llama_demo.services.visits import Account
from llama_demo.settings import Settings
from llama_demo.ui.own_origin import is_own

log = logging.getLogger(__name__)


def offer_sign_in(app: FastAPI, settings: Settings) -> None:
    """Add the routes for sign-in. Where it is not set up, Gradio would make up an account: there are none."""
    if settings.signs_in:
        attach_oauth(app)
        for route in app.router.routes:
            if isinstance(route, Route) and route.path.startswith("/login/"):
                route.app = returning(route.app)


def returning(app: ASGIApp) -> ASGIApp:
    """The route of a sign-in, which returns to the page when it fails.

    It fails when a visitor presses Cancel at Hugging Face, for an address that was made up, and when Hugging
    Face cannot be reached. Only the kind of the exception is logged: its message quotes the address.
    """

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await app(scope, receive, noted)
        except Exception as failure:
            if begun:
                raise
            log.warning("a sign-in failed: %s", type(failure).__name__)
            await RedirectResponse("/", 303)(scope, receive, send)

    return answered


def account_of(request: gr.Request | Request | None, origins: Collection[str]) -> Account | None:
    """The account that the sender of a request has signed in with; None without one, or if it has expired.

    The browser sends the cookie to this server from pages of other sites too, so it counts only where the
    request comes from no page, or from one of this server's.
    """
    inner = request.request if isinstance(request, gr.Request) else request
    if inner is None or not _is_own(inner, origins):
        return None
    session: Mapping[str, Any] = inner.scope.get("session") or {}
    signed_in = session.get("oauth_info") or {}
    if not signed_in or float(signed_in.get("expires_at") or 0) < time.time():
        return None
    profile = signed_in.get("userinfo") or {}
    identity, name = profile.get("sub"), profile.get("preferred_username")
    return Account(str(identity), str(name)) if identity and name else None


def _is_own(request: Request, origins: Collection[str]) -> bool:
    origin, host = request.headers.get("origin"), request.headers.get("host", "")
    return origin is None or is_own(origin, scheme=request.url.scheme, host=host, allowed=origins)
