"""Who may use the API: everyone on one's own machine, in public mode those who have the operator's key."""

from __future__ import annotations

import asyncio
import secrets

from starlette.requests import Request

from llama_demo.openai_api.errors import ApiError

DELAY = 1.0
"""Seconds until a wrong key is refused, which slows down guessing."""


class ApiAccess:
    """Checks the key of a request.

    Args:
        public: whether the server is in public mode, where the API is off without a key.
        key: that each request needs; empty for none.
    """

    def __init__(self, *, public: bool, key: str) -> None:
        self._off = public and not key
        self._key = key.encode()

    async def check(self, request: Request) -> None:
        """Let an allowed request pass.

        Raises:
            ApiError: with status 403 where the API is off, 401 for a missing or wrong key.
        """
        if self._off:
            message = "This server does not offer this API. Its operator turns it on with a key."
            raise ApiError(message, status=403, code="api_disabled")
        if not self._key:
            return
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not given.strip():
            message = "This server asks for a key: Authorization: Bearer KEY."
            raise ApiError(message, status=401, code="invalid_api_key")
        if not secrets.compare_digest(given.strip().encode(), self._key):
            await asyncio.sleep(DELAY)
            raise ApiError("This is not the key of this server.", status=401, code="invalid_api_key")
