"""Conversations kept: listed, branched, temporary, deleted, and never another visitor's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llama_demo.errors import InputError, StoreError
from llama_demo.services.answering.answer import Subject, TextPart
from llama_demo.services.answering.conversation import subject_record
from llama_demo.services.answering.conversation_repository import MOST_HELD, ConversationRepository
from llama_demo.services.answering.conversations import ConversationService
from llama_demo.services.answering.service import AnswerService
from llama_demo.services.history.runs import RunService
from llama_demo.services.visits import resolve
from llama_demo.store.conversations import ConversationStore
from llama_demo.store.database import Database
from tests.services.answering.chats import ANN, BEA, ELSEWHERE, ME, MINE, STORY, TEXT, Chats, on_disk


def test_a_conversation_comes_back_as_it_was(database: Database, chats: Chats) -> None:
    """After a restart: the text, both messages, and the answer with all that was told of it."""
    one, said = chats.answered()
    assert said.update.text == "Ann Miller"
    later = ConversationService(ConversationStore(database)).open(ME, one.id)
    question, answer = later.messages
    assert (later.title, later.kind, later.subject, later.leaf) == (question.text, "text", TEXT, answer.id)
    assert (question.id, answer.parent) == (said.question, said.question)
    assert answer.update == said.update
    assert answer.update is not None
    assert answer.update.evidence[0].document == "library.txt"


def test_a_run_of_the_history_leads_to_its_conversation(chats: Chats) -> None:
    """The owner's own, as long as it is there."""
    one, said = chats.answered()
    run = said.update.run_id
    assert run is not None
    assert chats.conversations.of_run(ME, run) == one.id
    assert chats.conversations.of_run(ANN, run) is None
    chats.conversations.delete(ME, one.id)
    assert chats.conversations.of_run(ME, run) is None


def test_a_branch_is_a_conversation_of_its_own(chats: Chats) -> None:
    """It holds what led to the message; what is said in one is not in the other."""
    one, said = chats.answered()
    branch = chats.conversations.branch(ME, one.id, said.answer)
    assert [each.text for each in branch.messages] == ["Who founded the library?", "Ann Miller"]
    assert (branch.subject, branch.leaf) == (TEXT, branch.messages[-1].id)
    assert branch.messages[-1].update == said.update
    chats.asked(branch, "When?", parent=branch.leaf)
    assert len(chats.conversations.open(ME, one.id).messages) == 2
    with pytest.raises(InputError, match="message_unknown"):
        chats.conversations.branch(ME, one.id, "0" * 32)


def test_conversations_are_listed_named_chosen_and_found(chats: Chats) -> None:
    """By their first question until somebody names them; by words of any message."""
    one, said = chats.answered()
    chats.answered(question="When does the\u202e library open? " + "x" * 80)
    assert chats.titles()[0].startswith("When does the library open? xxx")
    assert len(chats.titles()[0]) == 60
    chats.conversations.rename(ME, one.id, " The founder\n")
    assert chats.titles(query="who") == ["The founder"]
    chats.conversations.choose(ME, one.id, said.question)
    assert chats.conversations.open(ME, one.id).leaf == said.question
    first, *_ = chats.conversations.page(ME, limit=1)
    assert [entry.id for entry in chats.conversations.page(ME, before=first.place)] == [one.id]
    for name in ("", " \u202e ", "x" * 121):
        with pytest.raises(InputError, match="conversation_title"):
            chats.conversations.rename(ME, one.id, name)
    with pytest.raises(InputError, match="message_unknown"):
        chats.conversations.choose(ME, one.id, "0" * 32)
    for limit in (0, 101):
        with pytest.raises(InputError, match="out_of_range"):
            chats.conversations.page(ME, limit=limit)


def test_visitors_never_meet(chats: Chats) -> None:
    """Another visitor's conversation is as unknown as one that never was, for everything."""
    one, said = chats.answered(ANN)
    for attempt in (
        lambda: chats.conversations.open(BEA, one.id),
        lambda: chats.asked(one, parent=said.answer, visit=BEA),
        lambda: list(chats.chat.again(BEA, chats.current(BEA, one), said.answer)),
        lambda: list(chats.chat.add_answer(BEA, chats.current(BEA, one), said.question, STORY)),
        lambda: chats.conversations.rename(BEA, one.id, "mine"),
        lambda: chats.conversations.choose(BEA, one.id, said.question),
        lambda: chats.conversations.branch(BEA, one.id, said.answer),
        lambda: chats.conversations.delete(BEA, one.id),
        lambda: chats.conversations.open(ANN, "\ud83d\x00"),
    ):
        with pytest.raises(InputError, match="conversation_unknown"):
            attempt()
    with pytest.raises(InputError, match="nothing_to_keep"):
        chats.conversations.keep_shown(BEA, one.id)
    chats.conversations.drop_held(BEA)
    assert chats.titles(BEA) == []
    assert chats.titles(ANN) == ["Who founded the library?"]
    with pytest.raises(InputError, match="visitor_needed"):
        chats.conversations.begin(resolve(public=True), TEXT)


def test_nothing_is_stored_before_the_first_question(database: Database, chats: Chats) -> None:
    """A pasted text that nobody asked about is on no disk, and in no list."""
    one = chats.conversations.begin(ME, TEXT)
    assert not one.temporary
    assert chats.conversations.open(ME, one.id).subject == TEXT
    assert on_disk(database, "Miller", "library.txt") == []
    assert chats.titles() == []
    chats.asked(one)
    assert not chats.conversations.open(ME, one.id).temporary
    assert on_disk(database, "Miller", "library.txt") == ["Miller", "library.txt"]


def test_a_temporary_conversation_writes_nothing(database: Database, chats: Chats, runs: RunService) -> None:
    """Not a word stands in any file, however it goes on; another page cannot see it."""
    one, said = chats.answered(MINE)
    list(chats.chat.again(MINE, chats.current(MINE, one), said.answer))
    # Temporary mode was turned off meanwhile: the conversation stays what it was begun as.
    chats.asked(one, "And when?", parent=said.answer, visit=ME)
    chats.conversations.rename(MINE, one.id, "unseen")
    chats.conversations.branch(ME, one.id, said.answer)
    assert on_disk(database, "founded", "Miller", "And when?", "unseen") == []
    assert runs.count(ME) == 0
    assert [entry.temporary for entry in chats.conversations.page(MINE)] == [True, True]
    assert chats.titles(MINE, "unseen miller") == ["unseen", "unseen"]
    assert chats.titles(ELSEWHERE) == []
    with pytest.raises(InputError, match="conversation_unknown"):
        chats.conversations.open(ELSEWHERE, one.id)


def test_a_temporary_conversation_can_be_kept_after_all(chats: Chats) -> None:
    """All of it is stored under the same ids, once, for somebody who can be shown it again."""
    one, said = chats.answered(MINE)
    with pytest.raises(InputError, match="nothing_to_keep"):
        chats.conversations.keep_shown(ELSEWHERE)
    with pytest.raises(InputError, match="visitor_needed"):
        chats.conversations.keep_shown(resolve(public=True, page="p" * 64))
    assert chats.conversations.keep_shown(MINE) == 1
    stored = chats.conversations.open(ELSEWHERE, one.id)
    assert (stored.messages, stored.subject) == (one.messages, TEXT)
    assert not stored.temporary
    assert stored.leaf == said.answer
    with pytest.raises(InputError, match="nothing_to_keep"):
        chats.conversations.keep_shown(MINE)


def test_a_stored_conversation_can_go_on_temporarily(database: Database, chats: Chats) -> None:
    """What is said in temporary mode is this page's alone until it is kept; then it joins the rest."""
    one, said = chats.answered()
    more = chats.asked(one, "When does it open?", parent=said.answer, visit=MINE)[-1]
    chats.conversations.choose(ELSEWHERE, one.id, said.question)
    assert on_disk(database, "does it open") == []
    assert chats.conversations.open(ELSEWHERE, one.id).leaf == said.answer
    assert more.conversation == one.id
    assert len(chats.conversations.open(MINE, one.id).messages) == 4
    assert len(chats.conversations.open(ELSEWHERE, one.id).messages) == 2
    assert [entry.temporary for entry in chats.conversations.page(MINE)] == [True]
    assert chats.conversations.keep_shown(MINE, one.id) == 1
    assert len(chats.conversations.open(ELSEWHERE, one.id).messages) == 4
    assert [entry.temporary for entry in chats.conversations.page(MINE)] == [False]


def test_memory_has_an_end(database: Database) -> None:
    """A page keeps its latest conversations, and the largest crowd a bounded number of bytes."""
    places = ConversationRepository(ConversationStore(database), most_bytes=4 * 1024**2)
    ids = [places.begin(MINE, kind="chat", subject={}).id for _ in range(MOST_HELD + 1)]
    assert places.held(MINE) == set(ids[1:])
    long = subject_record(Subject((TextPart("long " * 200_000),)))
    visits = [replace(MINE, page=f"{number:064}") for number in range(8)]
    large = [places.begin(visit, kind="text", subject=long).id for visit in visits]
    assert not places.held(MINE)
    assert places.find(visits[-1], large[-1])[1].id == large[-1]
    with pytest.raises(InputError, match="conversation_unknown"):
        places.find(visits[0], large[0])


def test_a_visitor_has_room_for_so_many(database: Database, answering: AnswerService) -> None:
    """Beyond, what is said is held in memory with a warning, and can be kept once there is room again."""
    chats = Chats(ConversationService(ConversationStore(database), most=2), answering)
    one, said = chats.answered(ANN, "Who founded it?")
    chats.answered(ANN, "When does it open?")
    third, refused = chats.answered(ANN, "What is it?")
    assert refused.update.status == "done"
    assert refused.update.warning is not None
    assert refused.update.warning.key == "conversations_full"
    assert third.temporary
    assert chats.conversations.count(ANN) == 3
    for attempt in (
        lambda: chats.conversations.keep_shown(ANN, third.id),
        lambda: chats.conversations.branch(ANN, one.id, said.answer),
    ):
        with pytest.raises(StoreError, match="conversations_full"):
            attempt()
    # What is stored already goes on as ever, also after a detour through memory, and nobody else is limited.
    quiet = replace(ANN, temporary=True)
    chats.asked(one, "And when?", parent=said.answer, visit=quiet)
    assert chats.conversations.count(ANN) == 3
    assert chats.conversations.keep_shown(ANN, one.id) == 1
    assert chats.asked(one, "Where?", parent=said.answer, visit=ANN)[-1].update.warning is None
    assert chats.answered(BEA)[1].update.warning is None
    chats.conversations.delete(ANN, one.id)
    assert chats.conversations.keep_shown(ANN, third.id) == 1
    assert not chats.conversations.open(ANN, third.id).temporary
    assert chats.conversations.count(ANN) == 2


def test_one_conversation_is_deleted(database: Database, chats: Chats, runs: RunService) -> None:
    """It alone, with its runs, also where it went on temporarily."""
    one, said = chats.answered()
    chats.answered(question="When does the library open?")
    chats.asked(one, "When?", parent=said.answer, visit=MINE)
    chats.conversations.delete(MINE, one.id)
    for visit in (ME, ELSEWHERE):
        with pytest.raises(InputError, match="conversation_unknown"):
            chats.conversations.open(visit, one.id)
    assert chats.titles() == ["When does the library open?"]
    assert [run.input for run in runs.page(ME)] == ["When does the library open?"]
    assert on_disk(database, "Who founded") == []


def test_a_branch_keeps_the_runs_that_it_shows(chats: Chats, runs: RunService) -> None:
    """They are deleted with the last conversation that shows them."""
    one, said = chats.answered()
    branch = chats.conversations.branch(ME, one.id, said.answer)
    chats.asked(one, "When does it open?", parent=said.answer)
    chats.conversations.delete(ME, one.id)
    assert [run.input for run in runs.page(ME)] == ["Who founded the library?"]
    chats.conversations.delete(ME, branch.id)
    assert runs.count(ME) == 0


def test_a_run_takes_its_answer_and_what_follows(chats: Chats, runs: RunService) -> None:
    """What was said before stays, and the conversation goes on there; a title made of the question goes."""
    one, said = chats.answered()
    more = chats.asked(one, "When does it open?", parent=said.answer)[-1]
    chats.asked(one, "And who else?", parent=more.answer)
    runs.delete(ME, str(more.update.run_id))
    left = chats.current(ME, one)
    assert [each.text for each in left.messages] == ["Who founded the library?", "Ann Miller"]
    assert left.leaf == said.answer
    assert runs.count(ME) == 1
    chats.asked(one, "Whose library is it?", parent=None)
    runs.delete(ME, str(said.update.run_id))
    left = chats.current(ME, one)
    assert [each.text for each in left.messages if each.update is None] == ["Whose library is it?"]
    assert left.title == ""
    runs.delete(ME, runs.page(ME)[0].id)
    assert chats.titles() == []


def test_a_second_version_outlives_the_first(chats: Chats, runs: RunService) -> None:
    """A question stays as long as an answer to it does."""
    one, said = chats.answered()
    list(chats.chat.again(ME, chats.current(ME, one), said.answer))
    runs.delete(ME, str(said.update.run_id))
    left = chats.current(ME, one)
    assert [each.role for each in left.messages] == ["user", "assistant"]
    assert left.leaf == left.messages[-1].id
    assert left.title == "Who founded the library?"


def test_a_conversation_that_is_deleted_in_mid_answer_leaves_no_run(
    database: Database, chats: Chats, runs: RunService
) -> None:
    """Neither the row that was begun, nor one that the end of the answer would write."""
    one = chats.conversations.begin(ME, TEXT)
    answer = chats.chat.say(ME, one, "Who founded the library?", parent=None)
    next(answer)
    chats.conversations.delete(ME, one.id)
    list(answer)
    assert runs.count(ME) == 0
    assert on_disk(database, "Miller", "Who founded") == []
