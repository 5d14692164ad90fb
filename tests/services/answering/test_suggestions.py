"""Suggested questions: the reader answers each of them right, from what the visitor chose."""

from __future__ import annotations

import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from llama_demo.errors import InputError
from llama_demo.services.admission import call_for
from llama_demo.services.answering.answer import AnswerRequest, AnswerUpdate, Subject, TextPart, Variant
from llama_demo.services.answering.service import AnswerService
from llama_demo.services.answering.suggestions import MOST, Suggestions
from llama_demo.services.history.runs import RunService
from llama_demo.services.library.embedders import Embedders
from llama_demo.services.library.library import IncomingFile, Library
from llama_demo.services.library.samples import sample_questions
from llama_demo.services.library.search import SearchService
from llama_demo.services.models import Models
from llama_demo.services.visits import Visit, resolve
from llama_demo.settings import ASSETS
from llama_demo.store.chunks import ChunkStore
from llama_demo.store.database import Database
from tests.services.libraries import opened

SAMPLE = Subject(collection="sample")
ME = resolve(public=False)
STRANGER = resolve(public=True, secret="s" * 32, save=True)

TEXT = (
    "The museum was founded in 1907 by Ann Miller. The city library is located in Mill Street. "
    "Employees receive 25 days of leave. All employees are paid on Friday."
)


@pytest.fixture
def suggestions(database: Database, models: Models, library: Library, runs: RunService) -> Suggestions:
    """The bundled reader over an empty library."""
    chunks = ChunkStore(database)
    search = SearchService(library, chunks, Embedders(models, chunks), models, runs)
    return Suggestions(models, search, library, chunks)


def answers(answering: AnswerService, subject: Subject, questions: tuple[str, ...]) -> list[AnswerUpdate]:
    """What somebody who clicks the questions is told."""
    variant = Variant("extractive")
    return [list(answering.ask(ME, AnswerRequest(one, subject, variant)))[-1] for one in questions]


def test_a_pasted_text_suggests_what_it_answers(
    suggestions: Suggestions, answering: AnswerService, runs: RunService
) -> None:
    """Clicking a question brings the words that it was made from; looking leaves no trace in the history."""
    subject = Subject((TextPart(TEXT),))
    found = suggestions.about(ME, subject)
    assert runs.count(ME) == 0
    assert 1 <= len(found) <= MOST
    assert "When was the museum founded by Ann Miller?" in found
    place = found.index("When was the museum founded by Ann Miller?")
    told = answers(answering, subject, found)
    assert "1907" in told[place].text
    sure = [one.confidence or 0.0 for one in told]
    assert sure == sorted(sure, reverse=True)
    assert suggestions.about(ME, subject) == found


def test_a_document_suggests_questions_to_its_readers_alone(
    suggestions: Suggestions, answering: AnswerService, library: Library
) -> None:
    """A collection's newest documents, or the chosen one; not to somebody else."""
    for name, text in (("museum.txt", TEXT), ("hut.txt", "The hut has 12 beds. The hut is in Brig.")):
        assert library.add(ME, "mine", [IncomingFile(name, text.encode())]).wait(60)
    hut = next(one for one in library.documents(ME, "mine") if one.name == "hut.txt")
    chosen = Subject(collection="mine", documents=(hut.id,))
    found = suggestions.about(ME, chosen)
    place = found.index("How many beds does the hut have?")
    assert "12" in answers(answering, chosen, found)[place].text
    assert len(suggestions.about(ME, Subject(collection="mine"))) > len(found)
    with pytest.raises(InputError, match="collection_unknown"):
        suggestions.about(STRANGER, chosen)


def test_many_calls_of_one_visitor_are_not_all_before_another_s(suggestions: Suggestions) -> None:
    """Visitors take turns, however many calls each of them makes."""
    done: list[str] = []

    def about(visit: Visit, text: str) -> None:
        call_for(visit, suggestions.about, visit, Subject((TextPart(text),)))
        done.append(visit.owner or "")

    calls = [(ME, f"The hut has {beds} beds.") for beds in range(10, 14)] + [(STRANGER, "It rains.")]
    threads = [threading.Thread(target=about, args=call) for call in calls]
    with suggestions._turn:
        for number, thread in enumerate(threads, start=1):
            thread.start()
            while suggestions._turn.waiting < number:
                time.sleep(0.01)
    for thread in threads:
        thread.join(60)
    assert STRANGER.owner in done[:2]


def test_nothing_to_suggest(suggestions: Suggestions) -> None:
    """Open chat, an empty collection and a text that rules find nothing in have no questions."""
    assert suggestions.about(ME, Subject()) == ()
    assert suggestions.about(ME, SAMPLE) == ()
    assert suggestions.about(ME, Subject((TextPart("It rains. It pours."),))) == ()


def test_the_samples_questions_come_in_the_visitors_language(tmp_path: Path, models: Models) -> None:
    """Those that came with an article, once it is there."""
    for name in ("zh/science/bees.txt", "en/handbook/expenses.md"):
        (tmp_path / "samples" / name).parent.mkdir(parents=True)
        shutil.copy(ASSETS / "samples" / name, tmp_path / "samples" / name)
    with opened(tmp_path / "data", ASSETS / "models" / "embedder", samples=tmp_path / "samples") as shelf:
        suggestions = Suggestions(models, shelf.search, shelf.library, shelf.chunks)
        assert "How much may a hotel room cost?" in suggestions.about(ME, SAMPLE)
        assert "谁读懂了蜜蜂的舞蹈？" in suggestions.about(replace(ME, language="zh"), SAMPLE)


def test_recorded_answers_stand_in_their_articles() -> None:
    """Or no reader could ever find them; both languages have enough of them."""
    recorded = [one for one in sample_questions() if one.answer]
    for one in recorded:
        article = (ASSETS / "samples" / one.article).read_text(encoding="utf-8")
        assert one.answer in article, one.question
    for language in ("en", "zh"):
        assert sum(one.language == language for one in recorded) > MOST
