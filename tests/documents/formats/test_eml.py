"""A message is read with its headers and its text; what is attached is named."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from llama_demo.documents.registry import read_document
from llama_demo.errors import DocumentError


def message(text: str = "The ferry\nleaves at dawn.\n\nBring a lantern.") -> EmailMessage:
    found = EmailMessage()
    found["From"], found["To"], found["Subject"] = "Ola <ola@x.y>", "Tilda <t@x.y>", "Überfahrt 港口"
    found.set_content(text)
    return found


def texts(one: EmailMessage) -> list[str]:
    return [block.text for block in read_document("a.eml", bytes(one)).blocks]


HEAD = "From: Ola <ola@x.y>\nTo: Tilda <t@x.y>\nSubject: Überfahrt 港口"


def test_headers_text_and_attachments() -> None:
    """Encoded headers are decoded; an attached file is listed, and its reader is told to add it."""
    one = message()
    one.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="Tafel.pdf")
    document = read_document("a.eml", bytes(one))
    assert [block.text for block in document.blocks] == [
        HEAD,
        "The ferry\nleaves at dawn.",
        "Bring a lantern.",
        "Attachments: Tafel.pdf",
    ]
    assert document.title == "Überfahrt 港口"
    assert [(each.key, each.values) for each in document.notices] == [
        ("attachments_unread", {"names": "Tafel.pdf"})
    ]


def test_of_two_versions_one_is_read() -> None:
    """The plain one; the other one if it says nothing."""
    both = message()
    both.add_alternative("<p>In <b>HTML</b></p>", subtype="html")
    assert "In HTML" not in texts(both)
    only = message("\n")
    only.add_alternative("<h1>Dawn</h1><p>In <b>HTML</b></p>", subtype="html")
    assert texts(only)[-1] == "In HTML"


def test_a_message_within_a_message_is_read() -> None:
    """As one that was forwarded."""
    outer = message("See below.")
    outer.add_attachment(message("Inner words."))
    assert texts(outer) == [HEAD, "See below.", HEAD, "Inner words."]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"Content-Type: text/plain; charset=gb2312\n\n\xc4\xe3\xba\xc3", "你好"),
        (b"Content-Type: text/plain; charset=nonsense\n\nwords \xff", "words �"),
        (b"Content-Type: text/plain; charset=undefined\n\nwords", "words"),
        (b"Content-Type: text/plain; charset=iso-8859-1\n\n\x93words\x94 \x80 5", "“words” € 5"),
        (b"Content-Type: text/plain; charset=gb2312\n\n\x96|\xa5\xf0\xc4\xe3", "東ヰ你"),
        (b"Content-Type: text/plain; charset=utf-7\n\ncaf+AOk-", "café"),
        (
            "Content-Type: text/plain\n\n今天下午的渡船因为大雾取消了，请明天早上再来。".encode("gbk"),
            "今天下午的渡船因为大雾取消了，请明天早上再来。",
        ),
        (
            b"Content-Type: text/html\n\n<meta charset=windows-1251><p>\xcc\xe0\xff\xea</p>",
            "Маяк",
        ),
        (b"Content-Type: text/html; charset=koi8-r\n\n<p>\xed\xc1\xd1\xcb</p>", "Маяк"),
        (b"Content-Transfer-Encoding: base64\n\nd29yZHM=", "words"),
        (b"Content-Transfer-Encoding: quoted-printable\n\nsoft=\n ware", "soft ware"),
    ],
)
def test_odd_encodings(body: bytes, text: str) -> None:
    """What cannot be decoded costs a character, not the message."""
    document = read_document("a.eml", b"From: a@b.c\n" + body)
    assert document.blocks[-1].text == text


def test_what_is_no_message_is_refused() -> None:
    """A text with another ending."""
    with pytest.raises(DocumentError, match="file_damaged"):
        read_document("a.eml", b"Just a text\nwithout headers\n")


def test_damaged_bytes_are_told() -> None:
    """As in every other format."""
    text = "Überfahrt im Nebel, größer als früher. ".encode() * 5 + b"\xff"
    document = read_document("a.eml", b"From: a@b.c\nContent-Type: text/plain; charset=utf-8\n\n" + text)
    assert [(each.key, each.values) for each in document.notices] == [("bytes_damaged", {"count": 1})]


def test_what_is_attached_to_a_version_that_is_not_read_is_named() -> None:
    """Apple Mail puts files between the parts of the page, beside the plain text."""
    one = message("Plain words")
    one.add_alternative("<p>See the plan</p>", subtype="html")
    page = one.get_payload()[1]
    page.make_mixed()
    page.add_attachment(
        b"%PDF-1.4", maintype="application", subtype="pdf", filename="Plan.pdf", disposition="inline"
    )
    page.add_attachment(b"a,b", maintype="text", subtype="csv", filename="Depths.csv")
    assert texts(one) == [HEAD, "Plain words", "Attachments: Plan.pdf, Depths.csv"]
