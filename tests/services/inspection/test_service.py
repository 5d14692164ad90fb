"""What the tour shows is what the models compute: shares sum to 1, switches act, draws follow expectation."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from llama_demo.engine.request import Sampling
from llama_demo.errors import InputError
from llama_demo.services.inspection.service import InspectionService
from llama_demo.services.inspection.sources import SOURCES, source_code
from llama_demo.services.inspection.subject import MOST_TOKENS, InspectionSubject
from llama_demo.services.models import Models
from llama_demo.tasks.translate_sentences import translate_sentences

BUNDLED = Path(__file__).parents[3] / "assets" / "models"
STORY = InspectionSubject("generate", "Tom had a red ball. He gave the red")
SENTENCE = InspectionSubject("translate", "I drink tea every morning.")
QUESTION = InspectionSubject(
    "ask", "Who wrote Hamlet?", "Hamlet is a tragedy written by William Shakespeare around the year 1600."
)
POSITIONS = {STORY: "rotary", SENTENCE: "sinusoidal", QUESTION: "learned"}


@pytest.fixture(scope="module")
def models() -> Models:
    return Models(sorted(BUNDLED.iterdir()))


@pytest.fixture(scope="module")
def inspection(models: Models) -> InspectionService:
    return InspectionService(models)


@pytest.mark.parametrize("subject", [STORY, SENTENCE, QUESTION], ids=lambda one: one.task)
def test_every_attention_of_every_family_is_a_share(
    inspection: InspectionService, subject: InspectionSubject
) -> None:
    """Rows of each kind, layer and head sum to 1 and hide the future where the kind is causal."""
    seen = inspection.look(subject)
    for kind in seen.kinds:
        queries, keys = len(seen.part(kind.queries).pieces), len(seen.part(kind.keys).pieces)
        for layer in range(kind.layers):
            rows = inspection.attention(subject, kind.name, layer)
            assert rows.shape == (kind.heads, queries, keys)
            assert np.allclose(rows.sum(axis=-1), 1.0, atol=1e-4)
            if kind.causal:
                assert not np.triu(rows, k=1).any()
    assert inspection.positions(subject).kind == POSITIONS[subject]


def test_a_silenced_head_changes_what_is_predicted(inspection: InspectionService) -> None:
    """The tour's sentence ends in "ball" because of one head; without any other it still does."""
    before = inspection.heads(STORY, "self", 0).before[0]
    assert before.name == "▁ball"
    assert before.value > 0.9
    without = {one.name: one.value for one in inspection.heads(STORY, "self", 0, silenced=[3]).after}
    assert without["▁ball"] < 0.5
    view = inspection.heads(STORY, "self", 0, silenced=[3])
    assert np.allclose(view.outputs[[0, 1, 2, 4, 5]].sum(axis=0), view.total, atol=1e-3)
    assert view.remaining == pytest.approx(without["▁ball"], abs=1e-6)
    marks = {one.name: mark for one, mark in zip(view.after, view.unsilenced, strict=True)}
    assert marks["▁ball"] == pytest.approx(before.value, abs=1e-6)


def test_a_word_that_drops_out_of_the_likeliest_keeps_its_probability(inspection: InspectionService) -> None:
    """Silence a whole layer, and the tour's word leaves the likeliest; its share is told all the same."""
    view = inspection.heads(STORY, "self", 0, silenced=range(6))
    assert view.before[0].id not in {one.id for one in view.after}
    assert 0 < view.remaining < min(one.value for one in view.after)
    assert all(0 <= mark <= 1 for mark in view.unsilenced)


def test_draws_follow_the_probabilities_that_are_shown(inspection: InspectionService) -> None:
    """The sampler's draws at temperature 1 are within chance of the bars; cut tokens never come."""
    sampling = Sampling(temperature=1.0, top_k=3, top_p=1.0, seed=42)
    subject = InspectionSubject("generate", "One day, a boy named Tim went to the")
    shown = inspection.next(subject, sampling)
    allowed = {one.id: one.sampling for one in shown.tokens if one.sampling > 0}
    assert len(allowed) == shown.allowed == 3
    assert sum(allowed.values()) == pytest.approx(1.0, abs=1e-5)
    counts = inspection.samples(subject, sampling, 100)
    assert set(counts) <= set(allowed)
    assert all(abs(counts.get(token, 0) - 100 * share) < 20 for token, share in allowed.items())


def test_the_tree_is_the_translators_own_search(models: Models, inspection: InspectionService) -> None:
    """Its best path spells what Translate answers, which greedy search misses here."""
    sentence = replace(SENTENCE, text="I would like a cup of tea, please.")
    tree = inspection.beams(sentence, 3)
    assert [tree.nodes[place].step for place in tree.best] == list(range(1, len(tree.best) + 1))
    assert tree.nodes[tree.best[-1]].state == "complete"
    assert tree.texts[0][1] > tree.greedy_text[1]
    assert "".join(tree.nodes[i].name for i in tree.best[:-1]).replace("▁", "") == tree.texts[0][0]
    [(_, greedy)] = translate_sentences(models.translator(), [sentence.text], source="en", target="zh")
    assert greedy.text == tree.greedy_text[0]


def test_the_last_layer_says_what_the_model_says(inspection: InspectionService) -> None:
    """The lens ends in the model's own prediction, and the reader's in its answer."""
    last = inspection.lens(STORY).layers[-1][-1][0]
    assert last.value == pytest.approx(inspection.next(STORY, Sampling()).tokens[0].model, abs=1e-4)
    spans = inspection.span_lens(QUESTION)
    pieces = inspection.look(QUESTION).texts[0].pieces
    assert pieces[int(spans.starts[-1].argmax())].text.strip() == "Will"
    assert pieces[int(spans.ends[-1].argmax())].text.strip() == "Shakespeare"


def test_a_swap_leaves_what_stands_before_it(inspection: InspectionService) -> None:
    """Only tokens at or behind the first of the two can see the difference."""
    cosines = inspection.swap(STORY, 4, 7).cosines
    assert all(one == pytest.approx(1.0, abs=1e-4) for one in cosines[:4])
    assert min(cosines[4:]) < 0.99


def test_a_poem_is_looked_into_by_its_request(inspection: InspectionService) -> None:
    """As Generate asks for it: with its form and theme."""
    poem = InspectionSubject("generate", "", preset="poem", form="五言绝句", theme="月")
    read = "".join(piece.text for piece in inspection.look(poem).texts[0].pieces)
    assert "写一首关于月的五言绝句" in read


@pytest.mark.parametrize("text", ["🦙", "a", "雪", "word " * 2_000])
def test_any_text_can_be_looked_into(inspection: InspectionService, text: str) -> None:
    """One token, emoji, 10,000 characters: what is cut is counted."""
    for subject in (InspectionSubject("generate", text), InspectionSubject("search", text)):
        shown = inspection.look(subject).texts[0]
        assert 1 <= len(shown.pieces) <= MOST_TOKENS
        assert (shown.cut > 0) == (len(text) > 1_000)
    assert inspection.attention(InspectionSubject("generate", text), "self", 0).shape[0] == 6


def test_what_a_model_lacks_is_said(inspection: InspectionService) -> None:
    """No text, no passage, no layers, no prediction: each its own sentence."""
    sentence = InspectionSubject("search", "The cat sleeps.")
    with pytest.raises(InputError, match="prompt_empty"):
        inspection.look(InspectionSubject("generate", "  "))
    with pytest.raises(InputError, match="inspection_no_passage"):
        inspection.look(InspectionSubject("ask", "Who?"))
    with pytest.raises(InputError, match="inspection_no_attention"):
        inspection.attention(sentence, "self", 0)
    with pytest.raises(InputError, match="inspection_no_prediction"):
        inspection.next(QUESTION, Sampling())
    with pytest.raises(InputError, match="inspection_no_search"):
        inspection.beams(STORY, 3)


@pytest.mark.parametrize("subject", [STORY, SENTENCE, QUESTION], ids=lambda one: one.task)
def test_heads_are_shown_at_each_token_of_each_side(
    inspection: InspectionService, subject: InspectionSubject
) -> None:
    """A token that is not there is refused; those of the source, and of a pair, can be chosen too."""
    seen = inspection.look(subject)
    for kind in seen.kinds:
        count = len(seen.part(kind.queries).pieces)
        rows = inspection.attention(subject, kind.name, 0)
        for query in (0, count - 1, -1):
            shown = inspection.heads(subject, kind.name, 0, query=query).rows
            keys = shown.shape[-1]
            assert np.allclose(shown, rows[:, query, :keys], atol=1e-4)
        for query in (-2, count):
            with pytest.raises(InputError, match="out_of_range"):
                inspection.heads(subject, kind.name, 0, query=query)


def test_a_beam_search_ends_while_its_translation_is_still_searched_for(models: Models) -> None:
    """Stop acts from the first moment, and nothing is kept of what was stopped."""
    inspection = InspectionService(models)
    asked = InspectionSubject("translate", "The cat sleeps in the warm house. " * 6)
    found: list[BaseException] = []

    def work() -> None:
        try:
            inspection.beams(asked, 5, key="page")
        except InputError as exc:
            found.append(exc)

    thread = threading.Thread(target=work)
    thread.start()
    while not inspection.stop("page"):
        time.sleep(0.001)
    thread.join(20)
    assert [getattr(one, "key", one) for one in found] == ["stopped"]


def test_neighbours_of_a_word_are_found_across_languages(inspection: InspectionService) -> None:
    """In the search model the nearest token to "cat" is its translation."""
    subject = InspectionSubject("search", "cat")
    assert "猫" in [one.name for one in inspection.neighbours(subject, 0)][:3]


@pytest.mark.parametrize("name", SOURCES)
def test_the_source_of_every_step_can_be_shown(name: str) -> None:
    """As text, from its file."""
    found = source_code(name)
    assert found.file.startswith("llama_demo/")
    assert found.code.lstrip().startswith(("def ", "class ", "@"))
