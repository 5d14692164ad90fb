"""Bold words, links, code and footnotes find their place in a translation."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from llama_demo.documents.segments import DocumentSegment, SegmentTranslation, StyledSpan
from llama_demo.documents.style_projection import Pin, StyledRun, placed

BOLD = 0


def styled(pieces: list[StyledRun | Pin]) -> list[str]:
    """The texts that have a style."""
    return [piece.text for piece in pieces if isinstance(piece, StyledRun) and piece.style is not None]


def test_by_word_alignment() -> None:
    """The translation's bold words are those that come from the bold words, wherever they stand."""
    segment = DocumentSegment("the red house", (StyledSpan(4, 7, BOLD),))
    links = (((0, 3), (0, 2), 0.9), ((8, 13), (3, 9), 0.8), ((4, 7), (10, 15), 0.7), ((8, 13), (10, 15), 0.2))
    assert styled(placed(segment, SegmentTranslation("la maison rouge", links))) == ["rouge"]


def test_by_its_own_text() -> None:
    """A name stands in every language as it is, and that is surer than any alignment."""
    segment = DocumentSegment("ask Anna Berg now", (StyledSpan(4, 13, BOLD),))
    assert styled(placed(segment, SegmentTranslation("现在去问 Anna Berg 吧"))) == ["Anna Berg"]


def test_by_share_of_the_length() -> None:
    """Without any alignment whole words at about the same place."""
    segment = DocumentSegment("one two three four", (StyledSpan(14, 18, BOLD),))
    assert styled(placed(segment, SegmentTranslation("eins zwei drei vier"))) == ["vier"]


def test_all_of_a_passage() -> None:
    """A passage that is bold throughout stays so, its marks included."""
    segment = DocumentSegment("All bold!", (StyledSpan(0, 9, BOLD),))
    assert styled(placed(segment, SegmentTranslation("全都是粗体！"))) == ["全都是粗体！"]


def test_what_is_kept_is_never_lost() -> None:
    """Code that the translator dropped is put where it stood."""
    segment = DocumentSegment("run `ls` now", (StyledSpan(4, 8, BOLD, kept=True),))
    pieces = placed(segment, SegmentTranslation("lance maintenant"))
    assert styled(pieces) == ["`ls`"]


def test_pins_keep_their_order() -> None:
    """The beginning of a comment stays in front of its end even if the words change places."""
    segment = DocumentSegment("one two three", (), (3, 7))
    links = (((0, 3), (8, 12), 1.0), ((4, 7), (0, 3), 1.0))
    pins = [
        piece.number
        for piece in placed(segment, SegmentTranslation("dos tres unos", links))
        if isinstance(piece, Pin)
    ]
    assert pins == [0, 1]


@given(st.data())
def test_no_text_is_lost_or_made(data: st.DataObject) -> None:
    """Whatever the styles, pins and links: the pieces are the translation, and every pin is there once."""
    source = data.draw(st.text("ab 中文，.", min_size=1, max_size=30))
    target = data.draw(st.text("xy 中文，.", max_size=30))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(source)), max_size=6)))
    styles = tuple(
        StyledSpan(a, b, i) for i, (a, b) in enumerate(zip(cuts[::2], cuts[1::2], strict=False)) if b > a
    )
    pins = tuple(sorted(data.draw(st.lists(st.integers(0, len(source)), max_size=3))))
    span = st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda pair: (min(pair), max(pair)))
    links = tuple(data.draw(st.lists(st.tuples(span, span, st.floats(0, 1)), max_size=5)))
    links = tuple((a, (c, min(d, len(target))), w) for a, (c, d), w in links if c <= len(target))
    pieces = placed(DocumentSegment(source, styles, pins), SegmentTranslation(target, links))
    text = "".join(piece.text for piece in pieces if isinstance(piece, StyledRun))
    assert text.strip() == target.strip()
    assert [piece.number for piece in pieces if isinstance(piece, Pin)] == list(range(len(pins)))
