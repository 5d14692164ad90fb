"""A server on loopback that plays the Hugging Face Hub, and misbehaves on demand.

It has the routes that a download uses: the description of a repository, discussions, files, and the store of
large files, to which requests for weights are redirected.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.http_server import SilentHandler, http_server

COMMIT = "0123456789abcdef0123456789abcdef01234567"
OFFERED = "f" * 40
"""The commits of ``main`` and of a pull request."""

_INFO = re.compile(r"/api/models/([^/]+/[^/]+)/revision/(.+)")
_DISCUSSIONS = re.compile(r"/api/models/([^/]+/[^/]+)/discussions")
_FILE = re.compile(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)")
_STORED = re.compile(r"/store/([^/]+)/([^/]+/[^/]+)/(.+)")


@dataclass
class Fault:
    """What goes wrong with the next requests for a path.

    Attributes:
        times: how often.
        status: answered in place of the content.
        cut: bytes after which the connection breaks off.
        hang: seconds without an answer.
        spoil: whether a byte of the content is changed.
        code: the header by which the hub tells why.
    """

    times: int = 1
    status: int = 0
    cut: int = -1
    hang: float = 0.0
    spoil: bool = False
    code: str = ""


@dataclass
class HubServer:
    """The server while it runs.

    Attributes:
        url: its address, for ``HF_ENDPOINT``.
        repositories: folders by repository; those of pull requests as ``OWNER/NAME@refs/pr/1``.
        store: where large files are, on another host by name.
        faults: by the end of a path, such as ``model.safetensors`` or ``revision/main``.
        slow: seconds before each piece of 64 KB of a large file.
        requests: each as method, path, and the headers ``Range`` and ``Authorization``.
    """

    url: str
    repositories: dict[str, Path]
    store: str
    faults: dict[str, Fault] = field(default_factory=dict)
    slow: float = 0.0
    requests: list[tuple[str, str, str, str]] = field(default_factory=list)

    def asked(self, ending: str) -> list[tuple[str, str, str, str]]:
        """The requests for paths that end so."""
        return [one for one in self.requests if one[1].partition("?")[0].endswith(ending)]

    def fault(self, path: str) -> Fault | None:
        """What goes wrong with this request, which counts as one time."""
        for ending, fault in self.faults.items():
            if path.endswith(ending) and fault.times > 0:
                fault.times -= 1
                return fault
        return None


@contextmanager
def hub_server(repositories: Mapping[str, Path], *, port: int = 0) -> Iterator[HubServer]:
    """Serve during the block."""
    with http_server(_Handler, port=port) as server:
        hub = HubServer(server.url, dict(repositories), store=f"http://localhost:{server.server_port}")
        server.state = hub
        yield hub


class _Handler(SilentHandler):
    @property
    def hub(self) -> HubServer:
        return self.server.state  # type: ignore[return-value]

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = self.path.partition("?")[0].replace("%2F", "/")
        headers = self.headers.get("Range", ""), self.headers.get("Authorization", "")
        self.hub.requests.append((self.command, self.path, *headers))
        fault = self.hub.fault(path)
        if fault is not None and fault.hang:
            time.sleep(fault.hang)
        if fault is not None and fault.status:
            self.answer(fault.status, b"{}", {"X-Error-Code": fault.code} if fault.code else {})
        elif found := _INFO.fullmatch(path):
            self._info(found[1], found[2])
        elif found := _DISCUSSIONS.fullmatch(path):
            self._discussions(found[1])
        elif found := _FILE.fullmatch(path):
            self._file(found[1], found[2], found[3], fault)
        elif found := _STORED.fullmatch(path):
            folder = self._repository(found[2], found[1])
            assert folder is not None
            self._content(folder / found[3], fault)
        else:
            self.answer(404, b"{}")

    def _repository(self, repository: str, revision: str) -> Path | None:
        if revision == OFFERED:
            offered = [one for one in self.hub.repositories if one.startswith(f"{repository}@")]
            return self.hub.repositories[offered[-1]] if offered else None
        versions = {"main": repository, COMMIT: repository}
        return self.hub.repositories.get(versions.get(revision, f"{repository}@{revision}"))

    def _info(self, repository: str, revision: str) -> None:
        folder = self._repository(repository, revision)
        if folder is None:
            self.answer(404, b"{}", {"X-Error-Code": "RepoNotFound"})
            return
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        siblings = [_sibling(path, path.relative_to(folder).as_posix()) for path in files]
        sha = OFFERED if revision.startswith("refs/") else COMMIT
        body = {"id": repository, "sha": sha, "gated": False, "private": False, "siblings": siblings}
        self.answer(200, json.dumps(body).encode())

    def _discussions(self, repository: str) -> None:
        offered = [one.partition("@refs/pr/")[2] for one in self.hub.repositories if f"{repository}@" in one]
        found = [
            {
                "num": int(number),
                "author": {"name": "SFconvertbot"},
                "title": "Adding `safetensors` variant of this model",
                "status": "open",
                "isPullRequest": True,
                "createdAt": "2026-01-01T00:00:00.000Z",
                "repo": {"name": repository, "type": "model"},
            }
            for number in offered
        ]
        self.answer(200, json.dumps({"discussions": found, "count": len(found), "start": 0}).encode())

    def _file(self, repository: str, revision: str, name: str, fault: Fault | None) -> None:
        folder = self._repository(repository, revision)
        if folder is None or not (folder / name).is_file():
            self.answer(404, b"", {"X-Error-Code": "EntryNotFound"})
        elif name.endswith(".safetensors"):
            location = f"{self.hub.store}/store/{revision}/{repository}/{name}"
            self.answer(302, b"", {"Location": location})
        else:
            self._content(folder / name, fault)

    def _content(self, path: Path, fault: Fault | None) -> None:
        content, begin = path.read_bytes(), 0
        if fault is not None and fault.spoil:
            content = content[:-1] + bytes([content[-1] ^ 1])
        if asked := re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", "")):
            begin = int(asked[1])
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(content) - begin))
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        end = begin + fault.cut if fault is not None and fault.cut >= 0 else len(content)
        for at in range(begin, min(end, len(content)), 65_536):
            if self.hub.slow:
                time.sleep(self.hub.slow)
            self.wfile.write(content[at : min(at + 65_536, end)])
        if end < len(content):
            self.close_connection = True
            self.connection.close()


def _sibling(path: Path, name: str) -> dict[str, object]:
    content = path.read_bytes()
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
    found: dict[str, object] = {"rfilename": name, "size": len(content), "blobId": blob}
    if name.endswith(".safetensors"):
        sha256 = hashlib.sha256(content).hexdigest()
        found["lfs"] = {"size": len(content), "sha256": sha256, "pointerSize": 134}
    return found
