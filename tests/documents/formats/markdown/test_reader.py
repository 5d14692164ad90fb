"""Markdown means the same structure before and after, as a Markdown parser sees it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from llama_demo.documents.document import BlockKind, DocumentNotice
from llama_demo.documents.encoding import decode
from llama_demo.documents.formats.plain_text import one_line
from llama_demo.documents.registry import read_document
from llama_demo.documents.segments import DocumentSegment, SegmentTranslation
from llama_demo.documents.skeleton import SegmentSlot, Skeleton
from llama_demo.errors import InputError
from tests.documents.translators import backwards, rewritable, translated

TEXT = """\
---
title: Stays
---
# Big heading #

Some *italic words* and **bold text** here, with a
[link text](https://a.b/c "t") and `code span` too.
Second line.  
After a hard break, ***both*** and ~~gone~~.

- item one
- [ ] task **two**
  continued here
  1. nested `x`

     its second paragraph

> quoted _text_
> goes on

| Name | Price |
|:-----|------:|
| Apple pie | 3 |
| `a` thing | **bold** cell |

```python
print("hello")  # stays
```

    indented code

<div align="center">
raw html
</div>

An ![alt](img.png) image.

[ref]: https://x.y
See [ref], [other][ref] and <https://auto.link>. Is \\*not\\* emphasis &amp; snake_case_name.

Setext heading
==============
***
最后一行
和**粗体**。
"""  # noqa: W291  (a hard break)

Shape = list[object]


def shape(markdown: str) -> Shape:
    """What a parser sees of a text, without the words: blocks, their order, links, code and emphasis."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return list(_tokens(parser.parse(markdown)))


def _tokens(tokens: list[Token]) -> Iterator[object]:
    for token in tokens:
        if token.type == "inline":
            yield from _tokens(token.children or [])
        elif token.type in ("fence", "code_block", "code_inline", "html_block", "html_inline"):
            yield token.type, token.content
        elif token.type not in ("text", "softbreak"):
            yield token.type, token.tag, tuple(token.attrs.items())


def test_round_trip() -> None:
    """Headings, lists, tables, links, emphasis, code: all where they were, and the words are others."""
    document = rewritable("a.md", TEXT.encode())
    after = translated(document).decode()
    assert shape(after) == shape(TEXT)
    assert "# BIG HEADING #" in after
    assert "SOME *ITALIC WORDS* AND **BOLD TEXT** HERE, WITH A [LINK TEXT](https://a.b/c" in after
    assert "title: Stays" in after
    assert "SNAKE_CASE_NAME" in after


def test_untouched_is_byte_for_byte_the_same() -> None:
    """What was not translated when somebody cancelled stands as it stood."""
    data = TEXT.replace("\n", "\r\n").encode()
    document = rewritable("a.md", data)
    assert document.rewritten([None] * len(document.segments)) == data


def test_words_that_change_places() -> None:
    """Emphasis and links follow their words by the alignment."""
    document = rewritable("a.md", b"Read the **big book** about [small birds](https://b.c) now.\n")
    after = document.rewritten([backwards(segment) for segment in document.segments]).decode()
    assert after == "NOW [BIRDS SMALL](https://b.c) ABOUT **BOOK BIG** THE READ\n"


@pytest.mark.parametrize(
    ("source", "translation", "written"),
    [
        ("Hello", "# Hallo", "\\# Hallo"),
        ("Hello", "1. Hallo", "1\\. Hallo"),
        ("Hello", "- Hallo", "\\- Hallo"),
        ("Hello", "a\n\nb", "a  b"),
        ("a \\* b", "c * d", "c \\* d"),
        ("**Note:** take it", "**注意：**拿着", None),
    ],
)
def test_a_translation_makes_no_blocks(source: str, translation: str, written: str | None) -> None:
    """Whatever a model writes, a paragraph stays one paragraph."""
    document = rewritable("a.md", source.encode())
    after = document.rewritten([SegmentTranslation(translation)]).decode()
    assert written is None or after == written
    assert [kind for kind, *_ in shape(after) if kind.endswith("_open")][:1] == ["paragraph_open"]  # type: ignore[misc,attr-defined]


def test_bold_beside_chinese_punctuation_works() -> None:
    """Signs of emphasis next to punctuation would show as stars between Chinese characters."""
    document = rewritable("a.md", b"**All of it.** Yes")
    after = document.rewritten(
        [SegmentTranslation("全部。是的", (((2, 8), (0, 3), 1.0), ((11, 14), (3, 5), 1.0)))]
    )
    assert ("strong_open", "strong", ()) in shape(after.decode())


def test_a_cell_stays_one_cell() -> None:
    """A stroke in a translation would begin a new cell."""
    document = rewritable("a.md", b"| a word |\n|---|\n| cell |\n")
    after = document.rewritten([SegmentTranslation("x|y"), SegmentTranslation("z")]).decode()
    assert after == "| x\\|y |\n|---|\n| z |\n"


def test_the_kind_of_a_note_is_syntax() -> None:
    """Viewers show it in the reader's language; translated, it would be a word like others."""
    body = rewritable("a.md", b"> [!WARNING]\n> Deep water.\n")
    assert translated(body) == b"> [!WARNING]\n> DEEP WATER.\n"


def test_hostile_markup_takes_no_time() -> None:
    """Files made of nothing but markup are read at once, as text if need be."""
    for hostile in (
        "*a " * 60_000,
        ("*a " * 6_000 + "\n\n") * 10,
        ("*a _b ~~c " * 1_900 + "\n\n") * 15,
        "*a" * 9_000 + " b*" * 300,
        "[" * 100_000,
        "`" * 100_000,
        "> " * 50_000 + "a",
        "<a" * 50_000,
        "|a" * 50_000,
    ):
        document = rewritable("a.md", hostile.encode())
        assert document.rewritten([None] * len(document.segments)) == hostile.encode()


@pytest.mark.parametrize(
    ("hostile", "key"),
    [
        ("- a\n" * 31_000, "document_too_many_passages"),
        (("word " * 100 + "\n\n") * 2_000, "document_too_long"),
    ],
)
def test_what_is_too_long_is_refused_before_it_is_read_whole(hostile: str, key: str) -> None:
    """A file that is refused must not first cost what a whole one costs."""
    with pytest.raises(InputError, match=key):
        rewritable("a.md", hostile.encode())
    endless = itertools.repeat(SegmentSlot(DocumentSegment("word " * 10), "", one_line))
    with pytest.raises(InputError, match="document_too_long"):
        Skeleton.of(decode(b"x"), endless, lambda text, _: text)


@given(st.text("ab*_`[]()!<>#-|~$\\ \n1.&;中。", min_size=1, max_size=80).filter(str.strip))
def test_any_text_is_kept(text: str) -> None:
    """Nothing that can be typed breaks the reader, and what it leaves alone is the same."""
    document = rewritable("a.md", text.encode())
    assert document.rewritten([None] * len(document.segments)) == text.encode()
    translated(document)


def blocks(text: str) -> list[tuple[BlockKind, str]]:
    """What is read of a text."""
    return [(block.kind, block.text) for block in read_document("a.md", text.encode()).blocks]


def test_what_is_read() -> None:
    """The words as a reader of the page sees them, code as it is."""
    document = read_document("a.md", TEXT.encode())
    assert document.title == "Stays"
    assert [block.text for block in document.blocks] == [
        "title: Stays",
        "Big heading",
        "Some italic words and bold text here, with a link text and code span too. Second line.\n"
        "After a hard break, both and gone.",
        "item one",
        "task two continued here",
        "1. nested x",
        "its second paragraph",
        "quoted text goes on",
        "Name | Price",
        "Name: Apple pie; Price: 3",
        "Name: a thing; Price: bold cell",
        'print("hello")  # stays',
        "indented code",
        "raw html",
        "An alt image.",
        "See ref, other and https://auto.link. Is *not* emphasis & snake_case_name.",
        "Setext heading",
        "最后一行和粗体。",
    ]
    assert document.blocks[-1].headings == ("Setext heading",)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (
            "Override `__init__`; a `Map<String, Harbour>` holds `*args` and ``a`b`` and `<dock>`.",
            [
                (
                    BlockKind.PARAGRAPH,
                    "Override __init__; a Map<String, Harbour> holds *args and a`b and <dock>.",
                )
            ],
        ),
        ("1. a\n1. b\n1. c", [(BlockKind.LIST_ITEM, f"{n}. {c}") for n, c in ((1, "a"), (2, "b"), (3, "c"))]),
        ("- ```\n  x\n    y\n  ```", [(BlockKind.CODE, "x\n  y")]),
        ("```py\n# no heading\n\n    a  b\n```", [(BlockKind.CODE, "# no heading\n\n    a  b")]),
        (
            "| a | b | c |\n|-|-|-|\n| 1 || 3 |",
            [(BlockKind.TABLE_ROW, "a | b | c"), (BlockKind.TABLE_ROW, "a: 1; c: 3")],
        ),
        ("Price\n\n42 €\n\n---\n", [(BlockKind.PARAGRAPH, "Price"), (BlockKind.PARAGRAPH, "42 €")]),
        ("a <kbd>Ctrl</kbd>&nbsp;b<br>c <!-- no --> $x_1$", [(BlockKind.PARAGRAPH, "a Ctrl\xa0b c $x_1$")]),
        (  # words in such brackets are tags only if HTML has them
            'A Map<String, Harbour>, a List<Ship>, <name> and a <b class="x">bold</b> <a href=y>link</a>.',
            [(BlockKind.PARAGRAPH, "A Map<String, Harbour>, a List<Ship>, <name> and a bold link.")],
        ),
        ("[^1]: The note.", [(BlockKind.NOTE, "The note.")]),
        (
            "> [!WARNING]\n> Deep water.",
            [(BlockKind.PARAGRAPH, "Warning"), (BlockKind.PARAGRAPH, "Deep water.")],
        ),
        (
            "<table><tr><th>a</th><th>b</th></tr>\n<tr><td>1</td><td>2</td></tr></table>",
            [(BlockKind.TABLE_ROW, "a | b"), (BlockKind.TABLE_ROW, "a: 1; b: 2")],
        ),
        # formulas on a line of their own, or on the lines of their signs
        (
            "$$E=mc^2$$\n\nAfter.",
            [(BlockKind.CODE, "E=mc^2"), (BlockKind.PARAGRAPH, "After.")],
        ),
        (
            "> $$a = b\n> + c$$\n\n- $$\n  x\n  $$\n\n$$$ cheap",
            [(BlockKind.CODE, "a = b\n+ c"), (BlockKind.CODE, "x"), (BlockKind.PARAGRAPH, "$$$ cheap")],
        ),
        (  # signs that are never closed begin no formula
            "$$\nE = m\n\n# After\n\nPrices in $$ are\nnot one.",
            [
                (BlockKind.PARAGRAPH, "$$ E = m"),
                (BlockKind.HEADING, "After"),
                (BlockKind.PARAGRAPH, "Prices in $$ are not one."),
            ],
        ),
        (
            "| a | b |\n|--|--|\n| `x\\|y` | 1 |",
            [(BlockKind.TABLE_ROW, "a | b"), (BlockKind.TABLE_ROW, "a: x|y; b: 1")],
        ),
        # only what has an address and at most a title defines a link
        (
            "[TODO]: write this\n\n[12:30]: Ola said hi\n\n[a]: http://x.y 'T'\r\n\r\n[b]: <u v>\n\n[a], [b]",
            [
                (BlockKind.PARAGRAPH, "[TODO]: write this"),
                (BlockKind.PARAGRAPH, "[12:30]: Ola said hi"),
                (BlockKind.PARAGRAPH, "a, b"),
            ],
        ),
        # blanks at the end of a line break it in a paragraph only
        ("# Title  \ntext", [(BlockKind.HEADING, "Title"), (BlockKind.PARAGRAPH, "text")]),
        ("one\n  \ntwo", [(BlockKind.PARAGRAPH, "one"), (BlockKind.PARAGRAPH, "two")]),
        ("```\nx\n```  \nafter", [(BlockKind.CODE, "x"), (BlockKind.PARAGRAPH, "after")]),
        ("- item\n\n---  \nafter", [(BlockKind.LIST_ITEM, "item"), (BlockKind.PARAGRAPH, "after")]),
        ("- item  \n42 €\\\nmore", [(BlockKind.LIST_ITEM, "item\n42 €\nmore")]),
        (  # a blank line ends a table
            "| a | b |\n|---|---|\n| 1 | 2 |\n\n| c | d |\n|---|---|\n| 3 | 4 |",
            [(BlockKind.TABLE_ROW, row) for row in ("a | b", "a: 1; b: 2", "c | d", "c: 3; d: 4")],
        ),
        ("one\rtwo\r\rthree", [(BlockKind.PARAGRAPH, "one two"), (BlockKind.PARAGRAPH, "three")]),
    ],
)
def test_pieces(text: str, read: list[tuple[BlockKind, str]]) -> None:
    """Numbers as they are counted, rows with their heads, and no sign of markup."""
    assert blocks(text) == read


def test_html_that_nests_too_deep_is_told() -> None:
    """What a piece of HTML cannot give is a notice of the whole file."""
    document = read_document("a.md", ("Text.\n\n" + "<div>" * 5_000 + "deep\n\n<hr>").encode())
    assert document.notices == (DocumentNotice("elements_too_deep"),)
