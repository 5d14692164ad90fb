"""What the library reads and what is translated are the same words, for every format that can be written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import pytest
import regex

from llama_demo.documents.document import Block, BlockKind
from llama_demo.documents.parsing import Parser
from llama_demo.documents.registry import REWRITABLE, read_document
from llama_demo.documents.rewriting import open_document
from tests.documents.office_files import docx, paragraph
from tests.documents.translators import backwards

_WORD = regex.compile(r"\p{Han}|\p{L}+")
_HEAD = regex.compile(r"(?:^|(?<=; ))[^:;]+: ")
_KEPT = frozenset((BlockKind.CODE, BlockKind.COMMENT))
"""Blocks that no language changes, or that are not part of the text."""

SAMPLES: Mapping[str, bytes] = {
    ".docx": docx(
        paragraph("Heading words", '<w:pStyle w:val="Heading1"/>')
        + paragraph("Before ", extra="<w:ins><w:r><w:t>inserted</w:t></w:r></w:ins>")
        + paragraph(
            "Linked: ",
            extra="<w:hyperlink><w:ins><w:smartTag><w:r><w:t>deeply</w:t></w:r></w:smartTag></w:ins></w:hyperlink>",
        )
        + paragraph(
            "Control ", extra="<w:sdt><w:sdtContent><w:r><w:t>inside</w:t></w:r></w:sdtContent></w:sdt>"
        )
        + paragraph(
            "Read: ",
            extra="<w:r><w:ruby><w:rt><w:r><w:t>kan</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>漢</w:t></w:r>"
            "</w:rubyBase></w:ruby></w:r><w:r><w:t>字</w:t></w:r>",
        )
        + "<w:tbl><w:tr><w:tc>"
        + paragraph("left cell")
        + "</w:tc><w:tc>"
        + paragraph("right cell", extra='<w:r><w:footnoteReference w:id="2"/></w:r>')
        + "</w:tc></w:tr></w:tbl>",
        footnotes=f'<w:footnote w:id="2">{paragraph("noted")}</w:footnote>',
        header1=paragraph("At the top"),
    ),
    ".txt": "  Title\r\n\r\n\tfirst line \nsecond line\r\x0c42 %\u2028第三行".encode("gb18030"),
    ".md": (
        b"# Big *heading*\n\nWrapped **bold**\nline with a [link](https://a.b) and `code`.  \nbroken\n\n"
        b"1. item\n   goes on\n> quoted\n\n| name | age |\n|--|--|\n| Ola | `x` |\n\n[^1]: noted\n"
    ),
    ".csv": 'sep=;\nname;town\n"Ola ""the boat"" Berg";Bodø, north\n"never closed\n'.encode(),
    ".tsv": b"name\ttown\nOla\tOslo\n",
    ".srt": (
        b"1\r00:00:01 --> 00:00:02 X1:1\r<i>Said</i> by\rone\r\rand after a blank\r\r"
        b"2\r00:00:03,5 --> 00:00:04,5\r- First\r- {\\an8}Second\r"
    ),
    ".vtt": b"WEBVTT\n\nNOTE x\n\n00:01.000 --> 00:02.000 line:0\n<v Ann>Said <b>aloud</b> &amp; clear\n",
    ".ass": (
        b"[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
        b"Dialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,{\\i1}One, two{\\i0}\\Nthree\n"
    ),
}
SAMPLES = {**SAMPLES, ".ssa": SAMPLES[".ass"]}
"""A file of each format, with what the format has."""


DAMAGED = {
    ".txt": "Die Tür über der Brücke\n".encode() + b"\xff\n" + "Möwen fliegen spät\n".encode() * 4,
    ".csv": "Größe;Höhe\nMöwe".encode() + b"\xff;" + "Küste\nFüße;Türen\nKäse;Öl\n".encode(),
}
"""Files with a byte that is not in their encoding."""


def words(texts: Iterable[str]) -> Counter[str]:
    """How often each word stands there."""
    return Counter(word.lower() for text in texts for word in _WORD.findall(text))


def without_heads(block: Block) -> str:
    """The text of a block; a row without the names of the columns, which stand in each row."""
    return _HEAD.sub("", block.text) if block.kind is BlockKind.TABLE_ROW else block.text


@pytest.mark.parametrize("suffix", REWRITABLE)
def test_what_one_sees_the_other_sees(suffix: str) -> None:
    """A word that is found can be translated, and the other way round, each time it stands there."""
    data = SAMPLES[suffix]
    blocks = read_document(f"a{suffix}", data).blocks
    segments = open_document(f"a{suffix}", data).body.segments
    translated = words(segment.text for segment in segments)
    assert translated
    assert translated <= words(map(without_heads, blocks))
    assert words(without_heads(block) for block in blocks if block.kind not in _KEPT) <= translated


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    with Parser() as one:
        yield one


@pytest.mark.parametrize(("suffix", "data"), [*SAMPLES.items(), *DAMAGED.items()])
def test_the_worker_writes_what_the_parse_gave(parser: Parser, suffix: str, data: bytes) -> None:
    """Segments, styles, links and damaged characters survive the way to the worker process and back."""
    name = f"a{suffix}"
    here, there = open_document(name, data).body, parser.open(name, data).body
    assert list(there.segments) == list(here.segments)
    first, *others = map(backwards, here.segments)
    for translations in ([first, *others], [first, *[None] * len(others)]):
        assert there.rewritten(translations) == here.rewritten(translations)
    assert (b"\xff" in data) == (
        b"\xff" in there.rewritten([None] * len(there.segments))
    ) or suffix == ".docx"
