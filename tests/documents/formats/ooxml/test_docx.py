"""A Word document is read as Word shows it."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from llama_demo.documents.document import BlockKind, DocumentNotice
from llama_demo.documents.registry import read_document
from llama_demo.documents.rewriting import open_document
from llama_demo.errors import DocumentError
from tests.documents.files import replaced
from tests.documents.office_files import NAMESPACES, docx, paragraph
from tests.documents.translators import translated

RUN = "<w:r><w:t>{}</w:t></w:r>"


def texts(data: bytes) -> list[str]:
    return [block.text for block in read_document("a.docx", data).blocks]


def test_tracked_changes_read_as_if_accepted() -> None:
    """What was inserted is there, what was deleted or moved away is not, and joined paragraphs are one."""
    inserted, deleted = "<w:ins>{}</w:ins>", "<w:del><w:r><w:delText>{}</w:delText></w:r></w:del>"
    row = "<w:tr>{}<w:tc>" + paragraph("cell {}") + "</w:tc><w:tc>" + paragraph("x") + "</w:tc></w:tr>"
    body = (
        paragraph("Leaves on ", extra=deleted.format("2 April") + inserted.format(RUN.format("14 March")))
        + f"<w:p>{inserted.format(RUN.format('Bring a lantern.'))}</w:p>"
        + f"<w:p><w:moveFrom>{RUN.format('moved')}</w:moveFrom></w:p>"
        + f"<w:p><w:moveTo>{RUN.format('moved')}</w:moveTo></w:p>"
        + paragraph("one ", "<w:rPr><w:del/></w:rPr>")
        + paragraph("paragraph")
        + "<w:tbl>"
        + row.format("<w:trPr><w:del/></w:trPr>", "gone")
        + row.format("<w:trPr><w:ins/></w:trPr>", "new")
        + "</w:tbl>"
    )
    assert texts(docx(body)) == [
        "Leaves on 14 March",
        "Bring a lantern.",
        "moved",
        "one paragraph",
        "cell new | x",
    ]


def test_wrappers_hide_nothing() -> None:
    """Content controls, links, tags, text boxes and choices between drawings, in one another."""
    control = "<w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    box = "<w:txbxContent>" + paragraph("In a box") + "</w:txbxContent>"
    drawn = (
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    linked = f"<w:hyperlink><w:smartTag><w:ins>{RUN.format('deep')}</w:ins></w:smartTag></w:hyperlink>"
    body = (
        paragraph("Number: ", extra=control.format(RUN.format("KX-7781")) + linked)
        + control.format(paragraph("A whole paragraph"))
        + paragraph("Around", extra=drawn)
        + f"<w:customXml>{paragraph('In custom XML')}</w:customXml>"
    )
    assert texts(docx(body)) == [
        "Number: KX-7781deep",
        "A whole paragraph",
        "Around",
        "In a box",
        "In custom XML",
    ]


def test_a_box_that_is_stored_twice_is_translated_once() -> None:
    """Word stores a text box for itself and for older programs; both show the translation."""
    box = "<w:txbxContent>" + paragraph("In a box") + "</w:txbxContent>"
    ways = f"<mc:Choice><wps:txbx>{box}</wps:txbx></mc:Choice><mc:Fallback><v:box>{box}</v:box></mc:Fallback>"
    data = docx(paragraph("Around", extra=f"<w:r><mc:AlternateContent>{ways}</mc:AlternateContent></w:r>"))
    body = open_document("a.docx", data).body
    assert [segment.text for segment in body.segments] == ["Around", "In a box"]
    with zipfile.ZipFile(io.BytesIO(translated(body))) as archive:
        assert archive.read("word/document.xml").count(b"IN A BOX") == 2


def test_hidden_text_is_told_and_stays_as_it_is() -> None:
    """Word shows it on no page; neither the library nor the translator takes it for text."""
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r>"
    shown = '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>also shown</w:t></w:r>'
    data = docx(paragraph("Shown, ", extra=hidden + shown))
    document = read_document("a.docx", data)
    assert document.text == "Shown, also shown"
    assert document.notices == (DocumentNotice("hidden_left_out", {"count": 1}),)
    body = open_document("a.docx", data).body
    assert [segment.text for segment in body.segments] == ["Shown, also shown"]
    with zipfile.ZipFile(io.BytesIO(translated(body))) as archive:
        assert b"secret" in archive.read("word/document.xml")


def test_a_broken_picture_refuses_nothing() -> None:
    """The words are read and translated, and the picture stays as broken as it was."""
    picture = b"\x89PNG" + bytes(range(200))
    data = replaced(docx(paragraph("Words")), "word/media/image1.png", picture)
    packed_at = data.rindex(b"word/media/image1.png", 0, data.rindex(b"PK\x01\x02"))
    broken = bytearray(data)
    checksum = struct.unpack_from("<I", data, packed_at - 16)[0]
    for at in (packed_at - 16, data.rindex(b"word/media/image1.png") - 30):
        assert struct.unpack_from("<I", data, at)[0] == checksum
        struct.pack_into("<I", broken, at, checksum ^ 1)
    after = translated(open_document("a.docx", bytes(broken)).body)
    assert texts(after) == ["WORDS"]
    with zipfile.ZipFile(io.BytesIO(after)) as archive:
        assert archive.read("word/media/image1.png") == picture


def test_notes_and_comments_stand_where_they_are_anchored() -> None:
    """With the numbers that the page shows; a comment is said to be one, with who wrote it."""
    body = (
        paragraph("Nine percent", extra='<w:r><w:footnoteReference w:id="5"/></w:r>' + RUN.format("."))
        + paragraph("Ten", extra='<w:r><w:endnoteReference w:id="2"/><w:commentReference w:id="0"/></w:r>')
        + paragraph("The end")
    )
    data = docx(
        body,
        footnotes=f'<w:footnote w:id="5">{paragraph("But not here.")}</w:footnote>',
        endnotes=f'<w:endnote w:id="2">{paragraph("At last.")}</w:endnote>',
        comments=f'<w:comment w:id="0" w:author="Ola">{paragraph("Really?")}</w:comment>',
    )
    blocks = read_document("a.docx", data).blocks
    assert [(block.text, block.kind) for block in blocks] == [
        ("Nine percent[1].", BlockKind.PARAGRAPH),
        ("[1] But not here.", BlockKind.NOTE),
        ("Ten[i]", BlockKind.PARAGRAPH),
        ("[i] At last.", BlockKind.NOTE),
        ("Comment (Ola): Really?", BlockKind.COMMENT),
        ("The end", BlockKind.PARAGRAPH),
    ]


NUMBERING = (
    '<w:abstractNum w:abstractNumId="0">'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2)"/></w:lvl>'
    "</w:abstractNum>"
    '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="upperRoman"/>'
    '<w:pStyle w:val="Head"/><w:lvlText w:val="Part %1"/></w:lvl></w:abstractNum>'
    '<w:abstractNum w:abstractNumId="2"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="·"/>'
    "</w:lvl></w:abstractNum>"
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/>'
    "</w:lvlOverride></w:num>"
    '<w:num w:numId="3"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="4"><w:abstractNumId w:val="2"/></w:num>'
)
STYLES = (
    '<w:style w:type="paragraph" w:styleId="Head"><w:name w:val="heading 1"/><w:pPr><w:numPr>'
    '<w:numId w:val="3"/></w:numPr></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Sub"><w:name w:val="Own"/><w:basedOn w:val="Head"/>'
    '<w:pPr><w:numPr><w:numId w:val="0"/></w:numPr><w:outlineLvl w:val="1"/></w:pPr></w:style>'
)


def test_numbers_are_those_that_word_shows() -> None:
    """Levels, restarts, numbers that a style brings, and lists that begin elsewhere than at one."""

    def item(number: int, level: int) -> str:
        return paragraph("item", f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')

    places = [(1, 0), (1, 1), (1, 1), (1, 0), (1, 1), (2, 0), (2, 0), (4, 0)]
    body = (
        paragraph("Head", '<w:pStyle w:val="Head"/>')
        + paragraph("Below", '<w:pStyle w:val="Sub"/>')
        + "".join(item(*place) for place in places)
    )
    blocks = read_document("a.docx", docx(body, numbering=NUMBERING, styles=STYLES)).blocks
    shown = ["1.", "1.a)", "1.b)", "2.", "2.a)", "7.", "8."]
    assert [block.text for block in blocks] == [
        "Part III Head",
        "Below",
        *(f"{number} item" for number in shown),
        "item",
    ]
    assert blocks[1].headings == ("Part III Head", "Below")
    assert {block.kind for block in blocks[2:]} == {BlockKind.LIST_ITEM}


def test_tables_have_heads_and_may_stand_in_one_another() -> None:
    """A cell is named by its column; a cell over two rows counts in both; a frame of one cell is none."""

    def row(*cells: str, properties: str = "") -> str:
        return f"<w:tr>{properties}{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"

    heads = row(paragraph("pier"), paragraph("depth"), properties="<w:trPr><w:tblHeader/></w:trPr>")
    begun = '<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>' + paragraph("north")
    inner = "<w:tbl>" + row(paragraph("inner zircon"), paragraph("cell")) + "</w:tbl>"
    body = (
        "<w:tbl>"
        + heads
        + row(begun, paragraph("4 m"))
        + row("<w:tcPr><w:vMerge/></w:tcPr><w:p/>", paragraph("5 m") + inner)
        + "</w:tbl><w:tbl>"
        + row(paragraph("first") + paragraph("second"))
        + "</w:tbl>"
    )
    assert texts(docx(body)) == [
        "pier | depth",
        "pier: north; depth: 4 m",
        "pier: north; depth: 5 m",
        "inner zircon | cell",
        "first",
        "second",
    ]


def test_signs_forms_and_headers() -> None:
    """Hyphens that hold, boxes that are ticked, choices, and what stands on each page, once."""
    choice = '<w:ddList><w:result w:val="1"/><w:listEntry w:val="no"/><w:listEntry w:val="yes"/></w:ddList>'
    box = "<w:checkBox><w:checked/></w:checkBox>"
    field = '<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{}</w:ffData></w:fldChar></w:r>'
    body = (
        "<w:p>" + RUN.format("twenty") + "<w:r><w:noBreakHyphen/><w:t>one</w:t><w:softHyphen/></w:r></w:p>"
        "<w:p>" + field.format(box) + RUN.format("insured: ") + field.format(choice) + "</w:p>"
    )
    head = paragraph("Draft of the ferry rules")
    assert texts(docx(body, header1=head, header2=head, footer1=paragraph("7"))) == [
        "twenty-one",
        "☒ insured: yes",
        "Draft of the ferry rules",
    ]


def test_a_drawing_is_read_and_an_embedded_file_is_told() -> None:
    """SmartArt says what it shows; a document within the document is not opened, and the notice says so."""
    anchor = '<w:r><w:drawing><dgm:relIds r:dm="diagramData1"/></w:drawing></w:r>'
    shapes = "".join(
        f"<dgm:pt><dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t></dgm:pt>" for text in ("Plan", "Do")
    )
    diagram = f"<dgm:dataModel {NAMESPACES}>{shapes}</dgm:dataModel>".encode()
    document = read_document(
        "a.docx", docx(paragraph("Steps", extra=anchor) + '<w:altChunk r:id="x"/>', diagramData1=diagram)
    )
    assert [block.text for block in document.blocks] == ["Steps", "Plan\nDo"]
    assert [(notice.key, notice.values) for notice in document.notices] == [
        ("objects_embedded", {"count": 1})
    ]


def test_a_fault_in_a_part_that_is_not_read_refuses_nothing() -> None:
    """Broken styles cost the styles, and the document says so; a strict document is read like any other."""
    document = read_document("a.docx", docx(paragraph("Words"), styles=b"<broken"))
    assert [block.text for block in document.blocks] == ["Words"]
    assert document.notices[0].values == {"parts": "styles.xml"}


def test_a_strict_document_is_read_and_stays_strict() -> None:
    """The variant of the standard with namespaces of its own, which Word can save."""
    strict = (
        '<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body>'
        f"{paragraph('Strict words')}</w:body></w:document>"
    ).encode()
    data = replaced(docx(""), "word/document.xml", strict)
    assert texts(data) == ["Strict words"]
    after = translated(open_document("a.docx", data).body)
    with zipfile.ZipFile(io.BytesIO(after)) as archive:
        written = archive.read("word/document.xml")
    assert b"STRICT WORDS" in written
    assert b"schemas.openxmlformats.org" not in written


@pytest.mark.parametrize(
    ("document", "key"),
    [
        (b"<broken", "file_damaged"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document_bomb"),
        (b"<a>" + b"<b/>" * 2_000_000 + b"</a>", "document_bomb"),
    ],
)
def test_a_bad_main_part_is_refused(document: bytes, key: str) -> None:
    """Nothing can be read without it."""
    with pytest.raises(DocumentError) as caught:
        read_document("a.docx", replaced(docx(paragraph("x")), "word/document.xml", document))
    assert caught.value.key == key


def test_what_is_referred_to_again_and_again_is_read_once() -> None:
    """A small file that refers to one long note ten thousand times would fill the memory."""
    reference = '<w:r><w:footnoteReference w:id="5"/><w:commentReference w:id="0"/></w:r>'
    long = paragraph("word " * 2_000)
    data = docx(
        paragraph("Text", extra=reference * 10_000),
        footnotes=f'<w:footnote w:id="5">{long}</w:footnote>',
        comments=f'<w:comment w:id="0">{long}</w:comment>',
    )
    document = read_document("a.docx", data)
    assert sum(block.kind is not BlockKind.PARAGRAPH for block in document.blocks) == 2


def table(*rows: tuple[str, ...], heads: bool = False) -> str:
    first = "<w:trPr><w:tblHeader/></w:trPr>" if heads else ""
    made = ("".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows)
    return (
        "<w:tbl>"
        + "".join(f"<w:tr>{'' if n else first}{row}</w:tr>" for n, row in enumerate(made))
        + "</w:tbl>"
    )


@pytest.mark.parametrize("heads", [True, False])
def test_what_stands_beside_a_row_stays_with_it(heads: bool) -> None:
    """Also below a row that has no words of its own, such as one that holds a table."""
    inner = table((paragraph("inner zircon"), paragraph("cell")))
    note = '<w:r><w:footnoteReference w:id="5"/></w:r>'
    rows = [
        (paragraph("pier"), paragraph("depth")),
        ("<w:p/>", inner),
        (paragraph("north"), paragraph("4 m", extra=note)),
    ]
    footnotes = f'<w:footnote w:id="5">{paragraph("At low tide.")}</w:footnote>'
    row = "pier: north; depth: 4 m[1]" if heads else "north | 4 m[1]"
    assert texts(docx(table(*rows, heads=heads), footnotes=footnotes)) == [
        "pier | depth",
        "inner zircon | cell",
        row,
        "[1] At low tide.",
    ]


def test_a_paragraph_without_an_end_is_not_lost() -> None:
    """Its text stays in its cell, before its table and out of its box; in a wrapper it goes on behind it."""
    joined = "<w:rPr><w:del/></w:rPr>"
    box = (
        "<w:r><w:pict><v:textbox><w:txbxContent>"
        + paragraph("In a box")
        + "</w:txbxContent></v:textbox></w:pict></w:r>"
    )
    body = (
        paragraph("before", joined)
        + table((paragraph("last in its cell", joined), paragraph("next cell")))
        + paragraph("around ", joined, extra=box)
        + paragraph("the box")
        + f"<w:sdt><w:sdtContent>{paragraph('in a ', joined)}</w:sdtContent></w:sdt>"
        + paragraph("control")
        + paragraph("end", joined)
    )
    assert texts(docx(body)) == [
        "before",
        "last in its cell | next cell",
        "In a box",
        "around the box",
        "in a control",
        "end",
    ]


def test_signs_of_symbol_fonts() -> None:
    """Those of Symbol and Wingdings are read; others are told."""
    sign = '<w:r><w:sym w:font="{}" w:char="{}"/></w:r>'
    signs = [
        ("Symbol", "F061"),
        ("Symbol", "00B3"),
        ("Wingdings", "F0FE"),
        ("Own Signs", "F041"),
        ("Arial", "2603"),
    ]
    document = read_document(
        "a.docx", docx(paragraph("signs: ", extra="".join(sign.format(*each) for each in signs)))
    )
    assert document.text == "signs: α≥☑\N{REPLACEMENT CHARACTER}☃"
    assert [(notice.key, notice.values) for notice in document.notices] == [
        ("characters_unreadable", {"count": 1})
    ]
