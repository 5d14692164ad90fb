"""What is asked of a poem: its form, its theme, its first line, the first characters of its lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

from llama_demo.errors import InputError
from llama_demo.tasks.guidance import Guidance
from llama_demo.tasks.language_model import LanguageModel
from llama_demo.tasks.poem_rules import Place, PoemRules, PoemVocabulary
from llama_demo.tasks.poem_themes import known_words, words_of
from llama_demo.text.tokenizers.tokenizer import Tokenizer
from llama_demo.text.verse.meter import FORMS, Form, form_named
from llama_demo.text.verse.rhyme_book import load_rhyme_book
from llama_demo.text.verse.verse import Verse, read_verse

POEM_FORMS = tuple(form.name for form in FORMS)
DRAFTS = 8
"""Poems that are drawn, of which the likeliest is shown."""

_VERSE = regex.compile(r"\s*(?P<line>\p{Han}{5}|\p{Han}{7})(?P<mark>[，,。]?)\s*")
# Themes have these, verse hardly ever.
_PROSE = regex.compile(r"[的吗呢们]|[^时未难]了$|[春夏秋冬]天|[妈爸爷奶]|我和")
_ACROSTIC = regex.compile(r"\s*藏头诗?[：:，,\s]*[“\"「]?(\p{Han}+)[”\"」]?[。.]?\s*")
_REQUEST = regex.compile(  # 请君 and 请看 begin lines of verse
    r"(?i)\s*(tell|write|please|can you|i want|give|请(?![君看])|写|给我|帮我|来一|来首|作一|作首|一首)"
)
_KIND = regex.compile(r"(?:[五七]言)?(?:绝句|律诗|诗)|[五七][绝律]")
_SUBJECTS = (
    regex.compile(r"关于[“\"「]?(.+?)[”\"」]?(?:的[^的]*)?[。.！!]?$"),
    regex.compile(r"以[“\"「]?(\p{Han}+?)[”\"」]?为(?:主?题|题目)"),
    regex.compile(r"(?:主题|题目)(?:[是为]|[：:])?[“\"「]?(\p{Han}+)"),
    regex.compile(r"[首写]([^首写]+?)的?诗"),
)
"""Where a request names what the poem is to be about, if it calls the poem 诗, whatever its form."""
_ON_THEME, _MOST_WORDS = 0.3, 3  # nats a character for each word of the theme, up to so many words


@dataclass(frozen=True)
class PoemRequest:
    """A poem as it is asked for.

    Attributes:
        form: ``None`` leaves it to the model.
        theme: in words; may be empty.
        opening: the first line; empty for none.
        acrostic: the first characters of the lines; empty for none.
        sentence: a whole request in words, which is sent as it is; empty for none.
    """

    form: Form | None = None
    theme: str = ""
    opening: str = ""
    acrostic: str = ""
    sentence: str = ""

    @property
    def prompt(self) -> str:
        """The request in words of those that the bundled model learned from."""
        if self.sentence:
            return self.sentence
        kind = self.form.name if self.form else "诗"
        if self.opening:
            return f"以“{self.opening}”开头，写一首{kind}。"
        return f"写一首关于{self.theme}的{kind}。" if self.theme else f"写一首{kind}。"

    @property
    def wanted(self) -> frozenset[str]:
        """Characters by which the poem is known to be about what was asked for; empty if nothing was."""
        if self.theme or not self.sentence:
            return frozenset(words_of(self.theme))
        return frozenset(known_words(self.sentence) or words_of(_subject_of(self.sentence)))


def parse_poem_request(text: str, *, form: str = "", theme: str = "") -> PoemRequest:
    """What the fields of the page ask for.

    Args:
        text: a theme, a first line, a whole request, or ``藏头`` and the first characters of the lines. Five
            or seven characters are a first line, unless they ask for something or are in today's language;
            a mark behind them settles that they are one.

    Raises:
        InputError: ``poem_form_unknown``, ``acrostic_length``.
    """
    text, theme = text.strip(), theme.strip()
    chosen = form_named(form)
    if form and chosen is None:
        raise InputError("poem_form_unknown", name=form[:40], known="、".join(POEM_FORMS))
    if found := _ACROSTIC.fullmatch(text):
        return PoemRequest(_form_of_acrostic(found[1], chosen), theme=theme, acrostic=found[1])
    if _REQUEST.match(text):
        named = next((one for one in FORMS if one.name in text or one.short_name in text), None)
        return PoemRequest(chosen or named, theme=theme, sentence=text)
    if opening := _opening_of(text):
        return PoemRequest(_form_of_opening(opening, chosen), opening=opening)
    return PoemRequest(chosen, theme=text.rstrip("。.") or theme)


def _opening_of(text: str) -> str:
    """The text as the first line of a poem; empty if it is none."""
    verse = _VERSE.fullmatch(text)
    if verse is None or (not verse["mark"] and _PROSE.search(text)):
        return ""
    return verse["line"]


def _subject_of(sentence: str) -> str:
    """What a request in words wants a poem about; empty if it does not say."""
    plain = _KIND.sub("诗", sentence)
    found = (pattern.search(plain) for pattern in _SUBJECTS)
    return next((match[1] for match in found if match), "")


def _form_of_acrostic(acrostic: str, chosen: Form | None) -> Form:
    """The form that has a line for each character."""
    fitting = [form for form in FORMS if form.lines == len(acrostic)]
    if not fitting or (chosen and chosen not in fitting):
        raise InputError("acrostic_length", lines=chosen.lines if chosen else "4 / 8")
    return chosen or fitting[-1]


def _form_of_opening(line: str, chosen: Form | None) -> Form:
    """A form whose lines are as long as the given one."""
    lines = chosen.lines if chosen else FORMS[0].lines
    return next(form for form in FORMS if form.width == len(line) and form.lines == lines)


def poem_guidance(model: LanguageModel, request: PoemRequest, begun: Sequence[int] = ()) -> Guidance:
    """The rules of the poem, and the choice among its drafts.

    Args:
        begun: tokens of the poem that stand already.

    Raises:
        InputError: ``poem_character_unknown``; a character that was asked for is not in the vocabulary.
            ``poem_marks_unknown``; a mark that every poem needs is not in it.
    """
    vocabulary = _vocabulary(model.tokenizer)
    if vocabulary.lacks_marks:
        raise InputError("poem_marks_unknown", model=model.name)
    given: dict[Place, str] = {(0, at): character for at, character in enumerate(request.opening)}
    given |= {(line, 0): character for line, character in enumerate(request.acrostic)}
    for character in given.values():
        if character not in vocabulary:
            raise InputError("poem_character_unknown", character=character, model=model.name)
    rules = PoemRules(vocabulary, [request.form] if request.form else FORMS, given)
    preference = _keeps_to(request.wanted, vocabulary) if request.wanted else None
    return Guidance(lambda: rules.behind(begun), DRAFTS, preference, relative=True)


def _keeps_to(wanted: frozenset[str], vocabulary: PoemVocabulary) -> Callable[[Sequence[int]], float]:
    def preference(ids: Sequence[int]) -> float:
        named = wanted & {vocabulary.characters.get(token, "") for token in ids}
        return _ON_THEME * min(len(named), _MOST_WORDS)

    return preference


def verse_of(text: str) -> Verse | None:
    """The tones and rhymes of a poem; ``None`` for a text that has none of the regular forms."""
    return read_verse(text, load_rhyme_book())


@lru_cache(maxsize=4)
def _vocabulary(tokenizer: Tokenizer) -> PoemVocabulary:
    return PoemVocabulary(tokenizer, load_rhyme_book())
