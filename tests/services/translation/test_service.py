"""Somebody translates: what comes, what is kept of it, and how it ends."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from llama_demo.documents.parsing import Parser
from llama_demo.engine.fair_share import Client, on_behalf_of
from llama_demo.errors import InputError
from llama_demo.services.history.runs import RunService
from llama_demo.services.models import Models
from llama_demo.services.translation.documents import AT_ONCE, DocumentTranslationService
from llama_demo.services.translation.service import (
    Guess,
    Term,
    TranslationRequest,
    TranslationService,
    TranslationUpdate,
)
from llama_demo.services.visits import Visit, resolve
from llama_demo.store.database import Database
from llama_demo.store.runs import RunStore
from tests.conftest import GENERATOR
from tests.translators import write_translator

TEXT = "Hi.\n\n- One\n- Two 😀\nhttps://example.com/a"
LONG = "One. " * 300


@pytest.fixture(scope="module")
def translators(tmp_path_factory: pytest.TempPathFactory) -> Models:
    """A small one with random weights beside the generator."""
    folder = write_translator(tmp_path_factory.mktemp("models") / "tiny", positions=24)
    return Models([GENERATOR, folder], device="cpu")


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[RunService]:
    """An empty history."""
    database = Database(tmp_path / "history.db")
    yield RunService(RunStore(database))
    database.close()


@pytest.fixture
def translation(translators: Models, runs: RunService) -> TranslationService:
    """The service."""
    return TranslationService(translators, runs)


@pytest.fixture
def visit() -> Visit:
    """The operator on their own machine."""
    return resolve(public=False)


def test_directions_are_what_the_models_offer(translation: TranslationService) -> None:
    """Chinese and French meet through English, and that is said; German is nobody's."""
    offered = translation.directions()
    assert {source: list(targets) for source, targets in offered.items()} == {
        "zh": ["en", "fr"],
        "en": ["zh", "fr"],
        "fr": ["zh", "en"],
    }
    assert (offered["zh"]["en"].via, offered["zh"]["fr"].via) == ("", "en")
    assert offered["zh"]["fr"].models == ("tiny", "tiny")
    assert [route.model for route in translation.models_for("zh", "fr")] == ["tiny"]


def test_a_text_keeps_its_shape(translation: TranslationService, visit: Visit) -> None:
    """Lines, bullets, emoji and addresses stay; the sentences' places are right; text only grows."""
    updates = list(translation.translate(visit, TranslationRequest(TEXT, source="en", target="fr")))
    last = updates[-1]
    assert (last.finish_reason, last.done, last.total) == ("end", 3, 3)
    assert last.text.endswith("😀\nhttps://example.com/a")
    assert last.text.count("\n") == TEXT.count("\n")
    assert "\n\n- " in last.text
    assert [TEXT[slice(*pair.source)] for pair in last.pairs] == ["Hi.", "One", "Two"]
    assert all(later.text.startswith(earlier.text) for earlier, later in pairwise(updates))
    assert set(last.info) == {"source", "source_confidence", "target", "model", "via", "sentences", "doubts"}
    told = last.info["sentences"]
    assert isinstance(told, list)
    assert [each["target"] for each in told] == [last.text[slice(*pair.target)] for pair in last.pairs]
    assert (last.info["model"], last.info["source"], last.info["source_confidence"]) == ("tiny", "en", 1.0)


class CountingService(TranslationService):
    """Counts how often a language is detected."""

    detected = 0

    def detect(self, text: str) -> Guess:
        """As the service does, counted."""
        self.detected += 1
        return super().detect(text)


def test_the_language_is_detected_once(translators: Models, runs: RunService, visit: Visit) -> None:
    """A caller that knows the language already passes it on; otherwise the service detects it once."""
    service = CountingService(translators, runs)
    [*_, own] = service.translate(visit, TranslationRequest("今天好。", target="fr"))
    assert service.detected == 1
    guess = service.detect("今天好。")
    [*_, given] = service.translate(visit, TranslationRequest("今天好。", target="fr", guess=guess))
    assert service.detected == 2
    assert (given.guess, given.info) == (own.guess, own.info)
    with Parser() as parser:
        documents = DocumentTranslationService(service, runs, parsers=[parser] * AT_ONCE)
        text = "今天好。\n\n明天好。\n".encode()
        [*_, last] = documents.translate_document(visit, "a.txt", text, target="fr")
    assert (last.language, last.state, service.detected) == ("zh", "done", 3)


def test_the_language_is_detected(translation: TranslationService, visit: Visit) -> None:
    """And how sure that is."""
    last = list(translation.translate(visit, TranslationRequest("今天好。", target="fr")))[-1]
    assert last.guess is not None
    assert (last.guess.language, last.info["source"], last.info["via"]) == ("zh", "zh", "en")
    assert last.info["source_confidence"] == last.guess.confidence > 0.9


@pytest.mark.parametrize(
    ("asked", "note"),
    [
        (TranslationRequest("Hello, how are you?", target="en"), "same_language"),
        (TranslationRequest("Bonjour", source="fr", target="fr"), "same_language"),
        (TranslationRequest("😀😀", target="zh"), "nothing_to_translate"),
        (TranslationRequest("12 345,67", target="zh"), "nothing_to_translate"),
        (TranslationRequest("https://example.com", source="en", target="zh"), "nothing_to_translate"),
        (TranslationRequest("今天天气很好。", source="en", target="zh"), "other_language"),
    ],
)
def test_what_needs_no_translation(
    translation: TranslationService, visit: Visit, asked: TranslationRequest, note: str
) -> None:
    """It comes back as it is, no model is named, and the reason is told."""
    [last] = translation.translate(visit, asked)
    assert (last.text, last.note, last.info["model"]) == (asked.text, note, "")
    assert last.finish_reason == "end"


@pytest.mark.parametrize(
    ("asked", "looks"),
    [
        (TranslationRequest("今天天气很好。", source="en", target="zh"), "zh"),
        (TranslationRequest("你好", source="en", target="fr"), "zh"),
        (
            TranslationRequest("Le train pour Paris part à huit heures du matin.", source="en", target="zh"),
            "fr",
        ),
        (TranslationRequest("Hello there, how are you?", source="en", target="zh"), ""),
        (TranslationRequest("Taxi", source="fr", target="en"), ""),
        (TranslationRequest("今天我们用 Python 写 web app 吧。", source="zh", target="en"), ""),
        (TranslationRequest("今天天气很好。", target="en"), ""),
    ],
)
def test_a_language_that_was_set_wrongly_is_told(
    translation: TranslationService, visit: Visit, asked: TranslationRequest, looks: str
) -> None:
    """Only where the text speaks against it clearly: who set it may know better."""
    assert list(translation.translate(visit, asked))[-1].looks == looks


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        (TranslationRequest(" \n"), "translate_empty"),
        (TranslationRequest("a" * 100_001), "translate_too_long"),
        (TranslationRequest("Hello", source="en", target="de"), "language_not_offered"),
        (TranslationRequest("Hello", source="en", target="klingon"), "language_not_offered"),
        (
            TranslationRequest("Ciao, come stai oggi? Sono molto contento di vederti.", target="en"),
            "language_not_offered",
        ),
        (TranslationRequest("Hello", source="en", target="zh", model="nope"), "model_unknown"),
        (TranslationRequest("Hello", target="zh", beams=0), "out_of_range"),
        (TranslationRequest("Hello", target="zh", beams=9), "out_of_range"),
        (TranslationRequest("Hello", target="zh", glossary=(Term("a" * 201, "b"),)), "glossary_too_large"),
    ],
)
def test_refusals_leave_no_row(
    translation: TranslationService, runs: RunService, visit: Visit, asked: TranslationRequest, key: str
) -> None:
    """Told before anything runs."""
    with pytest.raises(InputError) as caught:
        next(translation.translate(visit, asked))
    assert caught.value.key == key
    assert runs.count(visit) == 0


def test_a_hundred_thousand_characters_begin_at_once_and_end_when_told(
    translation: TranslationService, runs: RunService, visit: Visit
) -> None:
    """Stop ends it with what is done, and the row says so."""
    updates = translation.translate(
        visit, TranslationRequest("One. " * 20_000, source="en", target="zh"), key="k"
    )
    first = next(update for update in updates if update.done)
    assert first.total == 20_000
    assert translation.stop("k")
    last = list(updates)[-1]
    assert (last.finish_reason, runs.page(visit)[0].status) == ("stopped", "stopped")
    assert 0 < last.done < 20_000
    assert runs.page(visit)[0].output == last.text
    assert not translation.stop("k")


def test_closing_ends_the_model_and_marks_the_run(
    translation: TranslationService, runs: RunService, visit: Visit
) -> None:
    """When nobody reads any more, the next one does not wait."""
    updates = translation.translate(visit, TranslationRequest(LONG, source="en", target="zh"))
    next(updates)
    began = time.monotonic()
    updates.close()  # type: ignore[attr-defined]
    assert time.monotonic() - began < 1.0
    assert runs.page(visit)[0].status == "stopped"
    assert (
        list(translation.translate(visit, TranslationRequest("Hi.", source="en", target="zh")))[-1].done == 1
    )


def test_a_new_run_of_the_same_key_ends_the_one_before(translation: TranslationService, visit: Visit) -> None:
    """Typing on cancels what was being translated."""
    former = translation.translate(visit, TranslationRequest(LONG, source="en", target="zh"), key="page")
    next(former)
    list(translation.translate(visit, TranslationRequest("Hi.", source="en", target="zh"), key="page"))
    assert list(former)[-1].finish_reason == "stopped"


def test_typing_fills_one_row(translation: TranslationService, runs: RunService, visit: Visit) -> None:
    """Runs of one debounce key within seconds are one row; a button's run stands for itself."""
    for text in ("H", "Hi", "Hi."):
        list(
            translation.translate(
                visit, TranslationRequest(text, source="en", target="zh"), debounce_key="page"
            )
        )
    assert runs.count(visit) == 1
    assert runs.page(visit)[0].input == "Hi."
    list(translation.translate(visit, TranslationRequest("Hi.", source="en", target="zh")))
    assert runs.count(visit) == 2


def test_a_row_opens_with_both_panes(translation: TranslationService, runs: RunService, visit: Visit) -> None:
    """Sentences, places, glossary and languages are there again."""
    asked = TranslationRequest("One llama. Two.", target="fr", beams=2, glossary=(Term("llama", "lama"),))
    last = list(translation.translate(visit, asked))[-1]
    again, shown = translation.reopened(runs.page(visit)[0])
    assert again == asked
    assert (shown.text, shown.info, shown.done, shown.total) == (last.text, last.info, last.done, last.total)
    assert [(p.source, p.target, p.score, p.terms) for p in shown.pairs] == [
        (p.source, p.target, p.score, p.terms) for p in last.pairs
    ]


def test_a_temporary_visit_leaves_no_row(translation: TranslationService, runs: RunService) -> None:
    """What is not to be kept is not written."""
    asked = TranslationRequest("Hi.", source="en", target="zh")
    [*_, last] = translation.translate(resolve(public=False, save=False), asked)
    assert last.run_id is None
    assert runs.count(resolve(public=False)) == 0


def test_lines_that_are_there_already_stay(translation: TranslationService, visit: Visit) -> None:
    """An English line in a Chinese text, or a Chinese one in an English text, needs no translation."""
    last = list(
        translation.translate(visit, TranslationRequest("好。\nHi there.", source="zh", target="en"))
    )[-1]
    assert last.total == 1
    assert last.text.endswith("\nHi there.")
    last = list(translation.translate(visit, TranslationRequest("好。\nHi.", source="en", target="zh")))[-1]
    assert last.total == 1
    assert last.text.startswith("好。\n")


def test_many_texts_come_back_in_their_places(translation: TranslationService) -> None:
    """Paragraphs of a document: empty ones, numbers and all."""
    texts = ["", "One. Two.", "123", "Three"]
    found = list(translation.translate_texts(TranslationRequest("", source="en", target="fr"), texts))
    assert [place for place, *_ in found] == [0, 1, 2, 3]
    assert (found[0][1], found[2][1]) == ("", "123")
    assert list(
        translation.translate_texts(TranslationRequest("", target="en"), ["Hello there.", "Good morning."])
    ) == [
        (0, "Hello there.", None, ()),
        (1, "Good morning.", None, ()),
    ]
    assert list(translation.translate_texts(TranslationRequest("", target="en"), [])) == []


def test_one_sentence_looked_into(translation: TranslationService) -> None:
    """Other versions with scores, and who looked at whom; a long text is refused."""
    asked = TranslationRequest("One llama.", source="en", target="fr")
    found = translation.alternatives(asked, count=3)
    assert 1 <= len(found) <= 3
    links = translation.alignment(asked, "Un lama.").links()
    assert {"One llama."[slice(*link.source)] for link in links} <= {"One", "llama"}
    assert {"Un lama."[slice(*link.target)] for link in links} <= {"Un", "lama"}
    with pytest.raises(InputError):
        translation.alternatives(TranslationRequest("a" * 3_000, source="en", target="fr"))


def test_one_person_does_not_wait_for_the_long_texts_of_another(
    translation: TranslationService, visit: Visit
) -> None:
    """Six long texts are at work; a few words of another client are translated before any of them ends."""

    def begun(name: str, text: str) -> Iterator[TranslationUpdate]:
        updates = translation.translate(visit, TranslationRequest(text, source="en", target="fr"))
        return on_behalf_of(Client(name, name), updates)

    long = [begun("ann", LONG * 2) for _ in range(6)]
    for updates in long:
        next(updates)
    *_, last = begun("bob", "Good morning.")
    assert (last.finish_reason, last.total) == ("end", 1)
    assert [next(updates).finish_reason for updates in long] == [""] * 6
    for updates in long:
        updates.close()
