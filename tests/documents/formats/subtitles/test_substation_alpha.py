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
