"""English questions from English sentences: only of shapes that become good English without a parser."""

from __future__ import annotations

from collections.abc import Iterator

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
_LENGTH_OF_TIME = rf"{_NUMBER} (?:second|minute|hour|day|week|month|year)s?"
_UNIT = r"[a-z]+"
_AFTER_NOUNS = (
    "and|or|a|an|the|per|each|every|in|on|at|for|from|with|to|under|near|by|along|between|inside|behind|during|"
    "that|which|who|of"
)
_NOUNS = rf"(?P<nouns>(?!per ?cent\b)[a-z-]+(?: (?!(?:{_AFTER_NOUNS})\b)[a-z-]+){{0,3}}(?: of [a-z]+)?)"
_REST = r"(?P<rest>(?: .+)?)"
_BE = "is|are|was|were"
_MODAL = "must|can|may|will|should"
_DONE = (
    r"(?:[a-z]+ed|built|made|found|held|born|written|sent|paid|kept|given|taken|sold|told|shown|open|free|due"
    r"|put|set|won|drawn|led|grown|seen|known|left)(?: (?!by\b)[a-z'-]+){0,2}?"
)
_NAME = r"(?P<name>\p{Lu}[\p{L}'’-]+(?: (?:(?:van|von|de|of) )?\p{Lu}[\p{L}.'’-]+)+)"
_PERSONAL = (
    "founded|wrote|built|invented|discovered|designed|painted|composed|directed|led|created|won|taught|"
    "published|proposed|developed|established|introduced|drew|named|bought|opened|planted|planned|organised"
)
_PLACE = r"(?:the [a-z]+(?: [a-z]+){0,3}|\p{Lu}[\p{L}'’-]+(?: \p{Lu}[\p{L}'’-]+)*)"
_NOT_A_PLACE = regex.compile(
    rf"\b(?:morning|afternoon|evening|night|day|week|month|year|end|beginning|start|middle|meantime|time|way|"
    rf"case|form|spring|summer|autumn|winter|past|future|same|first|second|last|weekend|air|{_MONTH})s?\b"
    r"|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
)

_SCHEDULED = {
    "opens": "open", "closes": "close", "starts": "start", "begins": "begin", "ends": "end",
    "leaves": "leave", "arrives": "arrive", "departs": "depart",
}  # fmt: skip
_PRESENT = "get receive need contain include offer hold serve cover use employ visit produce".split()
_PAST = dict(
    pair.split("/")
    for pair in (
        "landed/land moved/move opened/open closed/close began/begin started/start ended/end joined/join "
        "died/die became/become arrived/arrive left/leave returned/return received/receive launched/launch "
        "married/marry entered/enter founded/found published/publish won/win built/build invented/invent "
        "discovered/discover introduced/introduce sold/sell bought/buy wrote/write completed/complete "
        "released/release happened/happen took/take made/make met/meet found/find retired/retire led/lead "
        "planted/plant visited/visit established/establish adopted/adopt signed/sign designed/design"
    ).split()
)
_HOW_FAR = {"away": "far away", "from": "far"}


def _shape(pattern: str) -> regex.Pattern[str]:
    return regex.compile(pattern.replace("SUBJECT", r"(?P<subject>\S+(?: \S+){0,6}?)"))


_LONG = _shape(
    rf"SUBJECT (?P<be>{_BE}) (?P<answer>(?:about |almost |over )?{_NUMBER} {_UNIT}) "
    rf"(?P<how>long|wide|high|tall|deep|old|away){_REST}"
)
_THERE = regex.compile(rf"There (?P<be>{_BE}) (?P<answer>{_NUMBER}) {_NOUNS}{_REST}")
_HAVE = _shape(rf"SUBJECT (?P<have>has|have|had) (?P<answer>{_NUMBER}) {_NOUNS}{_REST}")
_WHEN = _shape(
    rf"SUBJECT (?P<be>{_BE}|(?:{_MODAL})(?= be )) (?P<done>(?:be )?{_DONE}) (?P<answer>{_DATE}){_REST}"
)
_DID_WHEN = _shape(rf"SUBJECT (?P<past>{'|'.join(_PAST)})(?P<rest>(?: .+)?) (?P<answer>{_DATE})")
_DID_HOW_MANY = _shape(rf"SUBJECT (?P<past>{'|'.join(_PAST)}) (?P<answer>{_NUMBER}) {_NOUNS}{_REST}")
_DO_HOW_MANY = _shape(
    rf"SUBJECT (?:(?P<modal>{_MODAL}) )?(?P<verb>(?:{'|'.join(_PRESENT)})s?) (?P<answer>{_NUMBER}) "
    rf"{_NOUNS}{_REST}"
)
_SCHEDULE = _shape(
    rf"SUBJECT (?P<verb>{'|'.join([*_SCHEDULED, *_SCHEDULED.values()])}) (?P<answer>at {_TIME})\b.*"
)
_COST = _shape(
    rf"SUBJECT (?:(?P<modal>{_MODAL}) )?(?P<verb>costs?|weighs?) (?P<answer>(?:about )?{_NUMBER} {_UNIT})"
    rf"(?!\w){_REST}"
)
_LAST = _shape(
    rf"SUBJECT (?:(?P<modal>{_MODAL}) )?(?P<verb>lasts?|takes?) "
    rf"(?P<answer>(?:about )?{_LENGTH_OF_TIME}){_REST}"
)
_WHO = regex.compile(rf"{_NAME} (?P<done>(?:{_PERSONAL}) .+)")
_BY = _shape(rf"SUBJECT (?P<be>was|were) (?P<done>{_PERSONAL}|written|drawn|won|taught) by {_NAME}{_REST}")
_WHERE = _shape(
    rf"SUBJECT (?P<be>{_BE}|(?:{_MODAL})(?= be )) (?P<done>(?:(?:be )?{_DONE} )?)"
    rf"(?P<answer>(?:in|at|on|near|behind|under|beside|inside|next to|opposite) {_PLACE})"
)

_CLAUSE_END = regex.compile(r"[,;:(–—](?!\d)|\.$")
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
    for pattern, asked, kind in _SHAPES:
        match = pattern.fullmatch(clause)
        if match is None:
            continue
        parts = match.groupdict(default="")
        if "subject" in parts:
            subject = _subject(parts["subject"], text)
            if not subject or _SUBORDINATE.search(parts.get("rest", "")):
                continue
            parts["subject"] = subject
        if kind == "where" and _NOT_A_PLACE.search(parts["answer"]):
            continue
        answer = parts.get("answer") or parts["name"]
        yield Suggestion(f"{asked(parts)}?", answer, sentence, kind)


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


def _long(parts: dict[str, str]) -> str:
    how = _HOW_FAR.get(parts["how"], parts["how"])
    return f"How {how} {parts['be']} {parts['subject']}{parts['rest']}"


def _there(parts: dict[str, str]) -> str:
    return f"How many {parts['nouns']} {parts['be']} there{parts['rest']}"


def _have(parts: dict[str, str]) -> str:
    do = {"has": "does", "have": "do", "had": "did"}[parts["have"]]
    return f"How many {parts['nouns']} {do} {parts['subject']} have{parts['rest']}"


def _when(parts: dict[str, str]) -> str:
    return f"When {parts['be']} {parts['subject']} {parts['done']}{parts['rest']}"


def _did_when(parts: dict[str, str]) -> str:
    return f"When did {parts['subject']} {_PAST[parts['past']]}{parts['rest']}"


def _did_how_many(parts: dict[str, str]) -> str:
    return f"How many {parts['nouns']} did {parts['subject']} {_PAST[parts['past']]}{parts['rest']}"


def _do_how_many(parts: dict[str, str]) -> str:
    verb = parts["verb"].removesuffix("s")
    return f"How many {parts['nouns']} {_do(parts)} {parts['subject']} {verb}{parts['rest']}"


def _schedule(parts: dict[str, str]) -> str:
    verb = parts["verb"]
    return f"When {_do(parts)} {parts['subject']} {_SCHEDULED.get(verb, verb)}"


def _cost(parts: dict[str, str]) -> str:
    return f"How much {_do(parts)} {parts['subject']} {parts['verb'].removesuffix('s')}"


def _last(parts: dict[str, str]) -> str:
    return f"How long {_do(parts)} {parts['subject']} {parts['verb'].removesuffix('s')}{parts['rest']}"


def _do(parts: dict[str, str]) -> str:
    return parts.get("modal") or ("does" if parts["verb"].endswith("s") else "do")


def _who(parts: dict[str, str]) -> str:
    return f"Who {parts['done']}"


def _by(parts: dict[str, str]) -> str:
    return f"Who {parts['be']} {parts['subject']} {parts['done']} by{parts['rest']}"


def _where(parts: dict[str, str]) -> str:
    return f"Where {parts['be']} {parts['subject']} {parts['done']}".rstrip()


_SHAPES = (
    (_LONG, _long, "how"),
    (_THERE, _there, "number"),
    (_HAVE, _have, "number"),
    (_SCHEDULE, _schedule, "when"),
    (_WHEN, _when, "when"),
    (_DID_WHEN, _did_when, "when"),
    (_DID_HOW_MANY, _did_how_many, "number"),
    (_DO_HOW_MANY, _do_how_many, "number"),
    (_COST, _cost, "how"),
    (_LAST, _last, "how"),
    (_BY, _by, "who"),
    (_WHO, _who, "who"),
    (_WHERE, _where, "where"),
)
