"""Switching models while the app runs."""

from __future__ import annotations

import gc
import shutil
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from llama_demo.engine.request import Request, Sampling
from llama_demo.errors import BusyError, InputError
from llama_demo.services.checkpoints.loading import ModelLoading
from llama_demo.services.checkpoints.switching import ModelSwitch
from llama_demo.services.models import Models
from llama_demo.services.translation.routes import all_routes
from llama_demo.store.database import Database
from llama_demo.store.model_choices import ModelChoiceStore
from tests.conftest import GENERATOR

PLENTY = 10**12


@pytest.fixture
def choices(tmp_path: Path) -> Iterator[ModelChoiceStore]:
    """The choices in a database of their own."""
    database = Database(tmp_path / "choices.db")
    yield ModelChoiceStore(database)
    database.close()


@pytest.fixture
def models(tmp_path: Path) -> Models:
    """The bundled writer, and a copy of it that was found on the machine."""
    shutil.copytree(GENERATOR, tmp_path / "other")
    models = Models([GENERATOR], device="cpu")
    models.add(tmp_path / "other")
    return models


def switch(models: Models, choices: ModelChoiceStore, *, free: int = PLENTY) -> ModelSwitch:
    """A switch on a machine with so many bytes."""
    return switch_with(models, choices, lambda: free)


def switch_with(models: Models, choices: ModelChoiceStore, free: Callable[[], int]) -> ModelSwitch:
    """A switch on a machine whose free bytes are told."""
    return ModelSwitch(models, choices, ModelLoading(models, free=free, precision=lambda _: "float32"))


def test_a_found_model_does_not_serve_until_it_is_chosen(models: Models, choices: ModelChoiceStore) -> None:
    """What lies in the hub's cache changes nothing by itself; what was chosen is remembered."""
    assert models.writer().name == "generator"
    switching = switch(models, choices)
    switching.start("other")
    switching.wait()
    status = switching.status
    assert status is not None
    assert (status.state, status.former, status.done) == ("done", "generator", status.total)
    assert status.total > 1_000_000
    assert models.writer().name == "other"
    assert models.entries("generate")[0].active
    models.deactivate("generate")
    assert models.writer().name == "generator"
    switch(models, choices).restore()
    assert models.writer().name == "other"
    models.deactivate("generate")
    switch(models, choices).restore(keep=frozenset({"generate"}))
    assert models.writer().name == "generator"


def test_a_running_request_ends_with_its_model_which_is_freed_then(
    models: Models, choices: ModelChoiceStore
) -> None:
    """No text breaks off, and the memory of the former model comes back."""
    writer = models.writer()
    gone = weakref.ref(writer.engine.model)
    stream = writer.engine.submit(Request((5, 6, 7), Sampling(temperature=0.0), max_new_tokens=40))
    switching = switch(models, choices, free=0)  # so that everything else is freed first
    switching.start("other", insist=True)
    switching.wait()
    assert models.state()["generator"] == "available"
    assert models.writer().name == "other"
    assert len(list(stream)) > 0
    assert stream.finish_reason is not None
    assert stream.finish_reason.name != "STOPPED"
    del writer, stream
    until = time.monotonic() + 30
    while gone() is not None and time.monotonic() < until:
        time.sleep(0.2)
        gc.collect()
    assert gone() is None


def test_a_failed_load_leaves_the_former_model(models: Models, choices: ModelChoiceStore) -> None:
    """A damaged download must not stop the writing."""
    models.writer()
    weights = next(models.folder("other").glob("*.safetensors"))
    weights.write_bytes(weights.read_bytes()[:1000])
    switching = switch(models, choices, free=0)
    switching.start("other", insist=True)
    switching.wait()
    status = switching.status
    assert status is not None
    assert status.state == "failed"
    assert status.error is not None
    assert status.error.key == "file_broken"
    assert models.writer().name == "generator"
    assert choices.choices() == {}


def test_two_people_switch_at_once(models: Models, choices: ModelChoiceStore) -> None:
    """The second is told which model is loaded; the same wish is one switch."""
    switching = switch(models, choices)
    with models.unloaded(["other"]):  # it cannot be loaded before this ends
        switching.start("other")
        switching.start("other")
        with pytest.raises(BusyError) as caught:
            switching.start("generator")
        assert caught.value.values == {"name": "other"}
    switching.wait()
    assert models.writer().name == "other"
    switching.start("generator")
    switching.wait()
    assert models.writer().name == "generator"


def test_a_model_without_memory_is_refused_with_figures(models: Models, choices: ModelChoiceStore) -> None:
    """It is loaded only by who insists."""
    with pytest.raises(InputError) as caught:
        switch(models, choices, free=1_000).start("other")
    assert caught.value.key == "model_needs_memory"
    assert int(str(caught.value.values["needed"])) > 1_000
    with pytest.raises(InputError, match="model_unknown"):
        switch(models, choices).start("gpt-4")


def test_a_request_waits_for_a_model_that_was_freed_and_gets_the_new_one(models: Models) -> None:
    """While memory is short, the former model is not loaded again behind the back of the switch."""
    got: list[str] = []
    with models.unloaded(["generator"]):
        asking = threading.Thread(target=lambda: got.append(models.writer().name))
        asking.start()
        time.sleep(0.2)
        models.load("other")
        models.activate("other")
    asking.join()
    assert got == ["other"]
    assert models.state() == {"generator": "available", "other": "loaded"}


def test_no_request_loads_what_was_merely_found(models: Models, choices: ModelChoiceStore) -> None:
    """Any model of the operator's hub cache could be named by a stranger, and would end the server."""
    assert [entry.name for entry in models.entries()] == ["generator"]
    assert [entry.name for entry in models.listed()] == ["generator", "other"]
    with pytest.raises(InputError, match="model_unknown"):
        models.writer("other")
    assert models.state()["other"] == "available"
    switching = switch(models, choices)
    for name in ("other", "generator"):
        switching.start(name)
        switching.wait()
    assert models.writer("other").name == "other"  # it is still loaded
    models.unload("other")
    with pytest.raises(InputError, match="model_unknown"):
        models.writer("other")


def test_a_found_decoder_offers_no_translation_until_it_serves(tmp_path: Path) -> None:
    """Choosing German to Japanese must not load a decoder of sixteen gigabytes."""
    shutil.copytree(GENERATOR, tmp_path / "chat")
    (tmp_path / "chat" / "abilities.json").write_text('{"abilities": ["instruct"]}')
    models = Models([GENERATOR], device="cpu")
    models.add(tmp_path / "chat")
    assert all_routes(models) == {}
    models.activate("chat")
    assert "chat" in all_routes(models)["zh"]["en"][0].models


def test_a_chosen_model_that_cannot_be_loaded_leaves_its_task_to_the_next(
    models: Models, caplog: pytest.LogCaptureFixture
) -> None:
    """A damaged folder must not end the writing for good; its name still says why."""
    next(models.folder("other").glob("*.safetensors")).write_bytes(b"broken")
    models.activate("other")
    assert models.writer().name == "generator"
    assert "other" in caplog.text
    assert models.state()["other"] == "failed"


def test_a_model_that_was_just_loaded_is_not_the_first_to_be_freed(models: Models) -> None:
    """The next switch of the same set would free the new writer before the old one."""
    models.writer()
    models.load("other")
    assert models.least_recently_used() == ["generator", "other"]


def test_a_model_that_a_request_loads_meanwhile_is_not_waited_for(
    models: Models, choices: ModelChoiceStore
) -> None:
    """The switch would wait for its own lock for ever."""
    asked: list[bool] = []

    def free() -> int:
        if not asked:
            asked.append(True)
            models.load("other")  # between the first look and the list of what could be freed
        return 0

    switching = switch_with(models, choices, free)
    models.writer()
    switching.start("other", insist=True)
    thread = threading.Thread(target=switching.wait, daemon=True)
    thread.start()
    thread.join(timeout=20)
    assert not thread.is_alive()
    assert models.writer().name == "other"
