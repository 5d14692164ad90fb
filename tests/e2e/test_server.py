"""The server itself: whom it answers, what it sends along, and how it refuses to start."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import ROOT, App, Visitor, environment, start_preloaded
from tests.whole_app import served


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "HEAD"])
@pytest.mark.parametrize("path", ["/", "/healthz", "/config", "/gradio_api/info", "/gradio_api/queue/join"])
@pytest.mark.parametrize("app", ["local_app", "public_app"])
def test_a_foreign_name_gets_nothing(
    request: pytest.FixtureRequest, app: str, path: str, method: str
) -> None:
    """A page elsewhere cannot reach the app by pointing a name of its own at this machine."""
    url = request.getfixturevalue(app).url
    headers = {
        "Host": "evil.example",
        "Origin": "http://evil.example",
        "Access-Control-Request-Method": "POST",
    }
    answer = httpx.request(method, url + path, headers=headers)
    assert 400 <= answer.status_code < 500
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
def test_loopback_names_are_answered(local_app: App, host: str) -> None:
    """With and without a port."""
    port = local_app.url.rpartition(":")[2]
    for name in (host, f"{host}:{port}"):
        assert httpx.get(f"{local_app.url}/healthz", headers={"Host": name}).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://127.0.0.1.evil.example",
        "http://localhost:9999",
        "http://127.0.0.1",
    ],
)
def test_pages_of_other_sites_cannot_call_the_local_app(local_app: App, origin: str) -> None:
    """On one's own machine every caller is the operator, so a foreign page must not be a caller."""
    answer = httpx.post(
        f"{local_app.url}/gradio_api/call/history",
        json={"data": ["", "", 5, "", None]},
        headers={"Origin": origin},
    )
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


def test_other_machines_need_the_printed_password(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """Who reaches a server on every address shares its history, and is asked for a password."""
    with served(tmp_path, "--host", "0.0.0.0") as app:
        log = capsys.readouterr().out
        password = re.search(r"Password .*?: (\S+) ", log)
        assert password
        port = urlsplit(app.url).port
        here = f"http://127.0.0.1:{port}"
        for url in (here, *re.findall(r"From other machines: (http://\S+)", log)):
            assert httpx.get(url).status_code == 401
            assert httpx.get(url, auth=("", password[1])).status_code == 200
        history = {"data": ["", "", 5, "", None]}
        for headers in ({}, {"Host": "localhost"}):
            answer = httpx.post(f"{here}/gradio_api/call/history", json=history, headers=headers)
            assert answer.status_code == 401


def test_headers_go_with_everything(local_app: App) -> None:
    """Page, data and refusals carry the same protection."""
    for path, host in (("/", "localhost"), ("/healthz", "localhost"), ("/", "evil.example")):
        headers = httpx.get(local_app.url + path, headers={"Host": host}).headers
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'self' https://huggingface.co" in policy
        assert "default-src 'self'" in policy
        assert "object-src 'none'" in policy
        assert "script-src-attr 'none'" in policy
        assert ("'unsafe-eval'" in policy) is (path == "/" and host == "localhost")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_the_configuration_of_the_page_stays_small(local_app: App) -> None:
    """Every visit loads and reads it; texts, markup and scripts belong into files that the browser caches."""
    assert len(httpx.get(f"{local_app.url}/config").content) < 120_000


@pytest.mark.parametrize(
    "address", ["https://example.com/a.png", "http://93.184.216.34/", "HTTPS://example.com"]
)
def test_the_server_fetches_nothing_for_others(public_app: App, address: str) -> None:
    """Neither by the route for files nor by an address where a file is expected."""
    assert httpx.get(f"{public_app.url}/gradio_api/file={address}").status_code == 403
    assert httpx.get(f"{public_app.url}/gradio_api/proxy={address}").status_code == 403
    file = {"path": address, "url": address, "meta": {"_type": "gradio.FileData"}}
    for number in range(len(httpx.get(f"{public_app.url}/config").json()["dependencies"])):
        payload = {"data": [file] * 10, "fn_index": number, "session_hash": "fetching"}
        httpx.post(f"{public_app.url}/gradio_api/queue/join", json=payload)
        httpx.post(f"{public_app.url}/gradio_api/run/predict", json=payload)
    assert public_app.foreign() == []


def test_a_variable_does_not_share_the_page(public_app: App) -> None:
    """It was started with GRADIO_SHARE, by which Gradio would open a tunnel to the internet."""
    assert not any("gradio.live" in line or "share" in line.lower() for line in public_app.log)
    assert public_app.foreign() == []


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=../../../../etc/passwd",
        "/gradio_api/file=app.py",
        "/gradio_api/file=http://127.0.0.1:1/",
        "/icons/../app.py",
        "/icons/%2e%2e/%2e%2e/app.py",
        "/monitoring/summary",
        "/docs",
        "/openapi.json",
    ],
)
def test_no_file_of_the_machine_is_served(local_app: App, path: str) -> None:
    """Neither by Gradio's route for files nor by ours."""
    assert httpx.get(local_app.url + path).status_code in (401, 403, 404)


def test_the_database_is_not_served(local_app: App) -> None:
    """Although Gradio's cache lies in the same folder."""
    for name in ("llama_demo.db", "llama_demo.db-wal"):
        assert httpx.get(f"{local_app.url}/gradio_api/file={local_app.folder / name}").status_code == 403


def test_a_huge_request_is_refused(local_app: App) -> None:
    """Before it is read."""
    url = f"{local_app.url}/gradio_api/queue/join"
    assert httpx.post(url, content=b"x" * (17 * 1024 * 1024)).status_code == 413
    assert httpx.post(url, content=iter([b"x" * 1024] * 4)).status_code == 411


def test_the_page_installs_as_a_window(local_app: App) -> None:
    """Manifest and icons are there, and the icons are as large as they say."""
    manifest = httpx.get(f"{local_app.url}/manifest.json")
    assert manifest.headers["content-type"].startswith("application/manifest+json")
    told = manifest.json()
    assert (told["name"], told["display"]) == ("llama demo", "standalone")
    for icon in told["icons"]:
        answer = httpx.get(f"{local_app.url}/{icon['src']}")
        assert answer.headers["content-type"] == icon["type"]
        if icon["type"] == "image/png":
            width = int.from_bytes(answer.content[16:20], "big")
            assert icon["sizes"] == f"{width}x{width}"
    assert httpx.get(f"{local_app.url}/favicon.ico").status_code == 200


def test_the_page_names_no_foreign_host(local_app: App) -> None:
    """Nor do the texts that Gradio puts there for those who share a link."""
    html = httpx.get(f"{local_app.url}/").text
    assert "og:image" not in html
    assert "<title>llama demo</title>" in html


def test_the_api_page_documents_the_endpoints(visitor: Callable[..., Visitor], local_app: App) -> None:
    """The link at the foot of the page leads to it."""
    one = visitor()
    page = one.open(local_app)
    page.fill("#prompt textarea", "kept")
    page.get_by_role("link", name="For programs: the API").click()
    for name in ("/generate", "/history", "/models"):
        expect(page.get_by_text(name, exact=True).first).to_be_visible()
    assert page.input_value("#prompt textarea") == "kept"
    one.problems.clear()  # Gradio's page asks for two of its features that are off: monitoring and MCP


@pytest.mark.long
def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    """In one sentence with the way out, and an exit code; no trace."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = subprocess.run(
            [sys.executable, str(ROOT / "app.py"), "--port", str(port), "--data-dir", str(tmp_path / "data")],
            cwd=tmp_path,
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"Port {port} of 127.0.0.1 is taken")
    assert len(done.stderr.splitlines()) == 1


def test_a_damaged_database_is_set_aside_and_told(visitor: Callable[..., Visitor], tmp_path: Path) -> None:
    """The app starts with a new one; the terminal and the page say where the old one is."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "llama_demo.db").write_bytes(b"SQLite format 3\x00" + os.urandom(8000))
    app = start_preloaded(tmp_path)
    try:
        (aside,) = data.glob("*damaged*.db")
        assert any(str(aside) in line for line in app.log)
        page = visitor().open(app)
        expect(page.locator("#page-notice [role=alert]")).to_contain_text(aside.name)
        page.get_by_role("button", name="中文", exact=True).click()
        expect(page.locator("#page-notice [role=alert]")).to_contain_text(aside.name)
        page.close()
    finally:
        app.stop()


def test_a_space_is_public_and_answers_its_own_name(tmp_path: Path) -> None:
    """There SPACE_ID says where the app runs, and SPACE_HOST under which name. The storage gets a copy."""
    space = {"SPACE_ID": "someone/llama", "SPACE_HOST": "someone-llama.hf.space"}
    with served(tmp_path / "local", "--copy-dir", str(tmp_path / "storage"), variables=space) as app:
        url = app.url.rstrip("/")
        health = httpx.get(f"{url}/healthz", headers={"Host": "someone-llama.hf.space"})
        assert (health.status_code, health.json()["copy"]) == (200, "ok")
        assert httpx.get(f"{url}/healthz", headers={"Host": "other.hf.space"}).status_code == 400
        assert '"public": true' in httpx.get(url).text
        answer = httpx.get(f"{url}/gradio_api/info", headers={"Host": "someone-llama.hf.space"})
        assert answer.status_code == 200
    assert (tmp_path / "storage" / "llama_demo.zip").exists()
