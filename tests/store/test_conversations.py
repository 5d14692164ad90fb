"""The rows of conversations: trees, owners, order, words, interruption and real deletion."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from llama_demo.store.conversation import ConversationRow, Heading, MessageRow
from llama_demo.store.conversations import ConversationStore
from llama_demo.store.database import Database
from llama_demo.store.memory import MemoryDatabase
from llama_demo.store.words import words
from tests.store.clock import Clock

ROOT = Path(__file__).parents[2]


@pytest.fixture
def store(database: Database, clock: Clock) -> ConversationStore:
    """The conversations of a blank database."""
    return ConversationStore(database, clock=clock)


def begin(store: ConversationStore, *, owner: str = "ann", title: str = "") -> ConversationRow:
    """Begin a conversation of which only what a test is about matters."""
    return store.begin(kind="text", subject={"parts": ["文字"]}, title=title, owner=owner)


def ask(
    store: ConversationStore,
    one: ConversationRow,
    text: str = "Why?",
    *,
    parent: str | None = None,
    owner: str = "ann",
) -> MessageRow:
    """Ask a question in a conversation that there is."""
    asked = store.ask(one.id, text, parent=parent, title=text[:20], owner=owner)
    assert asked is not None
    return asked


def answer(
    store: ConversationStore,
    one: ConversationRow,
    question: MessageRow,
    text: str = "Because.",
    *,
    owner: str = "ann",
    choose: bool = True,
) -> str:
    """Answer a question; returns the id of the answer."""
    row = store.answer(one.id, parent=question.id, owner=owner, variant={}, choose=choose)
    assert row is not None
    store.write(row, "done", text, variant={"answerer": "extractive"}, details={"confidence": 0.5})
    return row.id


def told(
    store: ConversationStore, question: str, reply: str = "Because.", *, owner: str = "ann"
) -> ConversationRow:
    """A conversation of one question and one answer."""
    one = begin(store, owner=owner)
    answer(store, one, ask(store, one, question, owner=owner), reply, owner=owner)
    return one


def titles(store: ConversationStore, *, owner: str = "ann", query: str = "") -> list[str]:
    """What the list shows."""
    return [one.title for one in store.page(owner=owner, limit=50, query=query)]


def remaining(database: Database, needles: list[bytes]) -> list[bytes]:
    """Which of the texts still stand in some file of the data directory."""
    files = b"".join(file.read_bytes() for file in database.path.parent.rglob("*") if file.is_file())
    return [needle for needle in needles if needle in files]


def test_a_conversation_is_read_as_it_was_written(store: ConversationStore, clock: Clock) -> None:
    """Every field comes back; the title is the first question's, and it goes on at the last answer."""
    one = begin(store)
    question = ask(store, one, "为什么 \x00 天是蓝的？")
    reply = answer(store, one, question, "因为 🦙")
    now = datetime.fromtimestamp(clock.now // 1_000_000, UTC).replace(microsecond=123456)
    read = store.get(one.id, owner="ann")
    assert read is not None
    assert (read.kind, read.subject, read.created) == ("text", {"parts": ["文字"]}, now)
    assert (read.title, read.leaf) == ("为什么 \x00 天是蓝的？", reply)
    first, second = store.messages(one.id, owner="ann")
    assert first == question
    assert (second.id, second.parent, second.role) == (reply, question.id, "assistant")
    assert (second.content, second.status, second.variant, second.details) == (
        "因为 🦙",
        "done",
        {"answerer": "extractive"},
        {"confidence": 0.5},
    )


def test_messages_are_a_tree(store: ConversationStore) -> None:
    """Versions and edits stand beside each other; a message of another conversation is nobody's parent."""
    one, other = begin(store), begin(store)
    question, elsewhere = ask(store, one), ask(store, other)
    first = answer(store, one, question)
    second = answer(store, one, question, choose=False)
    edited = ask(store, one, "Why not?")
    parents = {each.id: each.parent for each in store.messages(one.id, owner="ann")}
    assert parents == {question.id: None, first: question.id, second: question.id, edited.id: None}
    assert store.ask(one.id, "x", parent=elsewhere.id, title="", owner="ann") is None
    assert store.answer(one.id, parent=elsewhere.id, owner="ann", variant={}, choose=True) is None
    assert len(store.messages(one.id, owner="ann")) == 4


def test_a_conversation_goes_on_where_one_chose(store: ConversationStore) -> None:
    """At a message of its own; what is said next is chosen by itself, but for an answer beside another."""
    one, other = begin(store), begin(store)
    question = ask(store, one)
    first = answer(store, one, question)
    answer(store, one, question, choose=False)
    read = store.get(one.id, owner="ann")
    assert read is not None
    assert read.leaf == first
    assert store.choose(one.id, question.id, owner="ann")
    assert not store.choose(one.id, ask(store, other).id, owner="ann")
    read = store.get(one.id, owner="ann")
    assert read is not None
    assert read.leaf == question.id


def test_nobody_reaches_the_conversations_of_another(database: Database, store: ConversationStore) -> None:
    """Another owner's id is as good as none, to read, to go on with, to name and to delete."""
    mine = told(store, "mine", "secret")
    leaf = mine_leaf(store, mine)
    told(store, "hers", owner="bea")
    assert store.get(mine.id, owner="bea") is None
    assert store.messages(mine.id, owner="bea") == []
    assert titles(store, owner="bea") == ["hers"]
    assert titles(store, owner="bea", query="secret") == titles(store, owner="bea", query="-") == []
    assert store.ask(mine.id, "x", parent=None, title="x", owner="bea") is None
    assert store.answer(mine.id, parent=leaf, owner="bea", variant={}, choose=True) is None
    assert not store.rename(mine.id, "hers now", owner="bea")
    assert not store.choose(mine.id, leaf, owner="bea")
    assert not store.put(replace(mine, title="hers now"), [], owner="bea")
    assert not store.delete(mine.id, owner="bea")
    row = store.answer(mine.id, parent=leaf, owner="ann", variant={}, choose=True)
    assert row is not None
    store.write(replace(row, owner="bea"), "failed", "overwritten", variant={}, details={})
    assert store.delete_all(owner="bea") == 1
    assert titles(store) == ["mine"]
    assert [each.status for each in store.messages(mine.id, owner="ann")] == ["done", "done", "running"]


def mine_leaf(store: ConversationStore, one: ConversationRow) -> str:
    """The id of the last message."""
    return store.messages(one.id, owner="ann")[-1].id


def test_what_was_changed_last_stands_first(store: ConversationStore, clock: Clock) -> None:
    """A conversation moves up when something is said in it; one without a message is not listed."""
    clock.now += 1
    first, second, _ = told(store, "first"), told(store, "second"), begin(store)
    assert titles(store) == ["second", "first"]
    clock.now += 10**6
    ask(store, first, "more", parent=mine_leaf(store, first))
    assert titles(store) == ["first", "second"]
    clock.now += 10**6
    answer(store, second, store.messages(second.id, owner="ann")[0])
    assert titles(store) == ["second", "first"]


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_hold_every_conversation_once(store: ConversationStore, limit: int) -> None:
    """The list is read on from the last one seen, though that was deleted or has moved up meanwhile."""
    every = [told(store, f"conversation {number}") for number in range(7)]
    seen: list[Heading] = []
    while page := store.page(owner="ann", limit=limit, before=seen[-1].place if seen else None):
        seen += page
        if len(seen) == limit:
            assert store.delete(seen[-1].id, owner="ann")
            told(store, "too late")
    assert [one.title for one in seen] == [f"conversation {number}" for number in reversed(range(7))]
    assert [one.id for one in seen] == [one.id for one in reversed(every)]
    assert store.page(owner="ann", limit=3, before="no place") == []


def test_a_page_reads_from_an_index(database: Database, store: ConversationStore) -> None:
    """A long list opens as fast as a short one: no sorting of all rows."""
    with database.reading() as tables:
        plan = tables.query(
            "EXPLAIN QUERY PLAN SELECT id FROM conversations WHERE owner = 'ann' AND leaf IS NOT NULL "
            "AND (changed, id) < (5, 'x') ORDER BY changed DESC, id DESC LIMIT 20"
        )
        details = " ".join(row["detail"] for row in plan)
    assert "conversations_changed" in details
    assert "TEMP B-TREE" not in details


@pytest.mark.parametrize(
    ("query", "hit"),
    [
        ("天空", True),
        ("藍色", True),  # traditional characters find simplified ones
        ("scat", True),
        ("天空 scatter", True),  # in different messages
        ('"scatters blue"', True),
        ('"blue scatters"', False),
        ("天空 nowhere", False),
        ("🦙", True),
        ("%", True),
        ("_", False),
        ("' OR 1=1 --", False),
        ("conversation_search", False),
        ("\ud83d", False),
        ("NEAR(a b) AND *", False),
    ],
)
def test_words_are_found_in_titles_and_messages(store: ConversationStore, query: str, hit: bool) -> None:
    """All words of a query, wherever in the conversation; signs of query languages are just signs."""
    one = begin(store, title="Sky 🦙")
    answer(store, one, ask(store, one, "天空为什么是蓝色的？"), "Air scatters blue light, 100% sure.")
    told(store, "something else")
    assert titles(store, query=query) == (["Sky 🦙"] if hit else [])


def test_a_title_can_be_changed(database: Database, store: ConversationStore) -> None:
    """It is found by the new one, and the former one stands nowhere on the disk."""
    one = told(store, "first question")
    assert store.rename(one.id, "embarrassing 尴尬万分", owner="ann")
    assert store.rename(one.id, "fine", owner="ann")
    ask(store, one, "second question", parent=mine_leaf(store, one))
    assert titles(store) == titles(store, query="fine second") == ["fine"]
    assert titles(store, query="embarrassing") == []
    needles = [word.encode() for word in words("embarrassing 尴尬万分") if len(word.encode()) > 4]
    assert remaining(database, needles) == []


@pytest.mark.parametrize("way", ["one", "all", "with others"])
def test_a_deletion_takes_everything_off_the_disk(
    database: Database, store: ConversationStore, way: str
) -> None:
    """No file holds a text, a title, a detail or a word of what was deleted; other conversations stay."""
    owner = "eve" if way == "with others" else "ann"
    for number in range(60):
        told(store, f"common words {number} 大家都有的话", f"kept{number:04} {number * 7919:x}")
    one = store.begin(kind="text", subject={"parts": ["quagmire"]}, title="xylophone 魑魅", owner=owner)
    question = ask(store, one, "Zyzzyva 饕餮大餐？", owner=owner)
    row = store.answer(one.id, parent=question.id, owner=owner, variant={}, choose=True)
    assert row is not None
    store.write(row, "running", "half a pandemonium", variant={}, details={})
    store.write(row, "done", "耄耋 flabbergasted", variant={}, details={"prompt": "discombobulate"})
    texts = ["quagmire", "xylophone", "魑魅", "zyzzyva", "Zyzzyva", "饕餮", "大餐", "耄耋", "flabbergasted"]
    needles = [text.encode() for text in (*texts, "discombobulate")]
    assert remaining(database, needles) == needles
    if way == "one":
        assert store.delete(one.id, owner=owner)
    else:
        assert store.delete_all(owner=owner) == (1 if way == "with others" else 61)
    assert remaining(database, [*needles, b"pandemonium"]) == []
    assert len(titles(store, query="common 大家")) == (0 if way == "all" else 50)
    with database.reading() as tables:
        check = "INSERT INTO conversation_search(conversation_search, rank) VALUES ('integrity-check', 1)"
        tables.execute(check)


def test_a_deleted_conversation_stays_deleted(store: ConversationStore) -> None:
    """One that is deleted in mid-answer does not come back with the answer's next words."""
    one = begin(store)
    row = store.answer(one.id, parent=ask(store, one).id, owner="ann", variant={}, choose=True)
    assert row is not None
    assert store.delete(one.id, owner="ann")
    store.write(row, "done", "too late", variant={}, details={})
    assert store.get(one.id, owner="ann") is None
    assert store.messages(one.id, owner="ann") == []
    assert titles(store, query="late") == []
    assert store.ask(one.id, "more", parent=None, title="", owner="ann") is None


def test_an_answer_is_found_when_it_is_over(store: ConversationStore) -> None:
    """A growing text is in the row but not yet among the words."""
    one = begin(store)
    row = store.answer(one.id, parent=ask(store, one).id, owner="ann", variant={}, choose=True)
    assert row is not None
    store.write(row, "running", "upon a ti", variant={}, details={})
    assert store.messages(one.id, owner="ann")[-1].content == "upon a ti"
    assert titles(store, query="upon") == []
    store.write(row, "stopped", "upon a time", variant={}, details={})
    assert titles(store, query="upon time") == ["Why?"]


ASK_AND_WAIT = """
import sys
from pathlib import Path
from llama_demo.store.conversations import ConversationStore
from llama_demo.store.database import Database
store = ConversationStore(Database(Path(sys.argv[1])))
one = store.begin(kind="chat", subject={}, owner="ann")
asked = store.ask(one.id, "Once", parent=None, title="Once", owner="ann")
row = store.answer(one.id, parent=asked.id, owner="ann", variant={}, choose=True)
store.write(row, "running", "upon a time", variant={}, details={"tokens": {}})
print(one.id, flush=True)
sys.stdin.read()
"""


def test_a_killed_programs_answer_is_interrupted_a_living_ones_is_not(
    database: Database, store: ConversationStore, open_database: Callable[[], Database]
) -> None:
    """Two apps on one database, one of them killed: only its answer is marked, with the text it had."""
    command = [sys.executable, "-c", ASK_AND_WAIT, str(database.path)]
    programs = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for _ in range(2)
    ]
    ids = [program.stdout.readline().strip() for program in programs if program.stdout]
    programs[0].kill()
    programs[0].communicate()
    again = ConversationStore(open_database())
    assert again.interrupted == 1
    answers = [again.messages(one, owner="ann")[-1] for one in ids]
    assert [each.status for each in answers] == ["interrupted", "running"]
    assert answers[0].content == "upon a time"
    assert [one.id for one in again.page(owner="ann", limit=9, query="upon a time")] == [ids[0]]
    programs[1].kill()
    programs[1].communicate()


def test_putting_adds_only_what_is_new(database: Database, store: ConversationStore) -> None:
    """A conversation that went on elsewhere comes back with what was said there, and nothing twice."""
    other = ConversationStore(MemoryDatabase())
    one = told(store, "Where?")
    stored = store.get(one.id, owner="ann")
    assert stored is not None
    assert other.put(stored, store.messages(one.id, owner="ann"), owner="page")
    more = ask(other, one, "And when?", parent=stored.leaf, owner="page")
    answer(other, one, more, "yesterday", owner="page")
    back = other.get(one.id, owner="page")
    assert back is not None
    assert store.put(back, other.messages(one.id, owner="page"), owner="ann")
    assert store.messages(one.id, owner="ann") == other.messages(one.id, owner="page")
    assert store.get(one.id, owner="ann") == back
    assert titles(store, query="yesterday where") == ["Where?"]


def test_half_characters_do_not_break_a_row(store: ConversationStore) -> None:
    """A half of a surrogate pair becomes U+FFFD, and two halves become their character."""
    one = told(store, "a\ud83d!", "\ud83d\ude00 \ude00")
    contents = [each.content for each in store.messages(one.id, owner="ann")]
    assert contents == ["a\ufffd!", "😀 \ufffd"]
    assert store.get("\ud83d", owner="\ud83d") is None


def test_a_database_in_memory_gives_back_what_is_deleted() -> None:
    """It counts what is in use, so that whoever fills it can see when to make room."""
    database = MemoryDatabase()
    store = ConversationStore(database)
    empty = database.bytes
    one = told(store, "Why?", "long " * 100_000)
    assert database.bytes > empty + 500_000
    store.delete(one.id, owner="ann")
    assert database.bytes < empty + 100_000
    database.close()
