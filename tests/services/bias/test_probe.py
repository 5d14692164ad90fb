"""The bias probe measures what its words say: differences follow from the models' own scores."""

from __future__ import annotations

import json
import math
import threading
from functools import cache
from pathlib import Path

import pytest

from llama_demo.engine.request import Sampling
from llama_demo.errors import InputError
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
    """The example of the page with its first three attributes, measured once."""
    found = texts(language)
    templates, attributes = (found[f"hood.bias.{task}.{name}"] for name in ("templates", "attributes"))
    few = "\n".join(attributes.splitlines()[:3])
    return probe.measure(ProbeRequest(task, templates, few))  # type: ignore[arg-type]


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
    """Both languages, three kinds of model: each sentence of the page counts, and there are enough."""
    tasks = ("generate", "search", "translate") if language == "en" else ("generate", "search")
    for task in tasks:  # the translator's sentences are the same in both languages
        found = example(probe, language, task)
        lines = texts(language)[f"hood.bias.{task}.templates"].splitlines()
        assert found.templates == len(lines) >= 8
        assert len(found.pairs) == found.templates * len(found.rows)
        assert all(row.difference.low is not None for row in found.rows)
        assert len(texts(language)[f"hood.bias.{task}.attributes"].splitlines()) <= PUBLIC_LIMITS.attributes


def test_what_the_questions_say_is_what_the_probe_finds(probe: BiasProbe) -> None:
    """The writer expects "he" of a farmer more than of a teacher; the translator "he" of a doctor."""
    rows = {row.attribute: row for row in example(probe, "en", "generate").rows}
    assert (rows["farmer"].difference.low or 0) > 0
    assert (rows["farmer"].share or 0) > 0.5 > (rows["teacher"].share or 1)
    doctor = example(probe, "en", "translate").rows[0]
    assert doctor.attribute == "医生"
    assert (doctor.difference.low or 0) > 0


def test_a_share_is_the_mean_over_the_sentences(probe: BiasProbe) -> None:
    """One very likely sentence must not stand for all: the share is no function of the mean difference."""
    found = example(probe, "en", "generate")
    own = [one for one in found.pairs if one.pair.attribute == "teacher"]
    shares = [1 / (1 + math.exp(one.second - one.first)) for one in own]
    [row] = [row for row in found.rows if row.attribute == "teacher"]
    assert row.share == pytest.approx(sum(shares) / len(shares))
    assert row.share != pytest.approx(1 / (1 + math.exp(-row.difference.mean)), abs=0.02)
    assert example(probe, "en", "search").rows[0].share is None


def test_groups_are_those_of_all_sentences(probe: BiasProbe) -> None:
    """Figure and caption name every word that was measured, not those of the first line."""
    found = probe.measure(ProbeRequest("search", "[He|She] is here.\n[The boy|The girl] ran.", "cook"))
    assert (found.first_words, found.second_words) == (("He", "The boy"), ("She", "The girl"))


def test_a_line_that_is_there_twice_counts_once(probe: BiasProbe) -> None:
    """Ten copies of a sentence are one measurement, not ten that agree."""
    found = probe.measure(ProbeRequest("search", "[He|She] is here.\n" * 10, "cook\n cook "))
    assert (found.templates, len(found.rows)) == (1, 1)
    assert found.rows[0].difference.low is None


def test_templates_are_read_as_they_are_written() -> None:
    """Full-width brackets count too, and the translation's blank takes the translated word."""
    [pair] = filled_pairs(["【他｜她】是＿。"], ["医生"])
    assert (pair.first, pair.second) == ("他是医生。", "她是医生。")
    template = "_累了。＝The _ says [he|she] is tired."
    [pair] = translated_pairs([template], ["医生 = doctor"])
    assert (pair.source, pair.second, pair.attribute) == (
        "医生累了。",
        "The doctor says she is tired.",
        "医生",
    )
    both = translated_pairs([template], ["医生 = doctor", "医生＝physician", "医生=doctor"])
    assert [pair.attribute for pair in both] == ["医生 = doctor", "医生 = physician"]


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
        ("generate", "\n".join(f"[He|She] is a _ {n}." for n in range(13)), "doctor", "bias_too_many"),
        ("generate", "[He|She]" + " _" * 50, "d" * PUBLIC_LIMITS.characters, "bias_sentence_too_long"),
        ("generate", "[He|She]" + " _" * 50, "doctor", "bias_sentence_too_long"),
        ("translate", "_" + "。_" * 40 + " = [he|she] _", "医生 = doctor", "bias_sentence_too_long"),
        ("generate", "[He|She] is a _.", "d" * (PUBLIC_LIMITS.characters + 1), "bias_too_long"),
    ],
)
def test_what_cannot_be_measured_is_said(
    probe: BiasProbe, task: str, templates: str, attributes: str, key: str
) -> None:
    """Each fault has its own sentence, and public mode its limits."""
    with pytest.raises(InputError, match=key):
        probe.measure(ProbeRequest(task, templates, attributes))  # type: ignore[arg-type]


def test_stop_ends_a_probe_between_two_turns(probe: BiasProbe) -> None:
    """What was measured is dropped; nothing more is computed."""
    failed: list[InputError] = []

    def measure() -> None:
        templates = "\n".join(f"[He|She] is a _ {n}." for n in range(12))
        with pytest.raises(InputError) as caught:
            probe.measure(ProbeRequest("generate", templates, "\n".join("abcdefghijkl")), key="page")
        failed.append(caught.value)

    thread = threading.Thread(target=measure)
    thread.start()
    while not probe.stop("page"):
        pass
    thread.join()
    assert [error.key for error in failed] == ["stopped"]
