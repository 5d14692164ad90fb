"""Code switching: questions with words of another language, so that a reader learns to align languages.

Words are replaced by those of a dictionary, as in CoSDA-ML (Qin et al. 2020, arXiv:2006.06402). An encoder
that was pretrained on both languages needs no grammar to see what is asked.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import lru_cache

from llama_demo.text.dictionary import Dictionary

# Share of the words that are replaced: sometimes nearly all, sometimes half of them.
_SHARES = (0.95, 0.95, 0.6)
_LONGEST = 6  # characters of a Chinese word
_LONGEST_MEANING = 4  # words
_HAN = re.compile(r"[一-鿿]+")
_RUN = re.compile(r"[一-鿿]+|[^一-鿿]+")
_ENGLISH_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?|[^A-Za-z]+")
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|[《》·]")
_FIRST = re.compile(r"[;,|].*")
_LEADING = re.compile(r"^to (?=\w)")
_REFERRING = re.compile(r"CL:|surname|variant")
# What a dictionary has no single word for, or the wrong one.
_TO_CHINESE = {
    "what": "什么", "who": "谁", "whom": "谁", "whose": "谁的", "where": "哪里", "when": "什么时候",
    "why": "为什么", "how": "怎样", "which": "哪个", "how many": "多少", "how much": "多少",
    "how long": "多久", "how old": "多大", "what year": "哪一年", "in": "在", "on": "在", "at": "在",
    "from": "从", "with": "和", "not": "不", "is": "是", "are": "是", "was": "是", "were": "是",
    "be": "是", "can": "能", "has": "有", "have": "有", "had": "有", "to": "", "the": "", "a": "",
    "an": "", "of": "的", "did": "", "do": "", "does": "", "by": "被", "for": "为", "and": "和",
    "or": "或", "he": "他", "she": "她", "it": "它", "they": "他们", "his": "他的", "her": "她的",
    "their": "他们的", "its": "它的", "you": "你", "i": "我", "we": "我们",
}  # fmt: skip
_TO_ENGLISH = {
    "什么": "what", "谁": "who", "哪里": "where", "哪儿": "where", "何处": "where", "何时": "when",
    "什么时候": "when", "为什么": "why", "为何": "why", "怎么": "how", "怎样": "how", "如何": "how",
    "哪": "which", "哪个": "which", "哪一个": "which", "哪些": "which", "哪年": "what year",
    "哪一年": "what year", "多少": "how many", "几": "how many", "多久": "how long", "多大": "how big",
    "何": "what", "是": "is", "的": "", "了": "", "在": "in", "于": "in", "和": "and", "与": "and",
    "有": "has", "为": "is", "被": "by", "从": "from", "到": "to", "个": "", "位": "", "之": "",
    "吗": "", "呢": "", "年": "year", "人": "person", "不": "not", "会": "will", "能": "can",
    "对": "to", "因": "because", "因为": "because", "由": "by", "上": "on", "中": "in", "里": "in",
    "时": "when", "地": "", "得": "",
}  # fmt: skip


class CodeSwitcher:
    """Replaces words of English questions by Chinese ones, and the other way round."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._dictionary = dictionary
        self._chinese = lru_cache(maxsize=20_000)(self._chinese_for)
        self._english = lru_cache(maxsize=20_000)(self._english_for)

    def switched(self, text: str, dice: random.Random) -> str:
        """The question with most of its words in the other language."""
        share = dice.choice(_SHARES)
        if _HAN.search(text):
            words = (self._english(word) if dice.random() < share else word for word in self._words(text))
            return re.sub(r" +", " ", " ".join(word for word in words if word)).strip()
        parts = (self._chinese(part) if dice.random() < share else f" {part} " for part in _phrases(text))
        return re.sub(r" +", " ", "".join(parts)).strip()

    def _words(self, text: str) -> Iterator[str]:
        """Split by the longest words of the dictionary, from the left; other scripts stay whole."""
        for run in _RUN.finditer(text):
            rest = run[0]
            if not _HAN.match(rest):
                yield rest.strip()
                continue
            while rest:
                longest = range(min(_LONGEST, len(rest)), 1, -1)
                size = next((n for n in longest if self._english(rest[:n])), 1)
                yield rest[:size]
                rest = rest[size:]

    def _english_for(self, word: str) -> str:
        """The first meaning of a Chinese word; a character without one stays."""
        if word in _TO_ENGLISH:
            return _TO_ENGLISH[word]
        if not _HAN.fullmatch(word):
            return word
        for entry in self._dictionary.look_up(word):
            for gloss in entry.glosses:
                meaning = _LEADING.sub("", _FIRST.sub("", _ASIDE.sub("", gloss)).strip())
                if meaning and len(meaning.split()) <= _LONGEST_MEANING and not _REFERRING.match(meaning):
                    return meaning
        return word if len(word) == 1 else ""

    def _chinese_for(self, part: str) -> str:
        """A Chinese word for an English one; names, blanks and punctuation stay."""
        key = part.lower()
        if key in _TO_CHINESE:
            return _TO_CHINESE[key]
        if not part.strip() or not part[0].isalpha():
            return part.replace(" ", "") if len(part) > 1 else ""
        if part[0].isupper():
            return f" {part} "
        words = [entry.simplified for entry in self._dictionary.look_up(part)]
        # A single character means many things; most words of today have two.
        return next((word for word in words if len(word) == 2), words[0] if words else f" {part} ")


def _phrases(text: str) -> Iterator[str]:
    """Words and the text between them; a question phrase of two words counts as one."""
    parts = _ENGLISH_WORD.findall(text)
    at = 0
    while at < len(parts):
        pair = "".join(parts[at : at + 3]).lower()
        if len(parts) > at + 2 and pair in _TO_CHINESE:
            yield pair
            at += 3
        else:
            yield parts[at].lower() if at == 0 else parts[at]
            at += 1
