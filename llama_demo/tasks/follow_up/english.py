"""Standalone questions from English follow-ups.

A question is taken apart without a grammar: question word, auxiliary verb, subject, rest. That is enough to
ask "when" of what was asked "who" of, and to put a name in place of "it".
"""

from __future__ import annotations

from dataclasses import dataclass

import regex

_ASK = r"(?:who|whom|whose|what|when|where|why|which|how)"
_AUXILIARIES = frozenset(
    "is are was were am do does did can could will would should shall may might must has have had".split()
)
_BE = frozenset("is are was were am".split())
_DETERMINERS = frozenset(
    "the a an this that these those my your our his her its their every each all".split()
)
_PREPOSITIONS = frozenset(
    "in on at for with from to by about during after before since until under over into of without "
    "near".split()
)
_JOINING = frozenset("if when because while and or but that who which than as though whether".split())
_PEOPLE = frozenset("i you we".split())
_LEAD = regex.compile(r"(?i)^(?:(?:and|but|so|or|then|also|ok|okay|well|what about|how about)\b[,\s]*)+")
_ABOUT = regex.compile(r"(?i)^(?:and\s+|so\s+|but\s+)?(?:what|how) about\s+(?P<what>.+)$")
_BARE = regex.compile(
    rf"(?i)^(?:(?:since|until|by|for|at|in|from|to|with)\s+)?(?:{_ASK}"
    r"|how (?:much|many|long|often|far|old|big|tall)"
    r"|what (?:time|year|day|date|color|colour|for)|which (?:one|year|day))(?:\s+(?:exactly|then|else))?$"
)
_PRONOUN = regex.compile(
    r"(?i)\b(?P<own>its|their|theirs|his|hers)\b|\b(?P<person>he|she|him|her)\b|\b(?P<place>there)\b"
    r"|\b(?P<thing>it|they|them)\b|\b(?P<pointing>this|that|these|those)(?=\s+(?:is|are|was|were|do|does|did|can|will|"
    r"cost|take|mean|work|happen)\b|$)"
)
_EXISTS = regex.compile(
    r"(?i)(?:\bthere\s+(?:is|are|was|were|a|an|any|some|no)\b|\b(?:is|are|was|were)\s+there\b)"
)
_EMPTY_IT = regex.compile(
    r"(?i)\b(?:time is it|is it (?:true|possible|raining|snowing|ok|okay|time)|it is true)\b"
)
# "Who told you that?" is about what was said: a sentence, in whose place no name can stand.
_SAID = regex.compile(
    r"(?i)\b(?:(?:say|says|said|tell|tells|told|repeat)(?:\s+(?:me|you|us))?\s+(?:this|that|it|so)"
    r"|(?:know|knew|mean|think|believe|explain)\s+(?:this|that|so)|sure\s+(?:about|of)\s+(?:this|that|it)"
    r"|(?:this|that)\s+means?)\b"
)
_WHO_IS_THAT = regex.compile(r"(?i)^who(?:'s| is| was) (?:this|that|it)$")
# "Why is that?" asks no more than "why?".
_WHY_THAT = regex.compile(r"(?i)^(?:why (?:is|was|are|do|does|did) (?:that|this|they|it)|how (?:so|come))$")
# With an auxiliary before it, such a word ends the subject and begins the predicate.
_VERBS = frozenset(
    "get have take use make need open close cost last work eat live sleep change go come run start begin "
    "end leave find see know want like give pay call do mean happen weigh stand look sound say write read "
    "build sell serve offer belong help keep stop grow fly swim produce contain "
    "visit buy bring carry rent".split()
)
_MANY = frozenset("children people men women".split())
# What "he" and "she" may refer to when no name was given: people, never a shop or a bridge.
_PERSON = frozenset(
    "man woman boy girl person child baby king queen prince princess mother father parent brother "
    "sister son daughter uncle aunt grandmother grandfather wife husband friend neighbour neighbor "
    "teacher student pupil doctor nurse author writer poet painter artist singer musician actor actress "
    "director manager boss owner founder inventor builder architect engineer scientist professor "
    "president minister mayor captain driver pilot sailor farmer baker cook chef waiter lawyer judge "
    "soldier officer guide guard guest visitor host customer employee worker player coach winner leader "
    "member chairman chairwoman secretary".split()
)
_GOING = frozenset("get go travel walk drive come fly cycle return".split())
_ENDING = regex.compile(r"(?:ed|ing|en)$")
_PARTICIPLES = frozenset(
    "built made found sold paid held led won lost kept bought sent taught told brought said cut put set "
    "shut read done gone seen known grown shown born open closed free allowed available".split()
)
_IRREGULAR = dict(
    pair.split("/")
    for pair in (
        "wrote/written took/taken gave/given drew/drawn broke/broken chose/chosen began/begun sang/sung "
        "stole/stolen knew/known grew/grown saw/seen did/done"
    ).split()
)
_LONGEST_NAME = 6
"""Most words of an answer that counts as a name."""


def leans(question: str) -> bool:
    """Whether the question leaves out what it is about."""
    rest = _bare(question)
    return bool(_about_what(question) or _BARE.match(rest) or _pronoun(rest) or _fragment(question))


def completed(question: str, before: str, answer: str) -> str | None:
    """The question with what it leaves out; None if it stands alone.

    Args:
        before: the question before it, which stands alone.
        answer: what was answered to that.
    """
    earlier, rest = _taken_apart(_plain(before)), _bare(question)
    if _WHY_THAT.match(rest):
        rest = rest.split()[0]
    if _BARE.match(rest):
        return _sentence(_asked_anew(earlier, rest))
    if what := _about_what(question):
        return _sentence(_about(earlier, what))
    if pronoun := _pronoun(rest):
        return _sentence(_named(rest, pronoun, earlier, answer))
    if _fragment(question):
        return _sentence(_about(earlier, rest))
    return None


@dataclass(frozen=True)
class _Question:
    """A question in its parts, any of which may be empty: How many days | do | employees | get in a year.

    Attributes:
        ask: the question word with what belongs to it.
        subject: empty if the question word is the subject.
        rest: what is left, the verb first.
    """

    ask: tuple[str, ...]
    auxiliary: str
    subject: tuple[str, ...]
    rest: tuple[str, ...]

    @property
    def asked_for(self) -> tuple[str, ...]:
        """The noun of the question word: "vacation days" of "how many vacation days"."""
        words = [word for word in self.ask if not regex.fullmatch(rf"(?i){_ASK}|many|much", word)]
        return (
            ()
            if self.ask and self.ask[0].lower() == "how" and len(words) == 1 and not _many(self.ask)
            else tuple(words)
        )

    @property
    def topic(self) -> tuple[str, ...]:
        """What it is about."""
        if self.subject and self.subject[0].lower() not in _PEOPLE:
            return self.subject
        return _noun_phrase(self.rest) or self.asked_for


def _many(ask: tuple[str, ...]) -> bool:
    return any(word.lower() in ("many", "much") for word in ask)


def _taken_apart(question: str) -> _Question:
    words = question.split()
    lowered = [word.lower() for word in words]
    if not words or not (
        regex.fullmatch(rf"{_ASK}|{'|'.join(_PREPOSITIONS)}", lowered[0]) or lowered[0] in _AUXILIARIES
    ):
        return _Question((), "", (), tuple(words))
    place = next((i for i, word in enumerate(lowered) if word in _AUXILIARIES), None)
    if place is None:
        end = 1 if lowered[0] not in ("how", "which", "what", "whose") else 2
        return _Question(tuple(words[:end]), "", (), tuple(words[end:]))
    subject, rest = _subject(words[place + 1 :], lowered[place])
    return _Question(tuple(words[:place]), words[place], subject, rest)


def _subject(words: list[str], auxiliary: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The noun phrase that follows the auxiliary, and what follows that."""
    end = 0
    while end < len(words) and (end == 0 or words[end].lower() not in (_PREPOSITIONS | _JOINING) - {"of"}):
        end += 1
    head = words[:end]
    if head and head[0].lower() in _PEOPLE:
        return tuple(head[:1]), tuple(words[1:])
    least = 2 if head and head[0].lower() in _DETERMINERS else 1
    verbs = [place for place in range(least, len(head)) if head[place].lower() in _VERBS]
    # Of two in a row the first is a noun: "a museum visit take".
    acts = [place for place in verbs if place + 1 not in verbs]
    if acts and auxiliary.lower() not in _BE:
        return tuple(words[: acts[0]]), tuple(words[acts[0] :])
    last = head[-1].lower() if head else ""
    is_verb = (
        _ENDING.search(last) or last in _PARTICIPLES or last in _IRREGULAR.values() or auxiliary not in _BE
    )
    if len(head) > least and is_verb:
        end -= 1
    return tuple(words[:end]), tuple(words[end:])


def _noun_phrase(words: tuple[str, ...]) -> tuple[str, ...]:
    """The first noun phrase: what follows a determiner, else capitalised words, else all after the verb."""
    for begin, word in enumerate(words):
        if word.lower() in _DETERMINERS or (begin and word[:1].isupper()):
            end = begin + 1
            while end < len(words) and words[end].lower() not in (_PREPOSITIONS | _JOINING | _AUXILIARIES) - {
                "of"
            }:
                end += 1
            return words[begin:end]
    kept = [
        word for word in words[1:] if word.lower() not in _PREPOSITIONS | _JOINING | _AUXILIARIES | _PEOPLE
    ]
    return tuple(kept)


def _asked_anew(before: _Question, ask: str) -> list[str]:
    """The earlier question with another question word."""
    new = ask.split()
    if before.auxiliary:
        passive = before.auxiliary.lower() in _BE and before.rest and _is_participle(before.rest[0])
        if passive and new[0].lower() in ("who", "whom"):
            new = ["by", "whom"]
        return [*new, before.auxiliary, *before.subject, *before.rest, *before.asked_for]
    if before.rest and _is_past(before.rest[0]):
        verb = _IRREGULAR.get(before.rest[0].lower(), before.rest[0])
        thing = _noun_phrase(before.rest)
        if thing and before.rest[1 : 1 + len(thing)] == thing:
            return [*new, "was", *thing, verb, *before.rest[1 + len(thing) :]]
    return [*new, *before.rest]


def _about(before: _Question, what: str) -> list[str]:
    """The earlier question about something else, or under another condition."""
    words = what.split()
    if words[0].lower() in _PREPOSITIONS:
        rest = list(before.rest)
        same = [place for place, word in enumerate(rest) if word.lower() == words[0].lower()]
        kept = rest[: same[-1]] if same else rest
        return [*before.ask, before.auxiliary, *before.subject, *kept, words[0].lower(), *words[1:]]
    if words[0].lower() in _VERBS and before.rest and before.rest[0].lower() in _VERBS and len(words) > 1:
        return [*before.ask, before.auxiliary, *before.subject, *words]
    if before.auxiliary == "does" and (
        words[-1].endswith("s") or words[-1].lower() in _MANY
    ):  # plural, where the earlier question was singular
        return [*before.ask, before.auxiliary, *before.subject, *before.rest, "for", *words]
    if before.subject and before.subject[0].lower() not in _PEOPLE:
        return [*before.ask, before.auxiliary, *words, *before.rest]
    topic = before.topic
    for place in range(len(before.rest)):
        if topic and before.rest[place : place + len(topic)] == topic:
            after = before.rest[place + len(topic) :]
            return [*before.ask, before.auxiliary, *before.subject, *before.rest[:place], *words, *after]
    return [*before.ask, before.auxiliary, *before.subject, *before.rest, *words]


def _named(question: str, pronoun: regex.Match[str], before: _Question, answer: str) -> list[str]:
    """The question with what its pronoun stands for."""
    meant = " ".join(before.topic)
    person = (
        pronoun["person"] or (pronoun["own"] or "").lower() in ("his", "hers") or _WHO_IS_THAT.match(question)
    )
    if person and before.ask and before.ask[0].lower() in ("who", "whom") and _is_name(answer):
        meant = answer.rstrip(".")
    elif person or pronoun[0].lower() == "her":
        meant = meant if _may_be_person(before.topic) else ""
    if not meant:
        return [question]
    if pronoun["own"] or (pronoun[0].lower() == "her" and regex.match(r"\s+\w", question[pronoun.end() :])):
        meant += "'" if meant.endswith("s") else "'s"
    if pronoun["place"]:
        words = question[: pronoun.start()].split()
        meant = ("to " if words and words[-1].lower() in _GOING else "at ") + meant
    return [question[: pronoun.start()] + meant + question[pronoun.end() :]]


def _pronoun(question: str) -> regex.Match[str] | None:
    """The first pronoun whose referent is not in the question itself."""
    if _EMPTY_IT.search(question) or _SAID.search(question):
        return None
    for match in _PRONOUN.finditer(question):
        if match["place"] and _EXISTS.search(question):
            continue
        words = question[: match.start()].lower().split()
        explained = any(word in _JOINING for word in words[1:]) and any(
            word not in _AUXILIARIES | _JOINING | _PREPOSITIONS | _PEOPLE | _DETERMINERS
            and not regex.fullmatch(_ASK, word)
            for word in words
        )
        if not explained:
            return match
    return None


def _about_what(question: str) -> str:
    """What "what about ..." names; empty for the speakers ("you"), of whom nothing was asked before."""
    match = _ABOUT.match(_plain(question))
    return "" if match is None or _talks(match["what"]) else str(match["what"])


def _talks(what: str) -> bool:
    return what.lower() in {*_PEOPLE, "me", "us", "yourself"}


def _fragment(question: str) -> bool:
    """Whether it is a piece of a question: "and interns?", "on Sundays?"."""
    words = _bare(question).lower().split()
    if not 1 <= len(words) <= 5 or _talks(" ".join(words)):
        return False
    if any(word in _AUXILIARIES or regex.fullmatch(_ASK, word) for word in words):
        return False
    return bool(_LEAD.match(_plain(question))) or words[0] in _PREPOSITIONS


def _may_be_person(topic: tuple[str, ...]) -> bool:
    return any(word[:1].isupper() or word.lower() in _PERSON for word in topic)


def _is_name(answer: str) -> bool:
    return 0 < len(answer.split()) <= _LONGEST_NAME and answer[:1].isupper()


def _is_past(word: str) -> bool:
    return word.lower().endswith("ed") or word.lower() in _PARTICIPLES or word.lower() in _IRREGULAR


def _is_participle(word: str) -> bool:
    return _is_past(word) or word.lower() in _IRREGULAR.values() or word.lower().endswith("en")


def _plain(question: str) -> str:
    return regex.sub(r"[?!.\s]+$", "", question.strip())


def _bare(question: str) -> str:
    return _LEAD.sub("", _plain(question)).strip()


def _sentence(words: list[str]) -> str:
    text = " ".join(word for word in words if word)
    return f"{text[:1].upper()}{text[1:]}?"
