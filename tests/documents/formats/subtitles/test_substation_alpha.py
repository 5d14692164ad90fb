"""What is said is read in the order of time; styles, times and tags are kept."""

from __future__ import annotations

from llama_demo.documents.registry import read_document
from tests.documents.translators import rewritable, translated

ASS = """\
[Script Info]
Title: The tower

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,not said
Dialogue: 0,0:00:04.00,0:00:06.00,Default,Tilda,0,0,0,,{\\i1}Row faster,{\\i0}\\Nplease!
Dialogue: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,,The lighthouse, they say, is dark.
Dialogue: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,,{\\p1}m 0 0 l 10 0 10 10{\\p0}
"""


def test_substation_subtitles() -> None:
    """Events are read in the order of their times; comments, drawings and tags are no text."""
    document = read_document("a.ass", ASS.encode())
    assert document.title == "The tower"
    assert document.text == "The lighthouse, they say, is dark.\nRow faster, please!"
    body = rewritable("a.ass", ASS.encode())
    after = translated(body).decode()
    assert ",,{\\i1}ROW FASTER" in after
    assert ", PLEASE!\n" in after
    assert body.rewritten([None] * 2) == ASS.encode()


def test_what_braces_hold_is_no_text() -> None:
    """Comments in braces and drawings stay; what stands beside a drawing is said; names are in any case."""
    source = (
        "[EVENTS]\nformat: start, end, text\n"
        "dialogue: 0:00:01.00,0:00:02.00,{\\p1}m 0 0{\\p0}row{not said}\\hfaster\n"
    )
    assert read_document("a.ass", source.encode()).text == "row faster"
    body = rewritable("a.ass", source.encode())
    assert [segment.text for segment in body.segments] == ["row faster"]
    after = translated(body).decode()
    assert "{\\p1}m 0 0{\\p0}ROW" in after
    assert "{not said}" in after
