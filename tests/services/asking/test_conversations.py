"""Conversations: versions, edits, branches, temporary mode, and that nothing that was said is lost."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from llama_demo.errors import InputError
from llama_demo.services.asking.asking import Asking
from llama_demo.services.asking.conversations import Conversation, Conversations, Message, Said
from llama_demo.services.asking.places import MOST_HELD, Places
from llama_demo.services.asking.question import Part, Subject, Variant
from llama_demo.services.asking.records import subject_record
from llama_demo.services.history.runs import Runs
from llama_demo.services.visits import Visit, resolve
from llama_demo.store.conversations import ConversationStore
from llama_demo.store.database import Database
from llama_demo.tasks.generate import GenerateOptions

ROOT = Path(__file__).parents[3]

ME = resolve(public=False, page="p" * 64)
MINE = resolve(public=False, save=False, page="p" * 64)
ELSEWHERE = resolve(public=False, save=False, page="q" * 64)
ANN, BEA = (resolve(public=True, secret=name * 32, save=True, page=name * 64) for name in "ab")

TEXT = Subject((Part("The library opens at nine o'clock. Ann Miller founded it in 1907.", "library.txt"),))
CHAT = Subject()
SHORT = GenerateOptions(max_new_tokens=8, seed=7)
STORY = Variant("generative", grounded=False)


def asked(
    conversations: Conversations,
    one: Conversation,
    question: str = "Who founded the library?",
    *,
    parent: str | None = None,
    visit: Visit = ME,
    variants: Sequence[Variant] = (Variant(),),
) -> list[Said]:
    """A question with all that its answers tell."""
    return list(conversations.say(visit, one.id, question, parent=parent, variants=variants, options=SHORT))


def answered(
    conversations: Conversations, visit: Visit = ME, question: str = "Who founded the library?"
) -> tuple[Conversation, Said]:
    """A conversation about the library with one question, and its answer."""
    one = conversations.begin(visit, TEXT)
    said = asked(conversations, one, question, visit=visit)[-1]
    return conversations.open(visit, one.id), said


def versions(one: Conversation, message: Message) -> list[Message]:
    """All that follow the same message in the same role."""
    return [each for each in one.messages if (each.parent, each.role) == (message.parent, message.role)]


def titles(conversations: Conversations, visit: Visit = ME, query: str = "") -> list[str]:
    """What the list shows."""
    return [entry.title for entry in conversations.page(visit, query)]


def on_disk(database: Database, *needles: str) -> list[str]:
    """Which of these texts stand in some file of the data folder."""
    content = b"".join(file.read_bytes() for file in database.path.parent.rglob("*") if file.is_file())
    return [needle for needle in needles if needle.encode() in content]


def test_a_conversation_comes_back_as_it_was(database: Database, conversations: Conversations) -> None:
    """After a restart: the text, both messages, and the answer with all that was told of it."""
    one, said = answered(conversations)
    assert said.update.text == "Ann Miller"
    later = Conversations(conversations._asking, ConversationStore(database)).open(ME, one.id)
    question, answer = later.messages
    assert (later.title, later.kind, later.subject, later.leaf) == (question.text, "text", TEXT, answer.id)
    assert (question.id, answer.parent) == (said.question, said.question)
    assert answer.update == said.update
    assert answer.update is not None
    assert answer.update.evidence[0].document == "library.txt"


def test_a_run_of_the_history_leads_to_its_conversation(conversations: Conversations) -> None:
    """The owner's own, as long as it is there."""
    one, said = answered(conversations)
    run = said.update.run_id
    assert run is not None
    assert conversations.of_run(ME, run) == one.id
    assert conversations.of_run(ANN, run) is None
    conversations.delete(ME, one.id)
    assert conversations.of_run(ME, run) is None


def test_a_question_is_asked_in_its_conversation(conversations: Conversations) -> None:
    """Every question gets the path that leads to it, and not what was said on others."""
    one, first = answered(conversations)
    asked(conversations, one, "When does it open?")
    second = asked(conversations, one, "And when was that?", parent=first.answer)[-1]
    read = conversations.open(ME, one.id)
    assert [each.text for each in read.path(second.answer)][:3] == [
        "Who founded the library?",
        "Ann Miller",
        "And when was that?",
    ]
    assert second.update.standalone == read.messages[-1].update.standalone  # type: ignore[union-attr]


def test_an_edited_question_stands_beside_the_former(conversations: Conversations) -> None:
    """Both are there, each with its answer, and the conversation goes on at the new one."""
    one, first = answered(conversations)
    edited = asked(conversations, one, "When does the library open?", parent=None)[-1]
    read = conversations.open(ME, one.id)
    former = read.message(first.question)
    assert former is not None
    assert [each.id for each in versions(read, former)] == [first.question, edited.question]
    assert read.leaf == edited.answer
    assert read.title == "Who founded the library?"


def test_versions_of_an_answer_are_kept(conversations: Conversations, runs: Runs) -> None:
    """Another version stands beside the first, by the same answerer, also in the history."""
    one, first = answered(conversations)
    second = list(conversations.again(ME, one.id, first.answer))[-1]
    read = conversations.open(ME, one.id)
    answer = read.message(second.answer)
    assert answer is not None
    assert [each.id for each in versions(read, answer)] == [first.answer, second.answer]
    assert read.leaf == second.answer
    assert second.update.variant == first.update.variant
    run_ids = [str(each.update.run_id) for each in read.messages if each.update]
    assert [run.id for run in runs.versions(ME, run_ids[0])] == run_ids


def test_a_cut_off_answer_is_gone_on_with(conversations: Conversations) -> None:
    """The text of the new version begins with the former; a quoted answer has no more to it."""
    one = conversations.begin(ME, CHAT)
    first = asked(conversations, one, "Once upon a time")[-1]
    more = list(conversations.go_on(ME, one.id, first.answer, options=SHORT))[-1]
    assert more.update.text.startswith(first.update.text)
    assert len(more.update.text) > len(first.update.text)
    read = conversations.open(ME, one.id)
    assert [each.text for each in read.messages if each.update] == [first.update.text, more.update.text]
    text, quoted = answered(conversations)
    with pytest.raises(InputError, match="answer_not_written"):
        list(conversations.go_on(ME, text.id, quoted.answer))


def test_a_question_is_answered_with_and_without(conversations: Conversations) -> None:
    """Two answers at once, or the other one later: both belong to one question."""
    one = conversations.begin(ME, TEXT)
    both = asked(conversations, one, variants=(Variant(), STORY))
    question = both[0].question
    ids = list(dict.fromkeys(said.answer for said in both))
    read = conversations.open(ME, one.id)
    assert [each.id for each in read.messages if each.parent == question] == ids
    assert [each.update.variant.grounded for each in read.messages if each.update] == [True, False]
    assert read.leaf == ids[0]
    later = list(conversations.answer_also(ME, one.id, question, STORY, options=SHORT))[-1]
    read = conversations.open(ME, one.id)
    assert read.message(later.answer).parent == question  # type: ignore[union-attr]
    with pytest.raises(InputError, match="message_unknown"):
        list(conversations.answer_also(ME, one.id, later.answer, STORY))


def test_a_branch_is_a_conversation_of_its_own(conversations: Conversations) -> None:
    """It holds what led to the message; what is said in one is not in the other."""
    one, said = answered(conversations)
    branch = conversations.branch(ME, one.id, said.answer)
    assert [each.text for each in branch.messages] == ["Who founded the library?", "Ann Miller"]
    assert (branch.subject, branch.leaf) == (TEXT, branch.messages[-1].id)
    assert branch.messages[-1].update == said.update
    asked(conversations, branch, "When?", parent=branch.leaf)
    assert len(conversations.open(ME, one.id).messages) == 2
    with pytest.raises(InputError, match="message_unknown"):
        conversations.branch(ME, one.id, "0" * 32)


@pytest.mark.parametrize("question", ["", " \n", "x" * 20_000])
def test_what_cannot_be_asked_leaves_no_trace(conversations: Conversations, question: str) -> None:
    """A refused question is told and stored nowhere; the conversation can be gone on with."""
    one = conversations.begin(ME, TEXT)
    with pytest.raises(InputError):
        asked(conversations, one, question)
    with pytest.raises(InputError, match="message_unknown"):
        asked(conversations, one, "Why?", parent="0" * 32)
    assert titles(conversations) == []
    assert asked(conversations, one)[-1].update.text == "Ann Miller"


def test_an_answer_that_fails_says_why_and_can_be_tried_again(conversations: Conversations) -> None:
    """The question stays with the reason beside it, also when the conversation is opened again."""
    one = conversations.begin(ME, Subject(collection="default"))
    said = asked(conversations, one)[-1]
    assert said.update.status == "failed"
    assert said.update.error is not None
    read = conversations.open(ME, one.id)
    answer = read.message(said.answer)
    assert answer is not None
    assert answer.update is not None
    assert answer.update.error is not None
    assert answer.update.error.key == said.update.error.key == "ask_collection_empty"
    assert list(conversations.again(ME, one.id, said.answer))[-1].update.status == "failed"


def test_stop_ends_all_answers_to_a_question(conversations: Conversations) -> None:
    """The one that is being written stays with its text, the ones behind it do not begin."""
    one = conversations.begin(ME, CHAT)
    said = conversations.say(ME, one.id, "Once upon a time", parent=None, variants=(STORY, STORY), key="key")
    told = []
    for each in said:
        told.append(each)
        if each.update.text:
            assert conversations.stop("key")
    answers = [each for each in conversations.open(ME, one.id).messages if each.update]
    assert [(each.text, each.update.status) for each in answers] == [  # type: ignore[union-attr]
        (told[-1].update.text, "stopped")
    ]
    assert not conversations.stop("key")


def test_a_closed_page_stops_the_answer(conversations: Conversations) -> None:
    """What was written so far can be read when the conversation is opened again."""
    one = conversations.begin(ME, CHAT)
    with closing(conversations.say(ME, one.id, "Once upon a time", parent=None)) as said:
        last = next(each for each in said if each.update.text)
    answer = conversations.open(ME, one.id).message(last.answer)
    assert answer is not None
    assert answer.update is not None
    assert (answer.update.status, answer.text) == ("stopped", last.update.text)


def test_conversations_are_listed_named_chosen_and_found(conversations: Conversations) -> None:
    """By their first question until somebody names them; by words of any message."""
    one, said = answered(conversations)
    answered(conversations, question="When does the\u202e library open? " + "x" * 80)
    assert titles(conversations)[0].startswith("When does the library open? xxx")
    assert len(titles(conversations)[0]) == 60
    conversations.rename(ME, one.id, " The founder\n")
    assert titles(conversations, query="miller") == ["The founder"]
    conversations.choose(ME, one.id, said.question)
    assert conversations.open(ME, one.id).leaf == said.question
    first, *_ = conversations.page(ME, limit=1)
    assert [entry.id for entry in conversations.page(ME, before=first.place)] == [one.id]
    for name in ("", " \u202e ", "x" * 121):
        with pytest.raises(InputError, match="conversation_title"):
            conversations.rename(ME, one.id, name)
    with pytest.raises(InputError, match="message_unknown"):
        conversations.choose(ME, one.id, "0" * 32)
    for limit in (0, 101):
        with pytest.raises(InputError, match="out_of_range"):
            conversations.page(ME, limit=limit)


def test_visitors_never_meet(conversations: Conversations) -> None:
    """Another visitor's conversation is as unknown as one that never was, for everything."""
    one, said = answered(conversations, ANN)
    for attempt in (
        lambda: conversations.open(BEA, one.id),
        lambda: asked(conversations, one, parent=said.answer, visit=BEA),
        lambda: list(conversations.again(BEA, one.id, said.answer)),
        lambda: list(conversations.answer_also(BEA, one.id, said.question, STORY)),
        lambda: conversations.rename(BEA, one.id, "mine"),
        lambda: conversations.choose(BEA, one.id, said.question),
        lambda: conversations.branch(BEA, one.id, said.answer),
        lambda: conversations.delete(BEA, one.id),
        lambda: conversations.open(ANN, "\ud83d\x00"),
    ):
        with pytest.raises(InputError, match="conversation_unknown"):
            attempt()
    with pytest.raises(InputError, match="nothing_to_keep"):
        conversations.keep_shown(BEA, one.id)
    assert (conversations.delete_all(BEA), titles(conversations, BEA)) == (0, [])
    assert titles(conversations, ANN) == ["Who founded the library?"]
    with pytest.raises(InputError, match="visitor_needed"):
        conversations.begin(resolve(public=True), TEXT)


def test_nothing_is_stored_before_the_first_question(
    database: Database, conversations: Conversations
) -> None:
    """A pasted text that nobody asked about is on no disk, and in no list."""
    one = conversations.begin(ME, TEXT)
    assert not one.temporary
    assert conversations.open(ME, one.id).subject == TEXT
    assert on_disk(database, "Miller", "library.txt") == []
    assert titles(conversations) == []
    asked(conversations, one)
    assert not conversations.open(ME, one.id).temporary
    assert on_disk(database, "Miller", "library.txt") == ["Miller", "library.txt"]


def test_a_temporary_conversation_writes_nothing(
    database: Database, conversations: Conversations, runs: Runs
) -> None:
    """Not a word stands in any file, however it goes on; another page cannot see it."""
    one, said = answered(conversations, MINE)
    list(conversations.again(MINE, one.id, said.answer))
    # Temporary mode was turned off meanwhile: the conversation stays what it was begun as.
    asked(conversations, one, "And when?", parent=said.answer, visit=ME)
    conversations.rename(MINE, one.id, "unseen")
    conversations.branch(ME, one.id, said.answer)
    assert on_disk(database, "founded", "Miller", "And when?", "unseen") == []
    assert runs.count(ME) == 0
    assert [entry.temporary for entry in conversations.page(MINE)] == [True, True]
    assert titles(conversations, MINE, "unseen miller") == ["unseen", "unseen"]
    assert titles(conversations, ELSEWHERE) == []
    with pytest.raises(InputError, match="conversation_unknown"):
        conversations.open(ELSEWHERE, one.id)


def test_a_temporary_conversation_can_be_kept_after_all(conversations: Conversations) -> None:
    """All of it is stored under the same ids, once, for somebody who can be shown it again."""
    one, said = answered(conversations, MINE)
    with pytest.raises(InputError, match="nothing_to_keep"):
        conversations.keep_shown(ELSEWHERE)
    with pytest.raises(InputError, match="visitor_needed"):
        conversations.keep_shown(resolve(public=True, page="p" * 64))
    assert conversations.keep_shown(MINE) == 1
    stored = conversations.open(ELSEWHERE, one.id)
    assert (stored.messages, stored.subject) == (one.messages, TEXT)
    assert not stored.temporary
    assert stored.leaf == said.answer
    with pytest.raises(InputError, match="nothing_to_keep"):
        conversations.keep_shown(MINE)


def test_a_stored_conversation_can_go_on_temporarily(
    database: Database, conversations: Conversations
) -> None:
    """What is said in temporary mode is this page's alone until it is kept; then it joins the rest."""
    one, said = answered(conversations)
    more = asked(conversations, one, "When does it open?", parent=said.answer, visit=MINE)[-1]
    conversations.choose(ELSEWHERE, one.id, said.question)
    assert on_disk(database, "does it open") == []
    assert conversations.open(ELSEWHERE, one.id).leaf == said.answer
    assert more.conversation == one.id
    assert len(conversations.open(MINE, one.id).messages) == 4
    assert len(conversations.open(ELSEWHERE, one.id).messages) == 2
    assert [entry.temporary for entry in conversations.page(MINE)] == [True]
    assert conversations.keep_shown(MINE, one.id) == 1
    assert len(conversations.open(ELSEWHERE, one.id).messages) == 4
    assert [entry.temporary for entry in conversations.page(MINE)] == [False]


def test_memory_has_an_end(database: Database) -> None:
    """A page keeps its latest conversations, and the largest crowd a bounded number of bytes."""
    places = Places(ConversationStore(database), most_bytes=4 * 1024**2)
    ids = [places.begin(MINE, kind="chat", subject={}).id for _ in range(MOST_HELD + 1)]
    assert places.held(MINE) == set(ids[1:])
    long = subject_record(Subject((Part("long " * 200_000),)))
    visits = [replace(MINE, page=f"{number:064}") for number in range(8)]
    large = [places.begin(visit, kind="text", subject=long).id for visit in visits]
    assert not places.held(MINE)
    assert places.find(visits[-1], large[-1])[1].id == large[-1]
    with pytest.raises(InputError, match="conversation_unknown"):
        places.find(visits[0], large[0])


def test_a_full_disk_does_not_keep_anybody_from_asking(
    database: Database, conversations: Conversations
) -> None:
    """The answer comes with a warning and is held in memory; later it can be kept after all."""
    one = conversations.begin(ME, replace(TEXT, system="x" * 100_000))
    with database.reading() as tables:
        used = tables.execute("PRAGMA page_count").fetchone()[0]
        tables.execute(f"PRAGMA max_page_count = {used}")
    said = asked(conversations, one)
    assert said[-1].update.text == "Ann Miller"
    assert {str(each.update.warning.key) for each in said if each.update.warning} == {"disk_full"}
    assert conversations.open(ME, one.id).temporary
    with database.reading() as tables:
        tables.execute(f"PRAGMA max_page_count = {used + 1000}")
    assert conversations.keep_shown(ME) == 1
    assert conversations.open(ELSEWHERE, one.id).messages[-1].text == "Ann Miller"


def test_deleting_everything_leaves_nothing_on_the_disk(
    database: Database, conversations: Conversations, runs: Runs
) -> None:
    """Neither questions nor answers, texts, quotations or words of them, stored or in memory."""
    one = conversations.begin(ME, Subject((Part("Zyzzyva Quagmire founded the xylophone museum."),)))
    asked(conversations, one, "Who founded the xylophone museum?")
    answered(conversations, MINE)
    needles = ["Zyzzyva", "zyzzyva", "uagmire", "xylophone"]
    assert on_disk(database, *needles) == needles
    assert conversations.delete_all(ME) == 2
    runs.delete_all(ME)
    assert on_disk(database, *needles) == []
    assert titles(conversations, MINE) == []


def test_one_conversation_is_deleted(conversations: Conversations, runs: Runs) -> None:
    """It alone, also where it went on temporarily; its runs stay in the history, and the reverse."""
    one, said = answered(conversations)
    answered(conversations, question="When does the library open?")
    asked(conversations, one, "When?", parent=said.answer, visit=MINE)
    conversations.delete(MINE, one.id)
    for visit in (ME, ELSEWHERE):
        with pytest.raises(InputError, match="conversation_unknown"):
            conversations.open(visit, one.id)
    assert titles(conversations) == ["When does the library open?"]
    assert runs.count(ME) == 2
    runs.delete_all(ME)
    assert titles(conversations) == ["When does the library open?"]


ASK_AND_GO_ON = """
import sys
import time
from pathlib import Path
from llama_demo.services.asking.asking import Asking
from llama_demo.services.asking.conversations import Conversations
from llama_demo.services.asking.question import Subject
from llama_demo.services.visits import resolve
from llama_demo.store.conversations import ConversationStore
from llama_demo.tasks.generate import GenerateOptions
from tests.services.libraries import opened
with opened(Path(sys.argv[1]), None) as shelf:
    asking = Asking(shelf.models, shelf.searching, shelf.library, shelf.runs)
    conversations = Conversations(asking, ConversationStore(shelf.database))
    visit = resolve(public=False, page="p" * 64)
    one = conversations.begin(visit, Subject())
    # Drawn so wildly, this one goes on until it is cut off.
    options = GenerateOptions(max_new_tokens=500, temperature=2.0, top_k=0, top_p=1.0, seed=2)
    for said in conversations.say(visit, one.id, "Once upon a time", parent=None, options=options):
        pass
"""


def first_words(path: Path) -> str:
    """What stands in the database of the first answer, once there is something."""
    last = time.monotonic() + 60
    while time.monotonic() < last:
        with suppress(sqlite3.OperationalError), closing(sqlite3.connect(path)) as connection:
            found = connection.execute("SELECT content FROM messages WHERE role = 'assistant'").fetchone()
            if found and found[0]:
                return str(found[0])
        time.sleep(0.02)
    raise TimeoutError


def test_kill_9_in_the_middle_of_an_answer(tmp_path: Path, asking: Asking) -> None:
    """The next start has the question and, as interrupted, the answer with its text of a second ago."""
    path = tmp_path / "killed" / "llama_demo.db"
    program = subprocess.Popen([sys.executable, "-c", ASK_AND_GO_ON, str(path.parent)], cwd=ROOT)
    try:
        words = first_words(path)
    finally:
        program.kill()
        program.wait()
    with closing(Database(path)) as database:
        conversations = Conversations(asking, ConversationStore(database))
        [entry] = conversations.page(ME)
        read = conversations.open(ME, entry.id)
        question, answer = read.messages
        more = list(conversations.go_on(ME, read.id, answer.id, options=SHORT))[-1]
    assert (question.text, read.leaf) == ("Once upon a time", answer.id)
    assert answer.update is not None
    assert answer.update.status == "interrupted"
    assert answer.text.startswith(words)
    assert more.update.text.startswith(answer.text)
