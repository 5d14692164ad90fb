"""Web pages are read as a browser shows them, whatever they say about their encoding."""

from __future__ import annotations

import pytest

from llama_demo.documents.document import Block, BlockKind, DocumentNotice
from llama_demo.documents.registry import read_document


def page(body: str, head: str = '<meta charset="utf-8">', encoding: str = "utf-8") -> bytes:
    """A page with this body."""
    return f"<html><head>{head}</head><body>{body}</body></html>".encode(encoding)


def blocks(data: bytes, name: str = "a.html") -> tuple[Block, ...]:
    """The blocks of a page."""
    return read_document(name, data).blocks


def text(body: str) -> str:
    """The text of a page with this body."""
    return read_document("a.html", page(body)).text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        # a label that can be read is not in UTF-16
        (page("<p>Boje sieben. 港口很安静。", '<meta charset="utf-16">'), "Boje sieben. 港口很安静。"),
        # what labels mean to browsers
        (
            page(
                "<p>“Café” – 5 €",
                '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">',
                "cp1252",
            ),
            "“Café” – 5 €",
        ),
        (page("<p>朱镕先生，銀行，€", "<META CHARSET=gb2312>", "gb18030"), "朱镕先生，銀行，€"),
        (page("<p>灯台①", "<meta charset='Shift_JIS'>", "cp932"), "灯台①"),
        # a mark counts more than a label, and so does UTF-8
        (b"\xef\xbb\xbf" + page("<p>Öl", "<meta charset=windows-1251>"), "Öl"),
        (page("<p>Öl und Käse", "<meta charset=windows-1251>"), "Öl und Käse"),
        ("\ufeff".encode("utf-16-le") + page("<p>Öl", "", "utf-16-le"), "Öl"),
        # a label in a comment is none
        (page("<p>żółć", '<!-- <meta charset="gbk"> --><meta charset="windows-1250">', "cp1250"), "żółć"),
        # far behind the beginning, where browsers look for it too, and not in a script
        (
            page(
                "<p>Маяк",
                f"<script>'<meta charset=koi8-r>'{'x' * 9_000}</script><meta charset=windows-1251>",
                "cp1251",
            ),
            "Маяк",
        ),
        # the prologue of XHTML, with more than the encoding in it
        (
            b"<?xml version='1.0' encoding='windows-1251' standalone='yes'?>"
            + page("<p>Маяк</p>", "", "cp1251"),
            "Маяк",
        ),
        # characters by numbers of windows-1252
        (page("<p>it&#146;s &#8212; &mdash; &nbsp;fine"), "it’s — — fine"),
    ],
)
def test_encodings(data: bytes, words: str) -> None:
    """As the encoding standard of the web has it."""
    assert read_document("a.html", data).text == words


def test_code_keeps_its_lines() -> None:
    """Indentation and line breaks of preformatted text stay, whatever colours its words."""
    body = (
        '<p>Run:<pre class="x"><code>\n<b>def</b> f():\n    return <i>"a  b"</i><br>    # end\n</code></pre>'
    )
    assert blocks(page(body))[1] == Block('def f():\n    return "a  b"\n    # end', kind=BlockKind.CODE)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            "Hoch&shy;wasser&shy;schutz zero&#8203;width <b>un</b>der<wbr>stand",
            "Hochwasserschutz zerowidth understand",
        ),
        ("<ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>を読む", "漢字 (かんじ)を読む"),
        ("<ol start=3><li>a<li value=7>b</li><li><p>c</p><p>d</p></ol>", "3. a\n\n7. b\n\n8. c\n\nd"),
        ("<ul><li>a<ol><li>b</ol><li>c</ul>", "a\n\n1. b\n\nc"),
        ("<ol type=a><li>x<ol style='list-style: upper-roman'><li>y</ol></ol>", "a. x\n\nI. y"),
        ("<ol reversed><li>x<li>y</ol><ol style='list-style-type:none'><li>z</ol>", "2. x\n\n1. y\n\nz"),
        (
            "Port: <select><option>Oslo<option selected>Bodø</select> <input type=checkbox checked>yes",
            "Port: Bodø ☒ yes",
        ),
        ("<select multiple><option>Oslo<option>Bodø</select><button>Go</button>now", "Oslo, Bodø Go now"),
        ("<details><summary>Why?</summary>So.</details><button>Ask</button>", "Why?\n\nSo.\n\nAsk"),
        ("<math><mi>x</mi><mo>=</mo><mn>2</mn><annotation>x=2</annotation></math>", "x = 2"),
        ("<svg><title>t</title><text x=1>Deck</text></svg>", "Deck"),
        ("<svg><foreignObject><div>Label</div></foreignObject></svg>", "Label"),
        ("In <st1:City>Bergen</st1:City> the <app-lamp>lamp</app-lamp> shines", "In Bergen the lamp shines"),
        ("<nav>Home</nav><script>x</script><p>a<br>b<style>y</style>", "a\nb"),
        (
            '<input value="Blue"><input type=hidden value=n><textarea>two\n lines</textarea>',
            "Blue\n\ntwo\n lines",
        ),
    ],
)
def test_what_is_shown(body: str, words: str) -> None:
    """Every word that a page shows is read once, in its order."""
    assert text(body) == words


def test_tables() -> None:
    """Rows name their columns, also under cells that span; a table that arranges a page is no table."""
    body = (
        "<table><tr><th>name<th>town<th>age</tr><tr><td rowspan=2>Ola<td>Bodø<td>41</tr>"
        "<tr><td colspan=2>gone</tr></table>"
    )
    assert text(body).split("\n\n") == [
        "name | town | age",
        "name: Ola; town: Bodø; age: 41",
        "name: Ola; town: gone",
    ]
    body = (
        "<table><tr><th>A<th>B<th>C</tr><tr><td>1<td>2<td rowspan=2>x</tr><tr><td>3<td>4</tr>"
        "<tr><td>5<td>6<td>y</tr><tr><td colspan=2 rowspan=2>wide<td>7</tr><tr><td>8</tr></table>"
    )
    assert text(body).split("\n\n")[1:] == [
        "A: 1; B: 2; C: x",
        "A: 3; B: 4; C: x",
        "A: 5; B: 6; C: y",
        "A: wide; C: 7",
        "A: wide; C: 8",
    ]
    # values, readings and formulas in cells, and a form around cells
    body = (
        "<table><tr><th>name<th>value</tr><tr><td>boat<td><input value=Blue></tr>"
        "<tr><td><ruby>字<rt>ji</rt></ruby><td><math><mi>x</mi><mo>=</mo></math></tr>"
        "<tr><form><td>form<td>cell</form></tr></table>"
    )
    assert text(body).split("\n\n") == [
        "name | value",
        "name: boat; value: Blue",
        "name: 字 (ji); value: x =",
        "name: form; value: cell",
    ]
    assert text("<table><tr><th>A<th>B<tr><td>1<td><ul><li>x<li>y</ul></table>") == "A | B\n\nA: 1; B: x y"
    assert text("<table><tr><td><h2>A</h2><p>b</p></td><td>c</td></tr></table>") == "A\n\nb\n\n| c"


def test_xhtml_closes_what_html_does_not() -> None:
    """An empty script or title of XHTML would swallow the page in HTML."""
    source = (
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/>'
        '<script src="a>b"/></head>'
        "<body><p><a id='x'/>One &amp; <![CDATA[<two>]]></p></body></html>"
    )
    assert read_document("a.xhtml", source.encode()).text == "One & <two>"


def test_xhtml_may_have_prefixes_and_entities() -> None:
    """Both are XML, which a parser of HTML takes for text."""
    source = (
        '<?xml version="1.0"?><!DOCTYPE h:html [<!ENTITY ship "Blue Petrel">]>'
        '<h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:body><h:h1>One</h:h1><h:p>&ship;&nbsp;sails</h:p>'
        "</h:body></h:html>"
    )
    assert blocks(source.encode(), "a.xhtml") == (
        Block("One", ("One",), kind=BlockKind.HEADING),
        Block("Blue Petrel sails", ("One",)),
    )


def test_hidden_elements_are_told() -> None:
    """A page that scripts show when they have run is read all the same."""
    body = "<p>Shown words<p hidden>a</p><table><tr><td style='display: none'>b<td>c</table>"
    document = read_document("a.html", page(body))
    assert document.text == "Shown words\n\nc"
    assert document.notices == (DocumentNotice("hidden_left_out", {"count": 2}),)
    assert text("<div style=display:none>The whole page</div><p>Wait") == "The whole page\n\nWait"


def test_damaged_pages() -> None:
    """Tags that are never closed or closed twice, and nesting without end."""
    assert text("<p>a</b></p></div><p>b<i>c") == "a\n\nbc"
    assert text("<div>" * 1_500 + "deep") == "deep"
    document = read_document("a.html", page("shallow" + "<div>" * 5_000 + "deep"))
    assert (document.text, document.notices) == ("shallow", (DocumentNotice("elements_too_deep"),))
