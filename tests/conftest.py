"""What every test may use: one bundled model, loaded once."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_demo.services.models import Models
from llama_demo.tasks.language_model import LanguageModel

ROOT = Path(__file__).parent.parent
GENERATOR = ROOT / "assets" / "models" / "generator"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow folders first, so that no worker is left with a long file when the other one has ended."""
    slow = (ROOT / "tests" / "e2e", ROOT / "tests" / "training")
    items.sort(key=lambda item: next((i for i, f in enumerate(slow) if f in item.path.parents), len(slow)))


def pytest_collection_finish() -> None:
    """What was imported by now stays, so garbage is no longer looked for in it: that takes half a second."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def logging_as_it_was() -> Iterator[None]:
    """The handlers of pytest come back after a test that sets up the program's own."""
    root, requests = logging.getLogger(), logging.getLogger("llama_demo.ui.log_format")
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    requests.setLevel(logging.NOTSET)


@pytest.fixture(scope="session")
def models() -> Models:
    """The models that came with the program."""
    return Models([GENERATOR], device="cpu")


@pytest.fixture(scope="session")
def writer(models: Models) -> Iterator[LanguageModel]:
    """The bundled generator, ready to write."""
    model = models.writer()
    yield model
    model.engine.close()
