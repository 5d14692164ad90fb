"""Downloads of checkpoints: one at a time, paused, resumed and cancelled, with their progress.

What is called a repository here may also be one GGUF file of it, ``owner/name/file.gguf``.
"""

from __future__ import annotations

import errno
import json
import logging
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from llama_demo.errors import CheckpointError, DemoError, InputError
from llama_demo.hub.client import UNANSWERED, HubClient, RemoteRepository
from llama_demo.hub.download import Download, DownloadReport, DownloadStoppedError
from llama_demo.hub.files import needed_files
from llama_demo.hub.gguf import gguf_parts
from llama_demo.hub.local import begun
from llama_demo.hub.repository import folder_name, split_source
from llama_demo.services.checkpoints.machine import disk_free
from llama_demo.services.model_folders import SENTENCE_FILE

log = logging.getLogger(__name__)

DownloadState = Literal[
    "waiting", "checking", "running", "paused", "verifying", "done", "failed", "cancelled"
]
ACTIVE: frozenset[DownloadState] = frozenset({"waiting", "checking", "running", "verifying"})
"""States of downloads that go on by themselves."""

_PAUSED: frozenset[DownloadState] = frozenset({"paused", "failed", "cancelled"})
"""States of downloads that were begun and do not go on; what is here of them can be deleted."""

_WINDOW = 5.0
"""Seconds over which the speed is averaged."""

_SAMPLE = 0.1
"""Seconds between two samples of the speed."""

_FULL = (errno.ENOSPC, errno.EDQUOT)
"""Error numbers of a disk, or a share of it, that has no room left."""


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


@dataclass(frozen=True)
class Wish:
    """What is to be done with a checkpoint when all of it is here.

    Attributes:
        activate: whether it is to be switched to.
        insist: whether it is loaded although memory is short.
    """

    activate: bool = False
    insist: bool = False

    def __or__(self, other: Wish) -> Wish:
        return Wish(self.activate or other.activate, self.insist or other.insist)


@dataclass
class _Job:
    """A download that was asked for."""

    repository: str
    revision: str
    wish: Wish
    status: DownloadStatus
    stop: threading.Event = field(default_factory=threading.Event)
    samples: deque[tuple[float, int]] = field(default_factory=deque)


class DownloadService:
    """Downloads checkpoints on a thread of its own.

    Args:
        root: the app's folder of models.
        client: makes a client of the chosen source.
        installed: called with a source, its folder or file, and what is to be done, when all is there.
    """

    def __init__(
        self,
        root: Path,
        client: Callable[[], HubClient],
        installed: Callable[[str, Path, Wish], None],
    ) -> None:
        self._root = root
        self._client = client
        self._installed = installed
        self._jobs: dict[str, _Job] = {}
        self._changed = threading.Condition(threading.Lock())
        self._closed = False
        self._installing = ""
        self._thread: threading.Thread | None = None
        for repository in begun(root):
            self._jobs[repository] = _Job(repository, "", Wish(), DownloadStatus(repository, "paused"))

    def statuses(self) -> tuple[DownloadStatus, ...]:
        """Every download since the start, and those that were begun before."""
        with self._changed:
            return tuple(job.status for job in self._jobs.values())

    def folder(self, repository: str) -> Path:
        """Where a repository is downloaded to."""
        return self._root / folder_name(repository)

    @property
    def busy(self) -> bool:
        """Whether something is downloaded, or what was downloaded is being listed and loaded."""
        with self._changed:
            return self._is_busy()

    def start(self, repository: str, revision: str, wish: Wish | None = None) -> None:
        """Begin or resume a download; one that runs goes on."""
        with self._changed:
            job, wish = self._jobs.get(repository), wish or Wish()
            if job is not None:
                job.wish = wish = job.wish | wish
                running = job.status.state in ACTIVE and not job.stop.is_set()
                if running or repository == self._installing:
                    return
            self._jobs.pop(repository, None)  # the newest is the last
            self._jobs[repository] = _Job(repository, revision, wish, DownloadStatus(repository))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="downloads", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def pause(self, repository: str) -> None:
        """Stop a download; what is here of it stays. Raises ``download_unknown``."""
        self._stop(repository, "paused", ACTIVE)

    def cancel(self, repository: str) -> None:
        """Stop a download and delete what is here of it. Raises ``download_unknown``."""
        self._stop(repository, "cancelled", ACTIVE | _PAUSED)
        shutil.rmtree(self.folder(repository), ignore_errors=True)

    def wait(self, seconds: float = 60.0) -> None:
        """Return when nothing is downloaded, or after some seconds."""
        until = time.monotonic() + seconds
        with self._changed:
            while self._is_busy():
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

    def _is_busy(self) -> bool:
        return bool(self._installing) or any(job.status.state in ACTIVE for job in self._jobs.values())

    def _stop(self, repository: str, state: DownloadState, states: frozenset[DownloadState]) -> None:
        """Stop a download in one of some states; what is complete is not stopped."""
        with self._changed:
            job = self._jobs.get(repository)
            if job is None or job.status.state not in states:
                raise InputError("download_unknown", repository=repository[:200])
            job.stop.set()
            told = replace(job.status, state=state, bytes_per_second=0.0, seconds_left=None)
            job.status = replace(told, error=None, offer_mirror=False)
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
                self._fail(job, self._unwritten(job, exc))
            except Exception:
                log.exception("a download failed")
                self._fail(job, DemoError("unexpected"))
            finally:
                with self._changed:
                    self._installing = ""
                    self._changed.notify_all()

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
        repository, file = split_source(job.repository)
        found = client.look(repository, job.revision or "main")
        download = Download(
            client,
            found,
            gguf_parts(file) if file else _needed(client, found),
            folder,
            report=lambda report: self._progress(job, report),
            stopped=job.stop.is_set,
            source=job.repository,
        )
        self._set(job, state="running", total=download.total)
        download.run()
        self._end(job, download.total)
        self._installed(job.repository, folder / file, job.wish)

    def _end(self, job: _Job, total: int) -> None:
        """From here on nothing stops the download: its files are listed, loaded and read."""
        with self._changed:
            if job.stop.is_set():
                raise DownloadStoppedError
            self._installing = job.repository
            job.status = replace(
                job.status, state="done", done=total, bytes_per_second=0.0, seconds_left=None
            )
            self._changed.notify_all()

    def _unwritten(self, job: _Job, exc: OSError) -> CheckpointError:
        """Why a file could not be written."""
        if exc.errno not in _FULL:
            return CheckpointError("file_write_failed", repository=job.repository, detail=str(exc.strerror))
        needed, free = max(0, job.status.total - job.status.done), disk_free(self._root)
        return CheckpointError("disk_too_small", needed=needed, free=free, folder=self._root.name)

    def _progress(self, job: _Job, report: DownloadReport) -> None:
        now = time.monotonic()
        if not job.samples or now - job.samples[-1][0] >= _SAMPLE:
            job.samples.append((now, report.done))
        while len(job.samples) > 1 and job.samples[0][0] <= now - _WINDOW:
            job.samples.popleft()
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


@dataclass(frozen=True)
class RemoteConfig:
    """The configuration of a repository.

    Attributes:
        commit: at which it was read.
        bytes: of the weight files that would be downloaded.
        embeds: whether it is one of sentence-transformers, whose decoders are embedders.
    """

    content: Mapping[str, object]
    commit: str
    bytes: int
    embeds: bool


def read_config(client: HubClient, found: RemoteRepository) -> RemoteConfig:
    """The configuration of a repository.

    Raises:
        DemoError: the hub does not answer, or the repository has nothing that can be loaded.
    """
    if "config.json" not in found.names:
        raise CheckpointError("repository_empty", repository=found.repository)
    config = _config(client.read(found, "config.json"))
    names = needed_files(found.names, found.repository, str(config.get("model_type", "")))
    size = _size(names, [(file.path, file.size) for file in found.files])
    return RemoteConfig(config, found.commit, size, embeds=SENTENCE_FILE in names)


def _needed(client: HubClient, found: RemoteRepository) -> list[str]:
    """The files of a checkpoint in safetensors."""
    model_type = str(_config(client.read(found, "config.json")).get("model_type", ""))
    return needed_files(found.names, found.repository, model_type)


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
