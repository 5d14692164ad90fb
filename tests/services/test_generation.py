"""Somebody writes: the text, its row in the history, and the Stop button."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace

import pytest

from llama_demo.errors import InputError
from llama_demo.services.generation import GenerationRequest, GenerationService
from llama_demo.services.history.runs import RunService
from llama_demo.services.models import Models
from llama_demo.services.moderation import Moderation
from llama_demo.services.visits import Visit, resolve
from llama_demo.services.writers import Writers
from llama_demo.tasks.generate import GenerateOptions, Token

BEGINNING = "Once upon a time there was a little dog"
STORY = GenerationRequest(BEGINNING)
LONG = GenerateOptions(max_new_tokens=450, temperature=1.0, seed=3)


@pytest.fixture
def generation(models: Models, runs: RunService) -> GenerationService:
    return GenerationService(Writers(models), runs, Moderation())


@pytest.fixture
def visit() -> Visit:
    return resolve(public=False)


def test_a_run_is_a_row_from_its_first_moment(
    generation: GenerationService, runs: RunService, visit: Visit
) -> None:
    """Before the first token there is a row that says ``running``; at the end it holds everything."""
    updates = generation.write(visit, STORY, GenerateOptions(max_new_tokens=20, seed=5))
    first = next(updates)
    assert first.text == ""
    assert first.run_id is not None
    assert runs.get(visit, first.run_id).status == "running"
    last = list(updates)[-1]
    row = runs.get(visit, first.run_id)
    assert (row.status, row.input, row.output, row.model) == ("done", BEGINNING, last.text, "generator")
    assert row.options["seed"] == 5
    assert row.timings["tokens"] == last.info["tokens"] > 0
    assert last.info["finish_reason"] in ("length", "end")


def test_a_drawn_seed_is_kept_with_the_run(
    generation: GenerationService, runs: RunService, visit: Visit
) -> None:
    """Opened again with the seed that it really had, a run writes the same text."""
    last = list(generation.write(visit, STORY, GenerateOptions(max_new_tokens=20)))[-1]
    seed = runs.page(visit)[0].options["seed"]
    assert seed == last.info["seed"]
    assert seed != -1
    again = list(generation.write(visit, STORY, GenerateOptions(max_new_tokens=20, seed=seed)))[-1]
    assert again.text == last.text


def test_stop_keeps_the_text_and_says_stopped(
    generation: GenerationService, runs: RunService, visit: Visit
) -> None:
    """The Stop button ends the run within moments; text and row agree."""
    updates = generation.write(visit, STORY, LONG, key="k")
    last = next(update for update in updates if update.text)
    assert generation.stop("k")
    for update in updates:
        last = update
    assert last.info["finish_reason"] == "stopped"
    assert runs.page(visit)[0].status == "stopped"
    assert runs.page(visit)[0].output == last.text != ""
    assert not generation.stop("k")


def test_nobody_stops_a_run_without_its_key(generation: GenerationService, visit: Visit) -> None:
    """A key that names no run stops nothing."""
    updates = generation.write(visit, STORY, GenerateOptions(max_new_tokens=10), key="mine")
    next(updates)
    assert not generation.stop("yours")
    assert list(updates)[-1].info["finish_reason"] in ("length", "end")


def test_a_closed_page_marks_the_run_and_frees_the_model(
    generation: GenerationService, runs: RunService, visit: Visit
) -> None:
    """When nobody reads any more, the model is free within a second and the partial text is kept."""
    updates = generation.write(visit, STORY, LONG)
    seen = next(update.text for update in updates if update.text)
    updates.close()  # type: ignore[attr-defined]
    began = time.monotonic()
    list(generation.write(visit, STORY, GenerateOptions(max_new_tokens=1)))
    assert time.monotonic() - began < 1.0
    row = runs.page(visit)[1]
    assert row.status == "stopped"
    assert row.output.startswith(seen)


def test_a_temporary_visit_leaves_no_row(generation: GenerationService, runs: RunService) -> None:
    """What is not to be kept is not written, and the text is the same."""
    visit = resolve(public=False, save=False)
    last = list(generation.write(visit, STORY, GenerateOptions(max_new_tokens=5)))[-1]
    assert last.run_id is None
    assert runs.count(resolve(public=False)) == 0


def test_a_refused_request_leaves_no_row(
    generation: GenerationService, runs: RunService, visit: Visit
) -> None:
    """An empty prompt is no run."""
    with pytest.raises(InputError):
        next(generation.write(visit, GenerationRequest("  "), GenerateOptions()))
    with pytest.raises(InputError):
        next(generation.write(visit, GenerationRequest(BEGINNING, preset="haiku"), GenerateOptions()))
    assert runs.count(visit) == 0


def test_text_only_grows(generation: GenerationService, visit: Visit) -> None:
    """Each update begins with the text of the one before: the page never takes a word back."""
    texts = [
        update.text
        for update in generation.write(
            visit, GenerationRequest("春眠不觉晓，"), GenerateOptions(max_new_tokens=80)
        )
    ]
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(texts))


def test_a_cut_off_text_is_continued(generation: GenerationService, runs: RunService, visit: Visit) -> None:
    """Continuing keeps what stands there and writes on from it as if there had been no break."""
    options = GenerateOptions(max_new_tokens=40, temperature=0.0)
    whole = list(generation.write(visit, STORY, options))[-1]
    half = list(generation.write(visit, STORY, replace(options, max_new_tokens=15)))[-1]
    rest = list(generation.write(visit, STORY, replace(options, max_new_tokens=25), kept=half.tokens))
    assert rest[0].text == half.text
    assert rest[-1].text == whole.text
    assert [token.id for token in rest[-1].tokens] == [token.id for token in whole.tokens]
    assert runs.page(visit)[0].output == whole.text


def test_another_word_leads_to_another_text(generation: GenerationService, visit: Visit) -> None:
    """A click on what else could have come: the text up to there, the chosen word, and what follows it."""
    options = GenerateOptions(max_new_tokens=20, temperature=0.0)
    tokens = list(generation.write(visit, STORY, options))[-1].tokens
    place = 5
    other = next(choice for choice in tokens[place].choices if choice.id != tokens[place].id)
    chosen = Token(other.id, other.text, other.logprob)
    last = list(generation.write(visit, STORY, options, kept=[*tokens[:place], chosen]))[-1]
    assert last.text.startswith("".join(token.text for token in tokens[:place]) + other.text)
    assert last.tokens[place].id == other.id


def test_two_runs_are_written_side_by_side(generation: GenerationService, visit: Visit) -> None:
    """Two settings on one prompt stream together: neither waits for the other's end."""
    calm = generation.write(visit, STORY, GenerateOptions(max_new_tokens=300, temperature=0.2, seed=1))
    daring = generation.write(visit, STORY, GenerateOptions(max_new_tokens=300, temperature=1.2, seed=1))
    assert next(calm).waiting == next(daring).waiting == 0
    assert next(update for update in calm if update.text)
    assert next(update for update in daring if update.text)
    assert list(calm)[-1].text != list(daring)[-1].text


def test_a_preset_is_opened_again_with_its_choices(
    generation: GenerationService, runs: RunService, visit: Visit
) -> None:
    """A poem's form and theme are kept with the run."""
    asked = GenerationRequest("", preset="poem", form="五言绝句", theme="春天")
    list(generation.write(visit, asked, GenerateOptions(max_new_tokens=30)))
    stored = runs.page(visit)[0].options
    assert (stored["preset"], stored["form"], stored["theme"]) == ("poem", "五言绝句", "春天")


def test_a_summary_is_quoted_and_kept(generation: GenerationService, runs: RunService, visit: Visit) -> None:
    """Without a model that can write one, sentences are named by their places, and no model is named."""
    text = "A dog ran. The dog saw a ball. A cat slept. The dog and the cat played with the ball."
    (update,) = generation.write(visit, GenerationRequest(text, preset="summary"), GenerateOptions())
    assert update.text == "\n".join(text[start:end] for start, end in update.quotes) != ""
    assert update.info["finish_reason"] == "end"
    row = runs.get(visit, update.run_id or "")
    assert (row.status, row.model, row.output, row.trace) == ("done", "", update.text, ())
    assert row.options["preset"] == "summary"


def test_tokens_of_another_vocabulary_are_refused(
    generation: GenerationService, runs: RunService, visit: Visit
) -> None:
    """A text that a larger model wrote cannot be gone on from; nothing is stored of the attempt."""
    with pytest.raises(InputError, match="token_unknown"):
        next(generation.write(visit, STORY, GenerateOptions(), kept=[Token(10**6, "x", -1.0)]))
    with pytest.raises(InputError, match="token_unknown"):
        next(generation.write(visit, STORY, GenerateOptions(), kept=[Token(-1, "x", -1.0)]))
    assert runs.count(visit) == 0


def test_versions_stay_together(generation: GenerationService, runs: RunService, visit: Visit) -> None:
    """A version of a version belongs to the first run, and each knows its place."""
    short = GenerateOptions(max_new_tokens=2)
    first = list(generation.write(visit, STORY, short))[-1].run_id or ""
    second = list(generation.write(visit, STORY, short, origin=first))[-1].run_id or ""
    third = list(generation.write(visit, STORY, short, origin=second))[-1].run_id or ""
    list(generation.write(visit, STORY, short))
    assert [run.id for run in runs.versions(visit, second)] == [first, second, third]
    places = runs.places(visit, runs.page(visit))
    assert {one: (place.number, place.of) for one, place in places.items()} == {
        first: (1, 3),
        second: (2, 3),
        third: (3, 3),
    }


def test_a_text_that_nobody_reads_on_is_kept_token_by_token(
    generation: GenerationService, runs: RunService, visit: Visit
) -> None:
    """A page that was closed, or began anew, leaves a run that opens with its tokens and figures."""
    updates = generation.write(visit, STORY, LONG)
    next(update for update in updates if update.text)
    updates.close()  # type: ignore[attr-defined]
    row = runs.page(visit)[0]
    assert row.status == "stopped"
    assert "".join(text for text, _, _ in row.trace) == row.output
    assert row.timings["tokens"]
