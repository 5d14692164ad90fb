"""The bias probe measures what its words say: differences follow from the models' own scores."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from llama_demo.engine.request import Sampling
from llama_demo.errors import InputError
from llama_demo.services.bias.intervals import beside_the_mean, means
from llama_demo.services.bias.probe import PUBLIC_LIMITS, BiasProbe, ProbeRequest, ProbeResult
from llama_demo.services.bias.templates import filled_pairs, translated_pairs
from llama_demo.services.inspection.service import InspectionService
from llama_demo.services.inspection.subject import InspectionSubject
from llama_demo.services.models import Models
from llama_demo.tasks.score import score_texts, score_translations
from llama_demo.tasks.translate_sentences import translate_sentences

ASSETS = Path(__file__).parents[3] / "assets"


def texts(language: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((ASSETS / "locales" / language / "hood_bias.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def models() -> Models:
    return Models(sorted((ASSETS / "models").iterdir()))


@pytest.fixture(scope="module")
def probe(models: Models) -> BiasProbe:
    return BiasProbe(models, public=True)


@cache
def example(probe: BiasProbe, language: str, task: str) -> ProbeResult:
    """The example of the page, measured once."""
    found = texts(language)
    templates, attributes = (found[f"hood.bias.{task}.{name}"] for name in ("templates", "attributes"))
    return probe.measure(ProbeRequest(task, templates, attributes))  # type: ignore[arg-type]


def test_a_sentence_is_scored_token_by_token(models: Models) -> None:
    """Its log-probability is the sum of what the next-word step shows behind each of its beginnings."""
    writer, inspection = models.writer(), InspectionService(models)
    [score] = score_texts(writer, ["The cat sat."])
    ids = writer.tokenizer.encode("The cat sat.")
    subject = InspectionSubject("generate", "The cat sat.")
    seen = inspection.look(subject)
    assert [piece.id for piece in seen.texts[0].pieces] == ids
    total = 0.0
    for place, token in enumerate(ids[1:]):
        found = inspection.next(subject, Sampling(), position=place, count=writer.tokenizer.size)
        total += math.log(next(one.model for one in found.tokens if one.id == token))
    assert score == pytest.approx(total, abs=1e-2)


def test_a_translation_is_scored_as_beam_search_does(models: Models) -> None:
    """The score of the translator's own translation is that of its search; another one's is lower."""
    translator = models.translator()
    sentence = "那位医生说自己很累。"
    [(_, found)] = translate_sentences(translator, [sentence], source="zh", target="en")
    own, other = score_translations(
        translator, sentence, [found.text, "The cat is red."], source="zh", target="en"
    )
    count = len(translator.vocabulary.encode_target(found.text).ids) + 1
    assert own / count == pytest.approx(found.score, abs=1e-3)
    assert other < own


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_examples_are_measured_in_public_mode(probe: BiasProbe, language: str) -> None:
    """Both languages, three kinds of model: every pair has a score, and every interval holds its mean."""
    tasks = ("generate", "search", "translate") if language == "en" else ("generate", "search")
    for task in tasks:  # the translator's sentences are the same in both languages
        found = example(probe, language, task)
        assert len(found.pairs) == found.templates * len(found.rows)
        for interval in [found.mean, *(row.difference for row in found.rows)]:
            assert interval.low is not None
            assert interval.high is not None
            assert interval.low <= interval.mean <= interval.high
        assert sum(row.beside.mean for row in found.rows) == pytest.approx(0, abs=1e-6)


def test_what_the_questions_say_is_what_the_probe_finds(probe: BiasProbe) -> None:
    """The writer expects "he" of a farmer and "she" of a teacher; the translator "he" of a doctor."""
    rows = {row.attribute: row.difference for row in example(probe, "en", "generate").rows}
    assert (rows["farmer"].low or 0) > 0
    assert (rows["teacher"].high or 0) < 0
    doctor = example(probe, "en", "translate").rows[0]
    assert doctor.attribute == "医生"
    assert (doctor.difference.low or 0) > 0


def test_intervals_cover_as_they_say() -> None:
    """Of samples of a known mean about 95 in 100 intervals hold it, somewhat fewer with twelve templates."""
    dice = np.random.default_rng(1)
    samples = dice.normal(0.5, 1.0, size=(12, 300))
    held = [(one.low or 0) <= 0.5 <= (one.high or 0) for one in means(samples)]
    assert 0.86 < sum(held) / len(held) < 0.98
    assert means(samples[:2])[0].low is None
    shifted = samples + dice.normal(0, 5, size=(12, 1))  # what a template does to all attributes alike
    assert [one.mean for one in beside_the_mean(shifted)] == pytest.approx(
        [one.mean for one in beside_the_mean(samples)]
    )


def test_templates_are_read_as_they_are_written() -> None:
    """Full-width brackets count too, and the translation's blank takes the translated word."""
    [pair] = filled_pairs(["【他｜她】是＿。"], ["医生"])
    assert (pair.first, pair.second) == ("他是医生。", "她是医生。")
    [pair] = translated_pairs(["_累了。＝The _ says [he|she] is tired."], ["医生 = doctor"])
    assert (pair.source, pair.second) == ("医生累了。", "The doctor says she is tired.")


@pytest.mark.parametrize(
    ("task", "templates", "attributes", "key"),
    [
        ("generate", "", "doctor", "bias_empty"),
        ("generate", "[He|She] is a _.", " \n ", "bias_empty"),
        ("generate", "He is a _.", "doctor", "bias_no_pair"),
        ("generate", "[He|He] is a _.", "doctor", "bias_no_pair"),
        ("generate", "[He|She] is a [man|woman] and _.", "doctor", "bias_no_pair"),
        ("generate", "[He|She] is a doctor.", "doctor", "bias_no_blank"),
        ("search", "[He|She] is a _.", "doctor", "bias_blank"),
        ("translate", "[he|she] is a _.", "医生 = doctor", "bias_no_translation"),
        ("translate", "_累了。 = [he|she] is a _.", "doctor", "bias_no_translation"),
        ("generate", "[He|She] is a _.\n" * 13, "doctor", "bias_too_many"),
        ("generate", "[He|She] is a _.", "d" * (PUBLIC_LIMITS.characters + 1), "bias_too_long"),
    ],
)
def test_what_cannot_be_measured_is_said(
    probe: BiasProbe, task: str, templates: str, attributes: str, key: str
) -> None:
    """Each fault has its own sentence, and public mode its limits."""
    with pytest.raises(InputError, match=key):
        probe.measure(ProbeRequest(task, templates, attributes))  # type: ignore[arg-type]


def test_stop_ends_a_probe_between_two_turns(probe: BiasProbe, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was measured is dropped; nothing more is computed."""
    scored = BiasProbe._likelihoods
    turns = []

    def stopping(self: BiasProbe, pairs: object) -> object:
        turns.append(self.stop("page"))
        return scored(self, pairs)  # type: ignore[arg-type]

    monkeypatch.setattr(BiasProbe, "_likelihoods", stopping)
    with pytest.raises(InputError, match="stopped"):
        probe.measure(ProbeRequest("generate", "[He|She] is a _.\n" * 12, "cook\nking"), key="page")
    assert turns == [True]
