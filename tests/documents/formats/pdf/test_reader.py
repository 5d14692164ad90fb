"""A PDF is read in the order in which a person reads it, with all that a viewer shows."""

from __future__ import annotations

import io
import itertools
import textwrap

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText, Text
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from llama_demo.documents.document import BlockKind, Document
from llama_demo.documents.registry import read_document
from llama_demo.errors import DocumentError
from tests.documents.files import pdf, placed

LEFT = [
    "The keeper climbed the tower every",
    "evening to light the great lamp, and",
    "he counted the steps while he went.",
    "Then he wrote the hour into a book.",
]
RIGHT = [
    "In spring the storms came to an end",
    "and the boats came home with salt.",
    "Their crews told of ice and whales,",
    "and nobody on the quay believed it.",
]


def read(data: bytes) -> Document:
    return read_document("a.pdf", data)


def words(data: bytes) -> str:
    return " ".join(read(data).text.split())


def by_lines(top: float = 700.0) -> list[tuple[float, float, str]]:
    """Two columns as some programs draw them: line by line over both."""
    rows = enumerate(zip(LEFT, RIGHT, strict=True))
    return [(x, top - 12 * n, text) for n, row in rows for x, text in zip((72, 320), row, strict=True)]


def test_columns_are_read_one_after_the_other() -> None:
    """Whatever the order in which they were drawn, and a title over both comes first."""
    title = (72.0, 730.0, "A long title that runs over both of the columns of this page, as titles do")
    foot = (72.0, 600.0, "A line below that runs over both of the columns of this page, as some lines do")
    order = " ".join([title[2], *LEFT, *RIGHT, foot[2]])
    assert words(pdf(placed(foot, *by_lines(), title))) == order
    assert words(pdf(placed(title, foot, *sorted(by_lines())))) == order


def test_three_columns_of_different_lengths() -> None:
    """Their lines need not stand side by side."""
    columns = [LEFT, RIGHT[:3], [line[::-1].strip() for line in LEFT]]
    places = [
        (40.0 + 190 * x, 700.0 - 12 * y - 5 * x, text)
        for x, column in enumerate(columns)
        for y, text in enumerate(column)
    ]
    assert words(pdf(placed(*sorted(places, key=lambda one: -one[1])))) == " ".join(itertools.chain(*columns))


def test_narrow_columns_are_no_table() -> None:
    """Their lines have three words or four, and go on where the line before ended."""
    text = (
        "The keeper of the light went up the tower at dusk and lit the great lamp, then he wrote the hour "
        "into a book and counted all the ships that came home from the north with salt and long tales of ice"
    )
    lines = textwrap.wrap(text, 20)
    columns = [
        lines,
        [line.replace("the", "our") for line in lines],
        [line.replace("a", "o") for line in lines],
    ]
    places = [
        (40.0 + 120 * x, 700.0 - 12 * y, line)
        for x, column in enumerate(columns)
        for y, line in enumerate(column)
    ]
    assert words(pdf(placed(*sorted(places, key=lambda one: -one[1])))) == " ".join(itertools.chain(*columns))


def test_running_heads_are_read_once() -> None:
    """They do not part the text that goes on over pages, and can be found; numbers of pages are left out."""
    pages = [
        placed((72, 760, "Report of the harbour"), (72, 700, f"Words of {name}."), (300, 40, str(number)))
        for number, name in enumerate(("one", "two", "three", "four"), 1)
    ]
    assert [(block.text, block.kind) for block in read(pdf(*pages)).blocks] == [
        *((f"Words of {name}.", BlockKind.PARAGRAPH) for name in ("one", "two", "three", "four")),
        ("Report of the harbour", BlockKind.HEADER),
    ]


def test_a_table_is_read_row_by_row() -> None:
    """Also if it was drawn column by column."""
    cells = [
        ["pier", "depth", "keeper"],
        ["west", "4 m", "Ola Berg"],
        ["north", "17 m", "Tilda Moe"],
        ["east", "9 m", "Per"],
    ]
    places = [(72.0 + 120 * x, 700.0 - 14 * y, cells[y][x]) for x, y in itertools.product(range(3), range(4))]
    assert words(pdf(placed(*places))) == " ".join(itertools.chain(*cells))


@pytest.mark.parametrize(
    ("angle", "matrix", "place"),
    [
        (90, "0 1 -1 0", lambda x, y: (792 - y, x)),
        (180, "-1 0 0 -1", lambda x, y: (612 - x, 792 - y)),
        (270, "0 -1 1 0", lambda x, y: (y, 792 - x)),
    ],
)
def test_a_turned_page_is_read_upright(angle: int, matrix: str, place) -> None:  # type: ignore[no-untyped-def]
    """Pages that were scanned or laid out sideways, with columns."""
    turned = [(*place(x, y), text) for x, y, text in by_lines(500.0)]
    data = pdf(placed(*turned, matrix=matrix), page=f"/Rotate {angle}")
    assert words(data) == " ".join([*LEFT, *RIGHT])


def test_slanted_lines_stay_whole() -> None:
    """Such as a stamp across the page; letters that lean are no slanted line."""
    leaning = placed((72.0, 700.0, "The keeper climbed"), matrix="1 0 0.3 1")
    stamp = placed((200.0, 300.0, "DRAFT COPY"), matrix="0.7 0.7 -0.7 0.7")
    assert read(pdf(leaning + " " + stamp)).text == "The keeper climbed\n\nDRAFT COPY"


def test_what_lies_beyond_the_page_is_not_read() -> None:
    """Printers cut it off, and no viewer shows it; the size of pages may stand above them."""
    content = placed((72.0, 700.0, "Shown"), (700.0, 700.0, "Beside"), (72.0, -40.0, "Below"))
    data = pdf(content)
    assert read(data).text == "Shown"
    box = b"/MediaBox [0 0 612 792]"
    larger = b"/MediaBox [0 0 912 792]"
    above = data.replace(box, b" " * len(box)).replace(b"/Type /Pages", b"/Type /Pages " + larger)
    assert read(above).text == "Shown Beside"


def test_paragraphs_stand_apart() -> None:
    """By the distance between their lines, as in print."""
    lines = [(72.0, 700.0 - 12 * n - 12 * (n > 1), text) for n, text in enumerate(LEFT)]
    assert [" ".join(block.text.split()) for block in read(pdf(placed(*lines))).blocks] == [
        f"{LEFT[0]} {LEFT[1]}",
        f"{LEFT[2]} {LEFT[3]}",
    ]


def test_ligatures_are_spelled() -> None:
    """Those of Unicode, and those that fonts keep in places for private use; the rest is counted."""
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def\n"
        b"1 begincodespacerange <00> <FF> endcodespacerange\n"
        b"5 beginbfchar <41> <F001> <42> <FB02> <43> <F735> <44> <0061> <45> <EABC> endbfchar\n"
        b"endcmap end end"
    )
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /ToUnicode 5 0 R >>"
    stream = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(cmap), cmap)
    document = read(pdf("BT /F2 12 Tf 72 700 Td (DADBCE) Tj ET", objects=[font, stream]))
    assert document.text == "afiafl5\N{REPLACEMENT CHARACTER}"
    assert [(notice.key, notice.values) for notice in document.notices] == [
        ("characters_unreadable", {"count": 1})
    ]


def test_hebrew_is_read_from_right_to_left() -> None:
    """As are lines with Latin words in them; their letters stand in the file in the order of the page."""
    letters = dict(zip("abcdefghijklmnopqrstuvwxyz{", "אבגדהוזחטיךכלםמןנסעףפץצקרשת", strict=True))
    pairs = b" ".join(b"<%02X> <%04X>" % (ord(code), ord(letter)) for code, letter in letters.items())
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def\n"
        b"1 begincodespacerange <00> <FF> endcodespacerange\n%d beginbfchar %s endbfchar\nendcmap end end"
    ) % (len(letters), pairs)
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /ToUnicode 5 0 R >>"
    stream = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(cmap), cmap)
    codes = str.maketrans({letter: code for code, letter in letters.items()})

    def drawn(words: str) -> str:
        return words[::-1].translate(codes)

    page = (
        f"BT 1 0 0 1 120 700 Tm /F2 12 Tf ({drawn('המגדלור עומד')} ) Tj /F1 12 Tf (Two words) Tj "
        f"/F2 12 Tf ( {drawn('על הסלע')}) Tj 1 0 0 1 120 680 Tm ({drawn('בכניסה לנמל')}) Tj ET"
    )
    assert words(pdf(page, objects=[font, stream])) == "על הסלע Two words המגדלור עומד בכניסה לנמל"


def written(writer: PdfWriter) -> bytes:
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def test_fields_and_remarks_are_read() -> None:
    """Values with the names of their fields, ticks, text typed onto the page, and remarks as remarks."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("Application"))))
    rest = {"/Ff": NumberObject(0)}
    kinds = [
        {"/FT": "/Tx", "/T": "vessel", "/TU": "Name of the vessel", "/V": "Blue Petrel"},
        {"/FT": "/Ch", "/T": "port", "/V": "Ostermoor"},
        {"/FT": "/Btn", "/T": "insured", "/V": "/Yes", "/AS": "/Yes"},
        {"/FT": "/Tx", "/T": "secret", "/V": "hunter2", "/Ff": 1 << 13},
    ]
    fields = ArrayObject()
    for kind in kinds:
        field = DictionaryObject({NameObject(key): value for key, value in rest.items()})
        for key, value in {"/Type": "/Annot", "/Subtype": "/Widget", **kind}.items():
            named = isinstance(value, str) and value.startswith("/")
            made = (
                NumberObject(value)
                if isinstance(value, int)
                else NameObject(value)
                if named
                else TextStringObject(value)
            )
            field[NameObject(key)] = made
        field[NameObject("/Rect")] = ArrayObject(map(NumberObject, (100, 100, 200, 120)))
        fields.append(writer._add_object(field))
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/Fields"): fields})
    writer.pages[0][NameObject("/Annots")] = fields
    writer.add_annotation(0, FreeText(text="Typed onto it", rect=(10, 10, 90, 40)))
    writer.add_annotation(0, Text(text="Is this right?", rect=(10, 50, 90, 90), title_bar="Ola"))
    assert [(block.text, block.kind, block.page) for block in read(written(writer)).blocks] == [
        ("Application", BlockKind.PARAGRAPH, 1),
        ("Name of the vessel: Blue Petrel", BlockKind.FIELD, 1),
        ("port: Ostermoor", BlockKind.FIELD, 1),
        ("insured: ☒", BlockKind.FIELD, 1),
        ("Typed onto it", BlockKind.PARAGRAPH, 1),
        ("Comment (Ola): Is this right?", BlockKind.COMMENT, 1),
    ]


@pytest.mark.parametrize(
    ("given", "title"), [("Sea  tales", "Sea tales"), ("Untitled", ""), ("(anonymous)", "")]
)
def test_the_title_is_one_that_a_person_gave(given: str, title: str) -> None:
    """Programs fill it in when nobody does."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("Text"))))
    writer.add_metadata({"/Title": given})
    assert read(written(writer)).title == title


def test_headings_come_from_the_table_of_contents() -> None:
    """And stand over what follows, also on later pages."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("Moorings", "Text", "More"))))
    writer.add_outline_item("Depths", 1, parent=writer.add_outline_item("Moorings", 0))
    blocks = read(written(writer)).blocks
    assert [block.headings for block in blocks] == [("Moorings",), ("Moorings",), ("Moorings", "Depths")]


def test_pages_without_text_are_told() -> None:
    """A document of which some pages are pictures is read as far as it has text."""
    entries = b"/Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1"
    picture = b"<< /Type /XObject /Subtype /Image %s >>\nstream\n0\nendstream" % entries
    resources = "/Resources << /Font << /F1 3 0 R >> /XObject << /I 4 0 R >> >>"
    data = pdf("Words", "BT ET q 100 0 0 100 0 0 cm /I Do Q", objects=[picture]).replace(
        b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >>", resources.encode()
    )
    document = read(data)
    assert document.text == "Words"
    assert [(notice.key, notice.values) for notice in document.notices] == [
        ("pages_scanned", {"pages": 1, "count": 2})
    ]


def test_numbers_in_the_text_are_kept() -> None:
    """A total or a year on a line of its own, also if it is the first or the last one of a page."""
    sums = placed((72, 700, "Paid in"), (72, 650, "2026"), (72, 600, "250"), (72, 550, "7"))
    assert words(pdf(sums)) == "Paid in 2026 250 7"
    assert words(pdf(sums, sums)) == "Paid in 2026 250 7 Paid in 2026 250 7"


@pytest.mark.parametrize("number", ["{}", "- {} -", "Page {} of 3", "Seite {}"])
def test_numbers_of_pages_are_left_out(number: str) -> None:
    """They grow by one from page to page, from whatever number on."""
    pages = [
        placed((72, 700, f"Words of {name}."), (300, 40, number.format(at)))
        for at, name in enumerate(("one", "two", "three"), 17)
    ]
    assert words(pdf(*pages)) == "Words of one. Words of two. Words of three."


def test_what_runs_on_all_pages_is_lost_nowhere() -> None:
    """A date at the foot is kept once, and a line in the text that is like a running head stays there."""
    pages = [
        placed(
            (72, 760, "Harbour"),
            (72, 700, word),
            (72, 600, "Harbour"),
            (72, 500, word),
            (72, 40, "2026-11-02"),
        )
        for word in ("one", "two", "three", "four")
    ]
    assert words(pdf(*pages)) == (
        "one Harbour one two Harbour two three Harbour three four Harbour four Harbour 2026-11-02"
    )


def test_a_blank_document_is_not_called_scanned() -> None:
    """Text recognition would find nothing in it; a page that is a picture is another matter."""
    assert read(pdf("", "")).blocks == ()
    entries = b"/Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1"
    picture = b"<< /Type /XObject /Subtype /Image %s >>\nstream\n0\nendstream" % entries
    scanned = pdf("BT ET q 100 0 0 100 0 0 cm /I Do Q", objects=[picture]).replace(
        b"/F2 4 0 R >>", b">> /XObject << /I 4 0 R >>"
    )
    with pytest.raises(DocumentError, match="file_scanned"):
        read(scanned)
