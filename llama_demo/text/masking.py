"""Masks for verbatim parts: what a translator must not touch stands as numbers while it translates."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass

import regex

from llama_demo.text.layout import SPACELESS
from llama_demo.text.verbatim import Verbatim, find_untranslated
from llama_demo.text.verbatim_patterns import WORD

FORMS = ("number", "file")
"""Kinds of masks, the one that comes through best first."""

# Numbers of five digits and names of files are what our translator learned to copy, and others copy too.
_NUMBERS = ("73156", "48209", "61374", "92583", "37946", "85317", "29461", "54793", "16852", "78235")
_FILES = ("qx_zor.py", "bv_mir.py", "kd_lum.py", "wz_fen.py", "jt_pag.py", "hn_sul.py", "gr_vok.py")
_LETTER = regex.compile(rf"[{WORD}]")
_GLUED = regex.compile(rf"[{WORD}]{{1,12}}")
_SPACES = " \t\u00a0\u202f"
_BEGINNINGS = ("<", "{", "%", "[")
_FRENCH = frozenset("!?:;»")  # marks with a blank before them
_APART = regex.compile(r"[\s\p{Han}，。、；：！？（）「」《》]")  # around what has blanks in other scripts
_ENDS_WORD = regex.compile(r"[\p{L}\p{N},.;:!?]$")
_EDGES = frozenset({"tag"})
_OPENS = regex.compile(r"!?\[|<(?![/!@#:])(?!.*/>)")


@dataclass(frozen=True)
class MaskedText:
    """A text with masks in place of its verbatim parts.

    Attributes:
        text: what is translated.
        lead, tail: tags before and behind it, which need no mask.
    """

    text: str
    lead: str
    tail: str
    _masks: tuple[_Mask, ...]

    def restored(self, translation: str, language: str) -> str | None:
        """The translation with the parts in place of their masks; None unless all are there, in order.

        Args:
            language: of the translation; where it has spaces, they stand as around the originals.
        """
        text, rest = "", translation
        after: _Mask | None = None
        for mask in self._masks:
            found = list(mask.pattern.finditer(rest))
            if len(found) != 1 or (mask.closes and mask.filled and not rest[: found[0].start()].strip()):
                return None
            text = _spaced(text, rest[: found[0].start()], after, mask, language) + mask.part
            rest, after = rest[found[0].end() :], mask
        if any(mask.pattern.search(rest) for mask in self._masks):
            return None
        return self.lead + _spaced(text, rest, after, None, language) + self.tail


@dataclass(frozen=True)
class _Mask:
    """A mask and what it stands for.

    Attributes:
        before, after: whether the original has a blank there, or a script without blanks.
        opens, closes: whether it is a tag that belongs to what follows, or to what goes before.
        filled: whether words stand between it and the mask before.
    """

    part: str
    pattern: regex.Pattern[str]
    before: bool
    after: bool
    opens: bool
    closes: bool
    filled: bool


def mask_verbatim(text: str, form: str = FORMS[0]) -> MaskedText:
    """Mask the parts of a sentence that are the same in every language.

    Args:
        form: kind of masks, one of :data:`FORMS`.
    """
    parts = list(_joined(text, find_untranslated(text)))
    begin, end = _core(text, parts)
    free = (each for each in (_NUMBERS if form == "number" else _FILES) if each not in text)
    masks: list[_Mask] = []
    masked, seen = "", begin
    for part in parts:
        if not begin <= part.start < end or (name := next(free, None)) is None:
            continue
        left, right = text[begin : part.start], text[part.end : end]
        masks.append(_mask(part, name, left, right, filled=bool(text[seen : part.start].strip())))
        masked += text[seen : part.start]
        masked += (
            " " * (masked[-1:].isalnum())
            + name
            + " " * (right[:1].isalnum() or right.startswith(_BEGINNINGS))
        )
        seen = part.end
    return MaskedText(masked + text[seen:end], text[:begin], text[end:], tuple(masks))


def _mask(part: Verbatim, name: str, left: str, right: str, *, filled: bool) -> _Mask:
    # Stand for a character, which has blanks around it only if the original has.
    escape = part.kind == "entity" or (part.kind == "code" and part.text.startswith("\\"))
    # Translators write thousands with their separator.
    body = r"[.,’'\u00a0\u202f ]?".join((name[:2], name[2:])) if name.isdigit() else regex.escape(name)
    return _Mask(
        part.text,
        regex.compile(rf"(?<!\d){body}(?!\d)", regex.IGNORECASE),
        before=not left or bool(_APART.match(left[-1])),
        after=not right or bool(_APART.match(right[0])),
        opens=escape or (part.kind in ("tag", "link") and bool(_OPENS.match(part.text))),
        closes=part.text.startswith(("</", "](")) or escape,
        filled=filled,
    )


def _joined(text: str, parts: list[Verbatim]) -> Iterator[Verbatim]:
    """The parts with the letters that are glued to a placeholder, as in ``%dpx``, or to one in HTML."""
    end = 0
    for number, part in enumerate(parts):
        start, stop = part.start, part.end
        letter = part.kind == "entity" and _LETTER.match(html.unescape(part.text))
        if part.kind == "placeholder" or letter:
            following = parts[number + 1].start if number + 1 < len(parts) else len(text)
            if behind := _GLUED.match(text, stop, following):
                stop = behind.end()
            while start > end and _LETTER.match(text[start - 1]):
                start -= 1
        yield Verbatim(part.kind, text[start : part.start] + part.text + text[part.end : stop], start, stop)
        end = stop


def _core(text: str, parts: list[Verbatim]) -> tuple[int, int]:
    """What is left without tags, and blanks, at both ends."""
    begin, end = 0, len(text)
    for part in parts:
        if part.kind not in _EDGES or text[begin : part.start].strip():
            break
        begin = part.end
    for part in reversed(parts):
        if part.kind not in _EDGES or part.start < begin or text[part.end : end].strip():
            break
        end = part.start
    core = text[begin:end]
    return begin + len(core) - len(core.lstrip()), end - len(core) + len(core.rstrip())


def _spaced(text: str, between: str, after: _Mask | None, before: _Mask | None, language: str) -> str:
    """A translation so far and what follows up to the next mask, with blanks as around the originals."""
    if after is not None:
        between = _led(between, after, language)
    if before is not None:
        between = _ended(text, between, before, language)
    return text + between


def _led(between: str, mask: _Mask, language: str) -> str:
    bare = between.lstrip(_SPACES)
    if language == "fr" and bare[:1] in _FRENCH:
        return between
    if not mask.after and (mask.opens or not bare[:1].isalnum()):
        return bare
    if mask.after and language not in SPACELESS and between[:1].isalnum():
        return " " + between
    return between


def _ended(text: str, between: str, mask: _Mask, language: str) -> str:
    bare = between.rstrip(_SPACES)
    if not mask.before and (mask.closes or not (bare or text)[-1:].isalnum()):
        return bare
    if mask.before and language not in SPACELESS and _ENDS_WORD.search(between or text):
        return between + " "
    return between
