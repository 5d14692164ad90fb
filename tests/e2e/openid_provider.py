"""A provider of accounts in place of Hugging Face: OpenID Connect over HTTP, with one account at a time."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey


class OpenIdProvider(ThreadingHTTPServer):
    """Signs whoever asks in with :attr:`name`.

    Attributes:
        name: of the account.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.name = "ann"
        self.nonces: dict[str, str] = {}
        self.key = RSAKey.generate_key(2048, {"kid": "1"})

    def answer(self, path: str, asked: dict[str, str]) -> dict[str, Any] | str:
        """The JSON of an address, or where it redirects to."""
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        if path == "/keys":
            return {"keys": [self.key.as_dict(private=False)]}
        if path == "/authorize":
            code = f"{self.name}-code"
            self.nonces[code] = asked["nonce"]
            return f"{asked['redirect_uri']}&{urlencode({'code': code, 'state': asked['state']})}"
        return {
            "access_token": "token",
            "token_type": "bearer",
            "expires_in": 3600,
            "scope": "openid profile",
            "id_token": self._identity(self.nonces[asked["code"]]),
        }

    def _identity(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self.url,
            "sub": f"id of {self.name}",
            "aud": "client",
            "iat": now,
            "exp": now + 600,
            "nonce": nonce,
            "name": self.name.title(),
            "preferred_username": self.name,
            "profile": f"{self.url}/{self.name}",
            "picture": "",
        }
        return jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.key)


class _Handler(BaseHTTPRequestHandler):
    server: OpenIdProvider

    def do_GET(self) -> None:
        """Answer with JSON, or redirect."""
        address = urlsplit(self.path)
        self._send(self.server.answer(address.path, dict(_fields(address.query))))

    def do_POST(self) -> None:
        """Answer a form with JSON."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._send(self.server.answer(self.path, dict(_fields(body))))

    def _send(self, answer: dict[str, Any] | str) -> None:
        if isinstance(answer, str):
            self.send_response(302)
            self.send_header("Location", answer)
            self.end_headers()
            return
        content = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


def _fields(text: str) -> Iterator[tuple[str, str]]:
    return ((name, values[0]) for name, values in parse_qs(text).items())


@contextmanager
def openid_provider() -> Iterator[OpenIdProvider]:
    """A provider that runs during the block."""
    with OpenIdProvider() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
