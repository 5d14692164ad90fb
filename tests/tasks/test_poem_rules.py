"""Poems keep the rules whatever is drawn."""

from __future__ import annotations

import random
from collections import Counter

import pytest
import regex

from llama_demo.tasks.language_model import LanguageModel
from llama_demo.tasks.poem_rules import Place, PoemFilter, PoemRules, PoemVocabulary
from llama_demo.text.verse.meter import FORMS, Form
from llama_demo.text.verse.rhyme_book import load_rhyme_book
from llama_demo.text.verse.verse import Verse, read_verse, split_verse

BOOK = load_rhyme_book()
LONGEST = 80


@pytest.fixture(scope="module")
def vocabulary(writer: LanguageModel) -> PoemVocabulary:
    return PoemVocabulary(writer.tokenizer, BOOK)


def follow(writing: PoemFilter, writer: LanguageModel, seed: int) -> str:
    """A text of tokens that are drawn blindly among those that may come, until it ends."""
    dice = random.Random(seed)
    ids: list[int] = []
    while len(ids) < LONGEST:
        allowed = writing.allowed()
        assert allowed is not None
        token = dice.choice(allowed.mask.nonzero().flatten().tolist())
        if token in writer.tokenizer.end_ids:
            return writer.tokenizer.decode(ids)
        ids.append(token)
        writing.accept(token)
    pytest.fail("it never ended")


def draw(writer: LanguageModel, rules: PoemRules, seed: int) -> Verse:
    verse = read_verse(follow(rules.new_filter(), writer, seed), BOOK)
    assert verse is not None
    return verse


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_blind_draws_are_regular(form: Form, writer: LanguageModel, vocabulary: PoemVocabulary) -> None:
    """Lines, tones and rhyme do not depend on the model, and no character comes back."""
    rules = PoemRules(vocabulary, [form])
    for seed in range(6):
        verse = draw(writer, rules, seed)
        assert verse.form == form
        assert verse.is_regular
        assert not repeated(verse)


def repeated(verse: Verse) -> list[str]:
    """Characters that come again, other than once behind themselves in a line (悠悠)."""
    text = "，".join(line.text for line in verse.lines)
    seen = Counter(regex.sub(r"(\p{Han})\1", r"\1", text))
    return [character for character, times in seen.items() if times > 1 and character != "，"]


def test_a_character_is_not_said_three_times(writer: LanguageModel, vocabulary: PoemVocabulary) -> None:
    """悠悠 is a word, 悠悠悠 is not."""
    (you,) = writer.tokenizer.encode_pieces(["悠"])
    writing = PoemRules(vocabulary, FORMS).behind([you])
    once = writing.allowed()
    writing.accept(you)
    twice = writing.allowed()
    assert once is not None
    assert twice is not None
    assert (you in once, you in twice) == (True, False)


@pytest.mark.parametrize("least", [5, 6])
def test_the_last_rhymes_are_kept_for_the_lines_that_need_them(
    least: int, writer: LanguageModel, vocabulary: PoemVocabulary
) -> None:
    """With no more characters of a rhyme than an octave needs, it is still regular to its end."""
    scarce = PoemVocabulary(writer.tokenizer, BOOK)
    scarce.rhymes = {name: frozenset(sorted(ids)[:least]) for name, ids in vocabulary.rhymes.items()}
    for seed in range(4):
        verse = draw(writer, PoemRules(scarce, [FORMS[2]]), seed)
        assert verse.is_regular
        assert not repeated(verse)


def test_an_open_form_is_settled_by_what_is_drawn(writer: LanguageModel, vocabulary: PoemVocabulary) -> None:
    """Whoever names no form gets one of the four."""
    rules = PoemRules(vocabulary, FORMS)
    assert len({draw(writer, rules, seed).form.name for seed in range(12)}) > 1


@pytest.mark.parametrize("acrostic", ["天长地久", "春夏秋冬", "福如东海寿比南山"])
def test_an_acrostic_has_its_characters_in_front(
    acrostic: str, writer: LanguageModel, vocabulary: PoemVocabulary
) -> None:
    """Also where one of them bends the pattern: then the other places keep it."""
    asked: dict[Place, str] = {(line, 0): character for line, character in enumerate(acrostic)}
    for form in FORMS:
        if form.lines == len(acrostic):
            verse = draw(writer, PoemRules(vocabulary, [form], asked), 1)
            assert "".join(line.text[0] for line in verse.lines) == acrostic
            assert verse.rhyme
            assert all(not set(line.faults) - {0} for line in verse.lines)
            assert not repeated(verse)


@pytest.mark.parametrize("opening", ["明月松间照", "春眠不觉晓", "两个黄鹂鸣翠柳", "朝辞白帝彩云间"])
def test_a_first_line_is_taken_as_it_is(
    opening: str, writer: LanguageModel, vocabulary: PoemVocabulary
) -> None:
    """A line that breaks the pattern is followed by lines that keep it."""
    asked: dict[Place, str] = {(0, at): character for at, character in enumerate(opening)}
    forms = [form for form in FORMS if form.width == len(opening)]
    verse = draw(writer, PoemRules(vocabulary, forms, asked), 2)
    assert verse.lines[0].text == opening
    assert not any(line.faults for line in verse.lines[1:])
    assert verse.lines[0].rhymes == (opening == "朝辞白帝彩云间")


def test_a_poem_goes_on_from_what_stands(writer: LanguageModel, vocabulary: PoemVocabulary) -> None:
    """Continue, and another character at a place, keep the rules too."""
    rules = PoemRules(vocabulary, [FORMS[0]])
    begun = writer.tokenizer.encode_pieces(["白日依山尽，黄河入"])
    rest = follow(rules.behind(begun), writer, 3)
    verse = read_verse("白日依山尽，黄河入" + rest, BOOK)
    assert verse is not None
    assert verse.is_regular
    assert split_verse(rest)


def test_a_poem_that_broke_the_rules_is_left_to_the_model(
    writer: LanguageModel, vocabulary: PoemVocabulary
) -> None:
    """An old poem from the history can be continued, without rules, instead of coming to a dead end."""
    begun = writer.tokenizer.encode_pieces(["春春春春春，"])
    assert PoemRules(vocabulary, FORMS).behind(begun).allowed() is None
