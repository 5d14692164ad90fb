"""Standalone questions from Chinese follow-ups.

Chinese asks in place: 铁桥是谁建的 becomes 铁桥是什么时候建的, one question word for the other.
What a question is about mostly stands first, up to its verb or its question word.
"""

from __future__ import annotations

from typing import Final

import regex

# The longer ones first: 什么时候 goes before 什么.
_ASKS = (
    "什么时候|什么时间|什么地方|什么人|什么样|多长时间|多少钱|哪一年|哪一天|哪个人|哪里|哪儿|哪些|哪个|哪位|哪种|"
    "为什么|为何|怎么样|怎么办|怎样|怎么|如何|几点|几号|几个|几天|几年|几次|多少|多久|多大|多远|多高|多长|多重|"
    "何时|何地|何处|什么|谁|几"
)
_ASK = regex.compile(_ASKS)
_PLACE = regex.compile("哪里|哪儿|什么地方|何处")
_LEAD = regex.compile(
    r"^(那么|然后|还有|另外|所以|可是|但是|不过|而且|那(?![个座趟辆班种些本家条位天年次里边时是]|儿(?!童)))[，,、\s]*"
)
_POLITE = regex.compile(r"^(请问|我想知道|我想问|告诉我|你知道)(一下)?[，,：:\s]*")
_END = regex.compile(r"[呢啊呀吧嘛？?。！!\s]+$")
_WHAT_OF = regex.compile(r"^(?P<what>[^？?]{1,12}?)呢[？?\s]*$")
# Only a question word, perhaps with a conjunction.
_BARE = regex.compile(rf"^(?:那|这|它|这个|那个)?(?:又)?(?:是)?(?P<ask>[在从到]?(?:{_ASKS}))(?:的|了|呢)?$")
_PRONOUN = regex.compile(
    r"它们|他们|她们|它|他|她|[这那](?:个|些|里|儿|边)?(?=[是有在要能会可叫多怎为的吗])|[这那][里儿边]|其中"
)
_PERSON = frozenset("他她")
# 这是谁告诉你的 is about what was said: a sentence, in whose place no name can stand.
_SAID = regex.compile(
    r"[这那](?:个|些|话)?(?:是(?:谁|从哪里|从哪儿|怎么)?(?:告诉|说|听说|知道|[真对假]的)|话|么说)"
)
_SPEAKERS = frozenset("你 您 我 你们 我们".split())
# Such a beginning needs a subject, which the earlier question has.
_HEADLESS = regex.compile(
    rf"^(?:(?:要|需要|能|可以|会|有|在|可|应该|必须|贵|远|大|难|好)[^，,]{{0,5}}|[从到]?(?:{_ASKS})[^，,]{{0,3}})$"
)
_TIME = (
    r"(?:每)?(?:周|星期|礼拜)[一二三四五六日天末]|周末|工作日|节假日|[春夏秋冬](?:天|季)|平时|"
    r"早上|上午|中午|下午|晚上|夜里|今天|明天|昨天|去年|今年|明年|[一二三四五六七八九十\d]+(?:月|号|日|年)"
)
_WHEN = regex.compile(rf"(?:在)?(?:{_TIME})+")
_EVERY = regex.compile(r"(?:每[年天月周次]|一年|一天|现在|通常|一般|最多|至少|大约|一共|总共|(?<!首)都)+$")
# Where the subject ends: at its verb, or at the question word.
_VERB = regex.compile(
    rf"是|在|有|要|需要|能|可以|可不可以|(?<=.)会(?![议员场计])|应该|必须|叫|属于|住|装|长|来自|被|由|从|把|给|对|{_TIME}|{_ASKS}|吗"
)
_OBJECT = regex.compile(r"[了过](?P<object>\p{Han}[^？?，,了过]*)")
_LONGEST_NAME = 12


def completed(question: str, before: str, answer: str) -> str | None:
    """The question with what it leaves out; None if it stands alone, empty if it is unclear what that is.

    Args:
        before: the question before it, which stands alone.
        answer: what was answered to that.
    """
    earlier = _END.sub("", _POLITE.sub("", before))
    found = (rule(question, earlier, answer) for rule in RULES)
    text = next((one for one in found if one is not None), None)
    return f"{text}？" if text else text


def _another_question_word(question: str, before: str, answer: str) -> str | None:
    """食堂几点开门？| 在哪里？"""
    del answer
    bare, here = _BARE.match(_bare(question)), _ASK.search(before)
    if bare is None:
        return None
    ask, subject = bare["ask"], _subject(before)
    if here is None and before.startswith("有"):
        return f"{_topic(before)}{ask}"
    begin, end = here.span() if here else (len(before), len(before))
    if here is None or ask in ("为什么", "为何", "怎么", "如何", "怎样", "怎么样", "怎么办"):
        # These ask about the whole, and stand behind what it is about.
        rest = (before[len(subject) : begin] + before[end:]).removesuffix("吗")
        return f"{subject}{ask}{rest}" if rest else ""
    head = before[:begin].removesuffix("在")
    where = len(head) < begin and _PLACE.match(ask)
    return head + ("在" if where else "") + ask + before[end:]


def _another_thing(question: str, before: str, answer: str) -> str | None:
    """食堂几点开门？| 图书馆呢？"""
    del answer
    what = _what_of(question)
    if not what:
        return None
    subject, former = _subject(before), _WHEN.search(before)
    if not _WHEN.fullmatch(what):
        unclear = not subject or subject in _SPEAKERS or ("的" in subject and "的" not in what)
        return "" if unclear else f"{what}{before[len(subject) :]}"
    if former:
        return before[: former.start()] + what + before[former.end() :]
    return f"{subject}{what}{before[len(subject) :]}"


def _topic_for_pronoun(question: str, before: str, answer: str) -> str | None:
    """铁桥是谁建的？| 它有多长？"""
    rest = _bare(question)
    pronoun = _pronoun(rest)
    if pronoun is None:
        return None
    short = 0 < len(answer) <= _LONGEST_NAME and not regex.search(r"[，。！？\d]", answer)
    named = pronoun[0] in _PERSON and regex.search("谁|什么人|哪位|哪个人", before)
    meant = _topic(before) if not named else answer if short else ""
    return f"{rest[: pronoun.start()]}{meant}{rest[pronoun.end() :]}" if meant else ""


def _topic_in_front(question: str, before: str, answer: str) -> str | None:
    """市博物馆在哪里？| 需要预约吗？"""
    del answer
    rest = _bare(question)
    return f"{_topic(before)}{rest}" if _HEADLESS.match(rest) else None


RULES: Final = (_another_question_word, _another_thing, _topic_for_pronoun, _topic_in_front)
"""Each gives the question; None if it is about something else, empty if the rest is unclear."""


def _what_of(question: str) -> str:
    """What ...呢 names; empty for the speakers themselves (你呢), of whom nothing was asked before."""
    match = _WHAT_OF.match(_led(question))
    return "" if match is None or match["what"] in _SPEAKERS else str(match["what"])


def _led(question: str) -> str:
    return _LEAD.sub("", _POLITE.sub("", question.strip())).strip()


def _bare(question: str) -> str:
    return _END.sub("", _led(question))


def _pronoun(question: str) -> regex.Match[str] | None:
    """The first pronoun, unless the question itself has named what it stands for."""
    if _SAID.search(question):
        return None
    match = _PRONOUN.search(question)
    if match is None or match[0][0] not in "它他她":
        return match
    earlier = question[: match.start()]
    return None if _subject(earlier) and _VERB.search(earlier) else match


def _subject(before: str) -> str:
    """What stands before the verb or the question word."""
    verb = _VERB.search(before)
    head = before[: verb.start()] if verb else before
    return _EVERY.sub("", head)


def _topic(before: str) -> str:
    """What a question is about: its subject, else its object, else all of it but the question word."""
    if subject := _subject(before).removesuffix("的"):
        return subject
    if match := _OBJECT.search(before):
        return str(match["object"])
    return regex.sub(r"^[是在有的]|[是在有的吗]$", "", _ASK.sub("", before))
