"""Which models there are and how they are loaded."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import pytest

from llama_demo.engine import engine as engine_module
from llama_demo.engine.request import Request
from llama_demo.errors import CheckpointError, InputError
from llama_demo.model.llama import Llama
from llama_demo.services.model_folders import describe
from llama_demo.services.models import Models
from tests import minilm

GENERATOR = Path(__file__).parents[2] / "assets" / "models" / "generator"


def test_the_bundled_model_is_described_without_loading_it(models: Models) -> None:
    """The list of models shows sizes and abilities before any weight is read."""
    entry = describe(GENERATOR, bundled=True)
    assert (entry.name, entry.family, entry.task) == ("generator", "LLaMA", "generate")
    assert entry.parameters < 12_000_000
    assert entry.bytes == sum(file.stat().st_size for file in GENERATOR.glob("*.safetensors"))
    assert {"story", "poem"} <= set(entry.abilities)
    assert entry.licence
    writer = models.writer()
    assert sum(parameter.numel() for parameter in writer.engine.model.parameters()) == entry.parameters


def test_a_chosen_folder_writes_by_default_and_the_bundled_model_stays(tmp_path: Path) -> None:
    """With --model the operator's model is the default; the bundled one can still be named."""
    folder = tmp_path / "mine"
    shutil.copytree(GENERATOR, folder)
    models = Models([GENERATOR], chosen=[folder], device="cpu")
    assert models.active.name == "mine"
    assert [entry.name for entry in models.entries()] == ["mine", "generator"]
    assert models.state() == {"generator": "available", "mine": "available"}
    assert models.writer().name == "mine"
    assert models.writer("generator").name == "generator"
    assert models.writer() is models.writer()
    assert models.state() == {"generator": "loaded", "mine": "loaded"}


def test_a_folder_with_the_same_name_gets_another(tmp_path: Path) -> None:
    """A folder that happens to be called ``generator`` must not hide the bundled one."""
    folder = tmp_path / "generator"
    shutil.copytree(GENERATOR, folder)
    models = Models([GENERATOR], chosen=[folder], device="cpu")
    assert models.active.name == "generator-local"


@pytest.mark.parametrize(("requests", "waiting"), [(1, 1), (None, 0)])
def test_a_decoder_serves_so_many_requests_at_once(requests: int | None, waiting: int) -> None:
    """The others wait, and are told for how many."""
    engine = Models([GENERATOR], device="cpu", requests=requests).writer().engine
    first, second = (engine.submit(Request((1,), max_new_tokens=300)) for _ in range(2))
    with first, second:
        next(iter(first))
        assert second.waiting == waiting
    engine.close()


@pytest.mark.parametrize("cuda_graphs", [True, False])
def test_graphs_decode_unless_they_are_turned_off(cuda_graphs: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator whose graphics card is not up to them goes without."""
    asked: list[Llama] = []
    monkeypatch.setattr(engine_module, "graphs_for", asked.append)
    Models([GENERATOR], device="cpu", cuda_graphs=cuda_graphs).writer()
    assert len(asked) == cuda_graphs


def test_an_unknown_name_lists_the_known_ones(models: Models) -> None:
    """Somebody who mistypes a name reads which there are."""
    with pytest.raises(InputError) as caught:
        models.writer("gpt-4")
    assert caught.value.values == {"name": "gpt-4", "known": "generator"}


def test_a_missing_folder_is_said_at_the_start(tmp_path: Path) -> None:
    """A wrong path after --model is noticed before the page opens."""
    with pytest.raises(CheckpointError) as caught:
        Models([GENERATOR], chosen=[tmp_path / "nowhere"], device="cpu")
    assert caught.value.key == "folder_missing"


def test_a_model_that_is_being_loaded_is_not_called_failed() -> None:
    """Whoever watches the state sees no alarm in the seconds before the first use."""
    models = Models([GENERATOR], device="cpu")
    loading = threading.Thread(target=models.writer)
    seen = [*models.state().values()]
    loading.start()
    while loading.is_alive():
        seen += models.state().values()
    assert {*seen, *models.state().values()} == {"available", "loaded"}


def test_a_model_that_cannot_be_loaded_is_marked_and_can_be_tried_again(tmp_path: Path) -> None:
    """A folder that lacks its weights fails each time with the reason, and works once they are there."""
    folder = tmp_path / "half"
    shutil.copytree(GENERATOR, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    models = Models([folder], device="cpu")
    with pytest.raises(CheckpointError):
        models.writer()
    assert models.state() == {"half": "failed"}
    for file in GENERATOR.glob("*.safetensors"):
        shutil.copy(file, folder)
    assert models.writer().name == "half"
    assert models.state() == {"half": "loaded"}


def test_a_vocabulary_of_another_model_is_refused(tmp_path: Path) -> None:
    """Ids beyond the embedding would be read as nonsense, or crash."""
    folder = tmp_path / "mixed"
    shutil.copytree(GENERATOR, folder)
    config = json.loads((folder / "config.json").read_text())
    assert config["vocab_size"] > 1000
    (folder / "config.json").write_text(json.dumps({**config, "vocab_size": 1000}))
    with pytest.raises(CheckpointError):
        Models([folder], device="cpu").writer()


def test_a_chat_checkpoint_of_somebody_else_follows_instructions(tmp_path: Path) -> None:
    """Other people's folders do not tell abilities; with a chat template every preset must be open."""
    folder = tmp_path / "chat"
    shutil.copytree(GENERATOR, folder)
    (folder / "abilities.json").unlink()
    assert Models([folder], device="cpu").writer().abilities == {"instruct"}
    assert describe(folder, bundled=False).abilities == ("instruct",)


def test_each_task_is_served_by_its_own_kind_of_model() -> None:
    """A folder of sentence vectors is found by its kind, and is never asked to write."""
    models = Models([GENERATOR], chosen=[minilm.folder()], device="cpu")
    assert models.active.name == "generator"
    assert [entry.task for entry in models.entries()] == ["generate", "search"]
    assert [entry.active for entry in models.entries()] == [True, True]
    assert models.encoder().engine.longest == 512
    with pytest.raises(InputError) as caught:
        models.writer(models.encoder().name)
    assert caught.value.key == "model_unknown"
    with pytest.raises(InputError) as caught:
        models.translator()
    assert caught.value.key == "model_missing"
