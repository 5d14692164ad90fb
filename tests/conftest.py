"""What every test may use: one bundled model, loaded once."""

from __future__ import annotations

import gc
import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import certifi
import pytest
import torch

import llama_demo.ui  # noqa: F401  (before Gradio, which would else read the sources of all components)
from llama_demo.services.models import Models
from llama_demo.tasks.language_model import LanguageModel

ROOT = Path(__file__).parent.parent
GENERATOR = ROOT / "assets" / "models" / "generator"


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--all`` for the tests that are marked as long, too."""
    parser.addoption("--all", action="store_true", help="run the long tests too")


def pytest_configure(config: pytest.Config) -> None:
    """No test speaks TLS, but each HTTP client reads the certificates that it trusts: one is enough, which
    takes a hundredth of the time. And small models on two threads take twice the processor time of one, for
    the threads wait for each other at work. Programs that the tests start inherit both.
    """
    os.environ["OMP_NUM_THREADS"] = "1"
    torch.set_num_threads(1)
    certificate, end, _ = certifi.contents().partition("-----END CERTIFICATE-----")
    with tempfile.NamedTemporaryFile("w", suffix=".pem", delete=False) as file:
        file.write(certificate + end)
    config.add_cleanup(lambda: Path(file.name).unlink(missing_ok=True))
    os.environ["SSL_CERT_FILE"] = file.name


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long tests only when they are wanted. Slow folders first, so that no worker is left with a long file
    when the other one has ended.
    """
    if not config.getoption("--all") and not any("::" in argument for argument in config.args):
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("long")])
        items[:] = [item for item in items if not item.get_closest_marker("long")]
    slow = ("tests/e2e/", "tests/training/")
    items.sort(key=lambda item: next((i for i, f in enumerate(slow) if item.nodeid.startswith(f)), len(slow)))


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
