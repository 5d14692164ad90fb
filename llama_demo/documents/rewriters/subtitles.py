"""Subtitles (.srt): numbers, times and the number of lines stay; a subtitle's lines are one passage.

Lines that begin with a dash are spoken by different people and are translated one by one. A sentence that
runs over several subtitles is translated in parts.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from llama_demo.documents.encoding import decode
from llama_demo.documents.marks import Mark, Marked, Stack
from llama_demo.documents.rewriters.markdown import joined
from llama_demo.documents.segments import RewritableDocument, SegmentTranslation, has_words
from llama_demo.documents.skeleton import SegmentSlot, Skeleton

LONGEST_CUE = 1_000
"""Characters of a subtitle; a longer one is none, and stays as it is."""

_LINE = regex.compile(r"[^\r\n]*+(?:\r\n|\r|\n)|[^\r\n]++$")
_TIMES = regex.compile(r"\s*\d{1,3}:\d{2}:\d{2}[,.]\d{1,3}\s*-->\s*\d{1,3}:\d{2}:\d{2}[,.]\d{1,3}.*")
_TAG = regex.compile(r"<(?P<end>/?)(?P<name>[A-Za-z]+)[^<>\n]{0,200}>|\{\\[^{}\n]{0,200}\}")
_DASH = regex.compile(r"\s*[-–—‐]\s*")
# What is not parted when lines are made.
_UNIT = regex.compile(
    r"(?:<[^<>]*+>|\{\\[^{}]*+\})*+(?:\s++|[“‘「『（《]*+\p{Han}[\p{Po}\p{Pf}\p{Pe}]*+|[^\s\p{Han}<{]++|.)"
    r"(?:</[^<>]*+>)*+"
)
_SIGNS = regex.compile(r"<[^<>]*+>|\{\\[^{}]*+\}")


def open_subtitles(data: bytes) -> RewritableDocument:
    """Read the file.

    Raises:
        InputError: as :func:`~llama_demo.documents.encoding.decode` and :class:`Skeleton` do.
    """
    decoded = decode(data)
    return Skeleton.of(decoded, _parts(decoded.text))


def _parts(text: str) -> Iterator[str | SegmentSlot]:
    spoken: list[str] = []
    in_cue = False
    for line in [*_LINE.findall(text), ""]:
        if in_cue and line.strip():
            spoken.append(line)
            continue
        yield from _cue(spoken)
        spoken, in_cue = [], bool(_TIMES.fullmatch(line.rstrip("\r\n")))
        yield line


def _cue(lines: list[str]) -> list[str | SegmentSlot]:
    """The lines of one subtitle."""
    if sum(bool(_DASH.match(line)) for line in lines) > 1:
        return [part for line in lines for part in _passage([line], _DASH.match(line))]
    return _passage(lines, None) if lines else []


def _passage(lines: list[str], dash: regex.Match[str] | None) -> list[str | SegmentSlot]:
    prefix = dash[0] if dash else ""
    original = "".join(lines)[len(prefix) :]
    end = original[len(original.rstrip("\r\n")) :]
    original = original[: len(original) - len(end)]
    if len(original) > LONGEST_CUE or not has_words(_SIGNS.sub("", original)):
        return [prefix + original + end]
    breaks = regex.findall(r"\r\n|\r|\n", original)
    text = ""
    for line in original.splitlines():
        text = joined(text, "", line.strip()) if text else line.strip()
    passage = _marked(text)

    def written(translation: SegmentTranslation) -> str:
        flat = SegmentTranslation(regex.sub(r"[\r\n]", " ", translation.text), translation.links)
        wrapped = _wrapped(passage.spelled(flat), len(breaks) + 1)
        return "".join(line + (breaks[i] if i + 1 < len(wrapped) else "") for i, line in enumerate(wrapped))

    return [prefix, SegmentSlot(passage.segment, original, written), end]


def _marked(text: str) -> Marked:
    """Tags that are closed again are marks, others are pins."""
    passage = Marked()
    stack: Stack = ()
    at = 0
    tags = list(_TAG.finditer(text))
    for number, tag in enumerate(tags):
        passage.write(text[at : tag.start()], stack)
        at = tag.end()
        name = tag["name"]
        if name and tag["end"] and stack and stack[-1].close[2:-1] == name:
            stack = stack[:-1]
        elif name and not tag["end"] and any(t["end"] and t["name"] == name for t in tags[number + 1 :]):
            stack = (*stack, Mark(tag[0], f"</{name}>"))
        else:
            passage.pin(tag[0])
    passage.write(text[at:], stack)
    return passage


def _wrapped(text: str, lines: int) -> list[str]:
    """The text in so many lines of about the same width, fewer if it has too few words."""
    units = _UNIT.findall(text)
    widths = [_width(unit) for unit in units]
    whole = sum(widths)
    wrapped: list[str] = []
    line, seen = "", 0.0
    for unit, width in zip(units, widths, strict=True):
        left = lines - len(wrapped)
        full = seen + width / 2 > whole * (len(wrapped) + 1) / lines
        if left > 1 and full and line.strip():
            wrapped.append(line.strip())
            line = ""
        line += unit
        seen += width
    return [*wrapped, line.strip()] if line.strip() else wrapped


def _width(text: str) -> float:
    """Chinese characters are as wide as two letters."""
    return sum(
        2.0 if regex.match(r"\p{Han}|[\u3000-\u303f\uff00-\uffef]", c) else 1.0 for c in _SIGNS.sub("", text)
    )
