"""What is marked in a passage."""

from llama_demo.ui.marks import PASSAGE, SENTENCE, WORD, pieces


def test_the_pieces_are_the_text_and_carry_every_mark_that_lies_on_them() -> None:
    """Nothing is lost or doubled, also where a word of the query stands in the sentence that is closest."""
    text = "😀 One cat. Two cats sleep. End."
    cut = pieces(text, [(6, 9), (15, 19)], (11, 26), (2, 26))
    assert "".join(piece for piece, _ in cut) == text
    assert ("cats", WORD | SENTENCE | PASSAGE) in cut
    assert (" sleep.", SENTENCE | PASSAGE) in cut
    assert cut[0] == ("😀 ", 0)
    assert cut[-1] == (" End.", 0)


def test_a_text_without_marks_is_one_piece_and_no_text_is_none() -> None:
    """The page draws it as it is."""
    assert pieces("plain", []) == [("plain", 0)]
    assert pieces("", []) == []


def test_marks_that_reach_beyond_the_text_do_no_harm() -> None:
    """A document may have changed between two look-ups."""
    assert "".join(piece for piece, _ in pieces("short", [(3, 99)], (50, 60))) == "short"
