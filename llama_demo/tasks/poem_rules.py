"""The rules of regulated verse as a filter of tokens, so that a poem keeps them by construction.

Lines and characters, tones, rhyme, no character twice, and characters that were asked for: before each token
the rules say which may come. All schemes stay open until a character settles between them, so the model
chooses the scheme as well. No poem comes to a dead end: a rhyme is begun only if it has a character for each
line that is to rhyme, and its last ones are kept for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, reduce
from operator import or_

import regex

from llama_demo.engine.token_filter import TokenSet
from llama_demo.text.tokenizers.tokenizer import Tokenizer
from llama_demo.text.verse.meter import Form, LinePattern, Scheme, schemes_of
from llama_demo.text.verse.rhyme_book import RhymeBook, Tone

_HAN = regex.compile(r"\p{Han}")
_LEAST_RHYMES = 12
"""Characters that a rhyme must have in the vocabulary for a poem to use it."""

Place = tuple[int, int]
"""Numbers of a line and of a character in it, from 0."""


class PoemVocabulary:
    """The tokens of a vocabulary that are one Chinese character each, by tone and by rhyme.

    Attributes:
        characters: the character of each token that is one, and whose tone is known.
        tones: tokens that may have a tone.
        rhymes: tokens of each rhyme that has enough of them.
        lacks_marks: whether a poem could not be set, for want of a token for the comma, the full stop, the
            line break or the end.
    """

    def __init__(self, tokenizer: Tokenizer, book: RhymeBook) -> None:
        self.book, self._size = book, tokenizer.size
        texts = ((token, tokenizer.decode([token])) for token in range(tokenizer.size))
        self._ids = {text: token for token, text in texts if len(text) == 1}
        self.characters = {
            token: text for text, token in self._ids.items() if _HAN.fullmatch(text) and text in book.tones
        }
        self.tones = {
            tone: self.set(token for token, own in self.characters.items() if book.can_be(own, tone))
            for tone in Tone
        }
        members: dict[str, list[int]] = {}
        for token, character in self.characters.items():
            for rhyme in book.rhymes.get(character, ()):
                members.setdefault(rhyme, []).append(token)
        self.rhymes = {name: frozenset(ids) for name, ids in members.items() if len(ids) >= _LEAST_RHYMES}
        self.comma, self.full_stop, self.line_break = (self.of(mark) for mark in "，。\n")
        self.ends = self.set(tokenizer.end_ids)
        self.lacks_marks = not all((self.comma, self.full_stop, self.line_break, self.ends))
        self.with_tones = cache(self._with_tones)
        self.with_rhymes = cache(self._with_rhymes)

    def __contains__(self, character: str) -> bool:
        return character in self._ids

    def of(self, character: str) -> TokenSet:
        """The token of a character by itself."""
        return self.set(self.ids_of(character))

    def ids_of(self, character: str) -> Sequence[int]:
        """The token of a character by itself, if it has one."""
        return [self._ids[character]] if character in self._ids else []

    def set(self, ids: Iterable[int]) -> TokenSet:
        """The set of these tokens."""
        return TokenSet.of(ids, self._size)

    def _with_tones(self, tones: frozenset[Tone]) -> TokenSet:
        return reduce(or_, (self.tones[tone] for tone in tones))

    def _with_rhymes(self, names: frozenset[str]) -> TokenSet:
        return self.set(frozenset().union(*(self.rhymes[name] for name in names)))


@dataclass(frozen=True)
class _Open:
    """A scheme that a poem may still turn out to have.

    Attributes:
        patterns: that its present line may still have; all of the line's own while a character that was asked
            for fits none.
        rhymes: names that it may still rhyme on; ``None`` before the first rhyme.
    """

    scheme: Scheme
    patterns: tuple[LinePattern, ...]
    rhymes: frozenset[str] | None = None

    def wants_character(self, place: Place) -> bool:
        """Whether a character of a line comes at this place, not a mark."""
        return place[0] < self.scheme.form.lines and place[1] < self.scheme.form.width

    def rhymes_at(self, place: Place) -> bool:
        """Whether a rhyme comes at this place."""
        return place[0] in self.scheme.rhyming and place[1] == self.scheme.form.width - 1

    def rhymes_to_come(self, place: Place) -> int:
        """How many lines are still to rhyme, that of this place among them."""
        return sum(line >= place[0] for line in self.scheme.rhyming)


class PoemRules:
    """What a poem has to keep to.

    Args:
        forms: any of these.
        asked: characters that must stand in these places, whatever their tone.
    """

    def __init__(
        self, vocabulary: PoemVocabulary, forms: Sequence[Form], asked: Mapping[Place, str] | None = None
    ) -> None:
        self.vocabulary, self.asked = vocabulary, dict(asked or {})
        schemes = [scheme for form in forms for scheme in schemes_of(form)]
        faults = [self._faults(scheme) for scheme in schemes]
        self.schemes = [scheme for scheme, count in zip(schemes, faults, strict=True) if count == min(faults)]

    def new_filter(self) -> PoemFilter:
        """The filter of a poem that begins."""
        return PoemFilter(self)

    def behind(self, ids: Sequence[int]) -> PoemFilter:
        """The filter of a poem of which these tokens stand already."""
        begun = self.new_filter()
        for token in ids:
            begun.accept(token)
        return begun

    def _faults(self, scheme: Scheme) -> int:
        """How many characters that were asked for have another tone than the scheme wants."""
        total = 0
        for number, patterns in enumerate(scheme.lines):
            own = {at: self.asked[line, at] for line, at in self.asked if line == number}
            total += min(sum(not self._fits(own[at], pattern[at]) for at in own) for pattern in patterns)
            last = own.get(scheme.form.width - 1)
            total += bool(last and number in scheme.rhyming and not self.vocabulary.book.rhymes.get(last))
        return total

    def _fits(self, character: str, tones: frozenset[Tone]) -> bool:
        own = self.vocabulary.book.tones.get(character)
        return own is None or bool(own & tones)


class PoemFilter:
    """Follows one poem; what breaks the rules ends them, so that a poem changed by hand can be continued."""

    def __init__(self, rules: PoemRules) -> None:
        self._rules, self._words = rules, rules.vocabulary
        self._open = [_Open(scheme, scheme.lines[0]) for scheme in rules.schemes]
        self._place: Place = (0, 0)
        self._couplet_ended = False
        self._used = {token for character in rules.asked.values() for token in self._words.ids_of(character)}
        self._last_two = (-1, -1)
        self._sets = self._next_sets()

    def allowed(self) -> TokenSet | None:
        """The tokens that may come next; ``None``, which is all, once the rules are broken."""
        together = reduce(or_, {id(one): one for one in self._sets}.values()) if self._sets else None
        return together or None

    def accept(self, token: int) -> None:
        """Go on behind ``token``, keeping the schemes that allow it."""
        kept = [one for one, its in zip(self._open, self._sets, strict=True) if token in its]
        self._open = [self._behind(one, token) for one in kept]
        line, at = self._place
        if self._couplet_ended:
            self._couplet_ended = False
        elif token in self._words.characters or self._place in self._rules.asked:
            self._place = (line, at + 1)
            self._used.add(token)
        else:
            self._place = (line + 1, 0)
            self._couplet_ended = line % 2 == 1
        self._last_two = (self._last_two[1], token)
        self._sets = self._next_sets()

    def _next_sets(self) -> list[TokenSet]:
        """What each open scheme allows next. No character comes twice, save once behind itself (悠悠)."""
        before, last = self._last_two
        spent = self._used if before == last else self._used - {last}
        fresh = cache(lambda words, kept: words.without(spent | kept))
        given = self._place in self._rules.asked
        return [
            fresh(self._fitting(one), self._kept_for_rhymes(one))
            if one.wants_character(self._place) and not given
            else self._fitting(one)
            for one in self._open
        ]

    def _kept_for_rhymes(self, one: _Open) -> frozenset[int]:
        """Tokens that may not come at this place, since the lines that are to rhyme need them."""
        if one.rhymes is None or one.rhymes_at(self._place):
            return frozenset()
        left = [self._words.rhymes[name] - self._used for name in one.rhymes]
        return frozenset().union(*(ids for ids in left if len(ids) <= one.rhymes_to_come(self._place)))

    def _rhymes_enough(self, one: _Open) -> frozenset[str]:
        """The names that the scheme may rhyme on with a character for each line that is still to rhyme."""
        names = frozenset(self._words.rhymes) if one.rhymes is None else one.rhymes
        wanted = one.rhymes_to_come(self._place)
        return frozenset(name for name in names if len(self._words.rhymes[name] - self._used) >= wanted)

    def _fitting(self, one: _Open) -> TokenSet:
        """What the scheme allows next, whatever came before."""
        line, at = self._place
        if self._couplet_ended:
            return self._words.ends if line == one.scheme.form.lines else self._words.line_break
        if not one.wants_character(self._place):
            return self._words.full_stop if line % 2 else self._words.comma
        if self._place in self._rules.asked:
            return self._words.of(self._rules.asked[self._place])
        if one.rhymes_at(self._place):
            return self._words.with_rhymes(self._rhymes_enough(one))
        return self._words.with_tones(frozenset().union(*(pattern[at] for pattern in one.patterns)))

    def _behind(self, one: _Open, token: int) -> _Open:
        """The scheme behind a token that it allows."""
        line, at = self._place
        if self._couplet_ended:
            return one
        if not one.wants_character(self._place):
            return replace(one, patterns=(*one.scheme.lines, ())[line + 1])
        character = self._rules.asked.get(self._place) or self._words.characters[token]
        own = self._words.book.tones.get(character, frozenset())
        kept = tuple(pattern for pattern in one.patterns if own & pattern[at])
        rhymes = one.rhymes
        if one.rhymes_at(self._place):
            own_names = self._words.book.rhymes.get(character, frozenset())
            rhymes = own_names & self._rhymes_enough(one) or rhymes
        return replace(one, patterns=kept or one.patterns, rhymes=rhymes or None)
