"""The files for Docker, systemd and nginx: what they name exists, and what they promise holds."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from llama_demo.settings import Settings, load
from tests.conftest import ROOT
from tests.e2e.conftest import free_port
from tests.http_server import SilentHandler, http_server

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
UNIT = (ROOT / "deploy" / "llama-demo.service").read_text(encoding="utf-8")
NGINX = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
VARIABLES = {f"LLAMA_DEMO_{name.upper()}" for name in Settings.model_fields}


def test_the_image_copies_what_the_app_needs() -> None:
    """All of it is in the context, and nothing of the tests or of a user's own files is."""
    sources = [one for line in re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.M) for one in line.split()]
    assert {"requirements.txt", "app.py", "llama_demo", "assets"} <= set(sources)
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[1] == "*"
    assert {line[1:] for line in ignored if line.startswith("!")} == set(sources)
    assert all((ROOT / source).exists() for source in sources)
    assert json.loads(re.findall(r"^CMD (.+)$", DOCKERFILE, re.M)[-1]) == ["python", "app.py"]


def test_the_image_runs_as_a_user_and_with_settings_that_exist() -> None:
    """It listens where the container's port is, and writes into the volume, which the user owns."""
    user = re.findall(r"^USER (\S+)$", DOCKERFILE, re.M)
    assert user == ["1000"]
    assert f"--uid {user[0]}" in DOCKERFILE
    given = dict(re.findall(r"(LLAMA_DEMO_\w+)=(\S+)", DOCKERFILE.partition("RUN")[0]))
    assert set(given) <= VARIABLES
    flags = [
        part
        for name, value in given.items()
        for part in (f"--{name.removeprefix('LLAMA_DEMO_').lower().replace('_', '-')}", value)
    ]
    settings = load(flags)
    assert f"EXPOSE {settings.port}" in DOCKERFILE
    assert f"VOLUME {settings.data_folder}" in DOCKERFILE
    assert settings.needs_password


@contextmanager
def answering(*statuses: int) -> Iterator[int]:
    """A server whose /healthz has one status after another; yields its port."""
    left = list(statuses)

    class Handler(SilentHandler):
        def do_GET(self) -> None:
            self.answer(left.pop(0) if self.path == "/healthz" else 404)

    with http_server(Handler) as server:
        yield server.server_port


def test_the_health_check_of_the_image_tells_a_database_that_cannot_be_written() -> None:
    """By the program that the Dockerfile names, with Python's own library alone."""
    checked = re.findall(r"HEALTHCHECK .*\\\n\s+CMD (\[.*\])$", DOCKERFILE, re.M)
    program, *arguments = json.loads(checked[0])
    assert program == "python"
    with answering(200, 503) as port:
        codes = [
            subprocess.run(
                [sys.executable, "-I", *arguments],
                env={"LLAMA_DEMO_PORT": str(port)},
                capture_output=True,
            ).returncode
            for _ in range(2)
        ]
    assert codes == [0, 1]


def test_the_service_names_settings_that_exist() -> None:
    """It is public and behind a proxy, and its data lie where it may write."""
    given = dict(re.findall(r"^Environment=(LLAMA_DEMO_\w+)=(.*)$", UNIT, re.M))
    assert set(given) <= VARIABLES
    assert given["LLAMA_DEMO_PUBLIC"] == given["LLAMA_DEMO_BEHIND_PROXY"] == "1"
    state = re.findall(r"^StateDirectory=(\S+)$", UNIT, re.M)
    assert given["LLAMA_DEMO_DATA_DIR"] == f"/var/lib/{state[0]}"
    assert "DynamicUser=yes" in UNIT
    host = given["LLAMA_DEMO_ALLOWED_HOSTS"].removeprefix("https://")
    assert NGINX.count(f"server_name {host};") == 2
    assert f"proxy_pass http://127.0.0.1:{load([]).port};" in NGINX


@pytest.mark.long
def test_nginx_passes_a_stream_on_as_it_is_written(tmp_path: Path) -> None:
    """The first piece arrives before the second one is written; the app learns host, scheme and address."""
    assert shutil.which("nginx"), "install it; Debian: apt-get install nginx-light"
    read, seen = threading.Event(), dict[str, str | None]()

    class Handler(SilentHandler):
        def do_GET(self) -> None:
            names = ("Host", "X-Forwarded-Proto", "X-Forwarded-For")
            seen.update({name: self.headers[name] for name in names})
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"3\r\none\r\n")
            self.wfile.flush()
            read.wait(20)
            self.wfile.write(b"3\r\ntwo\r\n0\r\n\r\n")

    with http_server(Handler) as server, nginx(tmp_path, server.server_port) as front:
        headers = {"Host": "demo.example", "X-Forwarded-For": "203.0.113.9"}
        with httpx.stream(
            "GET", f"https://127.0.0.1:{front}/", headers=headers, verify=False, timeout=15
        ) as answer:
            pieces = answer.iter_raw()
            assert next(pieces) == b"one"
            read.set()
            assert list(pieces) == [b"two"]
    assert seen == {
        "Host": "demo.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "203.0.113.9, 127.0.0.1",
    }


@contextmanager
def nginx(folder: Path, port: int) -> Iterator[int]:
    """nginx with the site of this repository in front of a port; yields the port of its TLS."""
    tls, plain = free_port(), free_port()
    asked = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=demo.example".split()
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run([*asked, *files], check=True, capture_output=True)
    site = NGINX.replace("/etc/letsencrypt/live/demo.example", str(folder))
    site = site.replace("127.0.0.1:7860", f"127.0.0.1:{port}")
    site = re.sub(r"^ *listen \[::\].*\n", "", site, flags=re.M)
    site = site.replace("listen 80;", f"listen 127.0.0.1:{plain};")
    site = site.replace("listen 443", f"listen 127.0.0.1:{tls}")
    (folder / "site.conf").write_text(site)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log stderr;\n"
        f"events {{}}\nhttp {{ access_log off; include {folder}/site.conf; }}\n"
    )
    started = subprocess.Popen(
        ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.PIPE, text=True
    )
    try:
        wait_for(tls, started)
        yield tls
    finally:
        started.terminate()
        started.communicate(timeout=20)


def wait_for(port: int, program: subprocess.Popen[str]) -> None:
    """Wait until the program listens on the port."""
    while program.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
    raise AssertionError(program.communicate()[1])
