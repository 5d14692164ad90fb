"""Messages (.eml): who wrote to whom, about what, the text, and the names of what is attached."""

from __future__ import annotations

import codecs
import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage, Message

from llama_demo.documents.document import Block, BlockKind, Document, DocumentNotice
from llama_demo.documents.encoding import Decoded, damage_notices, decode
from llama_demo.documents.formats.html.reader import read as read_page
from llama_demo.documents.lines import paragraphs
from llama_demo.errors import DocumentError, InputError
from llama_demo.unicode import replace_lone_surrogates

_HEADERS = ("From", "To", "Cc", "Date", "Subject")
_DEEPEST = 20
"""Messages in messages."""
_NOT_ON_THE_WEB = frozenset("utf-7 cp437 ibm437 cp850 ibm850 cp852 ibm852".split())
"""Charsets of old mail programs that the WHATWG encoding standard lacks."""


def read(data: bytes, suffix: str) -> Document:
    """Read a .eml file.

    Raises:
        DocumentError: ``file_damaged`` for what is no message.
    """
    del suffix
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not any(message.get(name) for name in ("From", "To", "Subject", "Date", "Received", "Content-Type")):
        raise DocumentError("file_damaged")
    reading = _Reading()
    blocks = tuple(reading.blocks(message))
    return Document(_header(message, "Subject"), blocks, reading.notices())


class _Reading:
    """A message that is read with those within it."""

    def __init__(self) -> None:
        self._attached: list[str] = []
        self._notices: list[DocumentNotice] = []

    def notices(self) -> tuple[DocumentNotice, ...]:
        """What was not read, and the damage of all parts as one sum."""
        counts = [int(each.values["count"]) for each in self._notices if each.key == "bytes_damaged"]
        found = {each.key: each for each in self._notices}
        if counts:
            found["bytes_damaged"] = DocumentNotice("bytes_damaged", {"count": sum(counts)})
        if self._attached:
            names = ", ".join(self._attached)
            found["attachments_unread"] = DocumentNotice("attachments_unread", {"names": names})
        return tuple(found.values())

    def blocks(self, message: Message, depth: int = 0) -> Iterator[Block]:
        """The headers, the text, the messages within, and the names of what is attached.

        Raises:
            DocumentError: ``file_damaged`` if messages stand in one another without end.
        """
        if depth > _DEEPEST:
            raise DocumentError("file_damaged")
        lines = [f"{name}: {value}" for name in _HEADERS if (value := _header(message, name))]
        if lines:
            yield Block("\n".join(lines), kind=BlockKind.FIELD)
        named = []
        for part in _parts(message):
            if part.get_content_type() == "message/rfc822":
                for inner in _inner(part):
                    yield from self.blocks(inner, depth + 1)
            elif _is_attached(part):
                named.append(_name(part))
            elif part.get_content_type() == "text/html":
                yield from self._page(_payload(part), part.get_content_charset(""))
            else:
                yield from self._text(_payload(part), part.get_content_charset(""))
        if named:
            self._attached += named
            yield Block(f"Attachments: {', '.join(named)}", kind=BlockKind.FIELD)

    def _text(self, data: bytes, charset: str) -> Iterator[Block]:
        decoded = _decoded(data, charset)
        self._notices += damage_notices(decoded)
        for paragraph in paragraphs(decoded.text.replace("\r\n", "\n").split("\n"), divided=False):
            yield Block(paragraph)

    def _page(self, data: bytes, charset: str) -> Iterator[Block]:
        """A page; the charset of the message counts, then that which the page names."""
        if not data.strip():
            return
        try:
            page = read_page(_utf8(_decoded(data, charset)) if charset else data, ".html")
        except InputError:
            page = read_page(_utf8(_decoded(data, charset)), ".html")
        self._notices += page.notices
        yield from page.blocks


def _parts(message: Message) -> Iterator[Message]:
    """The parts of a message, of alternatives the one that is text."""
    stack: list[Message] = [message]
    while stack:
        part = stack.pop()
        kind = part.get_content_type()
        if kind == "message/rfc822" or not part.is_multipart():
            yield part
        elif kind == "multipart/alternative":
            chosen = _chosen(part)
            stack += [
                file for option in reversed(_inner(part)) if option is not chosen for file in _files(option)
            ]
            stack.append(chosen)
        else:
            stack += reversed(_inner(part))


def _chosen(part: Message) -> Message:
    """The plain text of several alternatives if it says something, else the last one."""
    options = _inner(part)
    for option in options:
        if option.get_content_type() == "text/plain" and _payload(option).strip():
            return option
    return options[-1] if options else EmailMessage()


def _inner(part: Message) -> list[Message]:
    """The parts that a part holds."""
    held = part.get_payload()
    return [each for each in held if isinstance(each, Message)] if isinstance(held, list) else []


def _files(option: Message) -> list[Message]:
    """What is attached within a version of the text that is not read, the last first, as some programs do."""
    found: list[Message] = []
    stack = [option]
    while stack:
        part = stack.pop()
        is_file = part.get_filename() and _is_attached(part)
        if (
            is_file
            or part.get_content_type() == "message/rfc822"
            or part.get_content_disposition() == "attachment"
        ):
            found.append(part)
        else:
            stack += reversed(_inner(part))
    return found[::-1]


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_content_maintype() != "text"


def _payload(part: Message) -> bytes:
    """What a part holds, without its transfer encoding."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _decoded(data: bytes, charset: str) -> Decoded:
    """The text of a part; a message is read even if its encoding is unclear."""
    try:
        if charset in _NOT_ON_THE_WEB:
            return Decoded(data.decode(charset), charset)
        return decode(data, charset)
    except (InputError, UnicodeDecodeError):
        return Decoded(data.decode("utf-8", "surrogateescape"), "utf-8")


def _utf8(decoded: Decoded) -> bytes:
    """The text with a mark that says that it is UTF-8."""
    return codecs.BOM_UTF8 + replace_lone_surrogates(decoded.text).encode()


def _header(message: Message, name: str) -> str:
    """A header on one line; one that is malformed as it stands."""
    try:
        return " ".join(str(message.get(name, "")).split())
    except (ValueError, IndexError, TypeError, AttributeError):
        raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
        return " ".join(str(raw).split())


def _name(part: Message) -> str:
    return " ".join((part.get_filename() or part.get_content_type()).split())
