"""Charts and formulas of drawings are read with all that they show."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lxml import etree

from llama_demo.documents.formats.ooxml.drawings import CHART, drawing_text, drawn_text
from llama_demo.documents.formats.ooxml.package import OfficePackage
from tests.documents.office_files import NAMESPACES, package, relationships


def chart(content: str) -> str:
    """The text of a chart."""
    files = {
        "word/document.xml": "<a/>",
        "word/_rels/document.xml.rels": relationships({"rId1": ("chart", "chart.xml")}),
        "word/chart.xml": f"<c:chartSpace {NAMESPACES}>{content}</c:chartSpace>",
    }
    anchor = etree.Element(CHART)
    anchor.set("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id", "rId1")
    return drawing_text(OfficePackage(package("word/document.xml", files)), "word/document.xml", anchor)


def data(kind: str, points: dict[int, str]) -> str:
    return f"<c:{kind}><c:numRef><c:numCache>{''.join(marks(points))}</c:numCache></c:numRef></c:{kind}>"


def marks(points: dict[int, str]) -> Iterator[str]:
    return (f'<c:pt idx="{place}"><c:v>{text}</c:v></c:pt>' for place, text in points.items())


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (
            data("cat", {0: "May", 1: "June", 2: "July"}) + data("val", {0: "3", 2: "5"}),
            "May 3, June, July 5",
        ),
        (data("cat", {0: "May"}) + data("val", {0: "3", 1: "4"}), "May 3, 4"),
        (data("xVal", {0: "1", 1: "2"}) + data("yVal", {0: "7", 1: "8"}), "1 7, 2 8"),
    ],
)
def test_a_value_stands_with_its_category(content: str, text: str) -> None:
    """Also where one of them is missing, and in a cloud of points."""
    assert chart(f"<c:ser><c:tx><c:v>Ships</c:v></c:tx>{content}</c:ser>") == f"Ships: {text}"


def test_a_title_may_be_that_of_a_cell() -> None:
    """The chart keeps a copy of it; categories may have several levels."""
    title = f"<c:title>{data('tx', {0: 'Arrivals'})}</c:title>"
    months, years = "".join(marks({0: "May", 1: "June"})), "".join(marks({0: "2026"}))
    levels = f"<c:cat><c:lvl>{months}</c:lvl><c:lvl>{years}</c:lvl></c:cat>"
    series = f"<c:ser>{levels}{data('val', {0: '3', 1: '4'})}</c:ser>"
    assert chart(title + series) == "Arrivals\n2026 May 3, June 4"


def test_a_formula_is_text() -> None:
    """As in the text of a document."""
    math = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    formula = f'<m:oMath xmlns:m="{math}"><m:r><m:t>E=mc</m:t></m:r></m:oMath>'
    xml = f"<a:p {NAMESPACES}><a:r><a:t>Then </a:t></a:r>{formula}<a:r><a:t> holds</a:t></a:r></a:p>"
    assert drawn_text(etree.fromstring(xml)) == "Then E=mc holds"
