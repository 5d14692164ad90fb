"""The password of a server that other machines can reach while every caller is its operator."""

from __future__ import annotations

import asyncio
import base64
import binascii
import secrets

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response

DELAY = 1.0
"""Seconds until a wrong password is refused, which slows down guessing."""

OPEN_PATHS = frozenset({"/healthz", "/gradio_api/startup-events"})
"""What a supervisor, and Gradio at its start, ask without a password; neither tells of a visitor."""


def new_password() -> str:
    """A random password of 96 bits."""
    return secrets.token_urlsafe(12)


class PasswordCheck:
    """HTTP Basic authentication (RFC 7617) by a password alone; any user name is accepted.

    Programs that know only a key send the password as a bearer token (RFC 6750).

    Args:
        password: empty for none, which lets every request pass.
        keyed: beginning of the paths that ask for a key of their own; empty for none.
    """

    def __init__(self, password: str, *, keyed: str = "") -> None:
        self._password = password.encode()
        self._keyed = keyed

    async def refusal(self, path: str, headers: Headers) -> Response | None:
        """The response to a request without the password; None for an allowed one."""
        if not self._password or path in OPEN_PATHS or (self._keyed and path.startswith(self._keyed)):
            return None
        given = _password_of(headers.get("authorization", ""))
        if given is not None and secrets.compare_digest(given, self._password):
            return None
        if given is not None:
            await asyncio.sleep(DELAY)
        return PlainTextResponse(
            "This server asks for the password that it printed when it started.",
            401,
            {"WWW-Authenticate": 'Basic realm="llama_demo", charset="UTF-8"'},
        )


def _password_of(authorization: str) -> bytes | None:
    """The password of an ``Authorization`` header; None if it has none."""
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip().encode()
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(credentials.strip(), validate=True).partition(b":")[2]
    except binascii.Error:
        return None
