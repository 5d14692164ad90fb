"""Downloading the files of a checkpoint into a folder: resumed where it ended, and verified.

A file is written beside its place, as ``.part``, and moved there when its hash is right. The manifest says
what belongs to the checkpoint, so that a later start of the program can go on.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from llama_demo.errors import CheckpointError, DemoError
from llama_demo.hub.client import HubClient, RemoteFile, RemoteRepository
from llama_demo.hub.local import MANIFEST, read_manifest
from llama_demo.model_file import write_json

TRIES = 5
"""Attempts in a row that bring nothing before a download fails."""

RETRIED = ("hub_cut_off", "hub_timeout", "hub_busy", "hub_failed", "hub_unreachable")
RESERVE = 200 * 2**20
"""Bytes of the disk that stay free."""
_STEP = 0.2  # seconds between two looks whether a waiting download was stopped


class DownloadStoppedError(Exception):
    """Raised in a download that was paused or cancelled."""


@dataclass(frozen=True)
class DownloadReport:
    """What a download tells of itself.

    Attributes:
        verifying: whether the file is being compared with its hash.
        done: bytes of all files that are here.
    """

    file: str
    done: int
    verifying: bool = False


class Download:
    """The download of some files of a repository.

    Args:
        found: the repository at a commit.
        names: the files that are wanted.
        folder: where they go.
        report: called about every quarter of a megabyte.
        stopped: tells whether to stop; checked as often.
        source: what the manifest says was downloaded; the repository unless given.
        wait: waits between attempts.
    """

    def __init__(
        self,
        client: HubClient,
        found: RemoteRepository,
        names: Sequence[str],
        folder: Path,
        *,
        report: Callable[[DownloadReport], None],
        stopped: Callable[[], bool],
        source: str = "",
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client, self._found, self._folder = client, found, folder
        files = {file.path: file for file in found.files}
        self._files = [files[name] for name in names]
        self._report, self._stopped, self._wait = report, stopped, wait
        self._source = source
        self._before = 0

    @property
    def total(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self._files)

    def run(self) -> None:
        """Download what is missing.

        Raises:
            CheckpointError: ``disk_too_small``, ``hub_checksum``, ``repository_changed`` or ``hub_...``.
            DownloadStoppedError: it was stopped; what is here stays.
        """
        self._check_disk()
        self._begin()
        for file in self._files:
            if not (self._folder / file.path).is_file():
                self._fetch(file)
            self._before += file.size
            self._report(DownloadReport(file.path, self._before))
        self._write_manifest(complete=True)

    def _check_disk(self) -> None:
        here = sum(_size(self._folder / one.path) or _size(_part(self._folder, one)) for one in self._files)
        folder = next(one for one in (self._folder, *self._folder.parents) if one.exists())
        free, needed = shutil.disk_usage(folder).free, self.total - here
        if needed + RESERVE > free:
            raise CheckpointError("disk_too_small", needed=needed, free=free, folder=self._folder.parent.name)

    def _begin(self) -> None:
        known = read_manifest(self._folder)
        if known and known.get("commit") != self._found.commit:
            # Files of two commits do not fit together; the parts of the old one are of no use.
            if known.get("complete"):
                raise CheckpointError("repository_changed", repository=self._found.repository)
            shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._write_manifest(complete=False)

    def _write_manifest(self, *, complete: bool) -> None:
        content = {
            "repository": self._source or self._found.repository,
            "commit": self._found.commit,
            "complete": complete,
            "files": [asdict(file) for file in self._files],
        }
        write_json(self._folder / MANIFEST, content)

    def _fetch(self, file: RemoteFile) -> None:
        part = _part(self._folder, file)
        part.parent.mkdir(parents=True, exist_ok=True)
        tries = 0
        while _size(part) < file.size or not part.exists():
            here = _size(part)
            try:
                self._read_on(file, part)
            except DemoError as error:
                if error.key == "hub_checksum":  # more is here than the hub has
                    part.unlink(missing_ok=True)
                tries = tries + 1 if _size(part) <= here else 1
                if error.key not in RETRIED or tries >= TRIES:
                    raise
                self._pause(min(8.0, 0.5 * 2**tries))
            if not file.size:
                break
        self._verify(file, part)
        part.replace(self._folder / file.path)

    def _read_on(self, file: RemoteFile, part: Path) -> None:
        with (
            self._client.stream(self._found, file.path, _size(part)) as (begin, chunks),
            part.open("r+b" if part.exists() else "wb") as written,
        ):
            written.truncate(begin)
            written.seek(begin)
            for chunk in chunks:
                written.write(chunk)
                self._go_on(file, written.tell())
                if written.tell() > file.size:
                    break
        if _size(part) < file.size:
            raise CheckpointError("hub_cut_off", file=file.path)

    def _verify(self, file: RemoteFile, part: Path) -> None:
        digest = hashlib.sha256() if file.sha256 else hashlib.sha1(b"blob %d\0" % file.size)  # noqa: S324  (git's)
        done = 0
        with part.open("rb") as stored:
            while block := stored.read(2**20):
                digest.update(block)
                done += len(block)
                self._go_on(file, file.size, verifying=True)
        if done != file.size or digest.hexdigest() != (file.sha256 or file.git_sha1):
            part.unlink()
            raise CheckpointError("hub_checksum", file=file.path)

    def _go_on(self, file: RemoteFile, done: int, *, verifying: bool = False) -> None:
        self._report(DownloadReport(file.path, self._before + min(done, file.size), verifying))
        if self._stopped():
            raise DownloadStoppedError

    def _pause(self, seconds: float) -> None:
        while seconds > 0:
            if self._stopped():
                raise DownloadStoppedError
            self._wait(min(_STEP, seconds))
            seconds -= _STEP


def _part(folder: Path, file: RemoteFile) -> Path:
    return folder / f"{file.path}.part"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
