"""The first lines of the page's HTML: language, title and icons, before Gradio draws anything.

Gradio inserts the ``head`` it is given only after it has chosen its language and loaded its parts. What
is needed before that is inserted into the HTML of the response, whose inline scripts get a nonce.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import asdict
from functools import cached_property
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from llama_demo.page_languages import PAGE_LANGUAGES
from llama_demo.settings import ASSETS, Settings
from llama_demo.ui import markup
from llama_demo.ui.compression import compressed, encoding_of
from llama_demo.ui.content_policy import content_policy
from llama_demo.ui.theme import DARK, LIGHT

ADVERTISEMENTS = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*')
"""Gradio's own metadata for shared links, some of which names foreign hosts."""


def routes(name: str) -> list[BaseRoute]:
    """The routes of the icons and of the web app manifest."""
    manifest = {
        "name": name,
        "short_name": name,
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        "background_color": LIGHT["paper"],
        "theme_color": LIGHT["paper"],
        "icons": [
            {"src": "icons/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
            {"src": "icons/icon-192.png", "sizes": "192x192", "type": "image/png", "purpose": "any"},
            {"src": "icons/icon-512.png", "sizes": "512x512", "type": "image/png", "purpose": "any"},
            {
                "src": "icons/icon-maskable-512.png",
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            },
        ],
    }

    async def answer(_: Any) -> JSONResponse:
        return JSONResponse(manifest, media_type="application/manifest+json")

    return [Route("/manifest.json", answer), Mount("/icons", StaticFiles(directory=ASSETS / "icons"))]


SCRIPT = re.compile(r"<script\b")
"""The beginning of a script. The page's configuration has no "<": Gradio escapes it there."""

BODY = re.compile(r"<body\b[^>]*>")

BEGINNING = re.compile(r"(<head>\s*<meta charset[^>]*>\s*<base [^>]*>)")
"""The beginning of the head, up to the base address, before anything that loads."""


LANGUAGE_RULES = "\n".join(
    f"html:lang({code}) .word:not(:lang({code})) {{ display: none; }}" for code in PAGE_LANGUAGES
)
"""Every text of the page is there in each language; these rules show the one of the page's ``lang``."""


FIRST_RULES = """
.skip:not(:focus) { position: absolute; top: -100px; }
html.unstyled .gradio-container, html.settling :is(.tabs, #foot) {
  visibility: hidden; animation: settled 0s 6s forwards;
}
@media (max-width: 700px) {
  :root { --font: -apple-system, Roboto, "Segoe UI", Arial, system-ui, sans-serif !important; }
}
:root { --widest: 1180px; }
@media (min-width: 1600px) { :root { --widest: 1480px; font-size: 125%; } }
@media (min-width: 2400px) { :root { --widest: 1900px; font-size: 160%; } }
@keyframes settled { to { visibility: visible; } }
"""
"""Rules that hold before the style sheet is there.

A phone takes a font of its own: IBM Plex Sans is 112 kB in two weights, more than a quarter of the 400 kB
that a first visit may load, and Chinese, which it has not, is the phone's own in any case. On a projector the
type is larger.
"""


class Opening:
    """Inserts the first lines into the page's HTML, after its base address."""

    def __init__(self, app: ASGIApp, *, settings: Settings, name: str, head: str = "") -> None:
        self._app = app
        self._settings = settings
        self._name = name
        self._head = head

    @cached_property
    def _lines(self) -> str:
        settings = json.dumps(
            {
                "language": self._settings.language,
                "languages": {
                    code: {**asdict(language), "name": language.name}
                    for code, language in PAGE_LANGUAGES.items()
                },
                "public": self._settings.is_public,
            }
        )
        script = (ASSETS / "js" / "boot.js").read_text(encoding="utf-8")
        return "\n".join(
            (
                f"<title>{self._name}</title>",
                f'<script id="settings" type="application/json">{settings}</script>',
                f"<script>{script}</script>",
                f"<style>{LANGUAGE_RULES}{FIRST_RULES}</style>",
                self._head,
                '<link rel="icon" href="icons/icon.svg" type="image/svg+xml">',
                '<link rel="apple-touch-icon" href="icons/apple-touch-icon.png">',
                f'<meta name="theme-color" content="{LIGHT["paper"]}" media="(prefers-color-scheme: light)">',
                f'<meta name="theme-color" content="{DARK["paper"]}" media="(prefers-color-scheme: dark)">',
            )
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything through except the page, which is buffered until it is complete."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] != "/":
            await self._app(scope, receive, send)
            return
        start: Message = {}
        body = bytearray()

        async def hold(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            whole = bytes(body)
            if "text/html" in Headers(scope=start).get("content-type", ""):
                nonce = secrets.token_urlsafe(16)
                whole = self._opened(whole.decode("utf-8"), nonce).encode("utf-8")
                headers = MutableHeaders(scope=start)
                headers["content-security-policy"] = content_policy(nonce)
                headers["cache-control"] = "private, no-cache"  # a proxy would give one nonce to everybody
                headers.add_vary_header("Accept-Encoding")
                if encoding := encoding_of(Headers(scope=scope).get("accept-encoding", "")):
                    whole = compressed(whole, encoding)
                    headers["content-encoding"] = encoding
                headers["content-length"] = str(len(whole))
            await send(start)
            await send({"type": "http.response.body", "body": whole})

        await self._app(scope, receive, hold)

    def _opened(self, html: str, nonce: str) -> str:
        plain = ADVERTISEMENTS.sub("", html)
        opened = BEGINNING.sub(lambda found: f"{found[1]}\n{self._lines}", plain, count=1)
        opened = BODY.sub(lambda found: f"{found[0]}\n{markup.render('skip_link.html')}", opened, count=1)
        return SCRIPT.sub(f'<script nonce="{nonce}"', opened)
