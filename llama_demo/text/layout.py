"""The layout of a text: sentences to translate, and what is between them, which stays."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import regex

from llama_demo.text.sentences import SentenceSpan, split_sentences
from llama_demo.text.verbatim import Verbatim, find_untranslated, translatable

# What a line may begin with: blanks, quoting, bullets, numbering, boxes to tick, headings.
_SAME_LINE = r"[^\S\r\n\u2028\u2029\x0b\x0c\x85]*"
_LINE = regex.compile(
    r"[ \t\u3000\u00a0]*"
    r"(?:(?:[-*+•·▪●◦‣–—>]|#{1,6}|[(（]?\d{1,3}[.)）]|[A-Za-z][.)]|\[[ xX]\])[ \t\u3000]+"
    rf"|(?:[(（]?\d{{1,3}}[、）]|[一二三四五六七八九十]{{1,3}}、|•){_SAME_LINE})*"
)
_BLANKS = frozenset(" \t\u3000\u00a0")
_BREAKS = frozenset("\r\n\u2028\u2029\x0b\x0c\x85")
_BREAK = regex.compile(r"[\r\n]")
# Other invisible characters at the edges belong to the sentence, and are gone with it.
_EDGE = regex.compile(r"(?!`)[\s\p{So}\p{Sk}\u200d\U000e0020-\U000e007f\p{Emoji_Modifier}\ufe0f]")
# Where a sentence that is too long is best cut: behind these, the earlier ones rather.
_CUTS = (regex.compile(r"[;；:：]\s*|\s[–—-]\s|——"), regex.compile(r"[,，、]\s*"), regex.compile(r"\s+"))
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\u3000-\u303f\uff00-\uffef“”‘’…—]")
_ENCLOSING = regex.compile(r"[<{`＜｛．]|\]\(|[A-Za-z]:\\")
_ENDING = regex.compile(r"[.!?。！？．\n]")
SPACELESS = frozenset({"zh", "ja", "th"})
"""Languages that put no blank between sentences."""


@dataclass(frozen=True)
class LayoutSegment:
    """A sentence, or a part of one that is too long: ``text == whole[start:end]``."""

    text: str
    start: int
    end: int


TokenEnds = Callable[[str], Sequence[int]]
"""For each token of a text, where its characters end."""


def lay_out(text: str, *, token_ends: TokenEnds, most_tokens: int, language: str = "") -> list[LayoutSegment]:
    """The segments of ``text`` that have words in them, in order; none has more than ``most_tokens``.

    Args:
        language: ISO 639-1; empty if it is unknown.
    """
    return list(_segments(text, token_ends, most_tokens, language))


def _segments(text: str, token_ends: TokenEnds, most_tokens: int, language: str) -> Iterator[LayoutSegment]:
    for sentence in _unbroken(text, split_sentences(text, language=language)):
        begin = _behind_marker(text, sentence.start)
        if not translatable(text[begin : sentence.end]):
            continue
        start, end = _trimmed(text, begin, sentence.end)
        for first, last in cut_long(text[start:end], token_ends, most_tokens):
            yield LayoutSegment(text[start + first : start + last], start + first, start + last)


def _unbroken(text: str, sentences: Sequence[SentenceSpan]) -> Iterator[SentenceSpan]:
    """The sentences, joined where a tag, a placeholder or code goes on from one into the next."""
    spanning = find_untranslated(text) if _ENCLOSING.search(text) else []
    parts = [part for part in spanning if _ENDING.search(part.text)]
    begin = end = 0
    for sentence in sentences:
        if begin < end and (_within(parts, end) or _within(parts, sentence.start)):
            end = sentence.end
            continue
        if begin < end:
            yield SentenceSpan(text[begin:end], begin, end)
        begin, end = sentence.start, sentence.end
    if begin < end:
        yield SentenceSpan(text[begin:end], begin, end)


def _within(parts: Sequence[Verbatim], place: int) -> bool:
    """Whether ``place`` lies inside one of the parts, which are in order and do not overlap."""
    before = bisect_left(parts, place, key=lambda part: part.start)
    return before > 0 and place < parts[before - 1].end


def _behind_marker(text: str, start: int) -> int:
    """The place behind the bullet or number of a line, if the sentence at ``start`` is the line's first."""
    line = start
    while line > 0 and text[line - 1] in _BLANKS:
        line -= 1
    if line > 0 and text[line - 1] not in _BREAKS:
        return start
    beginning = _LINE.match(text, line)
    assert beginning is not None, "it can match nothing, but always does"
    return max(start, beginning.end())


def on_one_line(text: str) -> str:
    """The text with a blank in place of each character of the line breaks that wrapping has put into it."""
    return _BREAK.sub(" ", text)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without emoji and other signs around it."""
    while start < end and _EDGE.match(text[start]):
        start += 1
    while end > start and _EDGE.match(text[end - 1]):
        end -= 1
    return start, end


def cut_long(sentence: str, token_ends: TokenEnds, most: int) -> Iterator[tuple[int, int]]:
    """Where to cut a sentence into parts of at most ``most`` tokens, cut where a reader would pause."""
    begin = 0
    # A token has at least a byte.
    if len(sentence.encode("utf-8", "replace")) > most:
        ends = list(token_ends(sentence))
        first = 0
        while len(ends) - first > most:
            furthest = max(ends[first + most - 1], begin + 1)
            cut = _best_cut(sentence, begin, furthest)
            if sentence[begin:cut].strip():
                yield _without_blanks(sentence, begin, cut)
            begin = cut
            while first < len(ends) and ends[first] <= cut:
                first += 1
    if sentence[begin:].strip():
        yield _without_blanks(sentence, begin, len(sentence))


def _best_cut(sentence: str, begin: int, furthest: int) -> int:
    """The last good place, not before the middle, so that parts do not become too short."""
    middle = (begin + furthest) // 2
    for marks in _CUTS:
        places = [match.end() for match in marks.finditer(sentence, begin, furthest)]
        if places and places[-1] > middle:
            return places[-1]
    return furthest


def _without_blanks(sentence: str, start: int, end: int) -> tuple[int, int]:
    part = sentence[start:end]
    return start + len(part) - len(part.lstrip()), start + len(part.rstrip())


def between(gap: str, before: str, after: str, language: str) -> str:
    """What stands between two translated segments where ``gap`` stood between the original ones.

    A single blank, or none, becomes what ``language`` puts there; anything else stays.

    Args:
        before, after: the translations around it.
    """
    if gap.strip() or len(gap) > 1 or (gap and gap != " "):
        return gap
    if not before or not after:
        return gap
    if language in SPACELESS and (_UNSPACED.match(before[-1]) or _UNSPACED.match(after[0])):
        return ""
    return " "
