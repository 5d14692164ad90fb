"""What the tests of asking share: the bundled models, loaded once, over an empty library and history."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_demo.services.answering.conversations import ConversationService
from llama_demo.services.answering.service import AnswerService
from llama_demo.services.history.runs import RunService
from llama_demo.services.library.embedders import Embedders
from llama_demo.services.library.indexing import Indexing
from llama_demo.services.library.library import Library
from llama_demo.services.library.search import SearchService
from llama_demo.services.models import Models
from llama_demo.services.moderation import Moderation
from llama_demo.store.chunks import ChunkStore
from llama_demo.store.conversations import ConversationStore
from llama_demo.store.database import Database
from llama_demo.store.library import LibraryStore
from tests.services.answering.chats import Chats

MODELS = Path(__file__).parents[3] / "assets" / "models"


@pytest.fixture(scope="package")
def models() -> Models:
    """The bundled models."""
    return Models(sorted(MODELS.iterdir()), chosen=[], device="cpu")


@pytest.fixture
def library(database: Database, models: Models) -> Iterator[Library]:
    """An empty library."""
    chunks, store = ChunkStore(database), LibraryStore(database)
    library = Library(store, Indexing(store, chunks, Embedders(models, chunks)), samples=Path("no samples"))
    library.open()
    yield library
    library.close()


@pytest.fixture
def answering(database: Database, models: Models, library: Library, runs: RunService) -> AnswerService:
    """The bundled models, asked."""
    chunks = ChunkStore(database)
    return AnswerService(
        models,
        SearchService(library, chunks, Embedders(models, chunks), models, runs),
        library,
        runs,
        Moderation(),
    )


@pytest.fixture
def chats(database: Database, answering: AnswerService) -> Chats:
    """No conversations yet."""
    return Chats(ConversationService(ConversationStore(database)), answering)
