"""The services of the Translate tab, with a small translator of random weights."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_demo.services.answering.conversations import ConversationService
from llama_demo.services.erasure import DataErasure
from llama_demo.services.history.runs import RunService
from llama_demo.services.inspection.service import InspectionService
from llama_demo.services.library.embedders import Embedders
from llama_demo.services.library.indexing import Indexing
from llama_demo.services.library.library import Library
from llama_demo.services.live_training.service import LiveTrainingService
from llama_demo.services.models import Models
from llama_demo.services.translation.dictionary import DictionaryService
from llama_demo.services.translation.documents import DocumentTranslationService
from llama_demo.services.translation.glossary import Glossary
from llama_demo.services.translation.service import TranslationService
from llama_demo.store.chunks import ChunkStore
from llama_demo.store.conversations import ConversationStore
from llama_demo.store.database import Database
from llama_demo.store.erasure import ErasureStore
from llama_demo.store.glossary import GlossaryStore
from llama_demo.store.library import LibraryStore
from llama_demo.store.runs import RunStore
from tests.conftest import GENERATOR
from tests.translators import write_translator


class Parts:
    """The services that the tab uses, on an empty database."""

    def __init__(self, models: Models, database: Database) -> None:
        runs = RunService(RunStore(database))
        self.translation = TranslationService(models, runs)
        self.documents = DocumentTranslationService(self.translation, runs)
        self.glossary = Glossary(GlossaryStore(database))
        self.dictionary = DictionaryService()
        store, chunks = LibraryStore(database), ChunkStore(database)
        library = Library(store, Indexing(store, chunks, Embedders(models, chunks)))
        self.erasure = DataErasure(
            ErasureStore(database),
            runs,
            ConversationService(ConversationStore(database)),
            library,
            self.glossary,
            self.documents,
            LiveTrainingService(),
            InspectionService(models),
            models,
            database.path.parent / "uploads",
        )


@pytest.fixture(scope="module")
def translators(tmp_path_factory: pytest.TempPathFactory) -> Models:
    """A small one with random weights beside the generator."""
    folder = write_translator(tmp_path_factory.mktemp("models") / "tiny", positions=24)
    return Models([GENERATOR, folder], device="cpu")


@pytest.fixture
def parts(translators: Models, tmp_path: Path) -> Iterator[Parts]:
    """The services."""
    database = Database(tmp_path / "history.db")
    yield Parts(translators, database)
    database.close()
