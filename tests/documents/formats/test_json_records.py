"""JSON is read as it stands: no record, member or digit is lost."""

from __future__ import annotations

import pytest

from llama_demo.documents.document import DocumentNotice
from llama_demo.documents.registry import read_document
from llama_demo.errors import DocumentError


def texts(name: str, source: str) -> list[str]:
    """The texts of the blocks."""
    return [block.text for block in read_document(name, source.encode()).blocks]


@pytest.mark.parametrize(
    ("name", "source", "records"),
    [
        # separators of Unicode end no line of JSON Lines
        (
            "a.jsonl",
            '{"t": "Boil first.\u2028Then add."}\n{"t": "Trim\x85daily."}\n',
            ["t: Boil first. Then add.", "t: Trim daily."],
        ),
        ("a.ndjson", '\ufeff{"a": 1}\r\n\r\n{"a": 2}', ["a: 1", "a: 2"]),
        # half of a pair of surrogates
        (
            "a.json",
            '[{"t": "marmalade \\ud83d"}, {"t": "again \\ud83d\\ude00"}]',
            ["t: marmalade \ufffd", "t: again 😀"],
        ),
        # numbers as they are written, members of the same name
        (
            "a.json",
            '{"price": 1.10, "big": 12345678901234567890, "ok": true}',
            ["price: 1.10\nbig: 12345678901234567890\nok: true"],
        ),
        ("a.json", '{"a": "x", "a": "y", "n": ' + "9" * 5_000 + "}", ["a: x\na: y\nn: " + "9" * 5_000]),
        ("a.json", '{\n "a": 1\n}\n{\n "a": 2\n}\n', ["a: 1", "a: 2"]),
        # members without a value keep their names
        (
            "a.json",
            '{"phone": null, "fax": "", "boats": [], "crew": {}, "log": {"last": null}}',
            ["phone: null\nfax:\nboats:\ncrew:", "last: null"],
        ),
        # JSON Lines under the name of JSON
        ("a.json", '{"a": 1}\n{"a": 2}\n', ["a: 1", "a: 2"]),
        ("a.jsonl", '{"a": 1},\n{"a": 2},\n', ["a: 1", "a: 2"]),
        ("a.json", '{"a": {"b": ["x", {"c": "d"}]}}', ["x", "c: d"]),
    ],
)
def test_records(name: str, source: str, records: list[str]) -> None:
    """One block each."""
    assert texts(name, source) == records


def test_a_damaged_line_is_said() -> None:
    """The other lines are read."""
    document = read_document("a.jsonl", b'{"a": 1}\n{"a": \n{"a": 3}\n')
    assert document.text == "a: 1\n\na: 3"
    assert document.notices == (DocumentNotice("lines_damaged", {"damaged": 1, "count": 3}),)


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.ndjson"])
def test_values_over_several_lines(name: str) -> None:
    """They may follow each other under any ending; of a file that was cut, what is whole is read."""
    whole = '{\n "a": 1\n}\n{\n "a": 2\n}\n'
    assert texts(name, whole) == ["a: 1", "a: 2"]
    document = read_document(name, f'{whole}{{\n "a": ["x",\n "y"'.encode())
    assert document.text == "a: 1\n\na: 2"
    assert document.notices == (DocumentNotice("lines_damaged", {"damaged": 3, "count": 9}),)


@pytest.mark.parametrize(
    ("source", "records", "line"),
    [
        ('[{"a": "x"}, {"a": "y", "b": {"c": "d, e", "f"', ["a: x", "a: y", "c: d, e"], 1),
        ('{\n "boats": [\n  {"a": "x"},\n  {"a": "y"},\n  {"a": "thi', ["a: x", "a: y"], 4),
        ('[{"a": "x"}, {"a": lost}, {"a": "z"}]', ["a: x"], 1),
    ],
)
def test_what_is_whole_before_a_damage_is_read(source: str, records: list[str], line: int) -> None:
    """A download that broke off is one list without its end."""
    document = read_document("a.json", source.encode())
    assert [block.text for block in document.blocks] == records
    assert document.notices == (DocumentNotice("cut_off", {"line": line}),)


def test_what_people_write_beside_json() -> None:
    """Settings have comments and commas behind the last member."""
    source = '{\n  // a note\n  "url": "http://a.b/c", /* more */\n  "list": ["x", ],\n}'
    assert texts("a.json", source) == ["url: http://a.b/c\nlist: x"]


@pytest.mark.parametrize("source", ["no JSON", "[" * 100_000, '{"a": ' * 50_000])
def test_what_is_no_json_is_refused(source: str) -> None:
    """Nesting without end included."""
    with pytest.raises(DocumentError, match="file_damaged"):
        read_document("a.json", source.encode())
