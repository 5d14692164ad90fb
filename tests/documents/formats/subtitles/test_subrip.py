"""What is said is read; numbers, times, lines and tags are kept."""

from __future__ import annotations

import pytest

from llama_demo.documents.registry import read_document
from llama_demo.documents.segments import SegmentTranslation
from tests.documents.translators import rewritable, translated

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
    document = rewritable("a.srt", TEXT.replace("\n", "\r\n").encode("utf-8-sig"))
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
    document = rewritable("a.srt", TEXT.encode())
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
    for text in (TEXT, TEXT.rstrip(), TEXT[:60]):
        document = rewritable("a.srt", text.encode())
        assert document.rewritten([None] * len(document.segments)) == text.encode()


CUE = "00:00:01,000 --> 00:00:03,000"
LATER = "00:00:04,000 --> 00:00:06,000"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # coordinates and settings behind the times
        (
            f"1\r\n{CUE}  X1:201 X2:516 Y1:397 Y2:423\r\nThe lighthouse is dark.\r\n\r\n"
            f"2\r\n{LATER} align:middle position:50%\r\nRow faster, Tilda!\r\n",
            ["The lighthouse is dark.", "Row faster, Tilda!"],
        ),
        # cues without numbers, of which one says a number
        (
            f"{CUE}\nHow old is he?\n\n{LATER}\n93\n\n00:00:07,000 --> 00:00:09,000\nOld.",
            ["How old is he?", "93", "Old."],
        ),
        (f"1\n{CUE}\nHow old is he?\n\n2\n{LATER}\n93\n", ["How old is he?", "93"]),
        # line ends of old Macs
        (
            f"1\r{CUE}\rThe lighthouse is dark.\r\r2\r{LATER}\rRow faster.\r",
            ["The lighthouse is dark.", "Row faster."],
        ),
        # times without milliseconds, with points, with blanks, without leading zeros
        ("1\n00:00:01 --> 00:00:03\nOne\n\n2\n0:00:04.50 -> 0:00:06.00\nTwo\n", ["One", "Two"]),
        ("1\n00: 00: 01, 000 --> 00: 00: 03, 000\nOne\n", ["One"]),
        # no blank line between cues, a blank line in a cue
        (f"1\n{CUE}\nOne\n2\n{LATER}\nTwo\n\nafter a blank\n", ["One", "Two after a blank"]),
        # tags
        (f'1\n{CUE}\n{{\\an8}}<font color="#fff">One</font> < 2 & <i>three</i>\n', ["One < 2 & three"]),
        (f"1\n{CUE}\nThe time 10:30\n", ["The time 10:30"]),
        # every other line is blank
        (f"1\r\r\n{CUE}\r\r\nOne\r\r\n\r\r\n2\r\r\n{LATER}\r\r\nTwo\r\r\n", ["One", "Two"]),
        # other arrows, times before the film begins, numbers with a sign
        (
            "#1\n00:00:01,000 → 00:00:03,000\nOne\n\n#2\n-00:00:04,000 --&gt; 00:00:06,000\nTwo\n",
            ["One", "Two"],
        ),
        ("1.\n00:00:01,000 —> 1000:00:03,000\nOne\n", ["One"]),
        # breaks of HTML and tags of MicroDVD
        (f"1\n{CUE}\n{{y:i}}One<br>two<BR />\nthree\n", ["One two three"]),
        # WebVTT by another name
        (f"WEBVTT\n\nNOTE not said\n\nname\n{CUE}\nOne\n", ["One"]),
    ],
)
def test_what_is_said(text: str, said: list[str]) -> None:
    """Nothing of a cue but its words, in every way in which programs write one."""
    document = read_document("a.srt", text.encode())
    assert document.text.split("\n") == said
    assert all(segment.text in " ".join(said) for segment in rewritable("a.srt", text.encode()).segments)


VTT = """\
WEBVTT - a film

STYLE
::cue { color: red }

NOTE not said

intro
00:01.000 --> 00:03.000 line:0
<v Tilda>The <c.loud>lighthouse</c> is &lt;dark&gt;.

1:00:04.000 --> 1:00:06.000
- Row <00:05.000>faster!
- Why?

NOTE
not said either
"""


def test_breaks_of_html_stay() -> None:
    """A line that HTML breaks is broken again."""
    source = f"1\n{CUE}\nThe lamp is dark.<br>The sea is calm.\n"
    assert "IS DARK.<br>THE SEA" in translated(rewritable("a.srt", source.encode())).decode()


def test_web_subtitles() -> None:
    """Headers, styles, notes, names of cues and voices are no text; entities are characters."""
    document = read_document("a.vtt", VTT.encode())
    assert [(block.headings, block.text) for block in document.blocks] == [
        (("00:00:01",), "The lighthouse is <dark>."),
        (("01:00:04",), "- Row faster! - Why?"),
    ]
    body = rewritable("a.vtt", VTT.encode())
    assert [segment.text for segment in body.segments] == ["The lighthouse is <dark>.", "Row faster!", "Why?"]
    after = translated(body).decode()
    assert "<v Tilda>THE <c.loud>LIGHTHOUSE</c> IS &lt;DARK&gt;.\n" in after
    assert "NOTE\nnot said either\n" in after
    assert body.rewritten([None] * 3) == VTT.encode()
