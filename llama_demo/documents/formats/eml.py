"""Messages (.eml): who wrote to whom, about what, the text, and the names of what is attached."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage, Message

from llama_demo.documents.document import Block, BlockKind, Document, DocumentNotice
from llama_demo.documents.lines import paragraphs
from llama_demo.documents.registry import read_document
from llama_demo.errors import DemoError, DocumentError

_HEADERS = ("From", "To", "Cc", "Date", "Subject")
_DEEPEST = 20
"""Messages in messages."""


def read(data: bytes, suffix: str) -> Document:
    """Read a .eml file.

    Raises:
        DocumentError: ``file_damaged`` for what is no message.
    """
    del suffix
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not any(message.get(name) for name in ("From", "To", "Subject", "Date", "Received", "Content-Type")):
        raise DocumentError("file_damaged")
    attached: list[str] = []
    blocks = tuple(_blocks(message, attached, 0))
    notices = (DocumentNotice("attachments_unread", {"names": ", ".join(attached)}),) if attached else ()
    return Document(_header(message, "Subject"), blocks, notices)


def _blocks(message: Message, attached: list[str], depth: int) -> Iterator[Block]:
    if depth > _DEEPEST:
        raise DocumentError("file_damaged")
    lines = [f"{name}: {value}" for name in _HEADERS if (value := _header(message, name))]
    if lines:
        yield Block("\n".join(lines), kind=BlockKind.FIELD)
    named = []
    for part in _parts(message):
        if part.get_content_type() == "message/rfc822":
            for inner in _inner(part):
                yield from _blocks(inner, attached, depth + 1)
        elif _is_attached(part):
            named.append(_name(part))
        else:
            yield from _text(part)
    if named:
        attached += named
        yield Block(f"Attachments: {', '.join(named)}", kind=BlockKind.FIELD)


def _parts(message: Message) -> Iterator[Message]:
    """The parts of a message, of alternatives the one that is text."""
    stack: list[Message] = [message]
    while stack:
        part = stack.pop()
        kind = part.get_content_type()
        if kind == "message/rfc822" or not part.is_multipart():
            yield part
        elif kind == "multipart/alternative":
            stack.append(_chosen(part))
        else:
            stack += reversed(_inner(part))


def _chosen(part: Message) -> Message:
    """The plain text of several alternatives if it says something, else the last one."""
    options = _inner(part)
    for option in options:
        if option.get_content_type() == "text/plain" and _content(option).strip():
            return option
    return options[-1] if options else EmailMessage()


def _inner(part: Message) -> list[Message]:
    """The parts that a part holds."""
    held = part.get_payload()
    return [each for each in held if isinstance(each, Message)] if isinstance(held, list) else []


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_content_maintype() != "text"


def _text(part: Message) -> Iterator[Block]:
    if part.get_content_type() == "text/html":
        try:
            yield from read_document("message.html", _content(part).encode("utf-8", "replace")).blocks
        except DemoError as exc:
            if exc.key not in ("document_empty", "file_nothing"):
                raise
        return
    for paragraph in paragraphs(_content(part).replace("\r\n", "\n").split("\n")):
        yield Block(paragraph)


def _content(part: Message) -> str:
    """The text of a part; what its encoding lacks is replaced."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset("utf-8")
    try:
        return data.decode(charset, "replace")
    except LookupError:
        return data.decode("utf-8", "replace")


def _header(message: Message, name: str) -> str:
    """A header on one line; one that is malformed as it stands."""
    try:
        return " ".join(str(message.get(name, "")).split())
    except (ValueError, IndexError, TypeError, AttributeError):
        raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
        return " ".join(str(raw).split())


def _name(part: Message) -> str:
    return " ".join((part.get_filename() or part.get_content_type()).split())
