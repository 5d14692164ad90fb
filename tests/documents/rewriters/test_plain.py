"""Plain text keeps its lines."""

from __future__ import annotations

import pytest

from llama_demo.documents.rewriters.plain import open_plain
from llama_demo.documents.segments import SegmentTranslation
from tests.documents.translators import translated

TEXT = "  Title\r\n\r\n\tfirst line \nsecond line\r\x0c42 %\u2028第三行"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_round_trip(encoding: str) -> None:
    """Every kind of line break, indentation, numbers and the encoding stay."""
    document = open_plain(TEXT.encode(encoding))
    assert [segment.text for segment in document.segments] == ["Title", "first line", "second line", "第三行"]
    assert translated(document) == TEXT.replace("itle", "ITLE").replace("first line", "FIRST LINE").replace(
        "second line", "SECOND LINE"
    ).encode(encoding)
    assert document.rewritten([None] * 4) == TEXT.encode(encoding)


def test_a_translation_in_several_lines_stays_in_one() -> None:
    """The file has as many lines as before, whatever the translator writes."""
    document = open_plain(b"one\ntwo\n")
    assert document.rewritten([SegmentTranslation("a\nb"), None]) == b"a b\ntwo\n"
