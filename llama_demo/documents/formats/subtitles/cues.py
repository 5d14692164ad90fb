"""Cues of subtitles: what is said as blocks, and as segments that keep their tags and number of lines."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import regex

from llama_demo.documents.document import Block, BlockKind
from llama_demo.documents.lines import join_wrapped
from llama_demo.documents.marks import Mark, Marked, Stack
from llama_demo.documents.segments import SegmentTranslation, has_words
from llama_demo.documents.skeleton import SegmentSlot

LONGEST_CUE = 1_000
"""Characters of a cue's paragraph; a longer one is none, and stays as it is."""

_STRETCH, _PAUSE = 60, 5
"""Seconds: the longest stretch of a block, and the pause that ends one."""

TAG = regex.compile(
    r"<(?P<end>/?)(?P<name>[A-Za-z]+)[^<>\n]{0,200}>|<[\d:.]{5,12}>|\{\\[^{}\n]{0,2000}\}"
    r"|\{[A-Za-z]:[^{}\n]{0,100}\}"
    r"|(?P<entity>&(?:amp|lt|gt|nbsp|lrm|rlm|quot|\#\d{1,7});)"
)
"""Markup of SubRip and WebVTT."""
SUBSTATION_TAG = regex.compile(rf"{TAG.pattern}|\{{[^{{}}\n]{{0,2000}}\}}|(?P<entity>\\h)")
"""The same where all braces are tags or comments, and ``\\h`` is a blank."""
_BREAK = r"(?i:<br\s*/?>)?(?:\r\n|\r|\n)|(?i:<br\s*/?>)"
_MARKUP = re.compile(r"[<{&\\]")
_DASH = regex.compile(r"\s*[-–—‐]\s*")
# What is not parted when lines are made.
_UNIT = regex.compile(
    r"(?:<[^<>]*+>|\{[^{}]*+\})*+(?:\s++|[“‘「『（《]*+\p{Han}[\p{Po}\p{Pf}\p{Pe}]*+|[^\s\p{Han}<{]++|.)"
    r"(?:</[^<>]*+>)*+"
)
_WIDE = regex.compile(r"\p{Han}|[\u3000-\u303f\uff00-\uffef]")


@dataclass(frozen=True)
class Cue:
    """What is said from one time to another.

    Attributes:
        start, end: in seconds.
        lines: as they stand in the file, with what ends each of them.
        tag: what is markup in them, such as :data:`TAG`.
    """

    start: int
    end: int
    lines: Sequence[str]
    tag: regex.Pattern[str] = TAG

    @property
    def text(self) -> str:
        """The words, without tags."""
        words = (self.tag.sub(_shown, line) if _MARKUP.search(line) else line for line in self.lines)
        return " ".join(" ".join(words).split())


def blocks(cues: Iterable[Cue]) -> Iterator[Block]:
    """Stretches of about a minute, each under the time at which it begins."""
    said: list[str] = []
    begin = last = 0
    for cue in cues:
        if said and (cue.start - begin >= _STRETCH or cue.start - last >= _PAUSE):
            yield Block("\n".join(said), (clock(begin),), kind=BlockKind.CUE)
            said = []
        begin, last = (begin if said else cue.start), cue.end
        if words := cue.text:
            said.append(words)
    if said:
        yield Block("\n".join(said), (clock(begin),), kind=BlockKind.CUE)


def _shown(tag: regex.Match[str]) -> str:
    if entity := tag["entity"]:
        return " " if entity == r"\h" else html.unescape(entity)
    return " " if (tag["name"] or "").lower() == "br" else ""


def clock(seconds: int) -> str:
    """A time as ``hours:minutes:seconds``."""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def parts(lines: Sequence[str]) -> Iterator[str | SegmentSlot]:
    """The lines of a cue: each paragraph is a segment, and each line that begins with a dash of several."""
    paragraph: list[str] = []
    for line in (*lines, ""):
        if line.strip():
            paragraph.append(line)
            continue
        if sum(bool(_DASH.match(each)) for each in paragraph) > 1:
            for each in paragraph:
                dash = _DASH.match(each)
                yield from passage(each, dash[0] if dash else "")
        elif paragraph:
            yield from passage("".join(paragraph))
        paragraph = []
        yield line


def passage(
    text: str, prefix: str = "", line_break: str = _BREAK, tag: regex.Pattern[str] = TAG
) -> Iterator[str | SegmentSlot]:
    """A paragraph of a cue as a slot, with what stands before and behind it.

    Args:
        prefix: beginning of the text that stays.
        line_break: expression for what parts lines within it.
        tag: what is markup in it.
    """
    original = text[len(prefix) :].rstrip("\r\n")
    end = text[len(prefix) + len(original) :]
    yield prefix
    if len(original) > LONGEST_CUE or not has_words(tag.sub("", original)):
        yield original + end
        return
    breaks = regex.findall(line_break, original)
    whole = ""
    for line in regex.split(line_break, original):
        whole = join_wrapped(whole, line.strip())
    marked = _marked(whole, tag)
    has_entities = any((each["entity"] or "").startswith("&") for each in tag.finditer(whole))

    def escaped(text: str) -> str:
        return html.escape(text, quote=False) if has_entities else text

    def written(translation: SegmentTranslation) -> str:
        flat = SegmentTranslation(regex.sub(r"[\r\n]", " ", translation.text), translation.links)
        wrapped = _wrapped(marked.spelled(flat, escaped), len(breaks) + 1)
        return "".join(line + (breaks[i] if i + 1 < len(wrapped) else "") for i, line in enumerate(wrapped))

    yield SegmentSlot(marked.segment, original, written)
    yield end


def _marked(text: str, pattern: regex.Pattern[str]) -> Marked:
    """Tags that are closed again are marks, others are pins."""
    passage = Marked()
    stack: Stack = ()
    at = 0
    tags = list(pattern.finditer(text))
    for number, tag in enumerate(tags):
        passage.write(text[at : tag.start()], stack)
        at = tag.end()
        name = tag["name"]
        if tag["entity"]:
            passage.write(_shown(tag), stack)
        elif name and tag["end"] and stack and stack[-1].close[2:-1] == name:
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
    return sum(2.0 if _WIDE.match(c) else 1.0 for c in TAG.sub("", text))
