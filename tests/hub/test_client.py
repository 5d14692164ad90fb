"""What becomes of the hub's answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_demo.errors import DemoError, InputError
from llama_demo.hub.client import HubClient
from llama_demo.hub.endpoints import VARIABLE, endpoints, without_login
from llama_demo.hub.files import needed_files
from llama_demo.hub.repository import source_of
from tests.hub_server import Fault, hub_server


@pytest.fixture
def pickled(tmp_path: Path) -> Path:
    """A repository whose weights are pickled."""
    folder = tmp_path / "pickled"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "pytorch_model.bin").write_bytes(b"")
    return folder


def test_an_error_of_the_reader_is_not_the_hubs(pickled: Path) -> None:
    """A full disk comes as an OSError out of the block that writes what is read."""
    with hub_server({"someone/old": pickled}) as hub:
        client = HubClient(hub.url)
        found = client.look("someone/old", "main")
        with pytest.raises(OSError, match="full"), client.stream(found, "config.json", 0):
            raise OSError(28, "full")


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_hub_without_discussions_has_no_converted_weights(pickled: Path, status: int) -> None:
    """The weights are pickled, is what there is to say; the repository is there."""
    with hub_server({"someone/old": pickled}) as hub:
        hub.faults["discussions"] = Fault(times=9, status=status)
        found = HubClient(hub.url).look("someone/old", "main")
    with pytest.raises(DemoError, match="repository_pickled"):
        needed_files(found.names, "someone/old")


def test_a_hub_that_is_silent_about_discussions_is_not_waited_for(pickled: Path) -> None:
    """The only thread of the downloads would hang for ever."""
    with hub_server({"someone/old": pickled}) as hub:
        hub.faults["discussions"] = Fault(times=9, hang=3.0)
        with pytest.raises(DemoError, match="hub_timeout"):
            HubClient(hub.url, timeout=0.3).look("someone/old", "main")


@pytest.mark.parametrize(
    ("address", "name", "trusted"),
    [
        ("", "hub", True),
        ("http://huggingface.co/", "hub", True),
        ("https://HF-mirror.com", "mirror", False),
        ("http://hf-mirror.com/x", "mirror", False),
        ("https://hub.example", "own", True),
        ("http://hub.example", "own", False),
        ("http://127.0.0.1:8000", "own", True),
    ],
)
def test_the_token_goes_to_no_mirror_however_its_address_is_written(
    monkeypatch: pytest.MonkeyPatch, address: str, name: str, trusted: bool
) -> None:
    """Nor over a connection that others can read."""
    monkeypatch.setenv(VARIABLE, address)
    chosen = next(one for one in endpoints() if one.chosen)
    assert (chosen.name, chosen.trusted) == (name, trusted)


def test_the_login_of_an_address_is_not_shown() -> None:
    """Neither on the page nor in a sentence."""
    assert without_login("https://me:secret@hub.example/x@y") == "https://hub.example/x@y"
    with pytest.raises(DemoError) as caught:
        HubClient("http://me:secret@127.0.0.1:9").look("someone/old", "main")
    assert caught.value.values == {"endpoint": "http://127.0.0.1:9"}


@pytest.mark.parametrize("kind", ["datasets", "spaces"])
def test_what_is_no_model_is_refused(kind: str) -> None:
    """Else the data set would be taken for a model of an owner of this name."""
    with pytest.raises(InputError, match="repository_invalid"):
        source_of(f"https://huggingface.co/{kind}/someone/thing")
