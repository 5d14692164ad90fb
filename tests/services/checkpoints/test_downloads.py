"""The queue of downloads, and what ends one."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_demo.errors import InputError
from llama_demo.hub.client import HubClient
from llama_demo.hub.download import Download
from llama_demo.services.checkpoints.downloads import DownloadService, Wish
from tests.hub.test_download import CONFIG, REPOSITORY
from tests.hub_server import HubServer, hub_server
from tests.random_checkpoint import write_checkpoint


class Listing:
    """Lists what was downloaded, when it is let."""

    def __init__(self) -> None:
        self.begun, self.goes_on = threading.Event(), threading.Event()

    def __call__(self, repository: str, folder: Path, wish: Wish) -> None:
        self.begun.set()
        assert self.goes_on.wait(20)


@pytest.fixture
def listing() -> Listing:
    """What lists a downloaded checkpoint."""
    return Listing()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubServer]:
    """A server with a small checkpoint."""
    with hub_server({REPOSITORY: write_checkpoint(tmp_path / "tiny", CONFIG)}) as server:
        yield server


@pytest.fixture
def downloads(tmp_path: Path, hub: HubServer, listing: Listing) -> Iterator[DownloadService]:
    """The service, of that server."""
    service = DownloadService(tmp_path / "models", lambda: HubClient(hub.url), listing)
    yield service
    listing.goes_on.set()
    service.close()


def test_nothing_deletes_what_is_being_loaded(downloads: DownloadService, listing: Listing) -> None:
    """The files of the model that is active from now on would be gone."""
    downloads.start(REPOSITORY, "main")
    assert listing.begun.wait(20)
    for act in (downloads.cancel, downloads.pause):
        with pytest.raises(InputError, match="download_unknown"):
            act(REPOSITORY)
    downloads.start(REPOSITORY, "main")
    assert downloads.statuses()[0].state == "done"
    assert downloads.busy
    listing.goes_on.set()
    downloads.wait()
    assert not downloads.busy
    assert (downloads.folder(REPOSITORY) / "model.safetensors").exists()


@pytest.mark.parametrize(
    ("number", "key"), [(errno.ENOSPC, "disk_too_small"), (errno.EIO, "file_write_failed")]
)
def test_a_disk_that_cannot_be_written_is_not_taken_for_a_hub_that_does_not_answer(
    downloads: DownloadService, monkeypatch: pytest.MonkeyPatch, number: int, key: str
) -> None:
    """No other source helps against a full disk."""

    def full(*_: object) -> None:
        raise OSError(number, "the disk")

    monkeypatch.setattr(Download, "_go_on", full)
    downloads.start(REPOSITORY, "main")
    downloads.wait()
    status = downloads.statuses()[0]
    assert status.error is not None
    assert (status.state, status.error.key, status.offer_mirror) == ("failed", key, False)
    downloads.cancel(REPOSITORY)
    with pytest.raises(InputError, match="download_unknown"):
        downloads.pause(REPOSITORY)
    assert downloads.statuses()[0].state == "cancelled"
    assert not downloads.folder(REPOSITORY).exists()
