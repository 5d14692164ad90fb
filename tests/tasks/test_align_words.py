"""Words of a sentence and of its translation, and who looked at whom."""

from __future__ import annotations

import numpy as np
import pytest

from llama_demo.errors import InputError
from llama_demo.tasks.align_words import WordAlignment, align_words, words
from llama_demo.tasks.n_best import n_best
from llama_demo.tasks.translate_sentences import Translator, load_translator
from llama_demo.tasks.translation_hops import SequenceHop
from tests.translators import write_translator

SENTENCE, TRANSLATION = "Llamas don't fly.", "大羊驼不会飞。"


@pytest.fixture(scope="module")
def translator(tmp_path_factory: pytest.TempPathFactory) -> Translator:
    """Random weights."""
    return load_translator(write_translator(tmp_path_factory.mktemp("translator")), device="cpu")


def test_words_not_pieces() -> None:
    """Latin words are whole; Chinese is cut where the vocabulary cuts; punctuation is no word."""
    assert [SENTENCE[a:b] for a, b in words(SENTENCE, [(0, 3), (3, 6)])] == ["Llamas", "don't", "fly"]
    assert words("schla\u0308ft sleep\xading", []) == [(0, 8), (9, 18)]
    assert [TRANSLATION[a:b] for a, b in words(TRANSLATION, [(0, 3), (3, 5), (5, 7)])] == [
        "大羊驼",
        "不会",
        "飞",
    ]


@pytest.mark.parametrize("through", [False, True])
def test_any_translation_can_be_asked_about(translator: Translator, through: bool) -> None:
    """Rows are shares of attention; links point into both texts, also through a language between."""
    hops = [SequenceHop(translator, "en", "zh")]
    if through:
        hops = [SequenceHop(translator, "fr", "en"), *hops]
    found = align_words(hops, SENTENCE, TRANSLATION)
    assert [SENTENCE[a:b] for a, b in found.source] == ["Llamas", "don't", "fly"]
    assert found.weights.shape == (len(found.target), 3)
    assert np.all(found.weights.sum(axis=1) <= 1 + 1e-4)
    links = found.links()
    assert {link.target for link in links} <= set(found.target)
    assert links or through  # what random weights say in between may have no words
    assert {link.source for link in links} <= set(found.source)


@pytest.mark.parametrize("through", [False, True])
def test_what_fits_of_a_long_translation_is_aligned(translator: Translator, through: bool) -> None:
    """As if the rest were not there; a sentence that the model cannot read at once is refused."""
    hops = [SequenceHop(translator, "en", "fr")]
    if through:
        hops = [SequenceHop(translator, "fr", "en"), *hops]
    beginning = "les lamas ne volent pas "
    short, long = (align_words(hops, SENTENCE, beginning * times) for times in (1, 60))
    assert (short.whole, long.whole) == (True, False)
    assert len(long.target) == 60 * len(short.target)
    assert [link.target for link in long.links()][: len(short.links())] == [
        one.target for one in short.links()
    ]
    assert np.allclose(long.weights[: len(short.target)], short.weights, atol=1e-4)
    assert np.all(long.weights[-len(short.target) :] == 0)
    assert not [link for link in long.links() if link.target in long.target[-len(short.target) :]]
    with pytest.raises(InputError, match="sentence_too_long"):
        align_words(hops[-1:], beginning * 60, TRANSLATION)


def test_the_translation_of_a_part() -> None:
    """The word that looks there most, and its neighbours that look there too."""
    source, target = ((0, 5), (6, 9)), ((0, 1), (1, 2), (2, 4))
    weights = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9]], dtype=np.float32)
    alignment = WordAlignment(source, target, weights)
    assert alignment.target_of((0, 5)) == (0, 2)
    assert alignment.target_of((6, 9)) == (2, 4)
    assert alignment.target_of((20, 25)) is None


def test_several_ways_to_say_it(translator: Translator) -> None:
    """Different texts, the best first."""
    found = n_best([SequenceHop(translator, "en", "zh")], SENTENCE, 4)
    assert 1 <= len(found) <= 4
    assert len({one.text for one in found}) == len(found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
