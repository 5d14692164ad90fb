"""PDF: the text of each page in reading order, the values of its forms, and what was written onto it.

A document that only shows pictures of pages is told apart. Nothing of it is run: PDFium is built without
scripts here, and links are not followed.
"""

from __future__ import annotations

import contextlib
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from ctypes import POINTER, byref, c_ushort, cast, create_string_buffer

import pypdfium2
import pypdfium2.raw as pdfium

from llama_demo.documents.document import (
    UNREADABLE,
    Block,
    BlockKind,
    Document,
    DocumentNotice,
    Outline,
    comment_text,
    embedded_notices,
)
from llama_demo.documents.formats.pdf.characters import characters
from llama_demo.documents.formats.pdf.page_layout import TextRun, is_right_to_left, lines_in_order
from llama_demo.documents.lines import paragraphs, split_full_stops
from llama_demo.errors import DocumentError

MOST_PAGES = 5_000
_RUNNING = 0.5
"""Share of the pages on which a first or last line must stand to be a running head."""
_FEWEST_PAGES = 4
"""Pages from which a running head can be told."""
_FEWEST_NUMBERED = 3
"""Pages that show that numbers count them; of fewer than six pages, half of them."""
_DIGITS = re.compile("[0-9]{1,6}")
_LONGEST_NUMBER = 40
_PAGE_NUMBER = re.compile(
    r"(?:\b(?:pages?|pg?|seite|s|página|pág|pagina|pag|strona|str|sida|side|стр|страница|of|von|de|di|sur|из)\b"
    r"|[第页頁共/|()\[\].,·–—\s-]|[0-9])+",
    re.IGNORECASE,
)
"""The number of a page, with the words and signs that stand beside it."""
_GAP = 0.7
"""Heights of a line, from which a gap within one parts columns or cells."""
_QUARTER = math.pi / 2
_STRAIGHT = 0.1
"""Part of a quarter of a turn by which lines of a page that was scanned askew may be turned."""
_SLANTED = 4
"""Stands for a direction that is no quarter of a turn."""
_NO_TITLES = frozenset(("untitled", "(anonymous)", "unknown"))
"""What programs write that have no title."""
_PASSWORD_FIELD = 1 << 13
_LONGEST_VALUE = 4 * 1024**2
"""Bytes of a field's value."""
_TICKED = (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON)
_SILENT = (pdfium.FPDF_FORMFIELD_PUSHBUTTON, pdfium.FPDF_FORMFIELD_SIGNATURE, pdfium.FPDF_FORMFIELD_UNKNOWN)


def read(data: bytes, suffix: str) -> Document:
    """Read a PDF.

    Raises:
        DocumentError: ``file_locked``, ``file_damaged``, ``file_scanned``, ``file_too_long``.
    """
    del suffix
    with contextlib.closing(_opened(data)) as pdf:
        if len(pdf) > MOST_PAGES:
            raise DocumentError("file_too_long", limit=MOST_PAGES, count=len(pdf))
        if pdf.get_formtype():
            pdf.init_forms()
        form = pdf.formenv.raw if pdf.formenv else None
        pages = [_Page(pdf, number, form) for number in range(len(pdf))]
        if all(page.damaged for page in pages):
            raise DocumentError("file_damaged")
        if any(page.is_picture for page in pages) and not any(page.lines or page.added for page in pages):
            raise DocumentError("file_scanned", pages=len(pages))
        title = " ".join(pdf.get_metadata_value("Title").split())
        title = "" if title.lower() in _NO_TITLES else title
        return Document(title, tuple(_blocks(pages, _entries(pdf))), tuple(_notices(pdf, pages)))


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    """The document, opened with the empty password if it asks for one, as every viewer does."""
    try:
        pdf = pypdfium2.PdfDocument(data)
        if not len(pdf):
            raise DocumentError("file_damaged")
    except pypdfium2.PdfiumError as exc:
        locked = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
        key = "file_locked" if getattr(exc, "err_code", None) in locked else "file_damaged"
        raise DocumentError(key) from exc
    return pdf


class _Page:
    """A page.

    Attributes:
        lines: of its text, in reading order; empty ones between paragraphs.
        added: values of fields, and remarks.
        unreadable: characters of which the file does not say which they are.
        is_picture: whether a picture is all that is on it.
        damaged: whether it cannot be read.
    """

    def __init__(self, pdf: pypdfium2.PdfDocument, number: int, form: object | None) -> None:
        self.lines: list[str] = []
        self.added: list[tuple[str, BlockKind]] = []
        self.unreadable = 0
        self.is_picture = self.damaged = False
        try:
            page = pdf[number]
        except pypdfium2.PdfiumError:
            self.damaged = True
            return
        with contextlib.closing(page):
            with contextlib.closing(page.get_textpage()) as text:
                self.lines = _upright_lines(text, page.get_bbox())
            self.added = list(_added(page, form))
            if not any(self.lines):
                self.is_picture = any(page.get_objects([pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=2))
        self.unreadable = sum(line.count(UNREADABLE) for line in self.lines)


def _upright_lines(text: pypdfium2.PdfTextPage, shown: tuple[float, float, float, float]) -> list[str]:
    """The lines of each direction of writing, that of most of the text first.

    Args:
        shown: left, bottom, right and top of the page; what lies beyond it is seen by nobody.
    """
    runs: dict[int, list[TextRun]] = {}
    for quarter, run in _runs(text.raw, text.count_chars(), shown):
        runs.setdefault(quarter, []).append(run)
    lines: list[str] = []
    for quarter in sorted(runs, key=lambda each: -sum(len(run.text) for run in runs[each])):
        lines += [*([""] if lines else []), *lines_in_order(runs[quarter])]
    return lines


def _runs(
    text: object, count: int, shown: tuple[float, float, float, float]
) -> Iterator[tuple[int, TextRun]]:
    """Texts without gaps, each with its direction in quarters of a turn, as if it were upright."""
    box = pdfium.FS_RECTF()
    run: _OpenRun | None = None
    for place in range(count):
        code = pdfium.FPDFText_GetUnicode(text, place)
        if code in (0x0D, 0x0A):
            if run:
                yield run.closed()
            run = None
            continue
        sign = characters(code)
        if not pdfium.FPDFText_GetLooseCharBox(text, place, byref(box)) or (sign == " " and run):
            if run:
                run.pieces.append(sign)
            continue
        if _is_beyond(box, *shown):
            continue
        if run and run.ends_before(sign, *_turned(box, run.quarter)):
            yield run.closed()
            run = None
        run = run or _OpenRun(place, _quarter(text, place), *_turned(box, _quarter(text, place)))
        left, _, right, _ = _turned(box, run.quarter)
        run.add(sign, left, right)
    if run:
        yield run.closed()


def _is_beyond(box: pdfium.FS_RECTF, left: float, bottom: float, right: float, top: float) -> bool:
    """Whether a character stands outside of a rectangle."""
    return bool(box.right < left or box.left > right or box.top < bottom or box.bottom > top)


class _OpenRun:
    """A text without gaps that is being read.

    PDFium gives the letters of Hebrew and Arabic in the order of reading, so each step goes to the left.
    """

    def __init__(self, place: int, quarter: int, x0: float, y0: float, x1: float, y1: float) -> None:
        self.pieces: list[str] = []
        self.quarter = quarter
        self._place = place
        self._left, self._bottom, self._right, self._top = x0, y0, x1, y1
        self._is_right_to_left = False

    def ends_before(self, sign: str, x0: float, y0: float, x1: float, y1: float) -> bool:
        """Whether a character stands apart, or is a letter that goes in the other direction."""
        if self.quarter == _SLANTED:
            return False
        height = max(self._top - self._bottom, 1.0)
        overlap = min(self._top, y1) - max(self._bottom, y0)
        if x0 - self._right > _GAP * height or overlap <= 0.2 * min(height, max(y1 - y0, 0.1)):
            return True
        if self._is_right_to_left:
            is_letter = sign.isalpha() and not is_right_to_left(sign)
            return is_letter or self._left - x1 > _GAP * height
        if is_right_to_left(sign) and any(map(str.isalpha, self.pieces)):
            return True
        return x0 < self._left - (self._top - self._bottom)

    def add(self, sign: str, x0: float, x1: float) -> None:
        """Go on with a character."""
        self._is_right_to_left = self._is_right_to_left or is_right_to_left(sign)
        if self._is_right_to_left:
            self._left = min(self._left, x0)
        self._right = max(self._right, x1)
        self.pieces.append(sign)

    def closed(self) -> tuple[int, TextRun]:
        """The direction and the text; slanted lines stand below each other in the order of drawing."""
        text = "".join(self.pieces).strip()
        if self.quarter == _SLANTED:
            return self.quarter, TextRun(text, 0.0, -self._place, 1.0, 0.5 - self._place)
        return self.quarter, TextRun(text, self._left, self._bottom, self._right, self._top)


def _quarter(text: object, place: int) -> int:
    """How far a character is turned to the left, in quarters; PDFium counts to the right."""
    angle: float = pdfium.FPDFText_GetCharAngle(text, place)
    turns = angle / _QUARTER
    if abs(turns - round(turns)) > _STRAIGHT and _is_turned(text, place):
        return _SLANTED
    return -round(turns) % 4


def _is_turned(text: object, place: int) -> bool:
    """Whether the baseline of a character is neither level nor upright; that of slanted letters is level."""
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFText_GetMatrix(text, place, byref(matrix)):
        return False
    small, large = sorted((abs(float(matrix.a)), abs(float(matrix.b))))
    return small > _STRAIGHT * large


def _turned(box: pdfium.FS_RECTF, quarter: int) -> tuple[float, float, float, float]:
    """The left, bottom, right and top of a character, turned so that it stands upright."""
    if quarter == 1:
        return box.bottom, -box.right, box.top, -box.left
    if quarter == 2:
        return -box.right, -box.top, -box.left, -box.bottom
    if quarter == 3:
        return -box.top, box.left, -box.bottom, box.right
    return box.left, box.bottom, box.right, box.top


def _added(page: pypdfium2.PdfPage, form: object | None) -> Iterator[tuple[str, BlockKind]]:
    """Values of fields, text that was typed onto the page, and remarks."""
    for place in range(pdfium.FPDFPage_GetAnnotCount(page.raw)):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, place)
        if not annotation:
            continue
        try:
            kind = pdfium.FPDFAnnot_GetSubtype(annotation)
            if kind == pdfium.FPDF_ANNOT_WIDGET:
                if form is not None and (text := _field(form, annotation)):
                    yield text, BlockKind.FIELD
            elif kind not in (pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_POPUP):
                text = " ".join(_string(annotation, b"Contents").split())
                if text and kind == pdfium.FPDF_ANNOT_FREETEXT:
                    yield text, BlockKind.PARAGRAPH
                elif text and not pdfium.FPDFAnnot_HasKey(annotation, b"StateModel"):
                    author = " ".join(_string(annotation, b"T").split())
                    yield comment_text(text, author), BlockKind.COMMENT
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)


def _field(form: object, annotation: object) -> str:
    """A field's name and value; empty if it has none."""
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in _SILENT or pdfium.FPDFAnnot_GetFormFieldFlags(form, annotation) & _PASSWORD_FIELD:
        return ""
    value = _wide(lambda *room: pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, *room))
    if kind in _TICKED:
        if not pdfium.FPDFAnnot_IsChecked(form, annotation):
            return ""
        value = value if kind == pdfium.FPDF_FORMFIELD_RADIOBUTTON else "☒"
    name = _wide(lambda *room: pdfium.FPDFAnnot_GetFormFieldAlternateName(form, annotation, *room))
    name = name or _wide(lambda *room: pdfium.FPDFAnnot_GetFormFieldName(form, annotation, *room))
    value, name = " ".join(value.split()), " ".join(name.split())
    return f"{name}: {value}" if name and value else value


def _string(annotation: object, key: bytes) -> str:
    return _wide(lambda *room: pdfium.FPDFAnnot_GetStringValue(annotation, key, *room))


def _wide(ask: Callable[[object, int], int]) -> str:
    """A text that PDFium writes as UTF-16 into a place of the size that it asks for."""
    size = ask(None, 0)
    if size <= 2 or size > _LONGEST_VALUE:
        return ""
    room = create_string_buffer(size)
    ask(cast(room, POINTER(c_ushort)), size)
    return room.raw.decode("utf-16-le", "replace").rstrip("\0").replace("\0", "")


def _entries(pdf: pypdfium2.PdfDocument) -> dict[int, list[tuple[int, str]]]:
    """The table of contents: on which page (from 0) which headings begin, with their levels."""
    found: dict[int, list[tuple[int, str]]] = {}
    for entry in pdf.get_toc():
        destination, title = entry.get_dest(), entry.get_title()
        page = None if destination is None else destination.get_index()
        if page is not None and title.strip():
            found.setdefault(page, []).append((entry.level + 1, title))
    return found


def _ends(page: _Page) -> list[int]:
    """The indexes of the first and the last line with text."""
    filled = [at for at, line in enumerate(page.lines) if line]
    return list(dict.fromkeys((*filled[:1], *filled[-1:])))


def _running_heads(pages: Sequence[_Page]) -> list[str]:
    """The lines with which most pages begin or end."""
    counts: Counter[str] = Counter()
    for page in pages:
        counts.update(dict.fromkeys((page.lines[at] for at in _ends(page)), 1))
    is_told = len(pages) >= _FEWEST_PAGES
    return [line for line, count in counts.items() if is_told and count > _RUNNING * len(pages)]


def _page_numbers(pages: Sequence[_Page]) -> set[tuple[int, int]]:
    """The indexes of the pages, and of the lines on them, that number pages: they grow by one a page.

    A sum or a year on a line of its own does not.
    """
    places: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for index, page in enumerate(pages):
        for at in _ends(page):
            line = page.lines[at] if len(page.lines[at]) <= _LONGEST_NUMBER else ""
            for number in _DIGITS.finditer(line if _PAGE_NUMBER.fullmatch(line) else ""):
                words = f"{line[: number.start()]}#{line[number.end() :]}"
                places.setdefault((words, int(number[0]) - index), []).append((index, at))
    fewest = max(2, min(_FEWEST_NUMBERED, len(pages) // 2))
    return {place for found in places.values() if len(found) >= fewest for place in found}


def _without(running: Sequence[str], pages: Sequence[_Page]) -> Iterator[list[str]]:
    """The lines of each page without its number and without running heads."""
    numbers = _page_numbers(pages)
    for index, page in enumerate(pages):
        left_out = {at for at in _ends(page) if page.lines[at] in running or (index, at) in numbers}
        yield [line for at, line in enumerate(page.lines) if at not in left_out]


def _blocks(pages: Sequence[_Page], entries: dict[int, list[tuple[int, str]]]) -> Iterator[Block]:
    outline = Outline()
    running = _running_heads(pages)
    for number, (page, lines) in enumerate(zip(pages, _without(running, pages), strict=True)):
        due = entries.get(number, [])
        for group in split_full_stops(lines):
            for text in paragraphs(group):
                kind = BlockKind.PARAGRAPH
                while due and "".join(text.split()).startswith("".join(due[0][1].split())):
                    outline.enter(*due.pop(0))
                    kind = BlockKind.HEADING if text == outline.path[-1] else kind
                yield Block(text, outline.path, number + 1, kind)
        for entry in due:
            outline.enter(*entry)
        for text, kind in page.added:
            yield Block(text, outline.path, number + 1, kind)
    yield from (Block(line, kind=BlockKind.HEADER) for line in running if any(map(str.isalnum, line)))


def _notices(pdf: pypdfium2.PdfDocument, pages: Sequence[_Page]) -> Iterator[DocumentNotice]:
    """What could not be read."""
    count = len(pages)
    if missing := sum(page.damaged for page in pages):
        yield DocumentNotice("pages_damaged", {"missing": missing, "count": count})
    if pictures := sum(page.is_picture for page in pages):
        yield DocumentNotice("pages_scanned", {"pages": pictures, "count": count})
    if unreadable := sum(page.unreadable for page in pages):
        yield DocumentNotice("characters_unreadable", {"count": unreadable})
    yield from embedded_notices(pdf.count_attachments())
