"""Cutting a vocabulary: what is left cuts texts as before, and ids find their rows again."""

from __future__ import annotations

import io

import pytest
import sentencepiece

from llama_demo.text.tokenizers.pieces import FastPieces
from llama_demo.text.tokenizers.sentencepieces import FairseqPieces, SentencePieces
from llama_demo.training.trunk.vocabulary import (
    MARKS,
    compare,
    count_pieces,
    cut,
    read_vocabulary,
)
from tests.training.trunk.small_trunk import train_vocabulary

ENGLISH = [
    f"The {animal} lives in the {place} and never sleeps before {hour} o'clock."
    for animal in ("fox", "badger", "heron", "otter")
    for place in ("forest", "river", "old mill", "village")
    for hour in range(1, 13)
]
CHINESE = [f"{who}住在{where}，天气很好。" for who in ("小明", "小红", "小华") for where in ("北京", "上海")]
GREEK = ["η αλεπού ζει στο δάσος", "ο ασβός ζει στο ποτάμι"] * 20
SIGNS = ["a < b and c > d or e / f"] * 20
ODD = ["  two  spaces ", "a\nb\n\nc", "Ａｂｃ ﬁ ½", "café e\u0301", "🦙", "<s> hi </s>", "", "\u200bzero"]


@pytest.fixture(scope="module")
def model() -> bytes:
    return train_vocabulary(ENGLISH + CHINESE + GREEK + SIGNS, 150, marks_first=True)


def test_the_whole_vocabulary_cuts_as_sentencepiece_does(model: bytes) -> None:
    """Ids, offsets and marks; what looks like a mark in a text is text."""
    theirs = SentencePieces(model).marked("<s>", "</s>")
    ours = FastPieces(read_vocabulary(model).tokenizer())
    assert ours.frame == theirs.frame
    for text, one, other in zip(
        ENGLISH + ODD, theirs.pieces(ENGLISH + ODD), ours.pieces(ENGLISH + ODD), strict=True
    ):
        assert one.ids == other.ids, text
        if text.isascii():
            ends = [[end for _, end in each.offsets[1:]] for each in (one, other)]
            assert ends[0] == ends[1], text


def test_texts_of_the_languages_that_are_kept_are_cut_as_before(model: bytes) -> None:
    """The Greek pieces go, and nothing else changes."""
    vocabulary = read_vocabulary(model)
    texts = {"en": ENGLISH, "zh": CHINESE}
    small = cut(vocabulary, count_pieces(model, texts, {}), len(vocabulary.rows))
    assert len(small.rows) < len(vocabulary.rows)
    assert compare(vocabulary, small, ENGLISH + CHINESE) == type(compare(vocabulary, small, ENGLISH))(
        1.0, 0.0
    )
    names = sentencepiece.SentencePieceProcessor(model_proto=model)
    assert [names.id_to_piece(row) for row in small.rows[4:]] == [piece.text for piece in small.pieces]


def test_rare_words_fall_into_smaller_pieces(model: bytes) -> None:
    """With too little room for all, characters stay, and every text can still be spelled."""
    vocabulary = read_vocabulary(model)
    counts = count_pieces(model, {"en": ENGLISH, "zh": CHINESE}, {})
    size = len(cut(vocabulary, counts, len(vocabulary.rows)).rows) - 10
    small = cut(vocabulary, counts, size)
    assert len(small.rows) == size
    found = compare(vocabulary, small, ENGLISH + CHINESE)
    assert found.growth > 0
    assert found.same < 1
    for pieces in FastPieces(small.tokenizer()).pieces(ENGLISH + CHINESE):
        assert MARKS.index("<unk>") not in pieces.ids


def test_a_language_counts_by_its_share_not_by_its_size(model: bytes) -> None:
    """A hundred times the text does not make a language more important."""
    once = count_pieces(model, {"en": ENGLISH, "zh": CHINESE}, {"zh": 2.0})
    often = count_pieces(model, {"en": ENGLISH, "zh": CHINESE * 50}, {"zh": 2.0})
    assert once == pytest.approx(often)
    assert sum(once.values()) == pytest.approx(3.0)


def test_fairseqs_rows_are_shifted() -> None:
    """XLM-R's files count their pieces from one place further on."""
    model = train_vocabulary(ENGLISH, 80, marks_first=False)
    vocabulary = read_vocabulary(model)
    theirs = FairseqPieces(model).pieces(ENGLISH[:20])
    ours = FastPieces(vocabulary.tokenizer()).pieces(ENGLISH[:20])
    for one, other in zip(theirs, ours, strict=True):
        assert one.ids == tuple(vocabulary.rows[i] for i in other.ids)


def test_other_kinds_of_vocabulary_are_refused() -> None:
    """Merges cannot be cut by taking pieces away: those that are left are made of others."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(ENGLISH), model_writer=model, model_type="bpe", vocab_size=60, minloglevel=2
    )
    with pytest.raises(ValueError, match="unigram"):
        read_vocabulary(model.getvalue())
