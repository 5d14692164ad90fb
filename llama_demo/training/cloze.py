"""Cloze questions: a phrase of a passage becomes a question word, the rest of its sentence the question.

They teach what answers a small reader sees too few real questions for: which part of a passage fills a gap,
and that "when" asks for a time and "多少" for a number (Lewis et al. 2019, arXiv:1906.04980).
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from llama_demo.training.reader.corpus import Passage, Question

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_NUMBER_WORDS = "two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|hundred|thousand|million"


@dataclass(frozen=True)
class _Kind:
    """Phrases of one kind, and the words that ask for them."""

    pattern: re.Pattern[str]
    words: tuple[str, ...]


def _kind(words: str, *patterns: str) -> _Kind:
    return _Kind(re.compile("|".join(patterns)), tuple(words.split("/")))


_ENGLISH = (
    _kind(
        "when/what year/when", rf"\b(?:in |on )?(?:(?:{_MONTHS})(?: \d+)?(?:,? \d{{4}})?|1\d{{3}}|20\d\d)\b"
    ),
    _kind("how many/how much/what number of", rf"(?i)\b(?:\d[\d,.]*|(?:{_NUMBER_WORDS}))(?: [a-z]+)?\b"),
    _kind("who/what/which/where", r"(?<=[a-z,] )(?:[A-Z][\w'-]+)(?: (?:of |the )?[A-Z][\w'-]+)*"),
    _kind("where", r"\b(?:in|at|from|to|into|under|near|on) (?:the|a|an|his|her|their) [a-z]+(?: [a-z]+)?\b"),
    _kind("why/what for", r"\b(?:because|since|so that|in order to|to) [a-z][^,.;!?\"]{8,70}"),
    _kind("what/which thing/who/what", r"\b(?:the|a|an|his|her|their|some) (?:[a-z]+ )?[a-z]+\b"),
    _kind("what/what happened/how", r"(?<=[,;] )[a-z][^,.;!?\"]{12,70}"),
)
_CHINESE = (
    _kind(
        "何时/什么时候/哪一年/哪年/几年",
        r"(?:公元前?)?[0-9一二三四五六七八九十〇]{1,4}(?:年|世纪|月)(?:[0-9]{1,2}月)?(?:[0-9]{1,2}[日号])?",
    ),
    _kind(
        "多少/几个/多少",
        r"(?:约|近)?[0-9][0-9,.]*(?:多|余)?[万亿千百]*[^\s，。、（）0-9]{1,2}",
        r"[两三四五六七八九十百千]+[个位名种座次条人]",
    ),
    _kind("什么/哪部作品/哪本书", r"(?<=[《「“『])[^《》「」“”『』]{2,16}(?=[》」”』])"),
    _kind("谁/什么人/哪个人", r"[一-鿿]{1,4}[·•][一-鿿·•]{1,8}"),
    _kind("哪里/何处/什么地方/哪个地方", r"(?<=[在于到从至])[一-鿿]{2,6}(?=[，。、的举成出建担任])"),
    _kind(
        "哪里/哪个地方/什么地方/哪个",
        r"[一-鿿]{2,6}(?:省|市|县|国|区|州|岛|山|河|江|湖|大学|公司|学院|镇|街|路)",
    ),
    _kind("什么原因/为什么/为何", r"(?<=因为|由于)[^，。；]{4,30}"),
    _kind("什么/怎么样/怎样/如何/为什么", r"(?<=[，；：])[^，。；：！？]{6,40}(?=[。；])"),
    _kind("什么/谁/哪个/什么", r"(?<=[是为叫称])[^，。；的是为]{2,12}(?=[，。；])"),
    _kind("什么/谁/哪个", r"[一-鿿]{2,5}(?=[、，。])"),
)
_SENTENCES = {"en": re.compile(r"[^.!?\n]+[.!?]?[\"']?"), "zh": re.compile(r"[^。！？\n]+[。！？]?[”」]?")}
# Of the words around the gap so many are left out.
_DROPPED = 0.35


def cloze(passage: Passage, language: str, dice: random.Random) -> Question | None:
    """A question about a sentence of ``passage``; ``None`` if no tried sentence has such a phrase."""
    sentences = [found.span() for found in _SENTENCES[language].finditer(passage.text)]
    for _ in range(4):
        start, end = dice.choice(sentences)
        kind = dice.choice(_ENGLISH if language == "en" else _CHINESE)
        phrases = list(kind.pattern.finditer(passage.text, start, end))
        if not 12 <= end - start <= 400 or not phrases:
            continue
        phrase = dice.choice(phrases)
        before, after = passage.text[start : phrase.start()], passage.text[phrase.end() : end]
        ask = _ask_english if language == "en" else _ask_chinese
        text = ask(before, dice.choice(kind.words), after, dice)
        if len(text) > 12:
            return Question(text, passage, (phrase.span(),))
    return None


def _ask_english(before: str, word: str, after: str, dice: random.Random) -> str:
    front = _some(re.findall(r"[\w'-]+", before)[-dice.randint(3, 12) :], dice)
    behind = _some(re.findall(r"[\w'-]+", after)[: dice.randint(3, 12)], dice)
    words = [word, *front, *behind] if dice.random() < 0.7 else [*front, word, *behind]
    if dice.random() < 0.4:
        words.insert(1, dice.choice(("did", "is", "was", "does", "were", "are")))
    return " ".join(words).capitalize() + "?"


def _ask_chinese(before: str, word: str, after: str, dice: random.Random) -> str:
    front, behind = before[-dice.randint(6, 24) :], after[: dice.randint(4, 18)]
    front, behind = (_thinned(part, dice) for part in (front, behind))
    text = f"{front}{word}{behind}" if dice.random() < 0.5 else f"{behind}{front}{word}"
    return text.strip("，。、；：") + "？"


def _thinned(text: str, dice: random.Random) -> str:
    """The text without most of its punctuation and some of its pairs of characters."""
    kept = "".join(_some([text[i : i + 2] for i in range(0, len(text), 2)], dice))
    return re.sub(r"[，。；：、“”「」（）]", lambda found: found[0] if dice.random() < 0.2 else "", kept)


def _some(parts: list[str], dice: random.Random) -> list[str]:
    return [part for part in parts if dice.random() > _DROPPED]
