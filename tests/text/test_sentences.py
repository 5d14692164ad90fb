"""Where sentences end."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.sentences import LANGUAGES, read_passages, score
from llama_demo.normal_form import normal_text
from llama_demo.text.sentences import split_sentences

# By language; "|" stands between two sentences.
PASSAGES = {
    "": (
        "It rained. |We stayed in.",
        "下雨了。|我们在家！|你呢？",
        "See https://a.example/x.html?q=1. |Then go.",
        "Pi is 3.14. |Version 2.0 is out.",
        "我用Python 3.11。|它很快。",
        "A title\n\n|A line.",
        "a\r|b\u2028|c\x85|d",
        "Am 3. Oktober war es kalt. |EE. UU. es grande. |M. Dupont est là.",
    ),
    "de": (
        "Am 3. Oktober 1990 wurde Deutschland wiedervereinigt.",
        "Der 2. Weltkrieg begann am 1. September 1939.",
        "Wir mögen Obst, z. B. Birnen und Pflaumen.",
        "Der 8. März ist frei. |Am 31. 12. 1999 war Silvester. |Schön war's.",
        "Sie wurde 1990 geboren. |Er kam auf Platz 3. |Das war gut. |Die 4. Auflage folgt.",
        "Er traf Hrn. Dr. h. c. Weber bzw. Prof. Kranz, usw. |Dann ging er. |Das war um 300 v. Chr. in Rom.",
        "Siehe Nr. 5 und § 3 Abs. 2. |Kaiser Karl V. König von Spanien.",
        "Das sagt Dr. med. Roth. |Das ist alles, was ich mag. |Das weiß er.",
        "„Halt!“, rief er. |„Warum?“ fragte sie. |„Darum.“ |Er ging.",
    ),
    "en": (
        "At 5 p.m. Monday we left.",
        "Gen. Lee and Rev. King met Sen. Gray.",
        "I was… thinking about the sea.",
        "Is it true? |No. |I left.",
        "The No. 1 song is No. 2 now. |No. 3? |No. |Nos. 4 and 5.",
        "Dr. Smith met Mr. J. Doe at 3.15 p.m. on Monday. |It was 7 p.m. |They left the U.S. |Nobody knew.",
        "Lt. Col. Roe lives on Elm St. near Mt. Fox. |He takes vitamin C. |It helps, e.g. Capt. Day.",
        "Well... maybe. |Really?! |Yes… |We wait... |Then . . . nothing.",
        '"Stop!" she said. |"Why?" |“Run!” Anna shouted. |He called it "the end." |It was (oh my!) late.',
        "1. First item\n|2. Second item\n|Steps: 1. Open it. |2. Close it.\n|a. Milk",
        "Yahoo! is old. |iPhone sales fell. |See Fig. 3 and pp. 4–5 of Vol. II. |John F. Kennedy Jr. spoke.",
        "i went home. |it was ok. |e.g. this",
        "He sat. |Mary stood 6 ft. |The sun. |Tom did one more rep. |Then Roe et al. |The rest left on Sat.",
        "i met dr. smith. |it was ok.",
        "Call me at ext. 5. |Do ex. 2 on p. 3.",
        "DR. SMITH CAME AT 5 P.M. MONDAY. |HE LEFT.",
    ),
    "fr": (
        "Je voulais… te dire quelque chose.",
        "M. Le Goff et Mme Roux voient l'art. 5, p. ex. au chap. III. |Il est long.",
        "« Viens ! » dit-il. |« Tu viens ? » |« Oui. » |Il partit vers 300 av. J.-C. avec eux.",
        "C'est vrai ? |Non. |Le no. 6 paraît. |Ph. Roux et J. M. G. Le Clézio écrivent, etc. |Fin.",
    ),
    "es": (
        "EE. UU. es grande.",
        "Vive en EE. UU. |Su hermano, el Sr. Paz, p. ej., está en los JJ. OO. de invierno.",
        "Abre a las 9 a. m. |Cierra a las 5 p. m. del lunes. |¿Ud. viene? |Sí. |Véase el núm. 3. |Fin.",
        "—¡Ven! —dijo Ana. |Fuimos. |«Es tarde.» |Quería… decirte algo. |La Dra. D.ª Inés habló.",
    ),
    "zh": (
        "他说：“走吧。”|我们就走了。",
        "“走吧！”他说。|「你好嗎？」她問。|“小心！”|他倒了。",
        "他喊了一声“小心！”就跳开了。|《你好！李焕英》很好看。|他来了（真不容易！），坐下了。",
        "等等……|好吧。|我……我不知道。|“嗯……”，他说。",
        "你好!|再见. |Dr. Wu在Apple Inc.上班。|No. 5很好。|1. 打开。",
    ),
}
CASES = [(language, passage) for language, passages in PASSAGES.items() for passage in passages]


@pytest.mark.parametrize(("language", "passage"), CASES)
def test_sentences_end_where_a_reader_ends_them(language: str, passage: str) -> None:
    """Marks of both scripts end a sentence; abbreviations, ordinals, initials and inner quotes do not."""
    found = split_sentences(passage.replace("|", ""), language=language)
    assert [sentence.text for sentence in found] == [each.strip() for each in passage.split("|")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("known", [True, False])
def test_ends_in_five_languages(language: str, *, known: bool) -> None:
    """Two hundred sentences of the kinds that reports describe are split as well as the docs say."""
    code = language if known else ""
    found = score(
        lambda text: [sentence.text for sentence in split_sentences(text, language=code)],
        read_passages(language),
    )
    assert found.wanted >= 80
    assert found.f1 >= (98.5 if known else 98)


@pytest.mark.parametrize(("language", "passage"), CASES)
def test_the_form_of_letters_is_no_matter(language: str, passage: str) -> None:
    """Decomposed letters and invisible characters end no sentence and hide no end."""
    text = unicodedata.normalize("NFD", passage.replace("|", "")).replace(".", ".\u200b")
    found = [normal_text(sentence.text) for sentence in split_sentences(text, language=language)]
    assert found == [normal_text(each.strip()) for each in passage.split("|")]


WRAPPED = (
    "The boat that my grandfather had built in the winter of the\n"
    "great storm lay behind the shed. Nobody had ever\ntouched it since.",
    "Das Boot, das mein Großvater im Winter des großen Sturms im\r\n"
    "Hafen gebaut hatte, lag dort hinter dem Schuppen, und\r\n"
    "niemand hatte es seit dem Sommer, in dem die alte Brücke\r\nbrach, berührt.",
    "祖父在大风暴的那个冬天造的那条船一直倒扣在棚子后面，从那以\n"
    "后再也没有人碰过它，船身上的油漆早就掉光了，木板也裂开了好\n几道缝。",
)


@pytest.mark.parametrize("text", WRAPPED)
def test_wrapping_ends_no_sentence(text: str) -> None:
    """Plain text and mails are wrapped at a fixed width, in the middle of their sentences."""
    assert [sentence.text[-1] in ".。" for sentence in split_sentences(text)] == [True] * (
        text.count(".") + text.count("。")
    )


@pytest.mark.parametrize(
    "text",
    [
        "Milk\nbread\nsix eggs",
        "- a long item that is about as wide as a line can be\n- another long item of the list",
        "床前明月光，\n疑是地上霜。",
        "Two roads diverged in a yellow wood\nand sorry I could not travel both",
        "Options that can be set for every run of the program:\nthe first one is the name of the file",
    ],
)
def test_lines_of_lists_and_verse_end(text: str) -> None:
    """A line that is not full was not wrapped."""
    assert [sentence.text for sentence in split_sentences(text)] == text.split("\n")


@given(st.text(alphabet='ab.。!？… \n"”“《》()（）A1', max_size=80), st.sampled_from(["", *LANGUAGES]))
def test_nothing_but_blanks_is_lost(text: str, language: str) -> None:
    """Every character belongs to one sentence, at the place that the sentence says."""
    sentences = split_sentences(text, language=language)
    for sentence in sentences:
        assert text[sentence.start : sentence.end] == sentence.text == sentence.text.strip()
    assert "".join("".join(s.text.split()) for s in sentences) == "".join(text.split())


@pytest.mark.parametrize(
    "text", ["1.5," * 9_000, "“a。" * 9_000, "a. " * 9_000, "x\n" * 9_000, '."a' * 9_000]
)
def test_no_text_takes_long(text: str) -> None:
    """Time grows with the length, whatever the marks are."""
    begun = time.process_time()
    split_sentences(text)
    assert time.process_time() - begun < 5
