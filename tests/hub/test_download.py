"""Downloads, against a server that plays the hub and misbehaves."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_demo.errors import DemoError
from llama_demo.hub.client import HubClient
from llama_demo.hub.download import Download, DownloadReport, DownloadStoppedError
from llama_demo.hub.files import needed_files
from llama_demo.hub.local import is_complete
from tests.hub_server import Fault, HubServer, hub_server
from tests.random_checkpoint import write_checkpoint

TOKEN = "hf_abcdefghijklmnop"
REPOSITORY = "someone/tiny"
CONFIG = {
    "model_type": "llama",
    "vocab_size": 2_000,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 64,
    "tie_word_embeddings": True,
}


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint as the hub has it, with files that are not needed."""
    folder = write_checkpoint(tmp_path_factory.mktemp("hub") / "tiny", CONFIG)
    (folder / "tokenizer.json").write_text('{"model": {}}')
    for name in ("pytorch_model.bin", "model.fp16.safetensors", "README.md", "vocab.json", "merges.txt"):
        (folder / name).write_bytes(b"of no use" * 100)
    (folder / "onnx").mkdir()
    (folder / "onnx" / "model.onnx").write_bytes(b"of no use")
    return folder


@pytest.fixture
def hub(checkpoint: Path) -> Iterator[HubServer]:
    """The server with this checkpoint."""
    with hub_server({REPOSITORY: checkpoint}) as server:
        yield server


def download(
    hub: HubServer, folder: Path, *, stop_at: int | None = None, timeout: float = 5.0
) -> list[DownloadReport]:
    """Download everything that is needed; waits between attempts are left out."""
    client, reports = HubClient(hub.url, TOKEN, timeout=timeout), []
    found = client.look(REPOSITORY, "main")
    Download(
        client,
        found,
        needed_files(found.names, REPOSITORY),
        folder,
        report=reports.append,
        stopped=lambda: stop_at is not None and reports[-1].done >= stop_at,
        wait=lambda seconds: None,
    ).run()
    return reports


def test_only_what_is_needed_is_downloaded(hub: HubServer, checkpoint: Path, tmp_path: Path) -> None:
    """No pickle, no second copy of the weights, no second vocabulary; and what came is what was there."""
    reports = download(hub, tmp_path / "model")
    here = {path.name for path in (tmp_path / "model").rglob("*")}
    assert here == {"config.json", "tokenizer.json", "model.safetensors", "README.md", "download.json"}
    assert (tmp_path / "model" / "model.safetensors").read_bytes() == (
        checkpoint / "model.safetensors"
    ).read_bytes()
    assert is_complete(tmp_path / "model")
    done = [one.done for one in reports]
    assert done == sorted(done)
    assert done[-1] == sum((checkpoint / name).stat().st_size for name in here - {"download.json"})


def test_a_stopped_download_goes_on_where_it_ended(hub: HubServer, tmp_path: Path) -> None:
    """The first half of a large file is not downloaded twice, not even after a restart of the program."""
    with pytest.raises(DownloadStoppedError):
        download(hub, tmp_path / "model", stop_at=270_000)
    part = tmp_path / "model" / "model.safetensors.part"
    here = part.stat().st_size
    assert here > 200_000
    download(hub, tmp_path / "model")
    asked = hub.asked("someone/tiny/model.safetensors")
    assert [ask[2] for ask in asked if ask[0] == "GET"] == ["", f"bytes={here}-"]
    assert not part.exists()


@pytest.mark.parametrize(
    "fault",
    [Fault(cut=150_000, times=2), Fault(status=500, times=2), Fault(status=429), Fault(hang=1.0)],
    ids=["cut off", "500", "429", "time-out"],
)
def test_a_passing_fault_is_overcome(hub: HubServer, tmp_path: Path, fault: Fault) -> None:
    """A train goes through a tunnel, a server restarts: the download goes on by itself."""
    hub.faults["someone/tiny/model.safetensors"] = fault
    download(hub, tmp_path / "model", timeout=0.5)
    assert is_complete(tmp_path / "model")


@pytest.mark.parametrize(
    ("ending", "fault", "key"),
    [
        ("revision/main", Fault(times=99, status=401), "hub_token_invalid"),
        ("revision/main", Fault(times=99, status=403, code="GatedRepo"), "hub_gated"),
        ("revision/main", Fault(times=99, status=404, code="RepoNotFound"), "hub_not_found"),
        ("revision/main", Fault(times=99, status=429), "hub_busy"),
        ("revision/main", Fault(times=99, status=500), "hub_failed"),
        ("revision/main", Fault(times=99, hang=1.5), "hub_timeout"),
        ("model.safetensors", Fault(times=99, cut=0), "hub_cut_off"),
        ("model.safetensors", Fault(times=99, spoil=True), "hub_checksum"),
        ("config.json", Fault(times=99, spoil=True), "hub_checksum"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_lasting_fault_is_told(hub: HubServer, tmp_path: Path, ending: str, fault: Fault, key: str) -> None:
    """Each of what can go wrong has a sentence of its own, which has no token in it."""
    hub.faults[ending] = fault
    with pytest.raises(DemoError) as caught:
        download(hub, tmp_path / "model", timeout=0.5)
    assert caught.value.key == key
    assert TOKEN not in str(caught.value)
    assert not is_complete(tmp_path / "model")


def test_a_hub_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Without a network, or where the hub is blocked."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(DemoError) as caught:
            HubClient(f"http://127.0.0.1:{taken.getsockname()[1]}", timeout=0.5).look(REPOSITORY, "main")
    assert caught.value.key == "hub_unreachable"


def test_a_small_disk_is_told_before_anything_is_written(
    hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fills up takes other programs with it."""
    usage = shutil.disk_usage(tmp_path)._replace(free=100_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(DemoError) as caught:
        download(hub, tmp_path / "model")
    assert caught.value.key == "disk_too_small"
    assert not (tmp_path / "model").exists()


def test_pickled_weights_are_refused_unless_the_hub_offers_others(checkpoint: Path, tmp_path: Path) -> None:
    """Nothing is unpickled; of many old checkpoints the hub's converter made safetensors."""
    old = tmp_path / "old"
    old.mkdir()
    shutil.copy(checkpoint / "config.json", old)
    (old / "pytorch_model.bin").write_bytes(b"\x80\x04")
    with hub_server({REPOSITORY: old}) as hub:
        with pytest.raises(DemoError) as caught:
            download(hub, tmp_path / "model")
        assert caught.value.key == "repository_pickled"
        hub.repositories[f"{REPOSITORY}@refs/pr/7"] = checkpoint
        download(hub, tmp_path / "model")
    assert is_complete(tmp_path / "model")


def test_the_token_goes_to_the_endpoint_alone(hub: HubServer, tmp_path: Path) -> None:
    """A store of files on another host never sees it."""
    download(hub, tmp_path / "model")
    assert {one[3] for one in hub.asked("revision/main")} == {f"Bearer {TOKEN}"}
    assert {one[3] for one in hub.asked("someone/tiny/model.safetensors")} == {""}


def test_which_vocabulary_is_needed() -> None:
    """Each kind of checkpoint has one, of one or several files."""
    weights, settings = "model.safetensors", "config.json"
    marian = ["source.spm", "target.spm", "vocab.json", "tokenizer_config.json", weights, settings]
    assert set(needed_files([*marian, "tf_model.h5", "rust_model.ot"], "a/b")) == set(marian)
    m2m = ["vocab.json", "sentencepiece.bpe.model", weights, settings]
    assert set(needed_files([*m2m, "tokenizer.json"], "a/b", "m2m_100")) == set(m2m)
    saved = ["tokenizer.json", weights, settings]
    assert set(needed_files(saved, "a/b", "m2m_100")) == set(saved)
    sentence = ["modules.json", "1_Pooling/config.json", "tokenizer.json", weights, settings]
    assert set(needed_files([*sentence, "vocab.txt", "onnx/model.onnx"], "a/b")) == set(sentence)
    shards = [f"model-{place:05}-of-00002.safetensors" for place in (1, 2)]
    sharded = ["model.safetensors.index.json", *shards, "tokenizer.json", settings]
    consolidated = ["consolidated.safetensors", "tokenizer.model.v3", "tokenizer.model"]
    assert set(needed_files([*sharded, *consolidated], "a/b")) == set(sharded)


def test_what_is_longer_than_the_file_of_the_hub_is_dropped(hub: HubServer, tmp_path: Path) -> None:
    """Each further try would end in the same refusal."""
    part = tmp_path / "model.safetensors.part"
    part.write_bytes(b"x")
    hub.faults["model.safetensors"] = Fault(status=416)
    with pytest.raises(DemoError, match="hub_checksum"):
        download(hub, tmp_path)
    assert not part.exists()
    download(hub, tmp_path)
    assert is_complete(tmp_path)
