"""Standalone questions from English follow-ups.

A question is taken apart without a grammar: question word, auxiliary verb, subject, rest. A rule completes
only what this settles; in "where can tourists rent bikes?", "and boats?" could replace two things.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import regex

Words = tuple[str, ...]

_ASK = r"(?:who|whom|whose|what|when|where|why|which|how)"
_BE = frozenset("is are was were am".split())
_AUXILIARIES = _BE | frozenset(
    "do does did can could will would should shall may might must has have had".split()
)
_DETERMINERS = frozenset(
    "the a an this that these those my your our his her their its every each all".split()
)
_PREPOSITIONS = frozenset(
    "in on at for with from to by about during after before since until under over into without near".split()
)
_JOINING = frozenset("if when because while and or but that who which than as though whether".split())
_SPEAKERS = frozenset("i you we me us yourself".split())
_PLURALS = frozenset("children people men women they them their".split())
_VERBS = frozenset(
    "be begin belong book bring build buy call carry change close come contain cost do eat end find fly get "
    "give go grow happen have help hold keep know last leave like live look make mean meet need offer open "
    "pay produce read receive rent run say see sell serve show sleep sound stand start stop swim take use "
    "visit want weigh work write".split()
)
"""Behind an auxiliary, such a word ends the subject and begins the predicate."""
_PARTICIPLES = frozenset(
    "available born bought built done drawn found free held kept known led made open paid put seen sent set "
    "shown sold taught told won".split()
)
_PAST = {"wrote": "written", "took": "taken", "gave": "given", "drew": "drawn", "chose": "chosen"}
_LONGEST_PIECE = 6
"""Words of a question that is no more than a piece of one."""

_LEAD = regex.compile(r"(?i)^(?:(?:and|but|so|or|then|also|ok|okay|well)\b[,\s]*)+")
_ABOUT = regex.compile(r"(?i)^(?:what|how) about\s+")
_BARE = regex.compile(
    rf"(?i)(?:(?:since|until|by|for|at|in|on|from|to|with)\s+)?(?:{_ASK}|why not|how (?:so|come)"
    r"|how (?:much|many|long|often|far|old|big|tall)|(?:what|which) (?:time|year|day|date|colou?r|one|for))"
)
_SAME = regex.compile(r"(?i)(?:(?<=^why) (?:is|was) (?:that|this|it)| (?:exactly|then|else))$")
_ADVERBIAL = regex.compile(
    r"(?i)(?:(?:since |until )?when|where|why|how|how often|what time|(?:on )?(?:what|which) (?:day|date))?"
)
"""What may stand before any question in place of another, or of nothing."""
_PRONOUN = regex.compile(
    r"(?i)\b(?:(?P<own>its|their|his)|(?P<person>he|she|him|her)|(?P<place>there)|it|they|them)\b"
)
# A "there" or "it" that stands for nothing, or for what was said.
_EMPTY = regex.compile(
    r"(?i)\bthere\s+(?:is|are|was|were|an?|any|some|no)\b|\b(?:is|are|was|were)\s+there\b|\btime is it\b"
    r"|\bis it (?:true|possible|raining|snowing|okay)\b|\b(?:say|tell|told|repeat|explain)(?: me| us)? it\b"
)
_DAY = regex.compile(r"(?i)(?:(?:mon|tues|wednes|thurs|fri|satur|sun|week)days?|weekends|holidays)")
_NAME = regex.compile(r"\p{Lu}\S*(?: (?:(?:van|von|de|of) )?\p{Lu}\S*){0,4}")


@dataclass(frozen=True)
class _Earlier:
    """The question before, in parts, any of which may be empty: How many days | do | employees | get a year.

    Attributes:
        ask: the question word with what belongs to it.
        subject: empty if the question word is the subject, or if it is unclear where the subject ends.
        rest: what is left, the verb first.
        answer: what was answered.
    """

    ask: Words
    auxiliary: str
    subject: Words
    rest: Words
    answer: str

    @property
    def object(self) -> Words:
        """What follows the verb, up to the next preposition."""
        begin = 2 if self.rest[1:] and self.rest[1].lower() in _PREPOSITIONS else 1
        return self.rest[begin : _end_of_noun(self.rest, begin)]

    @property
    def by_speakers(self) -> bool:
        """Whether the speakers do what is asked."""
        return bool(self.subject) and self.subject[0].lower() in _SPEAKERS

    def topic(self, *, plural: bool) -> Words:
        """The one or the many that it is about; empty if that is unclear."""
        if self.auxiliary and not self.subject:
            return ()
        noun = 2 if self.ask and self.ask[0].lower() == "how" else 1
        asked_for = () if _ADVERBIAL.fullmatch(" ".join(self.ask)) else self.ask[noun:]
        subject = () if self.by_speakers else self.subject
        fit = [one for one in (asked_for, subject, self.object) if one and _plural(one) == plural]
        clear = len(fit) == 1 and fit[0] != asked_for and "of" not in fit[0]
        return fit[0] if clear else ()


def completed(question: str, before: str, answer: str) -> str | None:
    """The question with what it leaves out; None if it stands alone, empty if it is unclear what that is.

    Args:
        before: the question before it, which stands alone.
        answer: what was answered to that.
    """
    earlier, plain = _taken_apart(_plain(before), answer), _plain(question)
    found = (rule(plain, earlier) for rule in RULES)
    words = next((one for one in found if one is not None), None)
    if not words:
        return None if words is None else ""
    text = " ".join(filter(None, words))
    return f"{text[:1].upper()}{text[1:]}?"


def _another_question_word(question: str, earlier: _Earlier) -> Words | None:
    """When does it open? | And where?"""
    ask = _SAME.sub("", _led(question).lower())
    if not _BARE.fullmatch(ask):
        return None
    if not _ADVERBIAL.fullmatch(ask):
        return ()
    if not earlier.auxiliary:  # who built the bridge? | when?
        verb, thing, done = earlier.rest[:1], earlier.object, _participle(*earlier.rest[:1])
        is_next = thing and done and earlier.rest == (*verb, *thing, *earlier.rest[1 + len(thing) :])
        be = "were" if is_next and _plural(thing) else "was"
        return (ask, be, *thing, done, *earlier.rest[1 + len(thing) :]) if is_next else ()
    whole = ask not in ("why", "how") or earlier.rest
    kept = whole and _ADVERBIAL.fullmatch(" ".join(earlier.ask))
    return (ask, earlier.auxiliary, *earlier.subject, *earlier.rest) if kept else ()


def _another_time_or_place(question: str, earlier: _Earlier) -> Words | None:
    """When does it open on weekdays? | And on Sundays?"""
    what = _about_what(question)
    new = ("on", *what) if _DAY.fullmatch(" ".join(what)) else what
    if not new or new[0].lower() not in _PREPOSITIONS:
        return None
    first, tail = new[0].lower(), (*earlier.subject, *earlier.rest)
    there = [word.lower() for word in tail]
    another = first not in there and _PREPOSITIONS & set(there)
    if not tail or another or (first in there and earlier.auxiliary and not earlier.subject):
        return ()
    begin = end = len(tail)
    if first in there:
        begin = end - 1 - there[::-1].index(first)
        behind_subject = begin >= len(earlier.subject)
        end = min(_end_of_noun(tail, begin + 1), end if behind_subject else len(earlier.subject))
    return (*earlier.ask, earlier.auxiliary, *tail[:begin], first, *new[1:], *tail[end:])


def _another_thing(question: str, earlier: _Earlier) -> Words | None:
    """Where does the ferry stop? | And the bus?"""
    new = _about_what(question)
    if not new:
        return None
    begin, thing, rest = (*earlier.ask, earlier.auxiliary), earlier.object, earlier.rest
    if new[0].lower() in _VERBS or not earlier.auxiliary or not earlier.subject:
        return ()
    if earlier.by_speakers:
        last = thing and rest[-len(thing) :] == thing
        return (*begin, *earlier.subject, *rest[: -len(thing)], *new) if last else ()
    many = _plural(new)
    if many != _plural(earlier.subject) or "of" in earlier.subject or (thing and many == _plural(thing)):
        return ()
    # Children may be what a ticket costs something for.
    for_whom = rest[:1] == ("cost",) and new[0].lower() not in _DETERMINERS
    return () if for_whom else (*begin, *new, *rest)


def _name_for_pronoun(question: str, earlier: _Earlier) -> Words | None:
    """Who built it? Otto Lind | When was he born?"""
    found = _pronoun(question)
    if found is None or not (found["person"] or found[0].lower() == "his"):
        return None
    name = earlier.answer.strip(" .")
    asked_who = earlier.ask and earlier.ask[0].lower() in ("who", "whom")
    if not (asked_who and _NAME.fullmatch(name)):
        topic = earlier.topic(plural=False)
        name = " ".join(topic) if topic and topic[0][:1].isupper() else ""
    return _replaced(_led(question), found, name)


def _topic_for_pronoun(question: str, earlier: _Earlier) -> Words | None:
    """When was the bridge built? | How long is it?"""
    found, led = _pronoun(question), _led(question)
    if found is None or found["person"]:
        return None
    topic = () if found["place"] else earlier.topic(plural=_plural((found[0],)))
    # "It" takes time, or costs money, to do what was asked.
    doing = r"(?i)\bit (?:cost|take)" if earlier.by_speakers else r"(?i)\bit take"
    return () if regex.search(doing, led) else _replaced(led, found, " ".join(topic))


def _replaced(question: str, pronoun: regex.Match[str], meant: str) -> Words:
    """The question with what its pronoun stands for."""
    behind = question[pronoun.end() :]
    if not meant or any(not one["place"] for one in _PRONOUN.finditer(behind)):
        return ()
    if pronoun["own"] or (pronoun[0].lower() == "her" and behind):
        meant += "'" if meant.endswith("s") else "'s"
    return (question[: pronoun.start()] + meant + behind,)


RULES: Final = (
    _another_question_word,
    _another_time_or_place,
    _another_thing,
    _name_for_pronoun,
    _topic_for_pronoun,
)
"""Each gives the words of the question; None if it is about something else, () if the rest is unclear."""


def _taken_apart(question: str, answer: str) -> _Earlier:
    words = tuple(question.split())
    first = words[0].lower() if words else ""
    if first not in _AUXILIARIES | _PREPOSITIONS and not regex.fullmatch(_ASK, first):
        return _Earlier((), "", (), (), answer)
    place = next((i for i, word in enumerate(words) if word.lower() in _AUXILIARIES), None)
    if place is None:
        end = 2 if first in ("how", "which", "what", "whose") else 1
        return _Earlier(words[:end], "", (), words[end:], answer)
    ask, auxiliary, behind = words[:place], words[place].lower(), words[place + 1 :]
    end = _end_of_being(behind, ask) if auxiliary in _BE else _end_of_doing(behind)
    return _Earlier(ask, auxiliary, behind[:end], behind[end:], answer)


def _end_of_being(words: Words, ask: Words) -> int:
    """How many words behind "is" are the subject; 0 if that is unclear."""
    if not words:
        return 0
    head = words[: _end_of_noun(words)]
    if len(head) > 1 and _participle(head[-1]):
        return len(head) - 1
    named = _least(words) == 2 or len(words) == 1 or words[0][:1].isupper()
    alone = ask and " ".join(ask).lower() not in ("why", "how")
    return len(head) if named and alone else _noun_and_one(head)


def _end_of_doing(words: Words) -> int:
    """How many words behind "does" or "can" are the subject; 0 if that is unclear."""
    verbs = [place for place in range(_least(words), len(words)) if words[place].lower() in _VERBS]
    # Of two in a row the first is a noun: "a museum visit take".
    acts = (place for place in verbs if place + 1 not in verbs)
    if words and words[0].lower() in _SPEAKERS:
        return 1
    return next(acts, 0) or _noun_and_one(words[: _end_of_noun(words)])


def _noun_and_one(words: Words) -> int:
    """The end of a noun with one word behind it, such as "the boat | sink"."""
    return len(words) - 1 if len(words) == _least(words) + 1 else 0


def _least(words: Words) -> int:
    """The fewest words that a noun at the beginning can have."""
    return 2 if words and words[0].lower() in _DETERMINERS else 1


def _end_of_noun(words: Words, begin: int = 0) -> int:
    ends = (i for i in range(begin, len(words)) if words[i].lower() in _PREPOSITIONS | _JOINING)
    return next(ends, len(words))


def _about_what(question: str) -> Words:
    """What "what about ..." or "and ...?" names; empty for the speakers: of them nothing was asked."""
    led = _led(question)
    named = _ABOUT.sub("", led)
    words = tuple(named.split())
    if named == led:  # a piece of a question: "and interns?", "on Sundays?"
        piece = led != question or led.split(" ")[0].lower() in _PREPOSITIONS
        whole = any(word.lower() in _AUXILIARIES or regex.fullmatch(_ASK, word.lower()) for word in words)
        if not piece or whole or len(words) > _LONGEST_PIECE:
            return ()
    return () if named.lower() in _SPEAKERS else words


def _pronoun(question: str) -> regex.Match[str] | None:
    """The first pronoun, unless it stands for nothing, or for what the question itself names."""
    led = _led(question)
    found = None if _EMPTY.search(led) else _PRONOUN.search(led)
    if found and any(word in _JOINING for word in led[: found.start()].lower().split()[2:]):
        return None
    return found


def _plural(noun: Words) -> bool:
    """Whether it names many: of "days of leave", the first noun tells."""
    words = [word.lower() for word in noun]
    head = words[: words.index("of", 1)] if "of" in words[1:] else words
    return head[-1] in _PLURALS or (
        head[-1].endswith("s") and not head[-1].endswith(("ss", "us", "is", "'s"))
    )


def _participle(verb: str = "") -> str:
    """Of "wrote", written; empty of what is no past or participle."""
    done = _PAST.get(verb.lower(), verb.lower())
    return done if done in _PARTICIPLES or done.endswith(("ed", "en")) else ""


def _plain(question: str) -> str:
    return regex.sub(r"[?!.\s]+$", "", question.strip())


def _led(question: str) -> str:
    """The question without a word such as "and" before it."""
    return _LEAD.sub("", question).strip()
