"""A Word document keeps its looks: another program (python-docx) sees the same structure with other words."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.text.paragraph import Paragraph

from llama_demo.documents import archive
from llama_demo.documents.rewriting import open_document
from llama_demo.documents.segments import SegmentTranslation
from llama_demo.errors import DemoError
from tests.documents.files import replaced
from tests.documents.translators import backwards, translated

TEXT_BOX = (
    f"<w:r {nsdecls('w')}><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox><w:txbxContent>"
    "<w:p><w:r><w:t>In a box</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
)
FIELD = (
    f"<w:r {nsdecls('w')}><w:fldChar w:fldCharType='begin'/></w:r>",
    f"<w:r {nsdecls('w')}><w:instrText>PAGE</w:instrText></w:r>",
    f"<w:r {nsdecls('w')}><w:fldChar w:fldCharType='separate'/></w:r>",
    f"<w:r {nsdecls('w')}><w:t>7</w:t></w:r>",
    f"<w:r {nsdecls('w')}><w:fldChar w:fldCharType='end'/></w:r>",
)


def saved(document: docx.document.Document) -> bytes:
    """The document's file."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def linked(paragraph: Paragraph, text: str) -> None:
    """Put a link behind the paragraph's runs."""
    address = paragraph.part.relate_to("https://a.b", docx.opc.constants.RELATIONSHIP_TYPE.HYPERLINK, True)
    link, run, content = OxmlElement("w:hyperlink"), OxmlElement("w:r"), OxmlElement("w:t")
    link.set(qn("r:id"), address)
    content.text = text
    run.append(content)
    link.append(run)
    paragraph._p.append(link)


@pytest.fixture
def original() -> docx.document.Document:
    """Headings, formatted words, links, lists, tables within tables, header, footer, fields, a text box."""
    document = docx.Document()
    document.add_heading("My heading", 1)
    paragraph = document.add_paragraph("Plain words then ")
    paragraph.add_run("bold words").bold = True
    paragraph.add_run(" and ")
    paragraph.add_run("ital").italic = True
    paragraph.add_run("ic").italic = True
    paragraph.add_run(" end.")
    document.add_paragraph("Left\tright\nbelow")
    document.add_paragraph("an item", style="List Bullet")
    paragraph = document.add_paragraph("Go to ")
    linked(paragraph, "our site")
    paragraph.add_run(" now")
    table = document.add_table(2, 2)
    table.cell(0, 0).text = "Cell one"
    table.cell(0, 1).add_table(1, 1).cell(0, 0).text = "inner"
    table.cell(1, 1).text = "42"
    paragraph = document.add_paragraph("Before ")
    for part in FIELD:
        paragraph._p.append(parse_xml(part))
    paragraph.add_run(" after")
    document.add_paragraph("Around ")._p.append(parse_xml(TEXT_BOX))
    document.sections[0].header.paragraphs[0].text = "The header"
    document.sections[0].footer.paragraphs[0].text = "The footer"
    return document


def looks(data: bytes) -> list[tuple[Any, ...]]:
    """Every paragraph of every part: its style, and what is in it."""
    document = docx.Document(io.BytesIO(data))
    section = document.sections[0]
    roots = [document.element.body, section.header._element, section.footer._element]
    return [(paragraph.style, *_contents(paragraph)) for root in roots for paragraph in root.iter(qn("w:p"))]


def _contents(paragraph: object) -> list[tuple[object, ...]]:
    """Each character, or picture and the like, with its link and whether it is bold and italic."""
    found: list[tuple[object, ...]] = []
    for run in paragraph.iter(qn("w:r")):  # type: ignore[attr-defined]
        link = run.getparent().get(qn("r:id"))
        bold, italic = (run.find(f"{qn('w:rPr')}/{qn(name)}") is not None for name in ("w:b", "w:i"))
        for child in run:
            if child.tag == qn("w:t"):
                found += [(link, bold, italic, character) for character in child.text]
            elif child.tag != qn("w:rPr"):
                found.append((link, bold, italic, child.tag))
    return found


def lowered(found: list[tuple[Any, ...]]) -> list[Any]:
    """The looks without regard to letter case."""
    return [(style, *((*look, what.lower()) for *look, what in contents)) for style, *contents in found]


def test_round_trip(original: docx.document.Document) -> None:
    """Everything looks as it did, and all words are others."""
    data = saved(original)

    after = translated(open_document("a.docx", data).body)
    assert looks(after) != looks(data)
    assert lowered(looks(after)) == lowered(looks(data))
    words = "".join(
        content[3] for paragraph in looks(after) for content in paragraph[1:] if len(content[3]) == 1
    )
    assert words == words.upper()
    assert "IN A BOX" in words
    assert "INNER" in words


def test_other_parts_are_copied(original: docx.document.Document) -> None:
    """Styles, settings and pictures are the same bytes, in the same order."""
    data = saved(original)
    before, after = (
        zipfile.ZipFile(io.BytesIO(each)) for each in (data, translated(open_document("a.docx", data).body))
    )
    assert before.namelist() == after.namelist()
    for name in before.namelist():
        if name not in ("word/document.xml", "word/header1.xml", "word/footer1.xml"):
            assert before.read(name) == after.read(name), name


def test_formatting_follows_its_words(original: docx.document.Document) -> None:
    """With the words in another order the bold, italic and linked ones are still those."""
    document = open_document("a.docx", saved(original)).body
    after = docx.Document(io.BytesIO(document.rewritten([backwards(each) for each in document.segments])))
    paragraph = after.paragraphs[1]
    assert paragraph.text == "END ITALIC AND WORDS BOLD THEN WORDS PLAIN"
    assert [run.text for run in paragraph.runs if run.bold] == ["WORDS BOLD"]
    assert [run.text for run in paragraph.runs if run.italic] == ["ITALIC"]
    assert after.paragraphs[4].hyperlinks[0].text == "SITE OUR"


def test_what_is_not_translated_stays(original: docx.document.Document) -> None:
    """A document that was cancelled at once reads as before, and it can be written again and again."""
    data = saved(original)
    document = open_document("a.docx", data).body
    half = [
        SegmentTranslation(each.text.upper()) if i < 2 else None for i, each in enumerate(document.segments)
    ]
    for _ in range(2):
        after = document.rewritten(half)
        assert looks(after)[:1] != looks(data)[:1]
        assert looks(after)[2:] == looks(data)[2:]


def key_of(name: str, data: bytes) -> str:
    """Why the file is refused."""
    with pytest.raises(DemoError) as caught:
        open_document(name, data)
    return caught.value.key


def test_hostile_documents_are_refused(original: docx.document.Document) -> None:
    """Bombs, macros, entities, passwords: a sentence for each, and nothing is unpacked or run before."""
    data = saved(original)
    bomb = replaced(data, "word/document.xml", b"<a>" + b" " * (archive.ArchiveLimits().entry + 1) + b"</a>")
    assert key_of("a.docx", bomb) == "document_bomb"
    assert key_of("a.docx", replaced(data, "word/media/x.bin", b"\0" * 3_000_000)) == "document_bomb"
    assert key_of("a.docx", replaced(data, "word/vbaProject.bin", b"x")) == "file_macros"
    assert key_of("a.docm", data) == "file_macros"
    entities = b'<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><a>&z;</a>'
    assert key_of("a.docx", replaced(data, "word/document.xml", entities)) == "document_bomb"
    assert key_of("a.docx", replaced(data, "word/document.xml", b"<a>" * 100_000)) == "file_damaged"
    assert key_of("a.docx", replaced(data, "word/document.xml", b"no xml")) == "file_damaged"
    assert key_of("a.docx", data[:3000]) == "file_damaged"
    assert key_of("a.docx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)) == "file_locked"
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as out:
        for number in range(archive.ArchiveLimits().entries + 1):
            out.writestr(f"word/{number}", b"")
    assert key_of("a.docx", many.getvalue()) == "document_bomb"


def test_what_grows_in_memory_is_refused(original: docx.document.Document) -> None:
    """Few megabytes can ask for gigabytes: by many elements, or by copies of one run's look."""
    data = saved(original)
    noise = b"".join(b"<a%d/>" % number for number in range(2_000_001))
    assert key_of("a.docx", replaced(data, "word/document.xml", b"<a>" + noise + b"</a>")) == "document_bomb"
    main = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    look = b"<w:rPr>" + b"<w:b/>" * 2_000 + b"</w:rPr>"
    run = b'<w:p xmlns:w="%s"><w:r>%s%s</w:r></w:p>' % (main, look, b"<w:t>x</w:t>" * 2_000)
    assert key_of("a.docx", replaced(data, "word/document.xml", run)) == "document_bomb"


def test_a_size_that_lies_is_not_believed(original: docx.document.Document) -> None:
    """An entry that unpacks to more than it declared is cut off, not unpacked."""
    data = bytearray(replaced(saved(original), "word/document.xml", b"<a>" + b"x" * 200_000 + b"</a>"))
    for sign, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.find(b"word/document.xml")
        place = data.rfind(sign, 0, place if sign == b"PK\x03\x04" else data.rfind(b"word/document.xml"))
        data[place + at : place + at + 4] = (100).to_bytes(4, "little")
    assert key_of("a.docx", bytes(data)) == "file_damaged"
