"""Sentence splitting, for Chinese and Western scripts.

A mark such as ``.`` or ``。`` is a candidate; closing quotes and brackets behind it belong to it. A rule may
say that a candidate ends no sentence: an abbreviation, an ordinal, an initial, a quote within a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from llama_demo.normal_form import NormalText, normalise
from llama_demo.text.abbreviations import Abbreviations, abbreviations_of
from llama_demo.text.wrapping import wrapped_breaks

_WIDE = "。！？｡．"
_CANDIDATE = regex.compile(
    rf"(?P<mark>\.(?:[ \u00a0]\.){{2,}}|[.!?…؟۔।॥‼⁇⁈⁉{_WIDE}]+)|[\n\r\u2028\u2029\x0b\x0c\x85]+"
)
_CLOSING = frozenset("”’»」』›）)]】》〉")
# These open as well as close.
_EITHER = frozenset("\"'“‘«*_")
_OPENERS = {"”": "“", "’": "‘", "」": "「", "』": "『", "）": "（", ")": "(", "]": "[", "】": "【", '"': '"'}
_FULL_STOPS = frozenset((".", ".)"))
_CHINESE_OPENERS = frozenset("“‘「『《（【")
_CHINESE_PAIRS = ("《》", "“”", "「」", "『』")
_QUOTES = frozenset("\"'”’»«“‘」』")
_BRACKETS = frozenset("）)]】")
_SPACED_GUILLEMET = regex.compile(r"[ \u00a0\u202f]»(?![\p{L}\p{N}])")
# What a new sentence begins with; a small letter goes on with the old one.
_BEGINNING = regex.compile(
    r"\s*(?:[-–—•*·●▪]\s*)?[\"'“‘«»„‚¿¡(\[（【「『《<*_#@$€£`{]*\s?"
    r"(?:[\p{Lu}\p{Lt}\p{Lo}\p{N}]|\p{Ll}\p{Lu}|https?://|www\.|[^\P{So}℃℉]|(?<=[{@#`$])\p{L})"
)
_SMALL_BEGINNING = regex.compile(r"\s*[\"'“‘«„¿¡(]*\p{L}")
_GOES_ON = regex.compile(rf"\s*[,;:，、；：)）\]】》.!?…{_WIDE}]")
_HAN = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_CAPITAL = regex.compile(r"\p{Lu}")
_REST_IS_BLANK = regex.compile(r"\s*\Z")

# Characters before a full stop that are looked at.
_LONGEST_WORD = 40
# Characters in which the other half of a pair of quotes or brackets is looked for.
_LONGEST_PAIR = 400
_LAST_WORD = regex.compile(r"(?:(?!\p{Han})[\p{L}\p{M}\p{N}.'’°-])+$")
_PART = regex.compile(r"(?<![\p{L}\p{N}])(\p{L}{1,2}(?:\.\p{L})?)\.$")
_DOTTED = regex.compile(r"(?:-?\p{L}{1,2}\.-?)+\p{L}{1,4}")
_INITIALS = regex.compile(r"\p{Lu}\.(?:\p{Lu}\.)?\p{Lu}")
_STREET = regex.compile(r"[Ss]tr$")
_LONGEST_ORDINAL = 3
_PREVIOUS_WORD = regex.compile(r"[\p{L}\p{N}.-]+(?=\s+$)")
_NEXT_WORD = regex.compile(
    r"\s*[\"'“‘«„¿¡(]*(?P<word>(?P<head>\p{L}+['’]?)(?:\p{L}+)?)(?P<dot>\.?)(?P<colon>:?)"
)
_NUMBER = regex.compile(r"\s*[#(]?(?:\d|[IVXLCDM]{2,}\b|[IVXLC]\b(?!\s+\p{Ll}))")
_ROMAN = regex.compile(r"(?=[IVXLCDM]{2})M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})|[IVX]")
# A number or letter in front of an item of a list.
_ITEM = regex.compile(r"\s*(?:[-–—•*]\s*)?[(（]?(?:\d{1,3}|\p{L}|[ivx]{1,4})")
_ITEM_IN_LINE = regex.compile(r"[:：]\s*(?:\d{1,2}|[A-Za-z])$")
_GERMAN_ORDINAL = regex.compile(
    r"\b(?:[Aa]m|[Vv]om|[Zz]um|[Zz]ur|[Bb]is|[Bb]eim|[Ii]m|[Dd](?:er|ie|as|en|em|es)|[Jj]ede[nmrs]?|[Uu]nd|"
    r"(?:[Ss]ein|[Ii]hr|[Mm]ein|[Uu]nser)(?:e[nmrs]?)?|[Nn]ach|[Ss]eit|[Aa]b|[Ii]n|v\.|\d{1,2}\.)\s+$"
)
_GERMAN_MONTH = regex.compile(
    r"\s+(?:Jan(?:uar)?|Jänner|Feb(?:ruar)?|März?|Apr(?:il)?|Mai|Juni?|Juli?|Aug(?:ust)?|Sept?(?:ember)?|Okt(?:ober)?|"
    r"Nov(?:ember)?|Dez(?:ember)?|Jh|Jahrhunderts?|Weltkriegs?)\b"
)
_SAID = regex.compile(
    r"\s*(?:I|\p{Lu}\p{L}+(?:\s\p{Lu}\p{L}+)?)\s+(?:said|asked|cried|shouted|called|yelled|whispered|replied|"
    r"answered|added|muttered|exclaimed|screamed|sighed|thought)\b"
)
_SAID_IN_CHINESE = regex.compile(
    r"[^，。！？；：\s“”「」『』没沒不]{0,8}?(?:说|說|问|問|道|喊|叫|答(?!应|應)|嚷|嘟囔|嘀咕)"
    r"[^，。！？；：\s“”「」『』]{0,5}(?:[，。！？]|$)"
)
_BEFORE_SPEECH = frozenset("：:，,说道問问喊 \n")
_WITHIN = frozenset("的地得了")


@dataclass(frozen=True)
class SentenceSpan:
    """A sentence and where it stands: ``text == whole[start:end]``, without blanks around it."""

    text: str
    start: int
    end: int


def split_sentences(text: str, *, language: str = "") -> list[SentenceSpan]:
    """The sentences of ``text`` in order.

    A line break ends one, unless it was put there by wrapping at a fixed width.

    Args:
        language: ISO 639-1; tells which abbreviations there are. Empty if it is unknown.
    """
    sentences = []
    begin = 0
    # The normal form of a full-width full stop would look like one within a number or a name.
    normal = NormalText(text, text) if "．" in text else normalise(text)
    for place in _Ends(normal.text, abbreviations_of(language)):
        end, _ = normal.original_span(place, place)
        if sentence := _trimmed(text, begin, end):
            sentences.append(sentence)
        begin = end
    return sentences


def _trimmed(text: str, start: int, end: int) -> SentenceSpan | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return SentenceSpan(text[start:end], start, end) if end > start else None


class _Ends:
    """The places in a text where sentences end."""

    def __init__(self, text: str, words: Abbreviations) -> None:
        self._text = text
        self._words = words
        self._wrapped = wrapped_breaks(text)
        # Where no capitals are written, sentences begin with small letters.
        self._small = _CAPITAL.search(text) is None
        self._begin = 0

    def __iter__(self) -> Iterator[int]:
        for match in _CANDIDATE.finditer(self._text):
            if match["mark"] is not None:
                end = self._end_at(match.start(), match.end())
            else:
                end = -1 if match.end() - 1 in self._wrapped else match.end()
            if end >= 0:
                yield end
                self._begin = end
        yield len(self._text)

    def _end_at(self, mark: int, after: int) -> int:
        """Where the sentence of this mark ends, closing quotes included; -1 if it ends none."""
        text = self._text
        stop = self._closed(after)
        if _REST_IS_BLANK.match(text, stop):
            return stop
        spaced = text[after - 1] not in _WIDE and text[stop].isspace()
        ends = self._ends_spaced if spaced else self._ends_unspaced
        return stop if ends(mark, after, stop) and not self._embedded(mark, after, stop) else -1

    def _closed(self, place: int) -> int:
        """The place behind the closing quotes and brackets at ``place``."""
        text = self._text
        while place < len(text):
            if text[place] in _CLOSING or (text[place] in _EITHER and self._closes(place)):
                place += 1
            elif spaced := _SPACED_GUILLEMET.match(text, place):
                place = spaced.end()
            else:
                break
        return place

    def _closes(self, place: int) -> bool:
        text = self._text
        if not text[place + 1 : place + 2].isalnum():
            return True
        begin = max(0, place - _LONGEST_PAIR)
        line = max(text.rfind("\n", begin, place) + 1, begin)
        return text[place] in "\"'" and text.count(text[place], line, place) % 2 == 1

    def _ends_unspaced(self, mark: int, after: int, stop: int) -> bool:
        """For a mark that needs no blank behind it: a wide one, or one between Chinese characters."""
        text = self._text
        before, following = text[mark - 1 : mark], text[stop]
        if _GOES_ON.match(text, stop):
            return False
        if text[after - 1] not in _WIDE:
            if not (_HAN.match(following) or following in _CHINESE_OPENERS):
                return text[mark] == "…" and bool(_BEGINNING.match(text, stop))
            if not (_HAN.match(before) or before in _CLOSING or stop > after):
                return False
        elliptic = text[mark] in "…." and after - mark > 1
        if elliptic and (following in _WITHIN or following == before):
            return False
        return _QUOTES.isdisjoint(text[after:stop]) or not _SAID_IN_CHINESE.match(text, stop)

    def _ends_spaced(self, mark: int, after: int, stop: int) -> bool:
        """For a mark with a blank behind it: it needs the beginning of a sentence behind that."""
        text = self._text
        if _GOES_ON.match(text, stop):
            return False
        begins = _BEGINNING.match(text, stop)
        if not begins and self._small and text[mark] != "…" and after - mark == 1:
            begins = _SMALL_BEGINNING.match(text, stop)
        if not begins:
            return False
        if text[mark] in "!?":
            return stop == after or not _SAID.match(text, stop)
        return text[mark:stop] not in _FULL_STOPS or self._full_stop_ends(mark, stop)

    def _full_stop_ends(self, mark: int, after: int) -> bool:
        """For a full stop before the beginning of a sentence: false if its word has one anyway."""
        text, words = self._text, self._words
        if _ITEM.fullmatch(text, self._begin, mark) or _ITEM_IN_LINE.search(text, max(0, mark - 9), mark):
            return False
        before = text[max(self._begin, mark - _LONGEST_WORD) : mark]
        found = _LAST_WORD.search(before)
        if found is None:
            return True
        word = found[0].strip("'’-").replace("’", "'").rpartition("'")[2]
        if _is_in(words.inner, word):
            return False
        if (_is_in(words.numbered, word) or _STREET.search(word)) and _NUMBER.match(text, after):
            return False
        rest = before[: found.start()].rstrip()
        if word.isdigit() or _ROMAN.fullmatch(word):
            return text[mark + 1] != ")" and self._number_ends(before[: found.start()], word, after)
        first = _PART.search(rest)
        parts = f"{first[1]}.{word}" if first else word
        if _is_in(words.inner, parts):
            return False
        if _is_in(words.ending, parts) or _is_in(words.ending, word):
            return True
        closing = _is_in(words.final, parts) or _is_in(words.final, word)
        if closing or len(word) == 1 or _DOTTED.fullmatch(word) or _STREET.search(word):
            # Several initials are those of a name.
            name = first and _INITIALS.fullmatch(parts) and not closing
            return bool(rest) and not name and self._starts(after)
        return True

    def _number_ends(self, before: str, number: str, after: int) -> bool:
        """For a full stop behind a number: it ends a sentence unless it makes a German ordinal."""
        text = self._text
        if number.isalpha() and len(number) == 1:
            return self._starts(after)
        if number.isdigit() and len(number) > _LONGEST_ORDINAL:
            return True
        month = _GERMAN_MONTH.match(text, after)
        cued = month or _GERMAN_ORDINAL.search(before)
        if not cued and not self._words.ordinals:
            return True
        if self._starts(after):
            return not month
        # A noun before the number: "Platz 3." But a king's number follows his name.
        previous = _PREVIOUS_WORD.search(before)
        return number.isdigit() and not cued and previous is not None and previous[0][0].isupper()

    def _starts(self, place: int) -> bool:
        """Whether a sentence surely begins at ``place``: not with a number, or a word that may be a name."""
        found = _NEXT_WORD.match(self._text, place)
        if found is None:
            return not _NUMBER.match(self._text, place)
        word, head = (found[name].replace("’", "'") for name in ("word", "head"))
        if _HAN.match(word) or found["colon"]:
            return True
        if found["dot"] and len(word) == 1:
            return False
        if self._small or (len(word) > 1 and word.isupper()):
            word, head = word.capitalize(), head.capitalize()
        return not self._words.starters.isdisjoint((word, head))

    def _embedded(self, mark: int, after: int, stop: int) -> bool:
        """Whether the mark belongs to a title, or to a quote or bracket in the middle of a sentence."""
        text = self._text
        begin = max(self._begin, mark - _LONGEST_PAIR)
        if any(self._in_pair(begin, mark, pair) for pair in _CHINESE_PAIRS):
            return True
        for closer in text[after:stop]:
            opener = text.rfind(_OPENERS.get(closer, "\0"), begin, mark)
            if opener < 0 or not text[begin:opener].strip():
                continue
            chinese = _HAN.match(text, stop)
            if closer in _BRACKETS and (chinese or not self._starts(stop)):
                return True
            if closer in _QUOTES and chinese and text[opener - 1] not in _BEFORE_SPEECH:
                return True
        return False

    def _in_pair(self, begin: int, mark: int, pair: str) -> bool:
        """Whether the mark stands within a pair that is part of a Chinese sentence, and not what is said."""
        text = self._text
        opener, closer = text.rfind(pair[0], begin, mark), text.rfind(pair[1], begin, mark)
        if opener <= closer or text.find(pair[1], mark, mark + _LONGEST_PAIR) < 0:
            return False
        before = text[opener - 1] if opener > begin else ""
        return pair == "《》" or (before not in _BEFORE_SPEECH and bool(_HAN.match(before)))


def _is_in(words: frozenset[str], word: str) -> bool:
    """Whether a word is one of ``words``, which hold in small letters what counts with a capital, too.

    One with a capital counts in capitals, but not in small letters: "Sat." is a day, "he sat." is none.
    """
    if word in words or word.lower() in words:
        return True
    return len(word) > 1 and word.isupper() and word.capitalize() in words
