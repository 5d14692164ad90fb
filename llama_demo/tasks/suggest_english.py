"""English questions from English sentences: only of shapes that become good English without a parser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import regex

from llama_demo.tasks.suggestion import Suggestion

_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_WORD_NUMBER = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|sixteen|twenty|thirty|forty|fifty|"
    "sixty|hundred|thousand|million"
)
_NUMBER = rf"(?:\d[\d,.]*\d|\d|(?:{_WORD_NUMBER})(?:[- ](?:{_WORD_NUMBER}))?)"
_TIME = (
    rf"(?:noon|midnight|(?:\d{{1,2}}(?:[:.]\d\d)?|{_WORD_NUMBER})(?: ?[ap]\.?m\.?| o['’]clock)?"
    r"(?: in the (?:morning|afternoon|evening))?)"
)
_DATE = (
    rf"(?:in (?:(?:{_MONTH}) )?(?:1\d|20)\d\d|in (?:{_MONTH})|on (?:{_MONTH}) \d{{1,2}}(?:, \d{{4}})?"
    rf"|on \d{{1,2}} (?:{_MONTH})(?: \d{{4}})?|on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?|at {_TIME})"
)
_AFTER_NOUNS = (
    "and|or|a|an|the|per|each|every|in|on|at|for|from|with|to|under|near|by|along|between|inside|behind|during|"
    "that|which|who|of"
)
_NOUNS = rf"(?P<nouns>(?!per ?cent\b)[a-z-]+(?: (?!(?:{_AFTER_NOUNS})\b)[a-z-]+){{0,3}}(?: of [a-z]+)?)"
_AMOUNT = rf"(?:about |almost |over )?{_NUMBER} [a-z]+"
_BE = "is|are|was|were"
_MODAL = "must|can|may|will|should"
_DONE = (
    r"(?:[a-z]+ed|built|made|found|held|born|written|sent|paid|kept|given|taken|sold|told|shown|open|free|due"
    r"|put|set|won|drawn|led|grown|seen|known|left)(?: (?!by\b)[a-z'-]+){0,2}?"
)
_VERBS = (
    "have open close start begin end leave arrive depart get receive need contain include offer hold serve "
    "cover use employ visit produce seat earn"
).split()
_AMOUNTS = "cost weigh last take".split()
_ENDED = (
    "landed/land moved/move opened/open closed/close began/begin started/start ended/end died/die left/leave"
)
_BASES = (
    {base: ("do", base) for base in _VERBS + _AMOUNTS}
    | {f"{base}s": ("does", base) for base in _VERBS + _AMOUNTS}
    | {past: ("did", base) for past, base in (pair.split("/") for pair in _ENDED.split())}
    | {"has": ("does", "have"), "had": ("did", "have")}
)
"""How a verb is asked for: of "opens", does ... open."""


def _shape(pattern: str) -> regex.Pattern[str]:
    return regex.compile(rf"(?P<subject>\S+(?: \S+){{0,6}}?) {pattern}(?P<rest>(?: .+)?)")


_DOES = rf"(?:(?P<modal>{_MODAL}) )?(?P<verb>{'|'.join(_BASES)})"
SHAPES: Final = (
    (
        "how",
        _shape(rf"(?P<be>{_BE}) (?P<answer>{_AMOUNT}) (?P<how>long|wide|high|tall|deep|old)"),
        "How {how} {be} {subject}{rest}?",
    ),
    (
        "how",
        _shape(rf"(?:(?P<modal>{_MODAL}) )?(?P<verb>costs?|weighs?) (?P<answer>{_AMOUNT})"),
        "How much {do} {subject} {base}{rest}?",
    ),
    (
        "number",
        _shape(rf"{_DOES} (?P<answer>(?:about |almost |over )?{_NUMBER}) {_NOUNS}"),
        "How many {nouns} {do} {subject} {base}{rest}?",
    ),
    (
        "when",
        _shape(rf"{_DOES}(?P<object>(?: .+)?) (?P<answer>{_DATE})"),
        "When {do} {subject} {base}{object}{rest}?",
    ),
    (
        "when",
        _shape(
            rf"(?P<be>{_BE}|(?:{_MODAL})(?= be )) (?P<done>(?:be )?{_DONE}) "
            rf"(?P<answer>{_DATE})(?P<by>(?: by .+)?)"
        ),
        "When {be} {subject} {done}{by}?",
    ),
)
"""What is asked for, the sentence, and its question."""

_CLAUSE_END = regex.compile(rf"[,;:(–—](?!\d)|\.$| and (?=(?:{'|'.join(_BASES)})\b)")
_IN_FRONT = regex.compile(_DATE)
_QUOTES = regex.compile(r"[\"“”«»?!|*_#]")
_LEANING = frozenset(
    "it he she they we i you this that these those there here one both such and but or so then if when while "
    "after before because since as although once in on at by from to for with of under near during however "
    "also not what who where how why please its his her their".split()
)
_COMMON = frozenset(
    "the a an every each all most some many everyone everybody nobody people our your my".split()
)
_PREDICATE = regex.compile(r"\b(?:is|are|was|were|be|been|has|have|had|not)\b")
_SUBORDINATE = regex.compile(r"\b(?:and|or|but|that|which|who|whose|if|when|where|while|because)\b")


def questions(sentence: str, text: str) -> Iterator[Suggestion]:
    """Questions that a sentence of ``text`` answers, the best shape first."""
    if not sentence.endswith(".") or _QUOTES.search(sentence):
        return
    clause = _clause(sentence)
    for kind, pattern, question in SHAPES:
        match = pattern.fullmatch(clause)
        if match is None or _SUBORDINATE.search(match["rest"]):
            continue
        if subject := _subject(match["subject"], text):
            parts = match.groupdict(default="") | {"subject": subject}
            do, base = _BASES.get(parts.get("verb", ""), ("", ""))
            asked = question.format_map(parts | {"do": parts.get("modal") or do, "base": base})
            yield Suggestion(asked, match["answer"], sentence, kind)


def _clause(sentence: str) -> str:
    """The first clause; a date in front of it, as in "In 1907, ...", is moved to its end."""
    first, *others = (part.strip() for part in _CLAUSE_END.split(sentence))
    date = first[:1].lower() + first[1:]
    if not others or not _IN_FRONT.fullmatch(date):
        return first
    return f"{others[0][:1].upper()}{others[0][1:]} {date}"


def _subject(words: str, text: str) -> str:
    """The subject as it is written inside a question; empty if it refers to an earlier sentence."""
    first, _, rest = words.partition(" ")
    if first.lower() in _LEANING or not first[0].isupper():
        return ""
    if _SUBORDINATE.search(words) or _PREDICATE.search(words):
        return ""
    if first.lower() in _COMMON or regex.search(rf"(?<!\p{{L}}){regex.escape(first.lower())}\b", text):
        return f"{first.lower()} {rest}".strip()
    is_name = rest[:1].isupper() or regex.search(rf"[\p{{Ll}},] {regex.escape(first)}\b", text)
    return words if is_name else ""
