"""What the tour shows first, in both languages, is what was read when its texts were chosen.

Nothing is drawn at random here: the models' own probabilities and shares decide.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from llama_demo.engine.request import Sampling
from llama_demo.services.inspection.service import InspectionService
from llama_demo.services.inspection.subject import InspectionSubject
from llama_demo.services.live_training.word_step import WordStepService
from llama_demo.services.models import Models
from llama_demo.ui.hood.steps import STEPS

ASSETS = Path(__file__).parents[3] / "assets"
LANGUAGES = ("en", "zh")


@pytest.fixture(scope="module")
def models() -> Models:
    return Models(sorted((ASSETS / "models").iterdir()))


@pytest.fixture(scope="module")
def inspection(models: Models) -> InspectionService:
    return InspectionService(models)


def texts(language: str) -> Mapping[str, str]:
    files = (ASSETS / "locales" / language).glob("hood*.json")
    return {key: text for file in files for key, text in json.loads(file.read_text("utf-8")).items()}


def sample(language: str, step: str, task: str) -> InspectionSubject:
    """The subject of the tour, as ``subjects.js`` finds it."""
    found = texts(language)

    def part(end: str) -> str:
        return found.get(f"hood.sample.{step}.{task}{end}", found.get(f"hood.sample.{task}{end}", ""))

    source, _, target = part(".direction").partition("-")
    return InspectionSubject(
        task,  # type: ignore[arg-type]
        part(""),
        part(".passage"),
        **({"source": source, "target": target} if task == "translate" else {}),
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_tour_fits_its_step(inspection: InspectionService, language: str) -> None:
    """None is cut, and each can be read by its model."""
    for step in STEPS:
        for task in step.tasks:
            seen = inspection.look(sample(language, step.name, task))
            assert [text.cut for text in seen.texts] == [0] * len(seen.texts)


@pytest.mark.parametrize(
    ("language", "task", "query", "key"),
    [
        ("en", "generate", "red", "ball"),
        ("zh", "generate", "故", "霜"),  # the rhyme of the word that comes next
        ("en", "translate", "妹妹", "sister"),
        ("zh", "translate", "sister", "妹妹"),
        ("en", "ask", "wrote", "written"),
        ("zh", "ask", "建成", "建成"),
    ],
)
def test_the_head_that_is_shown_first_looks_at_a_word_that_tells_something(
    inspection: InspectionService, language: str, task: str, query: str, key: str
) -> None:
    """The layer and head of ``hood.start.attention``, at the token where the step begins."""
    subject = sample(language, "attention", task)
    layer, head = map(int, texts(language)[f"hood.start.attention.{task}"].split("-"))
    kind = inspection.look(subject).kinds[0]
    queries, keys = (inspection.look(subject).part(part).pieces for part in (kind.queries, kind.keys))
    if kind.name == "cross":  # a row belongs to the token that is written next
        queries = queries[1:]
    words = [piece.text.strip() for piece in queries]
    row = len(words) - 1 if task == "generate" else words.index(query)
    shares = inspection.attention(subject, kind.name, layer - 1)[head - 1, row]
    assert words[row] == query
    assert keys[int(shares.argmax())].text.strip() == key
    assert shares.max() > 0.5


@pytest.mark.parametrize(("language", "word", "head"), [("en", "▁ball", 3), ("zh", "乡", 5)])
def test_a_head_of_the_layer_that_is_shown_first_matters(
    inspection: InspectionService, language: str, word: str, head: int
) -> None:
    """Without it the likeliest word loses most of its probability; without another it stays the first."""
    subject = sample(language, "heads", "generate")
    layer = int(texts(language)["hood.start.heads.generate"]) - 1
    views = {one: inspection.heads(subject, "self", layer, silenced=[one]) for one in range(6)}
    assert views[head].before[0].name == word
    assert views[head].before[0].value > 0.9
    assert views[head].remaining < 0.5
    assert all(view.after[0].name == word for one, view in views.items() if one != head)


@pytest.mark.parametrize(
    ("language", "step", "word", "least"),
    [
        ("en", "next", "▁park", 0.3),
        ("zh", "next", "流", 0.05),
        ("en", "layers", "▁tail", 0.9),
        ("zh", "layers", "乡", 0.9),
    ],
)
def test_the_word_that_comes_next_is_the_one_that_people_expect(
    inspection: InspectionService, language: str, step: str, word: str, least: float
) -> None:
    """A park for Tim, the river of the poem; after the last layer the tail that is wagged."""
    found = inspection.next(sample(language, step, "generate"), Sampling())
    assert found.names[0] == word
    assert found.tokens[0].model > least


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_that_mean_alike_come_first(inspection: InspectionService, language: str) -> None:
    """In whichever language they are, before those that only share a subject."""
    found = texts(language)
    names = ("one", "two", "three", "four", "five", "six", "seven", "eight")
    sentences = [found["hood.embedding.sentence"], *(found[f"hood.embedding.example.{one}"] for one in names)]
    cosines = inspection.sentences(sentences)[0][1:]
    ranked = sorted(zip(cosines, names, strict=True), reverse=True)
    assert {name for _, name in ranked[:2]} == {"one", "two"}


@pytest.mark.parametrize(("language", "answer"), [("en", "Will Shakespeare"), ("zh", "18 年")])
def test_the_reader_finds_the_answer_of_the_tour(
    inspection: InspectionService, language: str, answer: str
) -> None:
    """Its last layer begins and ends where a person would."""
    subject = sample(language, "layers", "ask")
    pieces = inspection.look(subject).texts[0].pieces
    found = inspection.span_lens(subject)
    ends = (int(side[-1].argmax()) for side in (found.starts, found.ends))
    assert " ".join(pieces[place].text.strip() for place in ends) == answer


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_step_makes_the_word_of_the_example_likelier(models: Models, language: str) -> None:
    """At the learning rate that the page begins with."""
    found = texts(language)
    word = found["hood.training.word.word.example"]
    blank = " " if language == "en" else ""
    step = WordStepService(models).take(
        found["hood.training.word.context.example"], blank + word, rate=10**-3.3
    )
    assert step.target.strip() == word
    assert step.step.loss_after < step.step.loss_before - 0.3
