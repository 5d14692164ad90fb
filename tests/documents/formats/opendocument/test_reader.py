"""OpenDocument texts, sheets and slides are read as LibreOffice shows them."""

from __future__ import annotations

import pytest

from llama_demo.documents.document import Document, DocumentNotice
from llama_demo.documents.formats.opendocument import reader as opendocument
from llama_demo.documents.registry import read_document
from llama_demo.errors import DocumentError
from tests.documents.files import packed

_NAMES = "office text table drawing style presentation".split()
SPACES = " ".join(
    f'xmlns:{"draw" if name == "drawing" else name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in _NAMES
)
SPACES += ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
NUMBERED = (
    '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" '
    'style:num-suffix="."/><text:list-level-style-number text:level="2" style:num-format="a" '
    'style:num-suffix=")" text:display-levels="2"/></text:list-style>'
)


def file(kind: str, body: str, styles: str = "", more: dict[str, str | bytes] | None = None) -> bytes:
    """A document; ``styles`` stands in its other part."""
    content = (
        f"<office:document-content {SPACES}><office:automatic-styles>{NUMBERED}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )
    other = f"<office:document-styles {SPACES}>{styles}</office:document-styles>"
    return packed({"mimetype": "x", "content.xml": content, "styles.xml": other, **(more or {})})


def read(kind: str, body: str, styles: str = "") -> Document:
    suffix = {"text": ".odt", "spreadsheet": ".ods", "presentation": ".odp"}[kind]
    return read_document(f"a{suffix}", file(kind, body, styles))


def test_a_text() -> None:
    """Headings, numbers of lists in one another, notes, comments, boxes, breaks; no deleted text."""
    note = (
        "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>But not here."
        "</text:p></text:note-body></text:note>"
    )
    comment = "<office:annotation><dc:creator>Ola</dc:creator><text:p>Sure?</text:p></office:annotation>"
    box = "<draw:frame><draw:text-box><text:p>In a box</text:p></draw:text-box></draw:frame>"
    inner = "<text:list><text:list-item><text:p>inner</text:p></text:list-item></text:list>"
    document = read(
        "text",
        "<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>"
        '<text:h text:outline-level="1">Rules</text:h>'
        f"<text:p>Nine <text:span>percent</text:span>{note}{comment}{box}<text:line-break/>two"
        "<text:s/>words</text:p>"
        f'<text:list text:style-name="L"><text:list-item><text:p>first</text:p>{inner}</text:list-item>'
        "<text:list-item><text:p>second</text:p></text:list-item></text:list>"
        "<text:section><text:p>In a section</text:p></text:section>",
        "<style:header><text:p>Draft</text:p></style:header>",
    )
    assert [(block.text, block.kind.value) for block in document.blocks] == [
        ("Rules", "heading"),
        ("Nine percent[1]\ntwo words", "paragraph"),
        ("[1] But not here.", "note"),
        ("Comment (Ola): Sure?", "comment"),
        ("In a box", "paragraph"),
        ("1. first", "list_item"),
        ("1.a) inner", "list_item"),
        ("2. second", "list_item"),
        ("In a section", "paragraph"),
        ("Draft", "header"),
    ]
    assert document.blocks[1].headings == ("Rules",)


def test_values_of_forms() -> None:
    """Where their controls stand; passwords are not read, and what is not ticked is shown so."""
    fields = (
        '<form:text form:id="a" form:name="Ship" form:value="old" form:current-value="Blue Petrel"/>'
        '<form:checkbox form:id="b" form:label="Lantern" form:current-state="checked"/>'
        '<form:checkbox form:id="c" form:label="Rope"/>'
        '<form:listbox xml:id="d" form:name="Port"><form:option form:label="Oslo"/>'
        '<form:option form:label="Bodø" form:current-selected="true"/></form:listbox>'
        '<form:textarea form:id="e" form:name="Note"><text:p>Two</text:p><text:p>lines</text:p>'
        "</form:textarea>"
        '<form:password form:id="f" form:name="Key" form:current-value="secret"/>'
    )
    controls = "".join(f'<draw:control draw:control="{identity}"/>' for identity in "abcdef")
    document = read(
        "text",
        f'<office:forms xmlns:form="urn:oasis:names:tc:opendocument:xmlns:form:1.0">{fields}</office:forms>'
        f"<text:p>Fill in {controls}</text:p>",
    )
    assert [block.text for block in document.blocks] == [
        "Fill in",
        "Ship: Blue Petrel",
        "Lantern: ☒",
        "Rope: ☐",
        "Port: Bodø",
        "Note: Two lines",
    ]


def test_hidden_text_is_told() -> None:
    """By its style, or by that of its paragraph or section."""
    style = (
        '<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/>'
        "</style:style>"
    )
    body = (
        '<text:p>One <text:span text:style-name="H">gone</text:span>two</text:p>'
        '<text:section text:display="none"><text:p>gone</text:p></text:section>'
        '<text:p>three<text:span text:style-name="H">gone</text:span></text:p>'
    )
    document = read("text", body, style)
    assert document.text == "One two\n\nthree"
    assert document.notices == (DocumentNotice("hidden_left_out", {"count": 3}),)


def test_values_that_are_not_written_as_text() -> None:
    """Programs may leave it to the reader to show them."""
    cells = "".join(
        f'<table:table-cell office:{name}="{value}"/>'
        for name, value in (("string-value", "pier"), ("boolean-value", "true"), ("time-value", "PT10H"))
    )
    assert read(
        "spreadsheet", f"<table:table><table:table-row>{cells}</table:table-row></table:table>"
    ).text == ("pier | true | PT10H")


def test_a_sheet() -> None:
    """Cells as they are shown, repeated ones too; a formula without a value is named."""
    cell = '<table:table-cell office:value-type="float"{}><text:p>{}</text:p></table:table-cell>'
    heads = "".join(cell.format("", text) for text in ("item", "rate", "sum"))
    share = cell.format(' office:value="0.075"', "7.50%")
    rows = (
        f"<table:table-row>{heads}</table:table-row><table:table-row>{cell.format('', 'lamp')}"
        f"{share}"
        '<table:table-cell table:formula="of:=[.B2]*2"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'table:number-columns-repeated="16000"/></table:table-row>'
    )
    box = "<draw:frame><draw:text-box><text:p>In a box</text:p></draw:text-box></draw:frame>"
    shapes = f"<table:shapes>{box}</table:shapes>"
    document = read("spreadsheet", f'<table:table table:name="Rates">{shapes}{rows}</table:table>')
    assert [block.text for block in document.blocks] == [
        "item | rate | sum",
        "item: lamp; rate: 7.50%; sum: =[.B2]*2 (not computed)",
        "In a box",
    ]
    assert {block.headings for block in document.blocks} == {("Rates",)}
    assert document.notices[0].values == {"count": 1}


def test_slides() -> None:
    """The title heads its slide; groups and notes are read."""
    document = read(
        "presentation",
        '<draw:page><draw:frame presentation:class="title"><draw:text-box><text:p>Harbours</text:p>'
        "</draw:text-box></draw:frame><draw:g><draw:g><draw:custom-shape><text:p>In groups</text:p>"
        "</draw:custom-shape></draw:g></draw:g><presentation:notes><draw:frame><draw:text-box>"
        "<text:p>Say thanks.</text:p></draw:text-box></draw:frame></presentation:notes></draw:page>"
        "<draw:page><draw:frame><draw:text-box><text:p>Second</text:p></draw:text-box></draw:frame></draw:page>",
    )
    assert [(block.text, block.page, block.kind.value) for block in document.blocks] == [
        ("Harbours", 1, "heading"),
        ("In groups", 1, "paragraph"),
        ("Say thanks.", 1, "note"),
        ("Second", 2, "paragraph"),
    ]


def test_broken_styles_refuse_nothing() -> None:
    """The text is read, and the document says what is missing."""
    document = read_document("a.odt", file("text", "<text:p>Words</text:p>", "<broken"))
    assert document.text == "Words"
    assert document.notices[0].values == {"parts": "styles.xml"}


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"META-INF/manifest.xml": "<a><encryption-data/></a>"}, "file_locked"),
        ({"Basic/Standard/Module1.xml": "<a/>"}, "file_macros"),
        ({"content.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}, "document_bomb"),
        ({"content.xml": b"a" * 5_000_000}, "document_bomb"),
        ({"content.xml": "<broken"}, "file_damaged"),
        ({"content.xml": "<a/>"}, "file_damaged"),
    ],
)
def test_bad_files_are_refused(more: dict[str, str | bytes], key: str) -> None:
    """Each with its reason."""
    with pytest.raises(DocumentError) as caught:
        read_document("a.odt", file("text", "", more=more))
    assert caught.value.key == key


def test_rows_that_are_left_out_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet can repeat a row a million times."""
    monkeypatch.setattr(opendocument, "MOST_ROWS", 3)
    row = "<table:table-row{}><table:table-cell><text:p>{}</text:p></table:table-cell></table:table-row>"
    rows = (
        row.format("", "once")
        + row.format(' table:number-rows-repeated="5"', "again")
        + row.format("", "last")
    )
    document = read("spreadsheet", f"<table:table>{rows}</table:table>")
    assert [block.text for block in document.blocks] == ["once", "again", "again"]
    assert [(notice.key, notice.values) for notice in document.notices] == [
        ("rows_left_out", {"read": 3, "count": 7})
    ]


def test_headers_of_first_and_left_pages() -> None:
    """They differ from those of the other pages."""
    styles = "".join(
        f"<style:{name}><text:p>{name}</text:p></style:{name}>" for name in ("header-first", "footer-left")
    )
    assert [block.text for block in read("text", "<text:p>Words</text:p>", styles).blocks] == [
        "Words",
        "header-first",
        "footer-left",
    ]
