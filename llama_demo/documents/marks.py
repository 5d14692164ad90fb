"""Markup inside a line: opening and closing signs as styles of a passage, and back as signs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import regex

from llama_demo.documents.segments import DocumentSegment, SegmentTranslation, StyledSpan
from llama_demo.documents.style_projection import Pin, StyledRun, placed

_TIGHT = regex.compile(r"^[\s\p{P}]++|[\s\p{P}]++$")
_LOOSE = regex.compile(r"^\s++|\s++$")


@dataclass(frozen=True, eq=False)
class Mark:
    """A pair of signs around some text, such as ``**``; each occurrence is one of its own.

    Attributes:
        tight: whether blanks and punctuation inside its edges would keep it from working.
    """

    open: str
    close: str
    tight: bool = False


Stack = tuple[Mark, ...]
"""The marks that are open at a place, the outermost first."""


class Marked:
    """A passage with markup, taken apart from left to right."""

    def __init__(self) -> None:
        self._text = ""
        self._styles: list[StyledSpan] = []
        self._stacks: list[Stack] = []
        self._pins: list[int] = []
        self._signs: list[str] = []
        self._shown: list[str] = []

    def write(self, text: str, stack: Stack = (), *, kept: bool = False, shown: str | None = None) -> None:
        """Go on with this text under these marks.

        Args:
            kept: whether it is the same in every language.
            shown: what a reader sees of it, if that is something else.
        """
        self._shown.append(text if shown is None else shown)
        if text and (stack or kept):
            start = len(self._text)
            self._styles.append(StyledSpan(start, start + len(text), len(self._stacks), kept))
            self._stacks.append(stack)
        self._text += text

    def pin(self, sign: str, shown: str = "") -> None:
        """Something stands here that is not translated; a reader sees ``shown``."""
        self._shown.append(shown)
        self._pins.append(len(self._text))
        self._signs.append(sign)

    @property
    def shown(self) -> str:
        """What a reader of the document sees."""
        return "".join(self._shown)

    @property
    def segment(self) -> DocumentSegment:
        """What is to be translated."""
        return DocumentSegment(self._text, tuple(self._styles), tuple(self._pins))

    def spelled(
        self, translation: SegmentTranslation, escaped: Callable[[str], str] = lambda text: text
    ) -> str:
        """The translation with the markup in it.

        Args:
            escaped: spells text so that nothing in it is markup; not applied to what is kept.
        """
        kept = {styled.style for styled in self._styles if styled.kept}
        pieces = _loosened(placed(self.segment, translation), self._stacks)
        written = ""
        open_marks: Stack = ()
        for piece in pieces:
            if isinstance(piece, Pin):
                written += self._signs[piece.number]
                continue
            stack = () if piece.style is None else self._stacks[piece.style]
            written += _turn(open_marks, stack)
            written += piece.text if piece.style in kept else escaped(piece.text)
            open_marks = stack
        return written + _turn(open_marks, ())


def _turn(before: Stack, after: Stack) -> str:
    """The signs between text under these marks and text under those."""
    same = 0
    while same < min(len(before), len(after)) and before[same] is after[same]:
        same += 1
    closing = "".join(mark.close for mark in reversed(before[same:]))
    return closing + "".join(mark.open for mark in after[same:])


def _loosened(pieces: Sequence[StyledRun | Pin], stacks: Sequence[Stack]) -> list[StyledRun | Pin]:
    """Blanks at the edges of marks, and punctuation at those of tight ones, put outside."""
    loose: list[StyledRun | Pin] = []
    for piece in pieces:
        stack = stacks[piece.style] if isinstance(piece, StyledRun) and piece.style is not None else ()
        if isinstance(piece, StyledRun) and stack:
            text = (_TIGHT if any(mark.tight for mark in stack) else _LOOSE).sub("", piece.text)
            before, _, after = piece.text.partition(text) if text else (piece.text, "", "")
            parts = [StyledRun(before), StyledRun(text, piece.style), StyledRun(after)]
            loose += [part for part in parts if part.text]
        else:
            loose.append(piece)
    return loose
