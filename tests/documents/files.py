"""Small real files of each format, made by the libraries that usually make them or by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import docx
import openpyxl
import pptx
from pypdf import PdfReader, PdfWriter


def pdf(*pages: str, objects: Sequence[bytes] = (), page: str = "") -> bytes:
    """A PDF with a line of text on each page; an empty page has none.

    Args:
        pages: the texts, or whole contents of pages that begin with ``BT``.
        objects: further ones; the first has the number 4.
        page: more entries of each page.
    """
    found = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *objects,
    ]
    kids = []
    for text in pages:
        content = text if text.startswith("BT") else f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET" if text else ""
        found.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content.encode()))
        found.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R %s "
            b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>" % (len(found), page.encode())
        )
        kids.append(b"%d 0 R" % len(found))
    found[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    data, places = b"%PDF-1.4\n", []
    for number, each in enumerate(found, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(found) + 1)
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(found) + 1, len(data))
    return data + head + table + end


def placed(*texts: tuple[float, float, str], matrix: str = "1 0 0 1") -> str:
    """The content of a page with each text at its place, in the order in which they are drawn."""
    drawn = "".join(f"{matrix} {x} {y} Tm ({text}) Tj " for x, y, text in texts)
    return f"BT /F1 10 Tf {drawn}ET"


def locked_pdf(password: str) -> bytes:
    """A PDF encrypted with AES; an empty password is how restricted documents open for everyone."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("A restricted page"))))
    writer.encrypt(password, "owner", algorithm="AES-256")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def word() -> bytes:
    document = docx.Document()
    document.add_heading("手册", 1)
    document.add_paragraph("第一段。")
    document.add_heading("Leave", 2)
    document.add_paragraph("Ask your lead.")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "days", "25"
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def slides() -> bytes:
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text = "Results"
    slide.placeholders[1].text = "It works.\nIt is fast."
    slide.notes_slide.notes_text_frame.text = "Say thanks."
    target = io.BytesIO()
    presentation.save(target)
    return target.getvalue()


def workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "价格"
    book.active.append(["item", "price"])
    book.active.append(["lamp", 12.5])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def packed(entries: dict[str, str | bytes]) -> bytes:
    """A ZIP."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return target.getvalue()


def book() -> bytes:
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OPS/p.opf"/></rootfiles></container>'
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<dc:title>Two tales</dc:title></metadata><manifest>"
        '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="b" href="b%20b.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="b"/><itemref idref="a"/></spine></package>'
    )
    return packed(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": container,
            "OPS/p.opf": package,
            "OPS/a.xhtml": "<html><body><h1>Second</h1><p>The end.</p></body></html>",
            "OPS/b b.xhtml": "<html><body><h1>First</h1><p>从前有一座山。</p></body></html>",
        }
    )


def replaced(data: bytes, name: str, content: bytes) -> bytes:
    """The archive with other content in an entry, or with one more."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for each in before.namelist():
            if each != name:
                after.writestr(each, before.read(each))
        after.writestr(name, content)
    return out.getvalue()
