"""Sentence splitting, for Chinese and Western scripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

# Marks that end a sentence wherever they stand, and those that need a look at what follows.
_ALWAYS = "。！？｡…"
_CLOSING = r"[\"'”’»」』）)\]】》]*"
_END = regex.compile(
    rf"(?P<always>[{_ALWAYS}]+{_CLOSING})|(?P<western>(?:[.!?]+){_CLOSING})(?=\s|$)|(?P<line>\n+)"
)
# Words whose full stop rarely ends a sentence.
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st sr jr vs etc no vol fig eq sec ch approx dept est inc ltd co corp al cf ca e.g i.e "
    "jan feb mar apr jun jul aug sep sept oct nov dec u.s u.k z.b d.h bzw usw ggf nr str bd "
    "m mme mlle p ex env av sra srta dra ud uds pág núm".split()
)
_LAST_WORD = regex.compile(r"[\p{L}\p{N}.]+$")
# Characters before a full stop that are looked at; a list's number is no further from its line's beginning.
_LONGEST_WORD = 40
# What a new sentence begins with; a small letter after a full stop goes on with the old one.
_BEGINNING = regex.compile(r"\s*[\"'“‘«¿¡(\[]*[\p{Lu}\p{Lt}\p{Lo}\p{N}]")


@dataclass(frozen=True)
class SentenceSpan:
    """A sentence and where it stands: ``text == whole[start:end]``, without blanks around it."""

    text: str
    start: int
    end: int


def split_sentences(text: str) -> list[SentenceSpan]:
    """The sentences of ``text`` in order. A line break ends one; numbers, URLs and abbreviations do not."""
    sentences = []
    begin = 0
    for end in _ends(text):
        if sentence := _trimmed(text, begin, end):
            sentences.append(sentence)
        begin = end
    return sentences


def _ends(text: str) -> Iterator[int]:
    for match in _END.finditer(text):
        if match["western"] is None or _ends_sentence(text, match.start(), match.end()):
            yield match.end()
    yield len(text)


def _ends_sentence(text: str, mark: int, after: int) -> bool:
    if text[mark] != "." or text[mark : mark + 3] == "...":
        return after == len(text) or text[mark] != "." or bool(_BEGINNING.match(text, after))
    before = text[max(0, mark - _LONGEST_WORD) : mark]
    word = _LAST_WORD.search(before)
    if word is not None:
        last = word[0].strip(".")
        initial = len(last) == 1 and last.isupper()
        # "1." at the beginning of a line numbers an item of a list.
        item = last.isdigit() and before[: word.start()].rpartition("\n")[2].strip() == ""
        if initial or item or last.lower() in _ABBREVIATIONS:
            return False
    return after == len(text) or bool(_BEGINNING.match(text, after))


def _trimmed(text: str, start: int, end: int) -> SentenceSpan | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return SentenceSpan(text[start:end], start, end) if end > start else None
