"""Exact match and F1 of a marked answer against the reference answers.

English as SQuAD counts (Rajpurkar et al. 2016, arXiv:1606.05250): small letters, without articles and
punctuation; F1 of the words that both have. Chinese as CMRC 2018 counts (Cui et al. 2019, arXiv:1810.07366):
characters without punctuation; F1 of the longest stretch that both have.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher

_PUNCTUATION = frozenset(string.punctuation + "，。、；：？！“”‘’「」『』（）《》〈〉【】—…·～•")
_HAN = re.compile(r"[㐀-鿿]")
_UNITS = re.compile(r"[㐀-鿿]|[^\s㐀-鿿]+")


def best_scores(found: str, answers: Iterable[str]) -> tuple[float, float]:
    """Exact match and F1 of ``found`` with the nearest of ``answers``, 0 to 1 each."""
    scores = [(float(_units(found) == _units(answer)), f1(found, answer)) for answer in answers]
    return max(exact for exact, _ in scores), max(score for _, score in scores)


def f1(found: str, answer: str) -> float:
    """F1 of the two, by the measure of the answer's language."""
    one, other = _units(found), _units(answer)
    if not one or not other:
        return float(one == other)
    if _HAN.search(answer):
        same = SequenceMatcher(None, one, other, autojunk=False).find_longest_match().size
    else:
        same = sum((Counter(one) & Counter(other)).values())
    return 2 * same / (len(one) + len(other))


def _units(text: str) -> list[str]:
    """Chinese characters and words of other scripts, in small letters."""
    kept = "".join(" " if c in "-–" else c for c in text.lower() if c not in _PUNCTUATION or c in "-–")
    units = _UNITS.findall(kept)
    return units if _HAN.search(text) else [unit for unit in units if unit not in ("a", "an", "the")]
