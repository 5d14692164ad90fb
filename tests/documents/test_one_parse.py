"""What the library reads and what is translated are the same words, for every format that can be written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest
import regex

from llama_demo.documents.document import BlockKind
from llama_demo.documents.registry import REWRITABLE, read_document
from llama_demo.documents.rewriting import open_document
from tests.documents.office_files import docx, paragraph

_WORD = regex.compile(r"\p{Han}|\p{L}+")
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
        + "<w:tbl><w:tr><w:tc>"
        + paragraph("left cell")
        + "</w:tc><w:tc>"
        + paragraph("right cell", extra='<w:r><w:footnoteReference w:id="2"/></w:r>')
        + "</w:tc></w:tr></w:tbl>",
        footnotes=f'<w:footnote w:id="2">{paragraph("noted")}</w:footnote>',
        header1=paragraph("At the top"),
    ),
}
"""A file of each format, with what the format has."""


def words(texts: Iterable[str]) -> set[str]:
    return {word.lower() for text in texts for word in _WORD.findall(text)}


@pytest.mark.parametrize("suffix", [each for each in REWRITABLE if each in SAMPLES])
def test_what_one_sees_the_other_sees(suffix: str) -> None:
    """A word that is found can be translated, and a word that is translated can be found."""
    data = SAMPLES[suffix]
    blocks = read_document(f"a{suffix}", data).blocks
    segments = open_document(f"a{suffix}", data).body.segments
    translated = words(segment.text for segment in segments)
    assert translated
    assert translated <= words(block.text for block in blocks)
    assert words(block.text for block in blocks if block.kind not in _KEPT) <= translated
