"""Of a book everything is read that is there."""

from __future__ import annotations

import pytest

from llama_demo.documents.document import DocumentNotice
from llama_demo.documents.registry import read_document
from llama_demo.errors import DocumentError
from tests.documents import files

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/content.opf"/></rootfiles></container>'
)


def package(*items: str) -> str:
    """The list of chapters: ``href`` or ``href|media type`` of each."""
    manifest = spine = ""
    for number, item in enumerate(items):
        href, _, media_type = item.partition("|")
        manifest += (
            f'<item id="i{number}" href="{href}" media-type="{media_type or "application/xhtml+xml"}"/>'
        )
        spine += f'<itemref idref="i{number}"/>'
    return (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>Sea tales</dc:title></metadata><manifest>{manifest}</manifest>"
        f"<spine>{spine}</spine></package>"
    )


def book(opf: str, **chapters: str) -> bytes:
    """A book with these chapters in its folder."""
    pages = {
        f"OEBPS/{name}.xhtml": f"<?xml version='1.0'?><html><head><title/></head><body>{text}</body></html>"
        for name, text in chapters.items()
    }
    return files.packed({"META-INF/container.xml": CONTAINER, "OEBPS/content.opf": opf, **pages})


def test_a_missing_chapter_is_said() -> None:
    """The others are read."""
    document = read_document(
        "a.epub", book(package("a.xhtml", "gone.xhtml", "c.xhtml"), a="One.", c="Three.")
    )
    assert (document.title, document.text) == ("Sea tales", "One.\n\nThree.")
    assert document.notices == (DocumentNotice("chapters_missing", {"missing": 1, "count": 3}),)
    unlisted = package("a.xhtml", "empty.xhtml").replace("</spine>", '<itemref idref="gone"/></spine>')
    data = files.replaced(book(unlisted, a="One."), "OEBPS/empty.xhtml", b"")
    assert read_document("a.epub", data).notices == (
        DocumentNotice("chapters_missing", {"missing": 2, "count": 3}),
    )


@pytest.mark.parametrize(
    "opf",
    [
        package("a.xhtml|application/xhtml+xml; charset=utf-8", "b.xhtml|Text/HTML"),
        package("a.xhtml#top", "B.xhtml"),
        package("./a.xhtml", "../OEBPS/b.xhtml"),
        package("a.xhtml", "b.xhtml").replace("<spine>", "<spine>&broken;").replace("</package>", ""),
        package("a.xhtml", "b.xhtml")
        .replace('<itemref idref="i0"/>', "")
        .replace('<itemref idref="i1"/>', ""),
        package("a.xhtml", "b.xhtml").replace("http://www.idpf.org/2007/opf", "other"),
        package("a.xhtml", "cover.jpg|image/jpeg", "b.xhtml"),
        package("a.xhtml|text/xml", "b.xhtml|application/octet-stream"),
        "no XML at all",
    ],
)
def test_faulty_lists_of_chapters(opf: str) -> None:
    """Programs write media types with parameters, names in other letters, and worse."""
    document = read_document("a.epub", book(opf, a="One.", b="Two."))
    assert (document.text, document.notices) == ("One.\n\nTwo.", ())


def test_a_chapter_in_another_format_is_missing() -> None:
    """A page of a PDF in the list of chapters is not read, and not kept secret."""
    document = read_document("a.epub", book(package("a.xhtml", "b.pdf|application/pdf"), a="One."))
    assert (document.text, document.notices) == (
        "One.",
        (DocumentNotice("chapters_missing", {"missing": 1, "count": 2}),),
    )


def test_a_drawing_can_be_a_chapter() -> None:
    """Its words are read."""
    drawn = '<svg xmlns="http://www.w3.org/2000/svg"><title>x</title><text>One.</text></svg>'
    data = files.replaced(
        book(package("a.svg|image/svg+xml", "b.xhtml"), b="Two."), "OEBPS/a.svg", drawn.encode()
    )
    assert read_document("a.epub", data).text == "One.\n\nTwo."


def test_a_book_without_any_chapter_is_refused() -> None:
    """There is nothing to read in it."""
    with pytest.raises(DocumentError, match="file_damaged"):
        read_document("a.epub", book(package("gone.xhtml")))


def test_copy_protection_is_refused() -> None:
    """The chapters are there, and are not text."""
    encryption = '<encryption><CipherReference URI="OEBPS/a.xhtml"/></encryption>'
    data = files.packed(
        {
            "META-INF/container.xml": CONTAINER,
            "META-INF/encryption.xml": encryption,
            "OEBPS/content.opf": package("a.xhtml"),
            "OEBPS/a.xhtml": "x",
        }
    )
    with pytest.raises(DocumentError, match="file_locked"):
        read_document("a.epub", data)


def test_what_chapters_cannot_give_is_told() -> None:
    """Once for the book, whatever the number of chapters."""
    deep = "shallow" + "<div>" * 5_000 + "deep"
    document = read_document("a.epub", book(package("a.xhtml", "b.xhtml"), a=deep, b=deep))
    assert document.notices == (DocumentNotice("elements_too_deep"),)
