"""Subtitles keep their numbers, times, lines and tags."""

from __future__ import annotations

from llama_demo.documents.rewriters.subtitles import open_subtitles
from llama_demo.documents.segments import SegmentTranslation
from tests.documents.translators import translated

TEXT = """\
1
00:00:01,000 --> 00:00:02,000
<i>Hello there my
good old friend</i>, how are you?

2
00:00:03,000 --> 00:00:04,500 X1:1 X2:2
- Who is it?
- {\\an8}Only me.

3
00:00:05,000 --> 00:00:06,000
♪ ... ♪

4
00:00:07,000 --> 00:00:08,000
第一行
第二行
"""


def test_round_trip() -> None:
    """Two speakers stay two lines, a sentence over two lines is translated as one and has two again."""
    document = open_subtitles(TEXT.replace("\n", "\r\n").encode("utf-8-sig"))
    assert [segment.text for segment in document.segments] == [
        "Hello there my good old friend, how are you?",
        "Who is it?",
        "Only me.",
        "第一行第二行",
    ]
    after = translated(document).decode("utf-8-sig")
    expected = TEXT.replace("Hello there my\ngood old friend", "HELLO THERE MY GOOD OLD\nFRIEND")
    for before in (", how are you?", "Who is it?", "Only me."):
        expected = expected.replace(before, before.upper())
    assert after == expected.replace("\n", "\r\n")


def test_as_many_lines_as_before() -> None:
    """Chinese is cut between characters, never before its punctuation, and never inside a tag."""
    document = open_subtitles(TEXT.encode())
    after = document.rewritten(
        [SegmentTranslation("你好，我亲爱的老朋友，你好吗？"), None, None, None]
    ).decode()
    lines = after.split("\n\n")[0].split("\n")[2:]
    assert len(lines) == 2
    assert lines[0].startswith("<i>")
    assert "</i>" in lines[1]
    assert lines[1][0] not in "，。？"


def test_untouched_is_the_same() -> None:
    """Also when the last subtitle has no end of line, or the file is cut off."""
    for text in (TEXT, TEXT.rstrip(), TEXT[:60], "", "no subtitles at all\n"):
        document = open_subtitles(text.encode())
        assert document.rewritten([None] * len(document.segments)) == text.encode()
