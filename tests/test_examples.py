"""Every example on the page, run as a click runs it: what a visitor tries first has to be good.

Texts are compared by what a visitor would miss, since processors round differently.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_demo.services.generation import GenerationRequest, GenerationService
from llama_demo.services.history.runs import RunService
from llama_demo.services.library.samples import sample_questions
from llama_demo.services.models import Models
from llama_demo.services.moderation import Moderation
from llama_demo.services.translation.service import TranslationRequest, TranslationService
from llama_demo.services.visits import resolve
from llama_demo.services.writers import Writers
from llama_demo.settings import ASSETS
from llama_demo.store.database import Database
from llama_demo.store.runs import RunStore
from llama_demo.tasks.extract import RetrievedPassage, extract
from llama_demo.tasks.generate import GenerateOptions
from llama_demo.tasks.poem_request import verse_of
from llama_demo.ui.ask.examples import AskExample, examples
from llama_demo.ui.generate.presets import EXAMPLES, Example
from llama_demo.ui.search.samples import ExampleQuestion, questions
from llama_demo.ui.translate.tab import EXAMPLES as SENTENCES
from tests.services.libraries import Shelf, opened

ME = resolve(public=False)
NAMED = {
    "a dog and a red ball": "ball",
    "a girl and her kite": "kite",
    "a boy and his grandmother": "grandmother",
}
"""What the story of each request has to speak of, twice at least."""
WORDS = {
    "zh": {"en": ("weather", "park")},
    "en": {"zh": ("图书馆", "哪"), "fr": ("bibliothèque",), "de": ("Bibliothek",), "es": ("biblioteca",)},
    "fr": {"en": ("brother", "hospital"), "zh": ("医院",)},
    "de": {"en": ("help me", "station"), "zh": ("帮", "车站")},
    "es": {"en": ("How much", "book", "buy"), "zh": ("书", "多少钱", "买")},
}
"""Words that the translation of each example has to have, by source and target."""


TRANSLATED = {
    "How many steps does the lighthouse have?": "灯塔有多少级台阶？",
    "Who was the last keeper?": "最后一位守塔人是谁？",
    "How much does a ticket cost?": "一张门票多少钱？",
    "What colour is the tower?": "灯塔是什么颜色的？",
    "茶馆位于哪里？": "Where is the teahouse?",
    "最有名的茶是什么？": "What is the most famous tea?",
    "谁创办了茶馆？": "Who founded the teahouse?",
    "茶馆的电话号码是多少？": "What is the phone number of the teahouse?",
    "What should visitors bring?": "游客应该带什么？",
    "Why was the telescope late?": "望远镜为什么来晚了？",
    "How much does the telescope weigh?": "望远镜有多重？",
    "What is the phone number?": "电话号码是多少？",
}
"""The questions of the Ask tab in the other language."""


@pytest.fixture(scope="module")
def every_model() -> Models:
    """All that came with the program."""
    return Models(sorted((ASSETS / "models").iterdir()), device="cpu")


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[RunService]:
    database = Database(tmp_path / "history.db")
    yield RunService(RunStore(database))
    database.close()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """The sample collection, indexed by the bundled embedder."""
    folder = tmp_path_factory.mktemp("samples")
    with opened(folder, ASSETS / "models" / "embedder", samples=ASSETS / "samples") as shelf:
        yield shelf


def written(models: Models, runs: RunService, preset: str, example: Example, *, most: int = 120) -> str:
    """What the page shows after a click on the example."""
    options = GenerateOptions(seed=example.seed, max_new_tokens=most)
    asked = GenerationRequest(example.text, preset=preset)
    return list(GenerationService(Writers(models), runs, Moderation()).write(ME, asked, options))[-1].text


@pytest.mark.parametrize("example", EXAMPLES["story"], ids=lambda one: one.text)
def test_a_story_speaks_of_what_was_asked_for(
    every_model: Models, runs: RunService, example: Example
) -> None:
    """To the end of a story, not of a refusal."""
    text = written(every_model, runs, "story", example)
    assert text.count(NAMED[example.text]) >= 2
    assert len(text) > 300


@pytest.mark.parametrize("example", EXAMPLES["poem"], ids=lambda one: one.text)
def test_a_poem_keeps_the_rules_and_to_its_theme(
    every_model: Models, runs: RunService, example: Example
) -> None:
    """Tones and rhyme, with the first line or the acrostic that was asked for."""
    text = written(every_model, runs, "poem", example)
    verse = verse_of(text)
    assert verse is not None
    assert verse.is_regular
    firsts = "".join(line.text[0] for line in verse.lines)
    found = {"春天": "春" in text, "送别朋友": bool(set("送别友故人客知") & set(text))}
    found |= {"明月松间照": text.startswith("明月松间照，"), "藏头：春夏秋冬": firsts == "春夏秋冬"}
    assert found[example.text], text


def test_a_text_goes_on(every_model: Models, runs: RunService) -> None:
    """None of the beginnings is refused."""
    for example in EXAMPLES["free"]:
        assert len(written(every_model, runs, "free", example, most=30)) > 10


@pytest.mark.parametrize(("source", "text"), SENTENCES, ids=[source for source, _ in SENTENCES])
def test_a_sentence_keeps_its_meaning(every_model: Models, runs: RunService, source: str, text: str) -> None:
    """Into the languages that a visitor of the page would ask for."""
    translation = TranslationService(every_model, runs)
    for target, words in WORDS[source].items():
        *_, last = translation.translate(ME, TranslationRequest(text, source=source, target=target))
        assert all(word in last.text for word in words), last.text


@pytest.mark.parametrize("across", [False, True], ids=["as offered", "in the other language"])
@pytest.mark.parametrize("example", examples(), ids=lambda one: one.title)
def test_each_question_is_answered_or_has_no_answer(
    every_model: Models, example: AskExample, *, across: bool
) -> None:
    """By the bundled reader: whoever tries the tab for the first time sees what it is good for."""
    for offered, answer in zip(example.questions, example.answers, strict=True):
        question = TRANSLATED[offered] if across else offered
        found = extract(every_model.reader(), question, [RetrievedPassage(example.text)], way="text")
        assert found.answerable == (answer is not None), question
        assert answer is None or answer in found.answers[0].text


@pytest.mark.parametrize("question", questions(), ids=lambda one: one.text)
def test_a_search_finds_the_article(shelf: Shelf, question: ExampleQuestion) -> None:
    """Among the first three of its language, also from the other language."""
    (article,) = {one.article for one in sample_questions() if one.question == question.text}
    found = shelf.search.search(ME, question.text, "sample", mode="hybrid", record=False)
    own = [hit.document for hit in found.hits if hit.document.startswith(question.answered)]
    assert article in own[:3]
