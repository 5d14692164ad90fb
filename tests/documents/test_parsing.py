"""Files of every format become text; bad ones are refused alone, with their reason."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from llama_demo.documents.parsing import Parser, ParsingLimits
from llama_demo.documents.segments import SegmentTranslation
from llama_demo.errors import DemoError, DocumentError
from tests.documents import files

# A worker that does what the file's name says where a real library would have gone wrong. Given a port, it
# reports there that it loops.
MISBEHAVING = """
import os, socket, struct, sys
from llama_demo.documents import worker
lies, send = [], worker.send
def lie(pipe, head, data):
    if lies: pipe.write(struct.pack(">IQ", 2, 1 << 60) + b"{}" * 50); pipe.flush()
    else: send(pipe, head, data)
worker.send = lie
caller = socket.create_connection(("127.0.0.1", int(sys.argv[1]))) if len(sys.argv) > 1 else None
def misbehaving(read):
    def parse(name, data):
        if name == "crash.txt": os.abort()
        if name == "loop.txt":
            if caller: caller.sendall(b"!")
            while True: pass
        if name == "eat.txt": return bytearray(1 << 40)
        if name == "lie.txt": lies.append(name)
        return read(name, data)
    return parse
worker.parse, worker.open_document = misbehaving(worker.parse), misbehaving(worker.open_document)
worker.main()
"""


OLE = bytes.fromhex("d0cf11e0a1b11ae1")
"""The signature of the files of old Office programs, and of locked ones."""


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    with Parser() as one:
        yield one


@pytest.mark.parametrize(
    ("name", "data", "blocks"),
    [
        ("a.txt", "标题\n\n第一段。".encode("gb18030"), [("标题", (), None), ("第一段。", (), None)]),
        ("a.txt", "One\n\nTwo".encode("utf-16"), [("One", (), None), ("Two", (), None)]),
        ("a.md", b"# A\nSee [it](http://x) *now*.\n", [("A", ("A",), None), ("See it now.", ("A",), None)]),
        (
            "a.html",
            b"<title>T</title><h2>A</h2><script>alert(1)</script><p>b <b>c</b>&amp;<p>d",
            [("A", ("A",), None), ("b c&", ("A",), None), ("d", ("A",), None)],
        ),
        ("a.pdf", files.pdf("First page.", "Second."), [("First page.", (), 1), ("Second.", (), 2)]),
        (
            "a.docx",
            files.word(),
            [
                ("手册", ("手册",), None),
                ("第一段。", ("手册",), None),
                ("Leave", ("手册", "Leave"), None),
                ("Ask your lead.", ("手册", "Leave"), None),
                ("days | 25", ("手册", "Leave"), None),
            ],
        ),
        (
            "a.pptx",
            files.slides(),
            [
                ("Results", ("Results",), 1),
                ("It works.\nIt is fast.", ("Results",), 1),
                ("Say thanks.", ("Results",), 1),
            ],
        ),
        (
            "a.xlsx",
            files.workbook(),
            [("item | price", ("价格",), None), ("item: lamp; price: 12.5", ("价格",), None)],
        ),
        (
            "a.csv",
            b"item;price\nlamp;12\n",
            [("item | price", (), None), ("item: lamp; price: 12", (), None)],
        ),
        (
            "a.epub",
            files.book(),
            [
                ("First", ("First",), None),
                ("从前有一座山。", ("First",), None),
                ("Second", ("Second",), None),
                ("The end.", ("Second",), None),
            ],
        ),
        (
            "a.srt",
            b"1\n00:00:01,000 --> 00:00:02,000\n<i>Hi</i>\n\n2\n00:01:10,000 --> 00:01:12,000\nBye\n",
            [("Hi", ("00:00:01",), None), ("Bye", ("00:01:10",), None)],
        ),
        ("a.json", b'[{"q": "why", "tags": ["x", "y"]}]', [("q: why\ntags: x, y", (), None)]),
        ("a.jsonl", b'{"q": 1}\n{"q": 2}\n', [("q: 1", (), None), ("q: 2", (), None)]),
        ("report.txt", files.pdf("A PDF by another name"), [("A PDF by another name", (), 1)]),
        ("restricted.pdf", files.locked_pdf(""), [("A restricted page", (), 1)]),
    ],
)
def test_a_file_becomes_blocks(
    parser: Parser, name: str, data: bytes, blocks: list[tuple[object, ...]]
) -> None:
    """Text, headings and pages arrive in reading order, whatever the format or the encoding."""
    assert [(b.text, b.headings, b.page) for b in parser.parse(name, data).blocks] == blocks


@pytest.mark.parametrize(
    ("name", "data", "key"),
    [
        ("a.txt", b" \n", "document_empty"),
        ("a.txt", bytes(range(256)) * 20, "document_binary"),
        ("a.txt", files.packed({"x": "y"}), "document_binary"),
        ("a.exe", b"MZ", "file_kind_unknown"),
        ("a.docm", files.word(), "file_macros"),
        ("a.pdf", b"<html>not a PDF</html>", "file_other_kind"),
        ("a.pdf", files.pdf("text")[:60], "file_damaged"),
        ("a.pdf", files.pdf("", ""), "file_nothing"),
        ("a.pdf", files.locked_pdf("secret"), "file_locked"),
        ("a.docx", OLE + bytes(600), "file_locked"),
        ("a.docx", OLE + "WordDocument".encode("utf-16-le") + bytes(600), "file_old_office"),
        ("a.xls", OLE + bytes(600), "file_old_office"),
        ("a.txt", OLE + "Workbook".encode("utf-16-le") + bytes(600), "file_old_office"),
        ("a.docx", files.word()[:-200], "file_damaged"),
        ("a.docx", files.packed({"word/document.xml": b"a" * 5_000_000}), "document_bomb"),
        (
            "a.docx",
            files.packed(
                {"word/document.xml": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'}
            ),
            "document_bomb",
        ),
        ("a.json", b"[" * 100_000, "file_damaged"),
        ("a.srt", b"no times", "file_damaged"),
        ("a.html", b"<script>1</script>", "file_nothing"),
    ],
)
def test_what_cannot_be_read_says_why(parser: Parser, name: str, data: bytes, key: str) -> None:
    """Each kind of bad file has its own reason, and the worker lives on."""
    with pytest.raises(DemoError) as caught:
        parser.parse(name, data)
    assert caught.value.key == key
    assert parser.parse("next.txt", b"fine").text == "fine"


def test_a_huge_file_is_refused_by_its_size(tmp_path: Path) -> None:
    """500 MB are never read into memory."""
    path = tmp_path / "huge.pdf"
    with path.open("wb") as file:
        file.truncate(500 * 1024**2)
    with Parser(command=("no such program",)) as parser, pytest.raises(DocumentError) as caught:
        parser.parse(path.name, path)
    assert caught.value.key == "file_too_large"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("crash.txt", "file_crashed"),
        ("loop.txt", "file_slow"),
        ("eat.txt", "file_memory"),
        ("lie.txt", "file_crashed"),
    ],
)
def test_a_file_that_breaks_its_reader_is_alone(name: str, key: str) -> None:
    """A crash, an endless loop, a hunger for memory and a false answer cost that file; the next is read."""
    with Parser(ParsingLimits(seconds=3), command=(sys.executable, "-c", MISBEHAVING)) as parser:
        with pytest.raises(DocumentError) as caught:
            parser.parse(name, b"words")
        assert caught.value.key == key
        assert parser.parse("next.txt", b"fine").text == "fine"
        with pytest.raises(DocumentError, match=key):
            parser.open(name, b"words")
        assert parser.open("next.txt", b"fine").body.rewritten([SegmentTranslation("good")]) == b"good"


def test_a_file_that_breaks_its_writer_is_alone() -> None:
    """Translations are not lost with it: another attempt gets a new worker."""
    with Parser(command=(sys.executable, "-c", MISBEHAVING)) as parser:
        with pytest.raises(DocumentError, match="file_memory"):
            parser.rewritten("eat.txt", b"words", [None])
        assert parser.rewritten("next.txt", b"words", [SegmentTranslation("good")]) == b"good"


def test_stop_ends_the_file_at_once() -> None:
    """Somebody who cancels does not wait for the limit."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        command = (sys.executable, "-c", MISBEHAVING, str(server.getsockname()[1]))

        def stop_once_it_loops() -> None:
            with server.accept()[0] as worker:
                worker.recv(1)
                parser.stop()

        with Parser(command=command) as parser, ThreadPoolExecutor(1) as other:
            stopped = other.submit(stop_once_it_loops)
            with pytest.raises(DocumentError) as caught:
                parser.parse("loop.txt", b"words")
            stopped.result()
    assert caught.value.key == "file_stopped"


def test_the_worker_loads_no_heavy_library() -> None:
    """Its start stays short: neither the page nor tensors, and no format that was not asked for."""
    code = (
        "import sys, llama_demo.documents.worker;"
        "print([n for n in ('torch', 'gradio', 'numpy', 'pypdf', 'docx', 'lxml') if n in sys.modules])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
