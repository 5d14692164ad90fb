"""Downloads of checkpoints: one at a time, paused, resumed and cancelled, with their progress."""

from __future__ import annotations

import json
import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from llama_demo.errors import CheckpointError, DemoError, InputError
from llama_demo.hub.client import HubClient
from llama_demo.hub.download import Download, DownloadReport, DownloadStoppedError
from llama_demo.hub.files import needed_files
from llama_demo.hub.local import begun
from llama_demo.hub.repository import folder_name

log = logging.getLogger(__name__)

DownloadState = Literal[
    "waiting", "checking", "running", "paused", "verifying", "done", "failed", "cancelled"
]
ACTIVE: frozenset[DownloadState] = frozenset({"waiting", "checking", "running", "verifying"})
"""States of downloads that go on by themselves."""

UNANSWERED = ("hub_unreachable", "hub_timeout")
"""Errors behind which another source may help."""

_WINDOW = 5.0
"""Seconds over which the speed is averaged."""


@dataclass(frozen=True)
class DownloadStatus:
    """How far a download has come.

    Attributes:
        done, total: bytes.
        file: that is being read.
        seconds_left: at the present speed; ``None`` if it is not known.
        offer_mirror: whether the source did not answer, and another may.
    """

    repository: str
    state: DownloadState = "waiting"
    done: int = 0
    total: int = 0
    file: str = ""
    bytes_per_second: float = 0.0
    seconds_left: float | None = None
    error: DemoError | None = None
    offer_mirror: bool = False


@dataclass
class _Job:
    """A download that was asked for."""

    repository: str
    revision: str
    activate: bool
    status: DownloadStatus
    stop: threading.Event = field(default_factory=threading.Event)
    samples: list[tuple[float, int]] = field(default_factory=list)


class DownloadService:
    """Downloads checkpoints on a thread of its own.

    Args:
        root: the app's folder of models.
        client: makes a client of the chosen source.
        installed: called with a repository, its folder and whether it is to be activated, when all is there.
    """

    def __init__(
        self,
        root: Path,
        client: Callable[[], HubClient],
        installed: Callable[[str, Path, bool], None],
    ) -> None:
        self._root = root
        self._client = client
        self._installed = installed
        self._jobs: dict[str, _Job] = {}
        self._changed = threading.Condition(threading.Lock())
        self._closed = False
        self._thread: threading.Thread | None = None
        for repository in begun(root):
            self._jobs[repository] = _Job(repository, "", False, DownloadStatus(repository, "paused"))

    def statuses(self) -> tuple[DownloadStatus, ...]:
        """Every download since the start, and those that were begun before."""
        with self._changed:
            return tuple(job.status for job in self._jobs.values())

    def folder(self, repository: str) -> Path:
        """Where a repository is downloaded to."""
        return self._root / folder_name(repository)

    def start(self, repository: str, revision: str, *, activate: bool = False) -> None:
        """Begin or resume a download; one that runs goes on."""
        with self._changed:
            job = self._jobs.get(repository)
            if job is not None and job.status.state in ACTIVE and not job.stop.is_set():
                job.activate = job.activate or activate
                return
            activate = activate or (job is not None and job.activate)
            self._jobs.pop(repository, None)  # the newest is the last
            self._jobs[repository] = _Job(repository, revision, activate, DownloadStatus(repository))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="downloads", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def pause(self, repository: str) -> None:
        """Stop a download; what is here of it stays. Raises ``download_unknown``."""
        self._stop(repository, "paused")

    def cancel(self, repository: str) -> None:
        """Stop a download and delete what is here of it. Raises ``download_unknown``."""
        self._stop(repository, "cancelled")
        with self._changed:
            folder = self.folder(repository)
        shutil.rmtree(folder, ignore_errors=True)

    def wait(self, seconds: float = 60.0) -> None:
        """Return when nothing is downloaded, or after some seconds."""
        until = time.monotonic() + seconds
        with self._changed:
            while any(job.status.state in ACTIVE for job in self._jobs.values()):
                if not self._changed.wait(max(0.0, until - time.monotonic())):
                    return

    def close(self) -> None:
        """Stop; what is here stays, and is resumed on demand."""
        with self._changed:
            self._closed = True
            for job in self._jobs.values():
                job.stop.set()
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout=5.0)

    def _stop(self, repository: str, state: DownloadState) -> None:
        with self._changed:
            job = self._jobs.get(repository)
            if job is None or job.status.state == "done":
                raise InputError("download_unknown", repository=repository[:200])
            job.stop.set()
            job.status = replace(job.status, state=state, bytes_per_second=0.0, seconds_left=None)
            self._changed.notify_all()

    def _run(self) -> None:
        while (job := self._next()) is not None:
            try:
                self._download(job)
            except DownloadStoppedError:
                if job.status.state == "cancelled":
                    shutil.rmtree(self.folder(job.repository), ignore_errors=True)
            except DemoError as error:
                self._fail(job, error)
            except OSError as exc:
                self._fail(job, CheckpointError("file_broken", file=job.repository, detail=str(exc.strerror)))
            except Exception:
                log.exception("a download failed")
                self._fail(job, DemoError("unexpected"))

    def _next(self) -> _Job | None:
        with self._changed:
            while not self._closed:
                for job in self._jobs.values():
                    if job.status.state == "waiting" and not job.stop.is_set():
                        return job
                self._changed.wait()
        return None

    def _download(self, job: _Job) -> None:
        client, folder = self._client(), self.folder(job.repository)
        self._set(job, state="checking")
        found = client.look(job.repository, job.revision or "main")
        model_type = str(_config(client.read(found, "config.json")).get("model_type", ""))
        download = Download(
            client,
            found,
            needed_files(found.names, job.repository, model_type),
            folder,
            report=lambda report: self._progress(job, report),
            stopped=job.stop.is_set,
        )
        self._set(job, state="running", total=download.total)
        download.run()
        self._installed(job.repository, folder, job.activate)
        self._set(job, state="done", done=download.total, bytes_per_second=0.0, seconds_left=None)

    def _progress(self, job: _Job, report: DownloadReport) -> None:
        now = time.monotonic()
        job.samples.append((now, report.done))
        job.samples = [one for one in job.samples if one[0] > now - _WINDOW] or job.samples[-1:]
        before, seconds = job.samples[0][1], now - job.samples[0][0]
        speed = max(0.0, (report.done - before) / seconds) if seconds > 0 else 0.0
        left = (job.status.total - report.done) / speed if speed else None
        self._set(
            job,
            state="verifying" if report.verifying else "running",
            done=report.done,
            file=report.file,
            bytes_per_second=speed,
            seconds_left=left,
        )

    def _fail(self, job: _Job, error: DemoError) -> None:
        offer = error.key in UNANSWERED
        self._set(job, state="failed", error=error, offer_mirror=offer, bytes_per_second=0.0)

    def _set(self, job: _Job, **values: object) -> None:
        with self._changed:
            if not job.stop.is_set():  # its state is what stopped it
                job.status = replace(job.status, **values)  # type: ignore[arg-type]
            self._changed.notify_all()


def read_config(client: HubClient, repository: str, revision: str) -> tuple[dict[str, object], int]:
    """The configuration of a repository, and the bytes that would be downloaded.

    Raises:
        DemoError: the hub does not answer, or the repository has nothing that can be loaded.
    """
    found = client.look(repository, revision)
    if "config.json" not in found.names:
        raise CheckpointError("repository_empty", repository=repository)
    config = _config(client.read(found, "config.json"))
    names = needed_files(found.names, repository, str(config.get("model_type", "")))
    return config, _size(names, [(file.path, file.size) for file in found.files])


def _size(names: Sequence[str], files: Iterable[tuple[str, int]]) -> int:
    sizes = dict(files)
    return sum(sizes[name] for name in names if name.endswith(".safetensors"))


def _config(content: bytes) -> dict[str, object]:
    try:
        config = json.loads(content)
    except ValueError as exc:
        raise CheckpointError("file_broken", file="config.json", detail=str(exc)[:200]) from exc
    if not isinstance(config, dict):
        raise CheckpointError("file_broken", file="config.json", detail="not a JSON object")
    return config
