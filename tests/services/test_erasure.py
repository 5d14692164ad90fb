"""Deletion, looked for byte by byte: after each kind no file of the data folder holds what was deleted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pytest

from llama_demo.engine.request import Request
from llama_demo.errors import InputError, StoreError
from llama_demo.services.admission import call_for
from llama_demo.services.answering.answer import Subject, TextPart
from llama_demo.services.answering.chat import Chat
from llama_demo.services.answering.conversation import Conversation
from llama_demo.services.answering.conversations import ConversationService
from llama_demo.services.answering.service import AnswerService
from llama_demo.services.erasure import DataErasure
from llama_demo.services.history.exports import exported
from llama_demo.services.history.runs import RunService
from llama_demo.services.inspection.service import InspectionService
from llama_demo.services.library.embedders import Embedders
from llama_demo.services.library.indexing import Indexing
from llama_demo.services.library.library import IncomingFile, Library
from llama_demo.services.library.search import SearchService
from llama_demo.services.live_training.service import LiveTrainingService
from llama_demo.services.models import Models
from llama_demo.services.moderation import Moderation
from llama_demo.services.translation.documents import DocumentTranslationService
from llama_demo.services.translation.glossary import Glossary
from llama_demo.services.translation.request import TranslationRequest, options_of
from llama_demo.services.translation.service import TranslationService
from llama_demo.services.visits import Visit, resolve
from llama_demo.store.chunks import ChunkStore
from llama_demo.store.conversations import ConversationStore
from llama_demo.store.database import Database
from llama_demo.store.decisions import DecisionStore
from llama_demo.store.erasure import ErasureStore
from llama_demo.store.glossary import GlossaryStore
from llama_demo.store.library import LibraryStore
from llama_demo.store.runs import RunStore
from llama_demo.store.visitors import VisitorStore
from llama_demo.store.votes import VoteStore

MODELS = Path(__file__).parents[2] / "assets" / "models"
OWNERS = {
    "local": resolve(public=False, page="p" * 64),
    "public": resolve(public=True, secret="a" * 32, save=True, page="p" * 64),
}
OTHER = resolve(public=True, secret="b" * 32, save=True, page="q" * 64)

NEEDLE = "zanzibarite"
OTHERS = "quagmirella"
PASSAGE = "The {} museum opens at nine o'clock. Ann Miller founded the house in 1907."


@dataclass
class Home:
    """The services of a data folder, and what a visitor stores with them."""

    folder: Path
    database: Database
    runs: RunService
    library: Library
    search: SearchService
    glossary: Glossary
    conversations: ConversationService
    chat: Chat
    erasure: DataErasure

    def record(self, visit: Visit, word: str) -> str:
        """A run with the word in every field."""
        recording = self.runs.record(
            visit, task="generate", model="m", input=f"{word} in", options={"stop": word}
        )
        with recording:
            recording.progress(f"{word} half")
            recording.finish("done", f"{word} out", {"note": word}, trace=[(word, 5, -0.25)])
        self.runs.annotate(visit, str(recording.id), f"{word} noted")
        return str(recording.id)

    def add(self, visit: Visit, word: str, collection: str = "default") -> str:
        """A document with the word in its name and its text; returns its id."""
        file = IncomingFile(f"{word}.txt", PASSAGE.format(word).encode())
        job = self.library.add(visit, collection, [file])
        assert job.wait(120.0)
        [added] = job.progress.added
        return added.id

    def ask(self, visit: Visit, subject: Subject, question: str = "Who founded the house?") -> Conversation:
        """A conversation with one question."""
        begun = self.conversations.begin(visit, subject)
        list(self.chat.say(visit, begun, question, parent=None))
        return self.conversations.open(visit, begun.id)

    def use(self, visit: Visit, collection: str = "default") -> Conversation:
        """Search a collection, and ask about it."""
        assert self.search.search(visit, "Who founded the house?", collection, mode="words").hits
        return self.ask(visit, Subject(collection=collection))

    def translate(self, visit: Visit) -> None:
        """A run with the visitor's glossary in its settings."""
        terms = self.glossary.for_translation(visit, "en", "zh")
        options = options_of(TranslationRequest("", "en", "zh", glossary=terms))
        with self.runs.record(visit, task="translate", model="m", input="a house", options=options):
            pass

    def fill(self, visit: Visit, word: str) -> None:
        """One thing of every kind, with the word in each."""
        self.record(visit, word)
        self.ask(visit, Subject((TextPart(PASSAGE.format(word), f"{word}.txt"),)), f"Who founded {word}?")
        self.add(visit, word, word)
        self.use(visit, word)
        self.glossary.add(visit, "en", "zh", word, "石头")
        assert visit.owner is not None
        vote = {"task": "generate", "first": word, "second": "z", "choice": "tie"}
        VoteStore(self.database).add(owner=visit.owner, **vote)
        self.translate(visit)
        decided = dict.fromkeys(("tab", "stage", "action", "category", "layer", "rule", "version"), word)
        DecisionStore(self.database).add(decided, owner=visit.owner or "")
        VisitorStore(self.database).note([visit.owner], day=1)

    def holds(self, word: str) -> list[str]:
        """The files of the data folder that hold the word, in their content or name."""
        found = []
        for path in self.folder.rglob("*"):
            content = path.read_bytes() if path.is_file() else b""
            if word.encode() in content.lower() or word in path.name:
                found.append(path.name)
        return found

    def rows(self, visit: Visit) -> dict[str, int]:
        """How many rows of each table name this owner."""
        with self.database.reading() as tables:
            owned = [name for name in tables.table_names() if "owner" in tables.table(name).columns_dict]
            return {name: tables.table(name).count_where("owner = ?", [visit.owner]) for name in owned}


@pytest.fixture(scope="module")
def models() -> Models:
    """The bundled models."""
    return Models(sorted(MODELS.iterdir()), chosen=[], device="cpu")


@pytest.fixture
def home(tmp_path: Path, models: Models) -> Iterator[Home]:
    """A data folder in which another visitor has stored something, which is all there in the end."""
    folder = tmp_path / "data"
    database = Database(folder / "llama_demo.db")
    runs, chunks, store = RunService(RunStore(database)), ChunkStore(database), LibraryStore(database)
    embedders = Embedders(models, chunks)
    library = Library(store, Indexing(store, chunks, embedders), samples=Path("no samples"))
    library.open()
    search = SearchService(library, chunks, embedders, models, runs)
    conversations = ConversationService(ConversationStore(database))
    glossary = Glossary(GlossaryStore(database))
    translated = DocumentTranslationService(TranslationService(models, runs), runs)
    uploads = folder / "cache" / "gradio"
    chat = Chat(AnswerService(models, search, library, runs, Moderation()), conversations)
    erasure = DataErasure(
        ErasureStore(database),
        runs,
        conversations,
        library,
        glossary,
        translated,
        LiveTrainingService(),
        InspectionService(models),
        models,
        uploads,
    )
    home = Home(folder, database, runs, library, search, glossary, conversations, chat, erasure)
    home.record(OTHER, OTHERS)
    home.glossary.add(OTHER, "en", "zh", OTHERS, "泥")
    before = home.rows(OTHER)
    try:
        yield home
        assert all(now >= before[name] for name, now in home.rows(OTHER).items())
    finally:
        translated.close()
        library.close()
        database.close()


@pytest.fixture(params=OWNERS)
def visit(request: pytest.FixtureRequest) -> Visit:
    """The owner of a private machine, or a visitor of a public one."""
    return OWNERS[request.param]


def test_a_run(home: Home, visit: Visit) -> None:
    """Its input, output, note, settings, figures and tokens."""
    run = home.record(visit, NEEDLE)
    assert home.holds(NEEDLE)
    with pytest.raises(InputError, match="run_unknown"):
        home.erasure.delete_run(OTHER, run)
    home.erasure.delete_run(visit, run)
    assert home.holds(NEEDLE) == []


def test_the_run_of_an_answer(home: Home, visit: Visit) -> None:
    """The answer goes from the conversation too, which is deleted with its last message."""
    subject = Subject((TextPart(PASSAGE.format(NEEDLE)),))
    one = home.ask(visit, subject, f"Who founded the {NEEDLE} house?")
    [run] = home.runs.page(visit, task="ask")
    assert run.conversation == one.id
    home.erasure.delete_run(visit, run.id)
    assert home.holds(NEEDLE) == []


def test_a_conversation(home: Home, visit: Visit) -> None:
    """Question, answer, pasted text and passages, in the history and what is exported of it, too."""
    subject = Subject((TextPart(PASSAGE.format(NEEDLE), f"{NEEDLE}.txt"),))
    one = home.ask(visit, subject, f"Who founded the {NEEDLE} house?")
    home.conversations.rename(visit, one.id, f"The {NEEDLE}")
    home.record(visit, "kept")
    assert NEEDLE in "".join(exported(home.runs.every(visit), "json", lambda run: ""))
    with pytest.raises(InputError, match="conversation_unknown"):
        home.erasure.delete_conversation(OTHER, one.id)
    home.erasure.delete_conversation(visit, one.id)
    assert home.holds(NEEDLE) == []
    assert home.runs.page(visit, query=NEEDLE) == []
    told = "".join(exported(home.runs.every(visit), "json", lambda run: ""))
    assert NEEDLE not in told
    assert "kept out" in told


def test_a_document(home: Home, visit: Visit) -> None:
    """Text, name, upload and passages; what was answered from it stays."""
    document = home.add(visit, NEEDLE)
    copy = home.folder / "cache" / "gradio" / "abc" / "file.txt"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(PASSAGE.format(NEEDLE).encode())
    one = home.use(visit)
    assert one.messages[-1].update is not None
    assert NEEDLE in one.messages[-1].update.evidence[0].text
    assert home.erasure.delete_documents(OTHER, [document]) == 0
    assert home.erasure.delete_documents(visit, [document]) == 1
    assert home.holds(NEEDLE) == []
    left = home.conversations.open(visit, one.id).messages[-1]
    assert left.text == one.messages[-1].text == "Ann Miller"
    assert left.update is not None
    assert (left.update.evidence, left.update.retrieved) == ((), ())
    assert [run.output for run in home.runs.page(visit, task="ask")] == ["Ann Miller"]


def test_a_document_that_is_replaced(home: Home, visit: Visit) -> None:
    """The text of the former file is gone, although its name is still there."""
    home.add(visit, NEEDLE)
    home.use(visit)
    file = IncomingFile(f"{NEEDLE}.txt", b"Another text about xylophones.")
    assert home.library.add(visit, "default", [file]).wait(120.0)
    for path in home.folder.rglob("*.db*"):
        assert f"The {NEEDLE} museum".encode() not in path.read_bytes()


def test_a_document_that_is_deleted_in_mid_answer(home: Home, visit: Visit) -> None:
    """The end of the answer does not bring its passages back, in the conversation or in the history."""
    document = home.add(visit, NEEDLE)
    one = home.use(visit)
    question, answer = one.messages
    assert answer.update is not None
    told = {"evidence": [asdict(each) for each in answer.update.evidence], "prompt": NEEDLE}
    owner, store = str(visit.owner), ConversationStore(home.database)
    row = store.answer(one.id, parent=question.id, owner=owner, variant={}, choose=True)
    assert row is not None
    run = RunStore(home.database).begin(owner=owner, task="ask", model="m", input="x", options={})
    home.erasure.delete_documents(visit, [document])
    store.write(row, "done", "Ann Miller", variant={}, details=told)
    run.write("done", "Ann Miller", told)
    assert home.holds(NEEDLE) == []


def test_a_collection(home: Home, visit: Visit) -> None:
    """Its documents and its name, also where a conversation or a search names it."""
    home.add(visit, NEEDLE, NEEDLE)
    home.use(visit, NEEDLE)
    with pytest.raises(InputError, match="collection_unknown"):
        home.erasure.delete_collection(OTHER, NEEDLE)
    home.erasure.delete_collection(visit, NEEDLE)
    assert home.holds(NEEDLE) == []


def test_a_term(home: Home, visit: Visit) -> None:
    """The term and its translation, also in the settings of a translation; other terms stay there."""
    home.glossary.add(visit, "en", "zh", NEEDLE, "石头")
    home.glossary.add(visit, "en", "zh", "llama", "羊驼")
    home.translate(visit)
    pairs = home.erasure.delete_term(visit, "en", "zh", NEEDLE.upper())
    assert [pair.term for pair in pairs] == ["llama"]
    assert home.holds(NEEDLE) == []
    [run] = home.runs.page(visit, task="translate")
    assert run.options["glossary"] == [{"source": "llama", "target": "羊驼"}]


def test_a_renamed_document_and_collection(home: Home, visit: Visit) -> None:
    """The former names are nowhere; answers, searches and conversations have the new ones."""
    document = home.add(visit, NEEDLE, "xylophone shelf")
    one = home.use(visit, "xylophone shelf")
    home.library.rename(visit, document, "stone.txt")
    home.library.rename_collection(visit, "xylophone shelf", "stones")
    assert home.holds(f"{NEEDLE}.txt") == home.holds("xylophone") == []
    left = home.conversations.open(visit, one.id)
    assert left.subject.collection == "stones"
    assert left.messages[-1].update is not None
    assert left.messages[-1].update.evidence[0].document == "stone.txt"
    [search] = home.runs.page(visit, task="search")
    assert search.output.startswith("1. stone.txt")
    assert search.options["collection"] == "stones"


def test_the_history_alone(home: Home, visit: Visit) -> None:
    """Runs and conversations go; documents and terms stay, and are said to be there."""
    home.fill(visit, NEEDLE)
    home.erasure.delete_history(visit)
    rows = home.rows(visit)
    assert (rows["runs"], rows["conversations"], rows["messages"], rows["policy_decisions"]) == (0, 0, 0, 0)
    assert (rows["documents"], rows["collections"], rows["glossary"]) == (1, 1, 1)
    assert home.erasure.has_more(visit)


def test_everything(home: Home, visit: Visit) -> None:
    """No row of any table is left, and no byte; what another visitor has stored is all there."""
    home.fill(OTHER, OTHERS)
    others = home.rows(OTHER)
    home.fill(visit, NEEDLE)
    temporary = resolve(public=visit.owner != "local", secret="a" * 32, save=False, page=visit.page)
    home.glossary.add(temporary, "en", "zh", "held", "拿着")
    held = home.ask(temporary, Subject((TextPart("A held text."),)), "What is held?")
    home.erasure.delete_everything(visit)
    assert home.holds(NEEDLE) == []
    assert set(home.rows(visit).values()) == {0}
    assert not home.erasure.has_more(visit)
    assert home.glossary.terms(temporary, "en", "zh") == ()
    with pytest.raises(InputError, match="conversation_unknown"):
        home.conversations.open(temporary, held.id)
    assert home.rows(OTHER) == others
    assert all(others.values())
    assert home.search.search(OTHER, "founded", OTHERS, mode="words").hits
    assert home.runs.page(OTHER, query=OTHERS)


def test_a_document_that_still_waits(home: Home, visit: Visit) -> None:
    """Its file, which lies beside the database until it is indexed, goes with it."""
    home.library.close()  # nothing is indexed any more
    home.library.add(visit, "default", [IncomingFile(f"{NEEDLE}.txt", NEEDLE.encode())])
    assert len(home.holds(NEEDLE)) > 1
    home.erasure.delete_everything(visit)
    assert home.holds(NEEDLE) == []


def test_a_deletion_that_was_cut_off_is_completed_at_the_next_start(home: Home, visit: Visit) -> None:
    """While another program reads, the log keeps the text; the deletion says so, and a start empties it."""
    home.record(visit, NEEDLE)
    with closing(sqlite3.connect(home.database.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM runs").fetchall()
        with pytest.raises(StoreError, match="deletion_incomplete"):
            home.erasure.delete_everything(visit)
        assert home.rows(visit)["runs"] == 0
        assert home.holds(NEEDLE)
    with closing(Database(home.database.path)):
        assert home.holds(NEEDLE) == []


@pytest.mark.parametrize("temporary", [False, True])
def test_what_a_decoder_has_read_of_a_visitors_texts(home: Home, models: Models, temporary: bool) -> None:
    """Keys and values of their last texts, which the next text would begin with, are dropped too."""
    visit = replace(OWNERS["public"], temporary=temporary)
    engine = models.writer().engine
    request = Request(tuple(range(5, 45)), max_new_tokens=1)
    for one in (OTHER, visit):
        call_for(one, lambda: list(engine.submit(request)))
    both = engine.run(lambda _: engine._prefixes.bytes)
    home.erasure.delete_everything(visit)
    assert 0 < engine._prefixes.bytes == both // 2
