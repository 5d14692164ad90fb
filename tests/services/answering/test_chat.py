"""What is said in a conversation: versions, edits, answers side by side, and that nothing of it is lost."""

from __future__ import annotations

import subprocess
import sys
from ast import literal_eval
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from llama_demo.errors import InputError
from llama_demo.services.answering.answer import Subject, Variant
from llama_demo.services.answering.conversations import ConversationService
from llama_demo.services.answering.service import AnswerService
from llama_demo.services.history.runs import RunService
from llama_demo.store.conversations import ConversationStore
from llama_demo.store.database import Database
from tests.services.answering.chats import CHAT, ELSEWHERE, ME, SHORT, STORY, TEXT, Chats, versions

ROOT = Path(__file__).parents[3]


def test_a_question_is_asked_in_its_conversation(chats: Chats) -> None:
    """Every question gets the path that leads to it, and not what was said on others."""
    one, first = chats.answered()
    chats.asked(one, "When does it open?")
    second = chats.asked(one, "And when was that?", parent=first.answer)[-1]
    read = chats.conversations.open(ME, one.id)
    assert [each.text for each in read.path(second.answer)][:3] == [
        "Who founded the library?",
        "Ann Miller",
        "And when was that?",
    ]
    assert second.update.standalone == read.messages[-1].update.standalone  # type: ignore[union-attr]


def test_an_edited_question_stands_beside_the_former(chats: Chats) -> None:
    """Both are there, each with its answer, and the conversation goes on at the new one."""
    one, first = chats.answered()
    edited = chats.asked(one, "When does the library open?", parent=None)[-1]
    read = chats.conversations.open(ME, one.id)
    former = read.message(first.question)
    assert former is not None
    assert [each.id for each in versions(read, former)] == [first.question, edited.question]
    assert read.leaf == edited.answer
    assert read.title == "Who founded the library?"


def test_versions_of_an_answer_are_kept(chats: Chats, runs: RunService) -> None:
    """Another version stands beside the first, by the same answerer, also in the history."""
    one, first = chats.answered()
    second = list(chats.chat.again(ME, chats.current(ME, one), first.answer))[-1]
    read = chats.conversations.open(ME, one.id)
    answer = read.message(second.answer)
    assert answer is not None
    assert [each.id for each in versions(read, answer)] == [first.answer, second.answer]
    assert read.leaf == second.answer
    assert second.update.variant == first.update.variant
    run_ids = [str(each.update.run_id) for each in read.messages if each.update]
    assert [run.id for run in runs.versions(ME, run_ids[0])] == run_ids


def test_a_cut_off_answer_is_gone_on_with(chats: Chats) -> None:
    """The text of the new version begins with the former; a quoted answer has no more to it."""
    one = chats.conversations.begin(ME, CHAT)
    first = chats.asked(one, "Once upon a time")[-1]
    more = list(chats.chat.continue_(ME, chats.current(ME, one), first.answer, options=SHORT))[-1]
    assert more.update.text.startswith(first.update.text)
    assert len(more.update.text) > len(first.update.text)
    read = chats.conversations.open(ME, one.id)
    assert [each.text for each in read.messages if each.update] == [first.update.text, more.update.text]
    text, quoted = chats.answered()
    with pytest.raises(InputError, match="answer_not_written"):
        list(chats.chat.continue_(ME, chats.current(ME, text), quoted.answer))


def test_a_question_is_answered_with_and_without(chats: Chats) -> None:
    """Two answers at once, or the other one later: both belong to one question."""
    one = chats.conversations.begin(ME, TEXT)
    both = chats.asked(one, variants=(Variant(), STORY))
    question = both[0].question
    ids = list(dict.fromkeys(said.answer for said in both))
    read = chats.conversations.open(ME, one.id)
    assert [each.id for each in read.messages if each.parent == question] == ids
    assert [each.update.variant.grounded for each in read.messages if each.update] == [True, False]
    assert read.leaf == ids[0]
    later = list(chats.chat.add_answer(ME, chats.current(ME, one), question, STORY, options=SHORT))[-1]
    read = chats.conversations.open(ME, one.id)
    assert read.message(later.answer).parent == question  # type: ignore[union-attr]
    with pytest.raises(InputError, match="message_unknown"):
        list(chats.chat.add_answer(ME, chats.current(ME, one), later.answer, STORY))


@pytest.mark.parametrize("question", ["", " \n", "x" * 20_000])
def test_what_cannot_be_asked_leaves_no_trace(chats: Chats, question: str) -> None:
    """A refused question is told and stored nowhere; the conversation can be gone on with."""
    one = chats.conversations.begin(ME, TEXT)
    with pytest.raises(InputError):
        chats.asked(one, question)
    with pytest.raises(InputError, match="message_unknown"):
        chats.asked(one, "Why?", parent="0" * 32)
    assert chats.titles() == []
    assert chats.asked(one)[-1].update.text == "Ann Miller"


def test_an_answer_that_fails_says_why_and_can_be_tried_again(chats: Chats) -> None:
    """The question stays with the reason beside it, also when the conversation is opened again."""
    one = chats.conversations.begin(ME, Subject(collection="default"))
    said = chats.asked(one)[-1]
    assert said.update.status == "failed"
    assert said.update.error is not None
    read = chats.conversations.open(ME, one.id)
    answer = read.message(said.answer)
    assert answer is not None
    assert answer.update is not None
    assert answer.update.error is not None
    assert answer.update.error.key == said.update.error.key == "ask_collection_empty"
    assert list(chats.chat.again(ME, chats.current(ME, one), said.answer))[-1].update.status == "failed"


def test_stop_ends_all_answers_to_a_question(chats: Chats) -> None:
    """The one that is being written stays with its text, the ones behind it do not begin."""
    one = chats.conversations.begin(ME, CHAT)
    said = chats.chat.say(
        ME, chats.current(ME, one), "Once upon a time", parent=None, variants=(STORY, STORY), key="key"
    )
    told = []
    for each in said:
        told.append(each)
        if each.update.text:
            assert chats.chat.stop("key")
    answers = [each for each in chats.conversations.open(ME, one.id).messages if each.update]
    assert [(each.text, each.update.status) for each in answers] == [  # type: ignore[union-attr]
        (told[-1].update.text, "stopped")
    ]
    assert not chats.chat.stop("key")


def test_a_closed_page_stops_the_answer(chats: Chats) -> None:
    """What was written so far can be read when the conversation is opened again."""
    one = chats.conversations.begin(ME, CHAT)
    with closing(chats.chat.say(ME, chats.current(ME, one), "Once upon a time", parent=None)) as said:
        last = next(each for each in said if each.update.text)
    answer = chats.conversations.open(ME, one.id).message(last.answer)
    assert answer is not None
    assert answer.update is not None
    assert (answer.update.status, answer.text) == ("stopped", last.update.text)


def test_a_full_disk_does_not_keep_anybody_from_asking(database: Database, chats: Chats) -> None:
    """The answer comes with a warning and is held in memory; later it can be kept after all."""
    one = chats.conversations.begin(ME, replace(TEXT, system="x" * 100_000))
    with database.reading() as tables:
        used = tables.execute("PRAGMA page_count").fetchone()[0]
        tables.execute(f"PRAGMA max_page_count = {used}")
    said = chats.asked(one)
    assert said[-1].update.text == "Ann Miller"
    assert {str(each.update.warning.key) for each in said if each.update.warning} == {"disk_full"}
    assert chats.conversations.open(ME, one.id).temporary
    with database.reading() as tables:
        tables.execute(f"PRAGMA max_page_count = {used + 1000}")
    assert chats.conversations.keep_shown(ME) == 1
    assert chats.conversations.open(ELSEWHERE, one.id).messages[-1].text == "Ann Miller"


ASK_AND_GO_ON = """
import sys
import time
from pathlib import Path
from llama_demo.services.moderation import Moderation
from llama_demo.services.answering.service import AnswerService
from llama_demo.services.answering.conversations import ConversationService
from llama_demo.services.answering.answer import Subject
from llama_demo.services.answering.chat import Chat
from llama_demo.services.visits import resolve
from llama_demo.store.conversations import ConversationStore
from llama_demo.tasks.generate import GenerateOptions
from tests.services.libraries import opened
with opened(Path(sys.argv[1]), None) as shelf:
    answering = AnswerService(shelf.models, shelf.search, shelf.library, shelf.runs, Moderation())
    conversations = ConversationService(ConversationStore(shelf.database))
    chat = Chat(answering, conversations)
    visit = resolve(public=False, page="p" * 64)
    one = conversations.begin(visit, Subject())
    # Drawn so wildly, this one goes on until it is cut off.
    options = GenerateOptions(max_new_tokens=500, temperature=2.0, top_k=0, top_p=1.0, seed=2)
    for said in chat.say(visit, one, "Once upon a time", parent=None, options=options):
        print(repr(conversations.open(visit, one.id).messages[-1].text), flush=True)
"""


def test_kill_9_in_the_middle_of_an_answer(tmp_path: Path, answering: AnswerService) -> None:
    """The next start has the question and, as interrupted, the answer with its text of a second ago."""
    path = tmp_path / "killed" / "llama_demo.db"
    command = [sys.executable, "-c", ASK_AND_GO_ON, str(path.parent)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        words = next(filter(None, map(literal_eval, program.stdout)))
        program.kill()
    with closing(Database(path)) as database:
        chats = Chats(ConversationService(ConversationStore(database)), answering)
        [entry] = chats.conversations.page(ME)
        read = chats.conversations.open(ME, entry.id)
        question, answer = read.messages
        more = list(chats.chat.continue_(ME, chats.current(ME, read), answer.id, options=SHORT))[-1]
    assert (question.text, read.leaf) == ("Once upon a time", answer.id)
    assert answer.update is not None
    assert answer.update.status == "interrupted"
    assert answer.text.startswith(words)
    assert more.update.text.startswith(answer.text)
