"""Slides are read with all that is drawn on them."""

from __future__ import annotations

import io

import pptx
import pytest
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.presentation import Presentation
from pptx.util import Inches

from llama_demo.documents.document import BlockKind
from llama_demo.documents.registry import read_document
from llama_demo.errors import DocumentError
from tests.documents.files import replaced
from tests.documents.office_files import NAMESPACES, package, relationships

BOX = Inches(1), Inches(1), Inches(3), Inches(1)


def saved(presentation: Presentation) -> bytes:
    target = io.BytesIO()
    presentation.save(target)
    return target.getvalue()


@pytest.fixture
def presentation() -> Presentation:
    """A slide with groups in one another, a table, a chart and notes, and an empty one."""
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = "Harbours"
    inner = slide.shapes.add_group_shape().shapes.add_group_shape()
    inner.shapes.add_textbox(*BOX).text_frame.text = "Within two groups"
    table = slide.shapes.add_table(2, 2, *BOX).table
    for place, text in enumerate(("pier", "depth", "west", "4 m")):
        table.cell(place // 2, place % 2).text = text
    data = CategoryChartData()
    data.categories = ["May", "June"]
    data.add_series("Ships", (3, 5))
    slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *BOX, data)
    slide.notes_slide.notes_text_frame.text = "Say thanks."
    presentation.slides.add_slide(presentation.slide_layouts[6]).shapes.add_textbox(*BOX).text = "Second"
    return presentation


def test_what_is_drawn_is_read(presentation: Presentation) -> None:
    """Also within groups; rows by their heads, charts by their values, notes as notes."""
    blocks = read_document("a.pptx", saved(presentation)).blocks
    assert [(block.text, block.page, block.kind) for block in blocks] == [
        ("Harbours", 1, BlockKind.HEADING),
        ("Within two groups", 1, BlockKind.PARAGRAPH),
        ("pier | depth", 1, BlockKind.TABLE_ROW),
        ("pier: west; depth: 4 m", 1, BlockKind.TABLE_ROW),
        ("Ships: May 3, June 5", 1, BlockKind.PARAGRAPH),
        ("Say thanks.", 1, BlockKind.NOTE),
        ("Second", 2, BlockKind.PARAGRAPH),
    ]
    assert {block.headings for block in blocks[:-1]} == {("Harbours",)}


def test_a_damaged_slide_is_told(presentation: Presentation) -> None:
    """The others are read."""
    data = replaced(saved(presentation), "ppt/slides/slide1.xml", b"<broken")
    document = read_document("a.pptx", data)
    assert [(block.text, block.page) for block in document.blocks] == [("Second", 2)]
    assert document.notices[-1].values == {"missing": 1, "count": 2}
    with pytest.raises(DocumentError, match="file_damaged"):
        read_document("a.pptx", replaced(data, "ppt/slides/slide2.xml", b"<broken"))


def test_smart_art_numbers_and_comments() -> None:
    """A diagram's texts, the numbers of a list as they are drawn, and a comment that is said to be one."""
    items = "".join(
        f'<a:p><a:pPr><a:buAutoNum type="alphaLcParenR"/></a:pPr><a:r><a:t>{text}</a:t></a:r></a:p>'
        for text in ("Cast off", "Row")
    )
    slide = (
        f"<p:sld {NAMESPACES}><p:cSld><p:spTree><p:sp><p:txBody>{items}</p:txBody></p:sp><p:graphicFrame>"
        '<a:graphic><a:graphicData><dgm:relIds r:dm="rId1"/></a:graphicData></a:graphic></p:graphicFrame>'
        "</p:spTree></p:cSld></p:sld>"
    )
    shapes = "".join(
        f"<dgm:pt><dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t></dgm:pt>" for text in "AB"
    )
    data = package(
        "ppt/presentation.xml",
        {
            "ppt/presentation.xml": f'<p:presentation {NAMESPACES}><p:sldId r:id="rId1"/></p:presentation>',
            "ppt/_rels/presentation.xml.rels": relationships({"rId1": ("slide", "slides/slide1.xml")}),
            "ppt/slides/slide1.xml": slide,
            "ppt/slides/_rels/slide1.xml.rels": relationships(
                {
                    "rId1": ("diagramData", "../diagrams/d.xml"),
                    "rId2": ("comments", "/ppt/comments/c.xml"),
                }
            ),
            "ppt/diagrams/d.xml": f"<dgm:dataModel {NAMESPACES}>{shapes}</dgm:dataModel>",
            "ppt/comments/c.xml": f"<p:cmLst {NAMESPACES}><p:cm><p:text>Sure?</p:text></p:cm></p:cmLst>",
        },
    )
    assert [block.text for block in read_document("a.pptx", data).blocks] == [
        "a) Cast off\nb) Row",
        "A\nB",
        "Comment: Sure?",
    ]


def test_embedded_files_are_told(presentation: Presentation) -> None:
    """A workbook on a slide is not opened."""
    slide = presentation.slides[0]
    slide.shapes.add_ole_object(io.BytesIO(b"x"), "Excel.Sheet.12", *BOX[:2])
    notices = read_document("a.pptx", saved(presentation)).notices
    assert [(notice.key, notice.values) for notice in notices] == [("objects_embedded", {"count": 1})]
