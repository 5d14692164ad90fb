"""Templates of sentence pairs that differ in one group word.

A template is a line such as ``The _ said that [he|she] was tired.``: the brackets hold the words of the two
groups, and the blank takes each attribute in turn. For a translator a line holds a sentence and its
translation, ``那位_说自己累了。 = The _ said that [he|she] was tired.``, and an attribute both words,
``医生 = doctor``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from llama_demo.errors import InputError

_PAIR = re.compile(r"[\[［【]([^\[\]［］【】|｜]*)[|｜]([^\[\]［］【】|｜]*)[\]］】]")
_BLANK = re.compile("[_＿]+")
_EQUALS = re.compile(r"\s*[=＝]\s*")


@dataclass(frozen=True)
class MinimalPair:
    """Two sentences that differ in one word.

    Attributes:
        template: its place among the templates.
        attribute: what stands in the blank, or what the sentences are compared with; of a translation the
            source's word, with the translated one where another attribute has the same.
        groups: the two words.
        source: the sentence that both are translations of; empty for other models.
    """

    template: int
    attribute: str
    first: str
    second: str
    groups: tuple[str, str]
    source: str = ""


def lines_of(text: str) -> list[str]:
    """The lines that are not empty, each once, with single blanks."""
    return list(dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip()))


def filled_pairs(templates: Sequence[str], attributes: Sequence[str]) -> Iterator[MinimalPair]:
    """Each template with each attribute in its blank.

    Raises:
        InputError: ``bias_no_pair`` or ``bias_no_blank``, with the number of the line.
    """
    return _pairs(templates, attributes, blank=True)


def compared_pairs(templates: Sequence[str], attributes: Sequence[str]) -> Iterator[MinimalPair]:
    """Each template with each attribute, which stands in no sentence.

    Raises:
        InputError: ``bias_no_pair`` or ``bias_blank``, with the number of the line.
    """
    return _pairs(templates, attributes, blank=False)


def _pairs(templates: Sequence[str], attributes: Sequence[str], *, blank: bool) -> Iterator[MinimalPair]:
    for place, template in enumerate(templates):
        first, second, groups = _both(template, place)
        _check_blank(template, place, wanted=blank)
        for attribute in attributes:
            yield MinimalPair(place, attribute, _filled(first, attribute), _filled(second, attribute), groups)


def translated_pairs(templates: Sequence[str], attributes: Sequence[str]) -> Iterator[MinimalPair]:
    """Each sentence with two translations of it that differ in one word.

    Raises:
        InputError: ``bias_no_translation``, ``bias_no_pair`` or ``bias_no_blank``, with the line's number.
    """
    words = list(dict.fromkeys(_sides(attribute, place) for place, attribute in enumerate(attributes)))
    count = Counter(word for word, _ in words)
    for place, template in enumerate(templates):
        source, target = _sides(template, place)
        first, second, groups = _both(target, place)
        for side in (source, target):
            _check_blank(side, place, wanted=True)
        for word, translated in words:
            name = word if count[word] == 1 else f"{word} = {translated}"
            both = _filled(first, translated), _filled(second, translated)
            yield MinimalPair(place, name, *both, groups, _filled(source, word))


def _both(template: str, place: int) -> tuple[str, str, tuple[str, str]]:
    """The template with the word of either group, and the two words."""
    found = _PAIR.search(template)
    if found is None or len(_PAIR.findall(template)) > 1 or found[1].strip() == found[2].strip():
        raise InputError("bias_no_pair", line=place + 1)
    groups = found[1].strip(), found[2].strip()
    first, second = (template[: found.start()] + word + template[found.end() :] for word in groups)
    return first, second, groups


def _check_blank(template: str, place: int, *, wanted: bool) -> None:
    if bool(_BLANK.search(template)) != wanted:
        raise InputError("bias_no_blank" if wanted else "bias_blank", line=place + 1)


def _filled(sentence: str, attribute: str) -> str:
    return _BLANK.sub(lambda _: attribute, sentence)


def _sides(line: str, place: int) -> tuple[str, str]:
    sides = _EQUALS.split(line)
    if len(sides) != 2 or not all(sides):
        raise InputError("bias_no_translation", line=place + 1)
    return sides[0], sides[1]
