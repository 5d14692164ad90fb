"""Chunks: nothing lost, in order, within the limit, under their headings."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from llama_demo.text.chunks import SEPARATOR, split_chunks


@dataclass(frozen=True)
class Part:
    text: str
    headings: tuple[str, ...] = ()
    page: int | None = None


def tokens(text: str) -> int:
    """Three characters a token, as subwords roughly are; blanks are free."""
    return -(-len("".join(text.split())) // 3)


texts = st.text(alphabet="ab .。!？\n你好A1", min_size=1, max_size=120).filter(str.strip).map(str.strip)
parts = st.lists(st.builds(Part, texts, st.sampled_from([("A",), ("A", "B"), ()])), max_size=8)


@given(parts, st.integers(2, 20), st.data())
def test_chunks_cover_the_text_in_order_within_the_limit(
    blocks: list[Part], most: int, data: st.DataObject
) -> None:
    """Every word is in a chunk, at the place it says; no chunk is longer than the model reads."""
    overlap = data.draw(st.integers(0, most - 1))
    whole = SEPARATOR.join(block.text for block in blocks)
    chunks = split_chunks(blocks, tokens, most=most, overlap=overlap)
    covered = 0
    for chunk in chunks:
        assert chunk.text == whole[chunk.start : chunk.end] == chunk.text.strip()
        assert tokens(chunk.text) <= most
        assert not whole[covered : chunk.start].strip()
        assert chunk.end > covered
        covered = chunk.end
    assert not whole[covered:].strip()


def test_headings_divide_and_pages_are_where_a_chunk_begins() -> None:
    """A hit can be shown under its heading and on its page."""
    blocks = [Part("One.", ("A",), 1), Part("Two.", ("A",), 2), Part("Three.", ("B",), 2)]
    chunks = split_chunks(blocks, tokens, most=50, overlap=10)
    assert [(c.text, c.headings, c.page) for c in chunks] == [
        ("One.\n\nTwo.", ("A",), 1),
        ("Three.", ("B",), 2),
    ]


def test_the_last_sentence_is_repeated() -> None:
    """What stands on the border of two chunks is found whole in one of them."""
    block = Part("Aaaa aaaa. Bbbb bbbb. Cccc cccc. Dddd dddd.")
    chunks = split_chunks([block], tokens, most=6, overlap=3)
    assert [chunk.text for chunk in chunks] == [
        "Aaaa aaaa. Bbbb bbbb.",
        "Bbbb bbbb. Cccc cccc.",
        "Cccc cccc. Dddd dddd.",
    ]
