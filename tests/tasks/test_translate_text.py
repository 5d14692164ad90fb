"""What becomes of sentences on their way: nothing is lost, terms are kept to, order stays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from llama_demo.tasks.glossary import Term
from llama_demo.tasks.translate_sentences import load_translator
from llama_demo.tasks.translate_text import Rendering, translate_text
from llama_demo.tasks.translation_hops import ScoredTranslation, SequenceHop
from llama_demo.text.verbatim import find_untranslated
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


def test_a_mangled_number_is_repaired() -> None:
    """What became of it is replaced by what it was."""
    hop = TableHop(lambda _: "Appelez 5551234657.")
    assert one(hop, "Call 5551234567.").text == "Appelez 5551234567."


def test_what_must_not_change_is_not_shown_to_the_model() -> None:
    """It reads numbers in the place of placeholders, and these come back with the blanks around them."""
    hop = TableHop(lambda s: s.replace("Hello", "Bonjour").replace("you have", "vous avez"))
    found = one(hop, "Hello {{name}}, you have {0:.2f}$.<br/>")
    assert found.text == "Bonjour {{name}}, vous avez {0:.2f}$.<br/>"
    assert "{" not in hop.heard[0]
    assert found.doubts == ()


def test_a_lost_address_stays_at_its_place() -> None:
    """After two kinds of masks the words around it are translated by themselves."""
    hop = TableHop(lambda s: {"Write to": "Écrivez à", "today": "aujourd'hui"}.get(s, "Écrivez-moi."))
    assert one(hop, "Write to bob@example.com today").text == "Écrivez à bob@example.com aujourd'hui"
    assert hop.heard[2:] == ["Write to", "today"]


def test_only_what_lost_its_masks_is_translated_again() -> None:
    """In its place among the others."""
    hop = TableHop(lambda s: "Perdu." if "73156" in s else s)
    texts = [each.text for each in translate_text([hop], ["Go.", "Hi %s!", "Bye %d.", "End."])]
    assert texts == ["Go.", "Hi %s!", "Bye %d.", "End."]


NOISE = st.sampled_from(["same", "drop", "swap", "glue", "twice"])
PART = st.sampled_from(
    ["%1$s", "%(name)s", "{0:.2f}", "{{name}}", "${x}", ":name", "<b>", "</b>", "<br/>", "&nbsp;", "%d",
     "@ann", "{n, plural, one {# day} other {# days}}", "v2.3.1", "-5 °C", "10:30", "a@b.org",
     "C:\\x\\y.txt", "`a b`", "{0,9:N2}", "<0>", "</0>", "<%= a %>", "[NAME]", "*|FN|*", "｛x｝", "5 kg",
     "–3 °C", "-$5", "foo()", "Ctrl+C", "\\n", "a.b.c()"]
)  # fmt: skip
WORD = st.sampled_from(["the", "cat", "is", "here,", "for", "(you)", "now"])


@given(st.lists(st.one_of(PART, WORD), min_size=1, max_size=8), NOISE)
def test_whatever_the_model_does_nothing_is_lost(parts: list[str], noise: str) -> None:
    """A model that drops, swaps, doubles or glues its masks: all parts come out, each once, in order."""
    sentence = "Go " + " ".join(parts) + "."
    numbers = regex.compile(r"\d{5}|\w+_\w+\.py")

    def say(text: str) -> str:
        masks = numbers.findall(text)
        if noise == "drop" and masks:
            return text.replace(masks[0], "")
        if noise == "swap" and len(masks) > 1:
            return text.replace(masks[0], "~").replace(masks[1], masks[0]).replace("~", masks[1])
        if noise == "glue":
            return text.replace(" ", "")
        return text.replace(masks[0], f"{masks[0]} {masks[0]}") if noise == "twice" and masks else text

    found = one(TableHop(say), sentence)
    wanted = [part.text for part in find_untranslated(sentence)]
    assert "placeholder" not in found.doubts
    place = 0
    for part in wanted:
        place = found.text.index(part, place) + len(part)
    if noise == "same":
        assert found.text == sentence


def test_capitals_are_read_in_small_letters() -> None:
    """And given back in capitals; an abbreviation in an ordinary sentence stays as it is."""
    hop = TableHop(
        lambda s: {"Close the door, %s!".replace("%s", "73156"): "Ferme la porte, 73156 !"}.get(s, s)
    )
    assert one(hop, "CLOSE THE DOOR, {name}!").text == "FERME LA PORTE, {name} !"
    assert one(hop, "The NATO is big.").text == "The NATO is big."
    assert hop.heard[-1] == "The NATO is big."


def test_what_may_be_wrong_is_told() -> None:
    """By comparison with the sentence, whatever the model thinks of it."""
    hop = TableHop(lambda _: "Soyez en retard.")
    assert one(hop, "Please don't be late.").doubts == ("negation",)
    assert one(TableHop(lambda _: "J'ai deux cents chats."), "I have 300 cats.").doubts == ("number",)


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
