"""What becomes of sentences on their way: nothing is lost, terms are kept to, order stays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from llama_demo.tasks.glossary import Term
from llama_demo.tasks.translate_sentences import load_translator
from llama_demo.tasks.translate_text import Rendering, translate_text
from llama_demo.tasks.translation_hops import ScoredTranslation, SequenceHop
from tests.translators import TableHop, write_translator


@pytest.fixture(scope="module")
def hops(tmp_path_factory: pytest.TempPathFactory) -> tuple[SequenceHop, ...]:
    """Chinese to French through English, with random weights."""
    translator = load_translator(write_translator(tmp_path_factory.mktemp("translator")), device="cpu")
    return SequenceHop(translator, "zh", "en"), SequenceHop(translator, "en", "fr")


def one(hop: TableHop, sentence: str, *glossary: Term) -> Rendering:
    [rendering] = translate_text([hop], [sentence], glossary=glossary)
    return rendering


def test_all_sentences_come_in_order(hops: tuple[SequenceHop, ...]) -> None:
    """However many there are, and through a language between."""
    sentences = [f"羊驼{number}。" for number in range(4)]
    found = list(translate_text(hops, sentences))
    assert len(found) == 4
    assert all(each.score < 0 and each.text for each in found)
    again = next(translate_text(hops, sentences[:1]))
    assert again.text == found[0].text


def test_an_endless_sentence_is_no_error(tmp_path: Path) -> None:
    """What grew too long on the way is cut for the second model."""
    translator = load_translator(write_translator(tmp_path / "translator", positions=24), device="cpu")
    hops = SequenceHop(translator, "zh", "en"), SequenceHop(translator, "en", "fr")
    [found] = translate_text(hops, ["羊驼" * 30])
    assert found.text


def test_stopping_ends_it(hops: tuple[SequenceHop, ...]) -> None:
    """Nothing more comes once somebody says stop."""
    asked = iter([False] * 5)
    assert len(list(translate_text(hops, ["好。"] * 20, stopped=lambda: next(asked, True)))) < 20


def test_a_mangled_address_is_repaired() -> None:
    """What became of it is replaced by what it was."""
    hop = TableHop(lambda _: "Voir https://exampel.com/ab.")
    assert one(hop, "See https://example.com/abc.").text == "Voir https://example.com/abc."


def test_a_lost_address_stays_at_its_place() -> None:
    """Then the words around it are translated by themselves."""
    hop = TableHop(lambda s: {"Write to": "Écrivez à", "today": "aujourd'hui"}.get(s, "Écrivez-moi."))
    assert one(hop, "Write to bob@example.com today").text == "Écrivez à bob@example.com aujourd'hui"
    assert hop.heard[1:] == ["Write to", "today"]


def test_what_the_model_leaves_out_stays_as_it_was() -> None:
    """A sentence never just disappears."""
    assert one(TableHop(lambda _: ""), "Hello.").text == "Hello."


def test_a_term_that_is_there_needs_nothing() -> None:
    """It is found and can be shown; the model is not asked twice."""
    hop = TableHop(lambda _: "Le lama est grand.")
    found = one(hop, "The Llamas are big.", Term("llama", "lama"))
    assert found.terms == (((4, 10), (3, 7)),)
    assert len(hop.heard) == 1


def test_a_term_is_handed_to_the_model() -> None:
    """If it copies the word, its own sentence around it stands."""
    hop = TableHop(lambda s: f"Le {s.split()[1]} est grand." if "alpaga" in s else "L'animal est grand.")
    found = one(hop, "The llama is big.", Term("llama", "alpaga"))
    assert found.text == "Le alpaga est grand."
    assert found.missed == ()


def test_a_term_that_cannot_be_placed_is_told() -> None:
    """Nobody is told that a term was kept to when it was not."""
    found = one(TableHop(lambda _: "L'animal est grand."), "The llama is big.", Term("llama", "alpaga"))
    assert found.text == "L'animal est grand."
    assert found.terms == ()
    assert found.missed == (Term("llama", "alpaga"),)


class Stubborn(SequenceHop):
    """A real model that always says the same."""

    def translate(self, sentences: Sequence[str], **_: object) -> list[ScoredTranslation]:  # type: ignore[override]
        """What it says."""
        return [ScoredTranslation("Le lama dort.", -0.5) for _ in sentences]


def test_a_term_replaces_the_words_that_look_at_it(hops: tuple[SequenceHop, ...]) -> None:
    """The last resort, by attention, with a real model: the term stands there, and where is told."""
    sentence = "The llama sleeps."
    hop = Stubborn(hops[1].translator, "en", "fr")
    [found] = translate_text([hop], [sentence], glossary=[Term("llama", "alpaga")])
    [((start, end), (begin, stop))] = found.terms
    assert sentence[start:end] == "llama"
    assert found.text[begin:stop] == "alpaga"
    assert found.missed == ()
