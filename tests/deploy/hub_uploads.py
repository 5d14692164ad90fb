"""The Hub as ``hf upload`` sees it: it says which file goes to LFS, takes them, and makes a commit."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import yaml

from tests.deploy.hub_hook import LARGEST
from tests.http_server import SilentHandler, http_server

COLOURS = "red yellow green blue indigo purple pink gray".split()
LONGEST_DESCRIPTION = 60


@dataclass
class UploadHub:
    """The Hub while it runs.

    Attributes:
        url: for ``HF_ENDPOINT``.
        files: of the Space, by path, after each commit.
        by_lfs: paths that went to LFS.
        commits: their summaries.
        stored: what LFS holds, by digest.
    """

    url: str
    files: dict[str, bytes] = field(default_factory=dict)
    by_lfs: set[str] = field(default_factory=set)
    commits: list[str] = field(default_factory=list)
    stored: dict[str, bytes] = field(default_factory=dict)


@contextmanager
def upload_hub() -> Iterator[UploadHub]:
    """Serve during the block."""
    with http_server(_Handler) as server:
        hub = UploadHub(server.url)
        server.state = hub
        yield hub


def problems(readme: str) -> list[str]:
    """What the Hub's configuration reference does not allow in the front matter of a Space."""
    fields: dict[str, Any] = yaml.safe_load(readme.split("---\n")[1])
    found = [name for name in ("colorFrom", "colorTo") if fields[name] not in COLOURS]
    if fields["sdk"] not in ("gradio", "docker", "static"):
        found.append("sdk")
    if len(fields["short_description"]) > LONGEST_DESCRIPTION:
        found.append("short_description")
    line = re.compile(r"[\w.-]+/[\w.-]+( [\w./,-]+( [0-9a-f]{40})?)?")
    found += [one for one in fields.get("preload_from_hub", []) if not line.fullmatch(one)]
    return found


class _Handler(SilentHandler):
    @property
    def hub(self) -> UploadHub:
        return self.server.state  # type: ignore[return-value]

    def do_GET(self) -> None:
        if self.path.startswith("/api/spaces/someone/llama"):
            siblings = [{"rfilename": path} for path in self.hub.files]
            tree = [{"type": "file", "path": path, "size": 1, "oid": "0"} for path in self.hub.files]
            about = {"id": "someone/llama", "sha": "0" * 40, "siblings": siblings, "private": False}
            self._answer(tree if "/tree/" in self.path else about)
        else:
            self._answer({}, 404)

    def do_PUT(self) -> None:
        content = self.body()
        digest = self.path.rpartition("/")[2]
        assert hashlib.sha256(content).hexdigest() == digest
        self.hub.stored[digest] = content
        self._answer({})

    def do_POST(self) -> None:
        body, path = self.body(), self.path.partition("?")[0]
        if path == "/api/repos/create":
            self._answer({"url": f"{self.hub.url}/spaces/someone/llama", "name": "someone/llama"})
        elif path == "/api/validate-yaml":
            found = problems(json.loads(body)["content"])
            errors = [{"message": one} for one in found]
            self._answer({"errors": errors, "warnings": []}, 400 if errors else 200)
        elif "/preupload/" in path:
            self._answer({"files": [_mode(one) for one in json.loads(body)["files"]]})
        elif path.endswith("/info/lfs/objects/batch"):
            self._answer({"objects": [self._place(one) for one in json.loads(body)["objects"]]})
        elif "/commit/" in path:
            self._commit([json.loads(line) for line in body.splitlines() if line])
            address = f"{self.hub.url}/spaces/someone/llama/commit/{'1' * 40}"
            self._answer({"commitUrl": address, "commitOid": "1" * 40, "success": True})
        else:
            self._answer({}, 404)

    def _place(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {**asked, "actions": {"upload": {"href": f"{self.hub.url}/lfs/{asked['oid']}", "header": {}}}}

    def _commit(self, lines: list[dict[str, Any]]) -> None:
        hub = self.hub
        for line in lines:
            value = line["value"]
            if line["key"] == "header":
                hub.commits.append(value["summary"])
            elif line["key"] == "deletedFile":
                del hub.files[value["path"]]
            elif line["key"] == "lfsFile":
                hub.files[value["path"]] = hub.stored[value["oid"]]
                hub.by_lfs.add(value["path"])
            else:
                hub.files[value["path"]] = base64.b64decode(value["content"])

    def _answer(self, body: object, status: int = 200) -> None:
        self.answer(status, json.dumps(body).encode(), {"Content-Type": "application/json"})


def _mode(asked: dict[str, Any]) -> dict[str, Any]:
    large = asked["size"] > LARGEST or b"\0" in base64.b64decode(asked["sample"])
    mode = "lfs" if large else "regular"
    return {"path": asked["path"], "uploadMode": mode, "shouldIgnore": False, "oid": None}
