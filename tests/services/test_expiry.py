"""Expiry: what visitors left behind goes after a while, and what belongs to anyone else stays."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from llama_demo.errors import StoreError
from llama_demo.services.answering.conversations import ConversationService
from llama_demo.services.erasure import DataErasure
from llama_demo.services.expiry import DAY, DataExpiry
from llama_demo.services.history.runs import RunService
from llama_demo.services.inspection.service import InspectionService
from llama_demo.services.library.embedders import Embedders
from llama_demo.services.library.indexing import Indexing
from llama_demo.services.library.library import Library
from llama_demo.services.live_training.service import LiveTrainingService
from llama_demo.services.models import Models
from llama_demo.services.translation.documents import DocumentTranslationService
from llama_demo.services.translation.glossary import Glossary
from llama_demo.services.translation.service import TranslationService
from llama_demo.services.visits import Account, Visit, resolve
from llama_demo.store.chunks import ChunkStore
from llama_demo.store.conversations import ConversationStore
from llama_demo.store.database import Database
from llama_demo.store.erasure import ErasureStore
from llama_demo.store.glossary import GlossaryStore
from llama_demo.store.library import LibraryStore
from llama_demo.store.runs import RunStore
from llama_demo.store.visitors import VisitorStore

MODELS = Path(__file__).parents[2] / "assets" / "models"
ANN = resolve(public=True, secret="a" * 32, save=True)
BOB = resolve(public=True, secret="b" * 32, save=True)
SIGNED_IN = resolve(public=True, account=Account("7", "cleo"), save=True)
LOCAL = resolve(public=False)


class Server:
    """The stored data of a public server, and a clock in days."""

    def __init__(self, folder: Path, days: int) -> None:
        self.today = 20_000.0
        self.database = Database(folder / "llama_demo.db")
        self.glossary = Glossary(GlossaryStore(self.database))
        models = Models(sorted(MODELS.iterdir()), device="cpu")
        runs, chunks, store = (
            RunService(RunStore(self.database)),
            ChunkStore(self.database),
            LibraryStore(self.database),
        )
        self.library = Library(store, Indexing(store, chunks, Embedders(models, chunks)))
        self.erasure = DataErasure(
            ErasureStore(self.database),
            runs,
            ConversationService(ConversationStore(self.database)),
            self.library,
            self.glossary,
            DocumentTranslationService(TranslationService(models, runs), runs),
            LiveTrainingService(),
            InspectionService(models),
            models,
            folder / "cache",
        )
        self.expiry = DataExpiry(
            VisitorStore(self.database), self.erasure, days=days, clock=lambda: self.today * DAY
        )

    def keep(self, visit: Visit) -> None:
        """Store a term of the visitor's."""
        self.glossary.add(visit, "en", "zh", "stone", "石头")

    def has(self, visit: Visit) -> bool:
        """Whether the visitor's term is there."""
        return bool(self.glossary.terms(visit, "en", "zh"))


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[int], Server]]:
    """Starts a server on the same data, whatever was started before."""
    servers: list[Server] = []

    def started(days: int) -> Server:
        servers.append(Server(tmp_path, days))
        return servers[-1]

    yield started
    for one in servers:
        one.library.close()
        one.database.close()


def test_what_a_visitor_left_expires_after_their_last_visit(start: Callable[[int], Server]) -> None:
    """Not while they return, and no one else's."""
    server = start(30)
    for visit in (ANN, BOB, SIGNED_IN, LOCAL):
        server.keep(visit)
    assert server.expiry.sweep() == 0
    server.today += 29
    server.expiry.note(BOB)
    assert server.expiry.sweep() == 0
    server.today += 2
    assert server.expiry.sweep() == 1
    assert [server.has(one) for one in (ANN, BOB, SIGNED_IN, LOCAL)] == [False, True, True, True]
    server.today += 30
    assert server.expiry.sweep() == 1
    assert not server.has(BOB)


def test_visits_are_remembered_when_the_server_starts_again(start: Callable[[int], Server]) -> None:
    """What was noted is written down at the end."""
    first = start(30)
    first.keep(ANN)
    first.expiry.sweep()
    first.today += 20
    first.expiry.note(ANN)
    first.expiry.close()
    second = start(30)
    second.today += 40
    assert second.expiry.sweep() == 0
    second.today += 11
    assert second.expiry.sweep() == 1


def test_without_a_number_of_days_nothing_expires(start: Callable[[int], Server]) -> None:
    """As on a person's own machine; and who has stored nothing leaves no row."""
    server = start(0)
    server.keep(ANN)
    server.expiry.note(ANN)
    server.expiry.start()
    server.expiry.close()
    assert server.has(ANN)
    other = start(30)
    other.expiry.note(BOB)
    other.expiry.sweep()
    with other.database.reading() as tables:
        assert [row["owner"] for row in tables.table("visitors").rows] == [ANN.owner]


def test_operators_see_how_much_is_stored(start: Callable[[int], Server]) -> None:
    """Visitors with data, whoever they are."""
    server = start(30)
    server.keep(ANN)
    server.keep(SIGNED_IN)
    figures = server.expiry.figures()
    assert figures.visitors == 2
    assert figures.bytes > 0


def test_whoever_returns_while_others_are_deleted_keeps_their_data(start: Callable[[int], Server]) -> None:
    """The list of what has expired was made before."""
    server = start(30)
    for visit in (ANN, BOB):
        server.keep(visit)
    server.expiry.sweep()
    server.today += 31
    first, second = sorted((ANN, BOB), key=lambda one: str(one.owner))
    deleting = server.erasure.delete_everything

    def return_meanwhile(visit: Visit) -> None:
        server.expiry.note(second if visit.owner == first.owner else first)
        deleting(visit)

    object.__setattr__(server.erasure, "delete_everything", return_meanwhile)
    assert server.expiry.sweep() == 1
    assert sorted(server.has(one) for one in (ANN, BOB)) == [False, True]


def test_storage_that_takes_no_copy_does_not_hold_up_the_deletion(start: Callable[[int], Server]) -> None:
    """The copy of the data is renewed when it takes one again; all that has expired is deleted meanwhile."""
    server = start(30)
    for visit in (ANN, BOB):
        server.keep(visit)
    server.expiry.sweep()
    server.today += 31

    def takes_none(_: bool) -> None:
        raise StoreError("copy_incomplete")

    server.database.deleted = takes_none
    assert server.expiry.sweep() == 2
    assert not server.has(ANN)
    assert not server.has(BOB)


def test_the_end_of_the_program_ends_the_deletion(start: Callable[[int], Server]) -> None:
    """What has expired is deleted after the next start."""
    server = start(30)
    server.keep(ANN)
    server.expiry.sweep()
    server.today += 31
    server.expiry.close()
    assert server.expiry.sweep() == 0
    assert server.has(ANN)


def test_many_forged_visitors_do_not_hide_a_real_one(
    start: Callable[[int], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are written down early, which drops those that have stored nothing."""
    monkeypatch.setattr("llama_demo.services.expiry.MOST_NOTED", 10)
    server = start(30)
    server.keep(ANN)
    server.expiry.sweep()
    server.today += 29
    server.expiry.start()
    for number in range(100):
        server.expiry.note(resolve(public=True, secret=f"{number:032}", save=True))
        time.sleep(0.001)
    waited = time.monotonic() + 5
    while server.expiry.noted >= 10 and time.monotonic() < waited:
        time.sleep(0.01)
    server.expiry.note(ANN)
    server.expiry.close()
    later = start(30)
    later.today = server.today + 29
    assert later.expiry.sweep() == 0
    assert later.has(ANN)
