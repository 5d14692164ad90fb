"""The forms in which an English word of a term may stand in a text."""

from __future__ import annotations

_SHORTEST = 3
_CONSONANTS = frozenset("bcdfghjklmnpqrstvwxz")


def inflections(word: str) -> frozenset[str]:
    """The word with its regular endings: ``-s``, ``-ed``, ``-ing``; itself alone if it is not English.

    All that the endings may do to a word is done, so that some of the forms are no words; nobody means
    anything else by them. Irregular forms are terms of their own.
    """
    if len(word) < _SHORTEST or not (word.isascii() and word.isalpha()):
        return frozenset((word,))
    stems = {word}
    if word[-1] in _CONSONANTS and word[-2] not in _CONSONANTS:
        stems.add(word + word[-1])
    forms = {stem + ending for stem in stems for ending in ("s", "es", "ed", "ing")}
    if word.endswith("e"):
        forms |= {f"{word}d", f"{word[:-1]}ing"}
    if word.endswith("y"):
        forms |= {f"{word[:-1]}ies", f"{word[:-1]}ied"}
    return frozenset(forms | {word})
