"""Text out of tokens as they come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_demo.text.stop_strings import StopStrings
from llama_demo.text.streaming import StreamingDecoder


class Bytes:
    """A vocabulary of the 256 bytes: every character beyond ASCII is several tokens."""

    size = 256
    end_ids: frozenset[int] = frozenset()

    def encode(self, text: str) -> list[int]:
        return list(text.encode())

    def decode(self, ids: list[int]) -> str:
        return bytes(ids).decode(errors="replace")


def stream(text: str) -> list[str]:
    """What the page gets for each token of ``text``."""
    decoder = StreamingDecoder(Bytes(), [])
    return [*(decoder.add([byte]) for byte in text.encode()), decoder.finish()]


@pytest.mark.parametrize(
    "text", ["春眠不觉晓", "naïve café", "👩🏽‍🚀 👨‍👩‍👧‍👦", "🇨🇳🇫🇷", "1️⃣2", "مرحبا", "a\u0000b\n"]
)
def test_whole_characters_only(text: str) -> None:
    """No step may show half a character, and nothing may be lost."""
    parts = stream(text)
    assert "".join(parts) == text
    assert not any("�" in part for part in parts)


@pytest.mark.parametrize("emoji", ["👩🏽‍🚀", "👨‍👩‍👧‍👦", "🇨🇳", "❤️", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"])
def test_an_emoji_comes_in_one_piece(emoji: str) -> None:
    """A family or a flag is many code points; shown one by one it would flicker through other pictures."""
    assert any(emoji in part for part in stream(f"a{emoji}b"))


def test_bytes_that_are_no_text_become_replacement_characters() -> None:
    """A model can write broken bytes: they are shown as such, and do not hold back what follows."""
    decoder = StreamingDecoder(Bytes(), [])
    text = "".join(decoder.add([byte]) for byte in b"\xff\xe6ab\xe6\x98")
    assert text + decoder.finish() == b"\xff\xe6ab\xe6\x98".decode(errors="replace")


@given(st.binary(max_size=60), st.integers(1, 7))
def test_any_bytes_in_any_pieces_give_the_decoded_text(data: bytes, size: int) -> None:
    """However the tokens are cut into steps, the whole is what decoding all at once gives."""
    decoder = StreamingDecoder(Bytes(), [])
    parts = [decoder.add(list(data[at : at + size])) for at in range(0, len(data), size)]
    assert "".join(parts) + decoder.finish() == data.decode(errors="replace")


def test_a_stop_string_ends_the_text_before_it() -> None:
    """What was asked to end the text is not part of it, even when it comes in pieces."""
    stops = StopStrings(("END",))
    assert "".join(map(stops.add, ["one E", "N", "D two"])) == "one "
    assert stops.found


def test_text_that_only_begins_like_a_stop_string_is_kept() -> None:
    """Held back for a moment, then shown."""
    stops = StopStrings(("END", "\n\n"))
    shown = "".join(map(stops.add, ["EN", "ough\n", "more E"])) + stops.finish()
    assert shown == "ENough\nmore E"
    assert not stops.found


@given(
    st.text(alphabet="ab", max_size=30), st.lists(st.text(alphabet="ab", min_size=1, max_size=4), max_size=3)
)
def test_the_text_is_cut_at_the_first_stop_string(text: str, strings: list[str]) -> None:
    """Letter by letter or at once, the cut is where the first stop string completes."""
    stops = StopStrings(tuple(strings))
    shown = ""
    for letter in text:
        if stops.found:
            break
        shown += stops.add(letter)
    shown += stops.finish()
    ends = [text.index(string) + len(string) for string in strings if string in text]
    if not ends:
        assert shown == text
    else:
        first = min(ends)
        starts = [first - len(s) for s in strings if text[:first].endswith(s)]
        assert shown == text[: min(starts)]
