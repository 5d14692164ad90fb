"""reStructuredText (.rst): what docutils makes of it, with the roles and directives of Sphinx."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import regex
from docutils import nodes
from docutils.core import publish_doctree
from docutils.parsers.rst import Directive, directives, roles
from docutils.utils import SystemMessage

from llama_demo.documents.document import Block, BlockKind, Document, DocumentNotice, Outline
from llama_demo.documents.encoding import damage_notices, decode
from llama_demo.documents.list_numbers import list_number
from llama_demo.documents.rows import named
from llama_demo.errors import DocumentError

_SETTINGS = {
    "file_insertion_enabled": False,
    "raw_enabled": True,  # kept as text; nothing is run
    "report_level": 5,
    "halt_level": 5,
    "docinfo_xform": False,
    "smart_quotes": False,
    "input_encoding": "unicode",
    "_disable_config": True,
    "line_length_limit": 1_000_000,
}
_ROLE = regex.compile(r":([a-zA-Z][\w:.+-]*):`")
_DIRECTIVE = regex.compile(r"^[ \t]*\.\. ([a-zA-Z][\w:.+-]*)::", regex.MULTILINE)
_TARGET = regex.compile(r"\s*<[^<>]*>$")
_CODE = (nodes.literal_block, nodes.doctest_block, nodes.math_block, nodes.raw)
_CODE_DIRECTIVES = ("code", "sourcecode", "prompt", "parsed", "testcode", "doctest")
_NUMERALS = {
    "loweralpha": "lowerLetter",
    "upperalpha": "upperLetter",
    "lowerroman": "lowerRoman",
    "upperroman": "upperRoman",
}
"""Names of numerals by those of Office Open XML."""
_FAULT = 3
"""Level of a message from which on docutils keeps only the source of what it could not parse."""
_UNREAD = (
    nodes.comment,
    nodes.label,
    nodes.substitution_definition,
    nodes.target,
    nodes.Text,
)


class _AnyOptions(dict[str, Any]):
    """Options of any name."""

    def __missing__(self, name: str) -> Any:
        return directives.unchanged


class _AnyDirective(Directive):  # type: ignore[misc]
    """A directive that is not docutils' own: its argument and its content are read, or shown as code."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = _AnyOptions(caption=directives.unchanged)

    def run(self) -> list[nodes.Node]:
        """The nodes that stand for it."""
        node = nodes.container()
        is_code = self.name.startswith(_CODE_DIRECTIVES)
        if self.arguments and not is_code:
            inline, _ = self.state.inline_text(self.arguments[0], self.lineno)
            node += nodes.paragraph("", "", *inline)
        if is_code:
            node += nodes.literal_block("", "\n".join(self.content))
        else:
            self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


class _Elsewhere(nodes.Invisible, nodes.Element):  # type: ignore[misc]
    """The place where another file would be taken in."""


class _Include(_AnyDirective):
    """A directive that takes in another file, which is not at hand."""

    def run(self) -> list[nodes.Node]:
        """The mark of its place."""
        return [_Elsewhere()]


def _any_role(
    name: str, rawtext: str, text: str, *_: Any, **__: Any
) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """A role that is not docutils' own: its text, without the target behind it."""
    del name
    shown = _TARGET.sub("", text).lstrip("!~") or text
    return [nodes.inline(rawtext, shown)], []


def read(data: bytes, suffix: str) -> Document:
    """Read a file of reStructuredText.

    Raises:
        DocumentError: ``file_damaged``.
        InputError: as :func:`~llama_demo.documents.encoding.decode`.
    """
    del suffix
    decoded = decode(data)
    _register(decoded.text)
    try:
        tree = publish_doctree(decoded.text, settings_overrides=_SETTINGS)
    except (SystemMessage, RecursionError, ValueError, AssertionError) as exc:
        raise DocumentError("file_damaged") from exc
    title = tree.get("title", "")
    notices = damage_notices(decoded)
    if elsewhere := sum(1 for _ in tree.findall(_Elsewhere)):
        notices += (DocumentNotice("parts_elsewhere", {"count": elsewhere}),)
    return Document(" ".join(title.split()), tuple(_blocks(tree)), notices)


def _register(text: str) -> None:
    """Make known what the file uses and docutils does not know, or would look for on the disk."""
    for name in ("include", "literalinclude"):
        directives.register_directive(name, _Include)
    for name in set(_ROLE.findall(text)):
        if name.lower() not in roles._role_registry and name.lower() not in roles._roles:
            roles.register_local_role(name.lower(), _any_role)
    for name in set(_DIRECTIVE.findall(text)):
        if name.lower() not in directives._directive_registry and name.lower() not in directives._directives:
            directives.register_directive(name.lower(), _AnyDirective)


def _blocks(tree: nodes.document) -> Iterator[Block]:
    outline = Outline()
    level = 0
    waiting: list[Any] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, int):
            level = node
        elif isinstance(node, nodes.section | nodes.document):
            waiting += [level, *reversed(node.children)]
            level += isinstance(node, nodes.section) or bool(node.get("title"))
        elif isinstance(node, nodes.title):
            outline.enter(max(1, level), node.astext())
            yield from _block(node.astext(), outline, BlockKind.HEADING)
        elif isinstance(node, nodes.table):
            for row in _rows(node):
                yield from _block(row, outline, BlockKind.TABLE_ROW)
        elif found := _text(node):
            yield from _block(found[0], outline, found[1])
        else:
            waiting += reversed(_parts(node))


def _parts(node: nodes.Node) -> list[nodes.Node]:
    """The nodes in a node that is no block; of a message only the source of what could not be parsed."""
    if isinstance(node, nodes.system_message):
        is_fault = node["level"] >= _FAULT
        return [each for each in node.children if is_fault and isinstance(each, nodes.literal_block)]
    return [] if isinstance(node, _UNREAD) else list(node.children)


def _text(node: nodes.Node) -> tuple[str, BlockKind] | None:
    """The text of a node that is a block, and its kind."""
    if isinstance(node, _CODE):
        return node.astext().strip("\n").rstrip(), BlockKind.CODE
    if isinstance(node, nodes.field):
        return ": ".join(child.astext() for child in node.children), BlockKind.FIELD
    if isinstance(node, nodes.TextElement) and not isinstance(node, _UNREAD):
        return _numbered(node), _kind(node)
    return None


def _block(text: str, outline: Outline, kind: BlockKind) -> Iterator[Block]:
    if text.strip():
        yield Block(text, outline.path, kind=kind)


def _kind(node: nodes.Element) -> BlockKind:
    if isinstance(node.parent, nodes.list_item):
        return BlockKind.LIST_ITEM
    return BlockKind.NOTE if isinstance(node.parent, nodes.footnote | nodes.citation) else BlockKind.PARAGRAPH


def _numbered(node: nodes.Element) -> str:
    """The text of a paragraph on one line, with its number where it begins an item of a list."""
    text = " ".join(node.astext().split())
    item = node.parent
    if (
        isinstance(item, nodes.list_item)
        and item.index(node) == 0
        and isinstance(item.parent, nodes.enumerated_list)
    ):
        counted = item.parent
        number = list_number(
            _NUMERALS.get(counted["enumtype"], ""), counted.get("start", 1) + counted.index(item)
        )
        return f"{counted['prefix']}{number}{counted['suffix']} {text}"
    return text


def _rows(table: nodes.table) -> Iterator[str]:
    rows = ([" ".join(entry.astext().split()) for entry in row.children] for row in table.findall(nodes.row))
    title = [[child.astext()] for child in table.children if isinstance(child, nodes.title)]
    return named([*title, *rows])
