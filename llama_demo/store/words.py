"""Texts and queries cut into the words of the full-text index.

SQLite's own tokenizers do not find 翻译 inside a sentence: Chinese has no spaces, so ``unicode61`` takes a
whole clause for one word, and ``trigram`` needs three characters where most Chinese words have two. So the
text is cut here, for all indexes:

    机器翻译 models   ->   机器 器翻 翻译 译 models

A stretch without spaces becomes its pairs of neighbours, and its last character once more alone; a phrase
of pairs is then found wherever it stands, and a single character is the beginning of a pair or that last
one. Everything else becomes words. Both are folded: case, full and half width, traditional and simplified.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import regex

from llama_demo.normal_form import normal_text
from llama_demo.simplified import simplified

LONGEST_QUERY = 1_000
"""Characters of a query that are used; enough to identify a pasted text."""

MOST_PHRASES = 64
"""Most phrases of a query that are looked up."""

LONGEST_WORD = 64
"""Characters of a word that are indexed; longer words are cut."""

# Scripts that are written without spaces between words.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー"
_PIECE = regex.compile(
    rf"(?P<unspaced>[{_UNSPACED}]+)|(?P<word>[[\p{{L}}\p{{N}}_]--[{_UNSPACED}]]"
    rf"[[\p{{L}}\p{{N}}\p{{M}}_]--[{_UNSPACED}]]*)|(?P<sign>\p{{So}})",
    regex.V1,
)
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»「」『』", '"'))


@dataclass(frozen=True)
class Phrase:
    """Consecutive words.

    Attributes:
        words: as the index holds them, never empty.
        open: whether the last of them is a prefix.
    """

    words: tuple[str, ...]
    open: bool


def folded(text: str) -> str:
    """The text without differences of case, width and traditional or simplified characters.

    Soft hyphens and zero-width characters, which would part words, are gone.
    """
    return simplified(unicodedata.normalize("NFKC", normal_text(text)).casefold())


def words(text: str) -> Iterator[str]:
    """The words of a text in order. No word contains a space, a quotation mark or NUL."""
    for piece in _PIECE.finditer(folded(text)):
        yield from _words_of(piece)


def phrases(query: str) -> list[Phrase]:
    """The phrases that a text must all contain to match a query.

    A part in quotation marks is one phrase of whole words. Elsewhere each stretch between spaces is a
    phrase whose last word is a prefix: ``run`` finds ``running``. A quotation that is not closed is
    still being typed, so its last word is a prefix too. Only the first :data:`LONGEST_QUERY` characters and
    :data:`MOST_PHRASES` phrases count.
    """
    parts = _parts(query)
    found: dict[Phrase, None] = {}
    for number, part in enumerate(parts):
        quoted, closed = number % 2 == 1, number < len(parts) - 1
        for chunk in [part] if quoted else part.split():
            phrase = _phrase(chunk, whole_words=quoted and closed)
            if phrase is not None:
                found[phrase] = None
    return list(found)[:MOST_PHRASES]


def quoted(query: str) -> list[Phrase]:
    """The closed quotations of a query, each as one phrase."""
    found = [_phrase(part, whole_words=True) for part in _parts(query)[1:-1:2]]
    return [phrase for phrase in dict.fromkeys(found) if phrase is not None][:MOST_PHRASES]


def _parts(query: str) -> list[str]:
    """The query cut at its quotation marks: every second part is a quotation, the last one still open."""
    return unicodedata.normalize("NFKC", query[:LONGEST_QUERY]).translate(_QUOTES).split('"')


def _phrase(chunk: str, *, whole_words: bool) -> Phrase | None:
    """The words of a part of a query as they follow each other in a text that contains it.

    At its end the text may go on where the chunk does not, so the last character does not stand alone
    there, unless it is all there is: then it is the beginning of a pair, or the end of a stretch.
    """
    pieces = list(_PIECE.finditer(folded(chunk)))
    if not pieces:
        return None
    before = tuple(word for piece in pieces[:-1] for word in _words_of(piece))
    last = pieces[-1]
    stretch = last["unspaced"]
    if stretch is None:
        return Phrase((*before, *_words_of(last)), open=last["word"] is not None and not whole_words)
    if len(stretch) == 1:
        return Phrase((*before, stretch), open=True)
    return Phrase((*before, *_pairs(stretch)), open=False)


def _words_of(piece: regex.Match[str]) -> Iterator[str]:
    """The words of a piece of a text."""
    stretch = piece["unspaced"]
    if stretch is None:
        yield piece[0][:LONGEST_WORD]
    else:
        yield from _pairs(stretch)
        yield stretch[-1]


def _pairs(stretch: str) -> Iterator[str]:
    return (stretch[at : at + 2] for at in range(len(stretch) - 1))
