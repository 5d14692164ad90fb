"""What the browser gets before Gradio draws anything."""

from __future__ import annotations

import json
import re

from starlette.responses import HTMLResponse, JSONResponse
from starlette.testclient import TestClient

from llama_demo.settings import ASSETS, Settings
from llama_demo.ui.opening import Opening

PAGE = """<!doctype html><html lang="en"><head>
    <meta charset="utf-8" /><base href="./" />
    <meta property="og:image" content="https://raw.githubusercontent.com/x.jpg" />
    <script>window.gradio_config = {};</script></head><body>${x} \\1</body></html>"""


def opened(settings: Settings, path: str = "/") -> str:
    """The page as the browser gets it."""
    app = Opening(HTMLResponse(PAGE), settings=settings, name="llama demo")
    return TestClient(app).get(path).text


def test_language_and_name_come_before_everything_else() -> None:
    """Gradio's own script finds them settled."""
    html = opened(Settings(language="zh", public=True))
    assert html.index("navigator") < html.index("gradio_config")
    settings = json.loads(html.split('type="application/json">')[1].split("</script>")[0])
    assert (settings["language"], settings["public"]) == ("zh", True)
    assert settings["languages"]["zh"]["tag"] == "zh-CN"
    assert "html:lang(zh) .word:not(:lang(zh)) { display: none; }" in html
    assert "<title>llama demo</title>" in html
    assert "raw.githubusercontent" not in html
    assert re.search(r'<body>\n<a id="skip"[^>]*>.*</a>\$\{x\} \\1</body>', html)


def test_inline_scripts_run_by_a_nonce_of_this_response_alone() -> None:
    """So one that a fault put into the page does not run."""
    client = TestClient(
        Opening(HTMLResponse(PAGE), settings=Settings(), name="x", head="<script src=a></script>")
    )
    answers = [client.get("/") for _ in range(2)]
    nonces = [
        re.findall(r"script-src 'self' 'nonce-([\w-]{20,})'", one.headers["content-security-policy"])
        for one in answers
    ]
    assert nonces[0] != nonces[1]
    for answer, (nonce,) in zip(answers, nonces, strict=True):
        scripts = re.findall(r"<script[^>]*>", answer.text)
        assert len(scripts) == 4
        assert all(f'nonce="{nonce}"' in one for one in scripts)
        assert "private" in answer.headers["cache-control"]
        assert (
            "unsafe-inline"
            not in answer.headers["content-security-policy"].split("script-src")[1].split("style")[0]
        )


def test_only_the_page_is_touched() -> None:
    """Other answers pass as they are."""
    assert opened(Settings(), "/other") == PAGE
    data = TestClient(Opening(JSONResponse({"head": "<head>"}), settings=Settings(), name="x")).get("/")
    assert data.json() == {"head": "<head>"}


def test_no_file_of_ours_names_a_foreign_host() -> None:
    """Scripts, styles and templates load nothing from elsewhere; links load nothing, the W3C's is a name."""
    foreign = re.compile(r"https?://(?!www\.w3\.org/|127\.0\.0\.1:)")
    for path in [*ASSETS.glob("js/**/*.js"), *ASSETS.glob("css/*.css"), *ASSETS.glob("templates/*.html")]:
        assert not foreign.search(re.sub(r"<a [^>]*>", "", path.read_text(encoding="utf-8"))), path.name


def test_the_page_is_compressed_for_browsers_that_take_it() -> None:
    """Its configuration is most of what a visit loads."""
    app = Opening(HTMLResponse(PAGE), settings=Settings(), name="llama demo")
    packed = TestClient(app).get("/", headers={"accept-encoding": "gzip"})
    plain = TestClient(app).get("/", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert len(packed.text) == len(plain.text)
    assert "<title>llama demo</title>" in packed.text
