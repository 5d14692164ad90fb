"""The bundled translator on sentences that we wrote ourselves, through the task that the tab calls."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import sacrebleu

from llama_demo.tasks.translate_sentences import Translator, load_translator
from llama_demo.tasks.translate_text import translate_text
from llama_demo.tasks.translation_hops import SequenceHop
from tests.conftest import ROOT

FOLDER = ROOT / "assets" / "models" / "translator"
PAIRS = Path(__file__).parent / "translator_pairs.tsv"
# chrF that each direction reaches at least; Chinese counts by characters, of which a sentence has few.
INTO_ENGLISH, OUT_OF_ENGLISH = 74.0, 73.0
CHINESE_INTO_ENGLISH, ENGLISH_INTO_CHINESE = 73.0, 56.0
FLOORS = {
    **dict.fromkeys(("fr-en", "de-en", "es-en"), INTO_ENGLISH),
    **dict.fromkeys(("en-fr", "en-de", "en-es"), OUT_OF_ENGLISH),
    "zh-en": CHINESE_INTO_ENGLISH,
    "en-zh": ENGLISH_INTO_CHINESE,
}


@pytest.fixture(scope="module")
def translator() -> Translator:
    """The one that came with the program."""
    return load_translator(FOLDER, device="cpu")


def sentences() -> dict[str, list[str]]:
    """The same sentences in each language."""
    with PAIRS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return {language: [row[language] for row in rows] for language in ("en", "zh", "fr", "de", "es")}


def test_there_are_enough() -> None:
    """Sixty pairs with English."""
    texts = sentences()
    assert sum(len(texts[language]) for language in texts if language != "en") >= 60
    assert all(text.strip() for some in texts.values() for text in some)


@pytest.mark.parametrize("direction", FLOORS)
def test_quality_does_not_drop(translator: Translator, direction: str) -> None:
    """New weights, or a change of the search, that translate worse are noticed."""
    source, _, target = direction.partition("-")
    texts = sentences()
    hop = SequenceHop(translator, source, target)
    found = [rendering.text for rendering in translate_text([hop], texts[source])]
    chrf = sacrebleu.corpus_chrf(found, [texts[target]]).score
    assert chrf >= FLOORS[direction], list(zip(found, texts[target], strict=True))


@pytest.mark.parametrize("direction", FLOORS)
def test_what_is_the_same_everywhere_survives(translator: Translator, direction: str) -> None:
    """Whatever the model makes of them: addresses, code and long numbers are in the result."""
    source, _, target = direction.partition("-")
    kept = ("https://example.com/a?b=1", "ana@example.org", "`pip install x`", "5551234567")
    hop = SequenceHop(translator, source, target)
    greeting = {"en": "See", "zh": "请看", "fr": "Voir", "de": "Siehe", "es": "Ver"}[source]
    found = translate_text([hop], [f"{greeting} {one}" for one in kept])
    assert all(one in rendering.text for one, rendering in zip(kept, found, strict=True))
