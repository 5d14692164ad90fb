"""A translated file says that a machine translated it, and marks what is doubtful."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import docx
import pytest

from llama_demo.documents.registry import REWRITABLE, read_document
from llama_demo.documents.segments import SegmentTranslation
from tests.documents.translators import rewritable

NOTE = "Machine-translated (a_b, *x*), not checked. [?] marks doubts."


def word() -> bytes:
    """A document with a paragraph in bold, and another one."""
    document, file = docx.Document(), io.BytesIO()
    document.add_paragraph().add_run("Good morning").bold = True
    document.add_paragraph("Second one")
    document.save(file)
    return file.getvalue()


FILES = {
    ".txt": b"Good morning\r\nSecond one\r\n",
    ".md": b"---\ntitle: x\n---\n# Good morning\n\nSecond one\n",
    ".csv": b"Good morning,2\nSecond one,3",
    ".tsv": b"Good morning\t2\nSecond one\t3",
    ".srt": b"1\r\n00:00:01,000 --> 00:00:02,000\r\nGood morning\r\n\r\n"
    b"2\r\n00:01:09,500 --> 00:01:10,500\r\nSecond one\r\n",
    ".vtt": b"WEBVTT\nKind: captions\n\n00:01.000 --> 00:02.000\nGood morning\n\n"
    b"00:03.000 --> 00:04.000\nSecond one\n",
    ".ass": b"[Script Info]\nTitle: x\n\n[Events]\nFormat: Start, End, Text\n"
    b"Dialogue: 0:00:01.00,0:00:02.00,Good morning\n"
    b"Dialogue: 0:00:03.00,0:00:04.00,Second one\n",
    ".docx": word(),
}
FILES[".ssa"] = FILES[".ass"]


def noted(suffix: str) -> bytes:
    """The file, its first passage translated and doubtful, the second one translated."""
    first = SegmentTranslation("Guten Morgen", (((0, 4), (0, 5), 1.0),), doubtful=True)
    return rewritable(f"a{suffix}", FILES[suffix]).rewritten([first, SegmentTranslation("Zweites")], NOTE)


@pytest.mark.parametrize("suffix", REWRITABLE)
def test_a_file_with_a_note_is_still_read(suffix: str) -> None:
    """The note and the sign are in it, once each, and both passages are where they were."""
    data = noted(suffix)
    text = "\n".join(block.text for block in read_document(f"a{suffix}", data).blocks)
    assert re.search(r"\[\?\] Guten Morgen", text)
    assert "Zweites" in text
    assert "[?] Zweites" not in text
    whole = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml") if suffix == ".docx" else data
    assert whole.replace(b"\\", b"").count(NOTE.encode()) == 1
    without = rewritable(f"a{suffix}", FILES[suffix]).rewritten([None, None])
    assert NOTE.encode() not in without


def test_a_note_is_no_part_of_what_programs_read() -> None:
    """Comments of subtitles, a quotation behind the front matter, a last row, a cue behind the last one."""
    assert noted(".vtt").startswith(b"WEBVTT\nKind: captions\n\nNOTE Machine")
    assert noted(".ass").startswith(b"[Script Info]\n; Machine")
    assert noted(".md").startswith(b"---\ntitle: x\n---\n\n> Machine-translated (a\\_b, \\*x\\*)")
    assert noted(".txt").startswith(b"Machine")
    assert noted(".txt").count(b"\r\n") == 4
    rows = list(csv.reader(io.StringIO(noted(".csv").decode())))
    assert rows == [["[?] Guten Morgen", "2"], ["Zweites", "3"], [NOTE, ""]]
    assert noted(".srt").endswith(f"3\r\n00:01:11,000 --> 00:01:16,000\r\n{NOTE}\r\n".encode())


def test_word_highlights_what_is_doubtful() -> None:
    """Every run of the passage and no other; its formatting stays."""
    paragraphs = docx.Document(io.BytesIO(noted(".docx"))).paragraphs
    assert paragraphs[0].text == NOTE
    assert all(run.font.highlight_color and run.bold for run in paragraphs[1].runs)
    assert not any(run.font.highlight_color for run in paragraphs[2].runs)
