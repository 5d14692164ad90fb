"""The use cases of the tab of models, against a server that plays the hub."""

from __future__ import annotations

import json
import logging
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from llama_demo.catalogue import GUARD
from llama_demo.engine.request import Request, Sampling
from llama_demo.errors import DemoError, InputError
from llama_demo.hub.endpoints import VARIABLE
from llama_demo.services.checkpoints import machine as machine_module
from llama_demo.services.checkpoints.machine import MachineService
from llama_demo.services.checkpoints.offers import ModelOffer
from llama_demo.services.checkpoints.service import CheckpointService
from llama_demo.services.models import Models
from llama_demo.services.visits import Visit, resolve
from llama_demo.store.database import Database
from llama_demo.store.model_choices import ModelChoiceStore
from llama_demo.tasks.language_model import LanguageModel
from tests.conftest import GENERATOR
from tests.gguf_files import write_gguf
from tests.guards import write_guard
from tests.hub_server import Fault, HubServer, hub_server
from tests.services.checkpoints.test_machine import throughput

OPERATOR = resolve(public=False)
VISITOR = resolve(public=True, secret="0" * 32)
REPOSITORY = "someone/storyteller"
TOKEN = "hf_abcdefghijklmnop"


@dataclass
class Tab:
    """The service, and what it works with."""

    service: CheckpointService
    models: Models
    hub: HubServer
    start_again: Callable[..., CheckpointService]

    def until(self, state: str) -> None:
        """Wait until the last download is in a state."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            downloads = self.service.progress(VISITOR).downloads
            if downloads and downloads[-1].state == state:
                return
            time.sleep(0.02)
        raise AssertionError(downloads)


@pytest.fixture
def tab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tab]:
    """The bundled writer here, a copy of it on the hub, and a checkpoint that is quantized."""
    monkeypatch.setenv("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")
    quantized = tmp_path / "quantized"
    quantized.mkdir()
    (quantized / "config.json").write_text(
        '{"model_type": "llama", "quantization_config": {"quant_method": "gptq"}}'
    )
    (quantized / "model.safetensors").write_bytes(b"")
    database = Database(tmp_path / "app.db")
    opened: list[CheckpointService] = []

    def start(*, public: bool = False) -> CheckpointService:
        models = Models([GENERATOR], device="cpu")
        machine = MachineService(tmp_path, tmp_path, device="cpu", measuring=lambda device: throughput(0.5))
        service = CheckpointService(
            models,
            ModelChoiceStore(database),
            machine,
            tmp_path / "models",
            public=public,
            cache=tmp_path / "cache",
        )
        service.open()
        opened.append(service)
        tab.models = models
        return service

    with hub_server({REPOSITORY: GENERATOR, "someone/quantized": quantized}) as hub:
        monkeypatch.setenv(VARIABLE, hub.url)
        tab = Tab.__new__(Tab)
        tab.hub, tab.start_again = hub, start
        tab.service = start()
        yield tab
        for service in opened:
            service.close()
    database.close()


def test_a_checkpoint_is_checked_downloaded_chosen_and_still_there_after_a_restart(tab: Tab) -> None:
    """The whole way, with what the page shows of it."""
    assert tab.hub.requests == []  # no connection is opened without a request
    tab.service.overview(VISITOR)
    assert tab.hub.requests == []
    seen = tab.service.inspect(OPERATOR, f"https://huggingface.co/{REPOSITORY}/tree/main")
    assert seen.supported
    assert seen.offer is not None
    assert (seen.offer.task, seen.offer.family) == ("generate", "LLaMA")
    before = tab.service.progress(VISITOR).revision
    tab.service.download(OPERATOR, REPOSITORY, activate=True)
    tab.service.wait()
    assert tab.models.writer().name == "storyteller"
    progress = tab.service.progress(VISITOR)
    assert [one.state for one in progress.downloads] == ["done"]
    assert progress.revision > before
    assert not progress.busy
    offer = next(one for one in tab.service.overview(VISITOR).models if one.name == "storyteller")
    assert (offer.state, offer.active, offer.downloaded) == ("loaded", True, True)
    with pytest.raises(InputError, match="model_active"):
        tab.service.delete(OPERATOR, "storyteller")
    tab.service = tab.start_again()
    assert tab.service.active(VISITOR)["generate"].name == "storyteller"
    assert tab.models.writer().name == "storyteller"
    tab.service.activate(OPERATOR, "generator")
    tab.service.wait()
    tab.service.delete(OPERATOR, "storyteller")
    assert "storyteller" not in tab.models.state()


def test_a_paused_download_goes_on_after_a_restart(tab: Tab) -> None:
    """A laptop is closed in the middle of it."""
    tab.hub.slow = 0.02
    tab.service.inspect(OPERATOR, REPOSITORY)
    tab.service.download(OPERATOR, REPOSITORY)
    until = time.monotonic() + 30
    while not any(one.done > 1_000_000 for one in tab.service.progress(VISITOR).downloads):
        assert time.monotonic() < until
        time.sleep(0.01)
    tab.service.pause(OPERATOR, REPOSITORY)
    assert tab.service.progress(VISITOR).downloads[-1].state == "paused"
    tab.service.close()
    tab.hub.slow = 0.0
    tab.service = tab.start_again()
    assert [one.state for one in tab.service.progress(VISITOR).downloads] == ["paused"]
    tab.service.resume(OPERATOR, REPOSITORY)
    tab.until("done")
    assert any(one[2] for one in tab.hub.requests)  # a Range was asked for
    assert "storyteller" in tab.models.state()


def test_a_failed_download_says_why_and_can_be_cancelled(tab: Tab, caplog: pytest.LogCaptureFixture) -> None:
    """The sentence tells what to do; no token is in it, nor in the log."""
    caplog.set_level(logging.DEBUG)
    tab.service.set_token(OPERATOR, TOKEN)
    tab.service.inspect(OPERATOR, REPOSITORY)
    tab.hub.faults["safetensors"] = Fault(times=99, status=403)
    tab.service.download(OPERATOR, REPOSITORY)
    tab.until("failed")
    error = tab.service.progress(VISITOR).downloads[-1].error
    assert error is not None
    assert error.key == "hub_refused"
    tab.service.cancel(OPERATOR, REPOSITORY)
    assert tab.service.progress(VISITOR).downloads[-1].state == "cancelled"
    assert TOKEN not in caplog.text + str(error)
    with pytest.raises(InputError, match="token_invalid"):
        tab.service.set_token(OPERATOR, "what is a token?")


def test_what_cannot_be_used_is_told_before_it_is_downloaded(tab: Tab) -> None:
    """Quantized checkpoints by the name of the method, others by what they lack."""
    seen = tab.service.inspect(OPERATOR, "someone/quantized")
    assert not seen.supported
    assert seen.reason is not None
    assert (seen.reason.key, seen.reason.values) == ("quantized_unsupported", {"method": "GPTQ"})
    with pytest.raises(DemoError, match="hub_not_found"):
        tab.service.inspect(OPERATOR, "someone/nothing")
    for source in ("../../etc/passwd/x", "http://127.0.0.1/a/b", "https://evil.example/a/b", "a/b/../c"):
        with pytest.raises(InputError):
            tab.service.inspect(VISITOR if source.startswith("..") else OPERATOR, source)
    with pytest.raises(InputError, match="repository_unknown"):
        tab.service.download(OPERATOR, "someone/unchecked")


@pytest.mark.parametrize(
    "act",
    [
        lambda service, visit: service.inspect(visit, REPOSITORY),
        lambda service, visit: service.download(visit, REPOSITORY),
        lambda service, visit: service.download_set(visit, "small"),
        lambda service, visit: service.pause(visit, REPOSITORY),
        lambda service, visit: service.resume(visit, REPOSITORY),
        lambda service, visit: service.cancel(visit, REPOSITORY),
        lambda service, visit: service.activate(visit, "generator"),
        lambda service, visit: service.add_folder(visit, "/"),
        lambda service, visit: service.delete(visit, "generator"),
        lambda service, visit: service.set_endpoint(visit, "mirror"),
        lambda service, visit: service.set_token(visit, TOKEN),
    ],
)
def test_a_stranger_changes_nothing(tab: Tab, act: Callable[[CheckpointService, Visit], object]) -> None:
    """In public mode a visitor sees what there is, and that is all."""
    with pytest.raises(InputError, match="operator_only"):
        act(tab.service, VISITOR)
    assert tab.hub.requests == []
    assert not tab.service.overview(VISITOR).may_change


def test_a_folder_is_added_and_forgotten(tab: Tab, tmp_path: Path) -> None:
    """It is listed at the next start, and its files stay when it is forgotten."""
    shutil.copytree(GENERATOR, tmp_path / "mine")
    assert [tab.service.add_folder(OPERATOR, str(tmp_path / "mine")).name for _ in range(2)] == ["mine"] * 2
    assert list(tab.models.state()) == ["generator", "mine"]
    with pytest.raises(DemoError, match="folder_missing"):
        tab.service.add_folder(OPERATOR, "~nosuchuser/x")
    tab.service = tab.start_again()
    assert "mine" in tab.models.state()
    tab.service.delete(OPERATOR, "mine")
    assert (tmp_path / "mine" / "config.json").exists()
    with pytest.raises(InputError, match="model_bundled"):
        tab.service.delete(OPERATOR, "generator")


def greedy(writer: LanguageModel) -> list[int]:
    prompt = tuple(writer.tokenizer.encode("Once upon a time"))
    request = Request(prompt, Sampling(temperature=0.0), max_new_tokens=12)
    return [step.id for step in writer.engine.submit(request)]


def test_a_gguf_file_is_checked_added_used_and_forgotten(tab: Tab, tmp_path: Path) -> None:
    """A file of the bundled writer writes what its folder writes; it stays there when it is forgotten."""
    path = write_gguf(GENERATOR, tmp_path / "Mine.Q8.gguf", packing="F32")
    seen = tab.service.inspect(OPERATOR, str(path))
    assert seen.offer is not None
    assert (seen.offer.name, seen.offer.task, seen.offer.family) == ("Mine.Q8", "generate", "LLaMA")
    assert (seen.offer.repository, seen.offer.bytes) == ("", path.stat().st_size)
    assert tab.service.add_folder(OPERATOR, str(path)).parameters == seen.offer.parameters
    expected = greedy(tab.models.writer())
    tab.service.activate(OPERATOR, "Mine.Q8")
    tab.service.wait()
    assert tab.models.writer().name == "Mine.Q8"
    assert greedy(tab.models.writer()) == expected
    tab.service = tab.start_again()
    assert tab.models.writer().name == "Mine.Q8"
    tab.service.activate(OPERATOR, "generator")
    tab.service.wait()
    tab.service.delete(OPERATOR, "Mine.Q8")
    assert path.exists()


def test_gguf_files_of_this_machine_are_listed(tab: Tab, tmp_path: Path) -> None:
    """In the folder of models, in a folder of its own there, and in the hub's cache; broken ones are not."""
    path = write_gguf(GENERATOR, tmp_path / "one.gguf", packing="Q8_0")
    snapshot = tmp_path / "cache" / "models--someone--few" / "snapshots" / ("0" * 40)
    for place in (tmp_path / "models", tmp_path / "models" / "two", snapshot):
        place.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, tmp_path / "models" / "one.gguf")
    shutil.copy(path, tmp_path / "models" / "two" / "two.gguf")
    shutil.copy(path, snapshot / "three.gguf")
    (tmp_path / "models" / "broken.gguf").write_bytes(path.read_bytes()[:5_000])
    service = tab.start_again()
    assert list(tab.models.state()) == ["generator", "two", "one", "three"]
    (tmp_path / "models" / "one.gguf").unlink()
    assert {one.name: one.state for one in service.overview(VISITOR).models}["one"] == "failed"


def test_a_gguf_file_that_cannot_be_used_says_why(tab: Tab, tmp_path: Path) -> None:
    """Before anything of it is loaded; and a path with this ending is never taken for a repository."""
    path = write_gguf(GENERATOR, tmp_path / "cut.gguf", packing="Q8_0")
    path.write_bytes(path.read_bytes()[:-1_000])
    for source, key in ((str(path), "file_broken"), ("nowhere/model.gguf", "folder_missing")):
        seen = tab.service.inspect(OPERATOR, source)
        assert not seen.supported
        assert seen.reason is not None
        assert seen.reason.key == key
    assert tab.hub.requests == []


GUARDS = "Qwen/Qwen3Guard-Gen-0.6B"


@pytest.fixture
def guarded(tab: Tab, tmp_path: Path) -> Callable[[], ModelOffer]:
    """A guard model that was downloaded, as the page lists it now."""
    tab.hub.repositories[GUARDS] = write_guard(tmp_path / "guard")
    tab.service.download(OPERATOR, GUARDS)
    tab.until("done")
    tab.service.wait()

    def offer() -> ModelOffer:
        return next(one for one in tab.service.overview(OPERATOR).models if one.repository == GUARDS)

    return offer


def test_a_guard_model_is_switched_on_and_off(tab: Tab, guarded: Callable[[], ModelOffer]) -> None:
    """By operators alone; it stands apart from the writers, and what was chosen holds after a restart."""
    offer = guarded()
    assert (offer.task, offer.state, offer.active) == (GUARD, "installed", False)
    for forbidden in (
        lambda: tab.service.activate(VISITOR, offer.name),
        lambda: tab.service.switch_guard_off(VISITOR),
    ):
        with pytest.raises(InputError, match="operator_only"):
            forbidden()
    tab.service.activate(OPERATOR, offer.name)
    tab.service.wait()
    assert (guarded().state, guarded().active) == ("loaded", True)
    assert tab.models.writer().name == "generator"
    with pytest.raises(InputError, match="model_active"):
        tab.service.delete(OPERATOR, offer.name)
    tab.service = tab.start_again()
    tab.service.warm_up()
    assert (guarded().state, guarded().active) == ("loaded", True)
    tab.service.switch_guard_off(OPERATOR)
    assert (guarded().state, guarded().active) == ("installed", False)
    switch = tab.service.progress(OPERATOR).switch
    assert switch is not None
    assert (switch.name, switch.state) == (offer.name, "off")
    tab.service = tab.start_again()
    assert not guarded().active
    tab.service.delete(OPERATOR, offer.name)
    assert guarded().state == "available"


def test_a_guard_model_that_broke_is_told_and_the_rules_decide(
    tab: Tab, guarded: Callable[[], ModelOffer], caplog: pytest.LogCaptureFixture
) -> None:
    """The app starts without it, and says so in the log and in the tab."""
    name = guarded().name
    tab.service.activate(OPERATOR, name)
    tab.service.wait()
    (tab.models.folder(name) / "tokenizer_config.json").write_text("{}")
    tab.service = tab.start_again()
    tab.service.warm_up()
    assert "the rules alone decide" in caplog.text
    assert not guarded().active
    switch = tab.service.progress(OPERATOR).switch
    assert switch is not None
    assert switch.error is not None
    assert (switch.state, switch.former, switch.error.key) == ("failed", "", "guard_template_missing")


PACKED = "someone/storyteller-GGUF"


@pytest.fixture
def packed(tab: Tab, tmp_path: Path) -> Path:
    """A repository with GGUF files alone: of several packings, one of them split, and what is no model."""
    folder = tmp_path / "packed"
    (folder / "big").mkdir(parents=True)
    for packing in ("Q4_0", "Q8_0", "F16"):
        write_gguf(GENERATOR, folder / f"Tale.{packing}.gguf", packing=packing)
    write_gguf(GENERATOR, folder / "big" / "Tale-Q8_0.gguf", packing="Q8_0", tensors_a_part=20)
    (folder / "mmproj-Tale.gguf").write_bytes(b"GGUF")
    (folder / "README.md").write_text("Packed.")
    tab.hub.repositories[PACKED] = folder
    return folder


def test_a_repository_of_gguf_files_is_got_in_the_packing_that_fits(tab: Tab, packed: Path) -> None:
    """Only its header is read before; what was downloaded serves after a restart, and its file is deleted."""
    seen = tab.service.inspect(OPERATOR, f"https://huggingface.co/{PACKED}")
    assert seen.offer is not None
    source = f"{PACKED}/big/Tale-Q8_0-00001-of-00003.gguf"
    assert (seen.offer.name, seen.offer.family, seen.offer.repository) == ("Tale-Q8_0", "LLaMA", source)
    assert seen.offer.page == f"https://huggingface.co/{PACKED}"
    parts = sorted((packed / "big").iterdir())
    assert seen.offer.bytes == sum(part.stat().st_size for part in parts)
    tab.service.download(OPERATOR, source, activate=True)
    tab.service.wait()
    tab.until("done")
    expected = greedy(tab.models.writer())
    assert tab.models.writer().name == "Tale-Q8_0"
    tab.service = tab.start_again()
    assert greedy(tab.models.writer()) == expected
    with pytest.raises(InputError, match="model_installed"):
        tab.service.download(OPERATOR, source)
    tab.service.activate(OPERATOR, "generator")
    tab.service.wait()
    tab.service.delete(OPERATOR, "Tale-Q8_0")
    assert list((packed.parent / "models").iterdir()) == []


def test_one_gguf_file_of_a_repository_is_got(tab: Tab, packed: Path) -> None:
    """By its name or its address; two files of one repository are two models."""
    for source, name in (
        (f"{PACKED}/Tale.Q4_0.gguf", "Tale.Q4_0"),
        (f"https://hf-mirror.com/{PACKED}/blob/main/Tale.F16.gguf?download=true", "Tale.F16"),
    ):
        seen = tab.service.inspect(OPERATOR, source)
        assert seen.offer is not None
        assert seen.offer.name == name
        tab.service.download(OPERATOR, seen.offer.repository)
        tab.until("done")
        tab.service.wait()
    assert {"Tale.Q4_0", "Tale.F16"} <= set(tab.models.state())
    assert tab.hub.asked("Tale.Q8_0.gguf") == []


def test_a_gguf_file_of_the_hub_that_cannot_be_used_says_why(tab: Tab, packed: Path) -> None:
    """From its header, before the rest is read; one that is not there is the hub's answer."""
    (packed / "Other.gguf").write_bytes(b"PK" + bytes(5_000_000))
    (packed / "Tale.Q4_0.gguf").write_bytes((packed / "Tale.Q4_0.gguf").read_bytes()[:3_000_000])
    for file in ("Other.gguf", "Tale.Q4_0.gguf"):
        seen = tab.service.inspect(OPERATOR, f"{PACKED}/{file}")
        assert seen.reason is not None
        assert seen.reason.key == "file_broken"
    with pytest.raises(DemoError, match="hub_not_found"):
        tab.service.inspect(OPERATOR, f"{PACKED}/Missing.gguf")
    for source in (f"{PACKED}/../Tale.gguf", f"{PACKED}/Tale.bin", "a/b/c/d/e/f/g.gguf"):
        with pytest.raises(InputError, match="repository_invalid"):
            tab.service.inspect(OPERATOR, source)


def in_cache(folder: Path, repository: str) -> Path:
    """A copy of the bundled writer in the hub's cache."""
    owner, _, name = repository.partition("/")
    snapshot = folder / "cache" / f"models--{owner}--{name}" / "snapshots" / ("0" * 40)
    shutil.copytree(GENERATOR, snapshot)
    return snapshot


def test_a_stranger_sees_neither_private_names_nor_folders_nor_addresses(
    tab: Tab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub's cache of a public server belongs to its operator."""
    snapshot = in_cache(tmp_path, "secret/internal")
    monkeypatch.setenv(VARIABLE, tab.hub.url.replace("://", "://operator:password@"))
    service = tab.start_again(public=True)
    seen = service.overview(VISITOR)
    assert "secret/internal" not in {one.repository for one in seen.models}
    assert (seen.endpoints, seen.has_token) == ((), False)
    operators = service.overview(OPERATOR)
    assert "secret/internal" in {one.repository for one in operators.models}
    assert "password" not in str(operators.endpoints)
    next(snapshot.glob("*.safetensors")).unlink()
    service.activate(OPERATOR, "internal", insist=True)
    service.wait()
    failed = service.progress(OPERATOR).switch
    assert failed is not None
    assert failed.error is not None
    assert service.progress(VISITOR).switch is None


def test_a_folder_that_vanishes_leaves_the_others_listed(tab: Tab, tmp_path: Path) -> None:
    """A disk is unmounted, or the hub's cache is cleaned, while the app runs."""
    snapshot = in_cache(tmp_path, "someone/gone")
    service = tab.start_again()
    shutil.rmtree(snapshot)
    states = {one.name: one.state for one in service.overview(VISITOR).models}
    assert states["gone"] == "failed"
    assert states["generator"] == "installed"
    service.activate(OPERATOR, "generator")
    service.wait()


def test_a_choice_that_does_not_fit_or_is_broken_leaves_the_start_to_the_bundled_model(
    tab: Tab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A model that is too large would end each start, with no way back on the page."""
    snapshot = in_cache(tmp_path, "someone/large")
    service = tab.start_again()
    service.activate(OPERATOR, "large")
    service.wait()
    assert tab.start_again().active(VISITOR)["generate"].name == "large"
    memory = machine_module.read_memory()
    with monkeypatch.context() as short:
        short.setattr(machine_module, "read_memory", lambda: replace(memory, free=10_000_000))
        service = tab.start_again()
        service.warm_up()
        assert service.active(VISITOR)["generate"].name == "generator"
        assert "large" in caplog.text
    next(snapshot.glob("*.safetensors")).write_bytes(b"broken")
    service = tab.start_again()
    service.warm_up()
    assert service.active(VISITOR)["generate"].name == "generator"


def test_a_download_is_not_loaded_without_the_memory_for_it(
    tab: Tab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is here then, and the page says why it does not serve."""
    memory = machine_module.read_memory()
    monkeypatch.setattr(machine_module, "read_memory", lambda: replace(memory, free=10_000_000))
    tab.service.inspect(OPERATOR, REPOSITORY)
    tab.service.download(OPERATOR, REPOSITORY, activate=True)
    tab.service.wait()
    progress = tab.service.progress(OPERATOR)
    assert [one.state for one in progress.downloads] == ["done"]
    assert progress.switch is not None
    assert progress.switch.error is not None
    assert progress.switch.error.key == "model_needs_memory"
    assert tab.models.state()["storyteller"] == "available"
    for act in (tab.service.download, tab.service.resume, tab.service.cancel):
        with pytest.raises(InputError, match="model_installed"):
            act(OPERATOR, REPOSITORY)


def test_an_embedder_is_announced_as_one(tab: Tab, tmp_path: Path) -> None:
    """A decoder of sentence-transformers serves the search; what was checked is what is downloaded."""
    folder = tmp_path / "embedder"
    shutil.copytree(GENERATOR, folder)
    (folder / "modules.json").write_text("[]")
    tab.hub.repositories["someone/embedder"] = folder
    offer = tab.service.inspect(OPERATOR, "someone/embedder").offer
    assert offer is not None
    assert offer.task == "search"
    assert len(offer.revision) == 40


def test_a_quantized_checkpoint_of_the_cache_is_not_listed(tab: Tab, tmp_path: Path) -> None:
    """Its button could only fail."""
    config = in_cache(tmp_path, "someone/gptq") / "config.json"
    quantized = {"quantization_config": {"quant_method": "gptq"}}
    config.write_text(json.dumps(json.loads(config.read_text()) | quantized))
    tab.start_again()
    assert list(tab.models.state()) == ["generator"]


def test_the_speed_of_a_model_that_wrote_stands_beside_the_estimate(tab: Tab) -> None:
    """As it was measured while one request was served; before that there is none."""

    def measured() -> float:
        return next(one for one in tab.service.overview(VISITOR).models if one.active).tokens_per_second

    assert measured() == 0
    stream = tab.models.writer().engine.submit(Request((1,), Sampling(temperature=0.0), max_new_tokens=20))
    written = len(list(stream))
    assert measured() > 0.2 * (written - 1) / stream.seconds
