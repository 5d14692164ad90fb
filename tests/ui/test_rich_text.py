"""What a model writes becomes elements of a list, never a program, and nothing of it is loaded."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from llama_demo.ui.rich_text import FORMULA, Node, read

TAGS = FORMULA | set(
    "p blockquote ul ol li table thead tbody tr th td em strong s hr br h4 h5 h6 pre code mark span a "
    "cite picture".split()
)


def every(nodes: list[Node]) -> Iterator[Node]:
    """All nodes, the outermost first."""
    for node in nodes:
        yield node
        if not isinstance(node, str):
            yield from every(node[2])


def said(nodes: list[Node]) -> str:
    """The text of nodes."""
    return "".join(node for node in every(nodes) if isinstance(node, str))


def of(tag: str, nodes: list[Node]) -> list[Node]:
    """The elements of that name."""
    return [node for node in every(nodes) if not isinstance(node, str) and node[0] == tag]


def test_what_people_write_in_markdown_is_drawn() -> None:
    """Headings, emphasis, lists, tables, code and line breaks."""
    blocks = read(
        "# One\ntwo *three*\nfour\n\n3. five\n\n"
        "| a | b |\n|---|--:|\n| 1 | 2 |\n\n```python x\nsix = 1\n```\n"
    )
    assert [block[0] for block in blocks] == ["h4", "p", "ol", "table", "pre"]
    assert blocks[1] == ["p", {}, ["two ", ["em", {}, ["three"]], ["br", {}, []], "four"]]
    assert blocks[2][1] == {"start": 3}
    assert [cell[1] for cell in of("td", blocks)] == [{}, {"align": "right"}]
    assert blocks[4] == ["pre", {"language": "python"}, [["code", {}, ["six = 1"]]]]


@pytest.mark.parametrize("formula", ["$x^2$", "\\(x^2\\)", "$$x^2$$", "\\[x^2\\]"])
def test_formulas_become_mathml(formula: str) -> None:
    """In each of the ways in which models write them."""
    (superscript,) = of("msup", read(f"So it is:\n\n{formula}\n\nSo it is."))
    assert said([superscript]) == "x2"


@pytest.mark.parametrize("formula", ["\\frac{", "{" * 900, "\\newcommand", "x^", "\\begin{matrix}a"])
def test_a_formula_that_cannot_be_read_stands_as_it_was_written(formula: str) -> None:
    """While it streams in, each formula is broken for a moment."""
    assert of("code", read(f"${formula}$")) == [["code", {}, [formula]]]


def test_prices_are_no_formulas() -> None:
    """A dollar sign before a number is money."""
    assert read("From $5 to $6.") == [["p", {}, ["From $5 to $6."]]]


@pytest.mark.parametrize(
    "evil",
    [
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "![](https://evil.example/beacon.png)",
        "![see](data:image/svg+xml;base64,AAAA)",
        "[click](javascript:alert(1))",
        "[click](data:text/html,hi)",
        "[click](//evil.example)",
        "[1]: https://evil.example\n\n[1] and ![1]",
        "$\\href{javascript:alert(1)}{x}$",
        '$\\class{a" onmouseover="alert(1)}{x}$',
        "<https://evil.example>",
        "`<b>`\n\n    <b>",
    ],
)
def test_nothing_runs_and_nothing_is_fetched(evil: str) -> None:
    """Only names of the list; an address is nowhere but behind a link that somebody may click."""
    nodes = read(f"{evil}\n\nplain", cited={1})
    for node in every(nodes):
        if isinstance(node, str):
            continue
        tag, attributes, _ = node
        assert tag in TAGS
        assert set(attributes) <= {"href"} if tag == "a" else "href" not in attributes
        assert not [value for value in attributes.values() if "alert" in str(value)]
        assert attributes.get("href", "https:").startswith(("https:", "http:", "mailto:"))
    assert "plain" in said(nodes)


def test_citations_are_those_that_there_are() -> None:
    """Several in one bracket, in either script; a number without a passage stays text."""
    blocks = read("One [1]. Two [1, 3]。三【2】 [9] a[0]", cited={1, 2, 3})
    assert [node[1]["number"] for node in of("cite", blocks)] == [1, 1, 3, 2]
    assert "[9] a[0]" in said(blocks)


@pytest.mark.parametrize(
    ("text", "doubtful", "left"),
    [
        ("It is so. It is not. So.", "It is not.", "ul"),
        ("- It is so.\n- It is not.\n", "- It is not.", "ul"),
        ("1. It is not.\n2. So.", "1. It is not.", "ol"),
        ("> It is not.", "> It is not.", "blockquote"),
        ("**It is not.** So.", "**It is not.**", "strong"),
    ],
)
def test_a_doubtful_sentence_is_marked_and_the_rest_stays_as_it_is(
    text: str, doubtful: str, left: str
) -> None:
    """Marks in the text must not turn a list into a line of text."""
    start = text.index(doubtful)
    marked = read(text, doubtful=[(start, start + len(doubtful))])
    assert "".join(said([node]) for node in of("mark", marked)) == "It is not."
    assert said(marked) == said(read(text))
    assert len(of(left, marked)) == len(of(left, read(text)))


def test_private_characters_of_the_text_mark_nothing() -> None:
    """A model may write any character, those that mark sentences while a text is parsed among them."""
    assert of("mark", read("a \ue000b\ue001 c `\ue000`")) == []
    assert json.dumps(read("x" * 10_000)).count("x") == 10_000
