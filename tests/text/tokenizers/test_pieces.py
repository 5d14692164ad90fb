"""Vocabularies of encoders give the reference's ids, and the places of their pieces."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tokenizers
import transformers
from tokenizers import models, pre_tokenizers

from llama_demo.errors import CheckpointError
from llama_demo.text.tokenizers.encoder_vocabulary import load_pieces
from llama_demo.text.tokenizers.pieces import FastPieces, Pieces, SpecialTokenFrame
from tests import minilm
from tests.text.scripts import strings
from tests.text.tokenizers.spm import trained

MANY = 1_000_000


@pytest.fixture
def xlm_r(tmp_path: Path) -> Path:
    """A folder with the vocabulary of an XLM-R."""
    (tmp_path / "sentencepiece.bpe.model").write_bytes(trained(normalization_rule_name="nmt_nfkc"))
    (tmp_path / "config.json").write_text('{"model_type": "xlm-roberta"}')
    return tmp_path


def bert_folder(folder: Path, **settings: object) -> Path:
    (folder / "vocab.txt").write_bytes((minilm.folder() / "vocab.txt").read_bytes())
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return folder


def test_wordpiece_ids_are_the_references(tmp_path: Path) -> None:
    """Over a thousand strings in ten scripts: from tokenizer.json, and from vocab.txt alone."""
    reference = transformers.AutoTokenizer.from_pretrained(minilm.folder())
    theirs = [reference(text, truncation=False)["input_ids"] for text in strings()]
    assert len(theirs) >= 1_000
    for folder in (minilm.folder(), bert_folder(tmp_path)):
        tokenizer = load_pieces(folder, 30_522)
        assert tokenizer.size == 30_522
        assert [list(tokenizer.frame.one(each).ids) for each in tokenizer.pieces(strings())] == theirs


def test_wordpiece_with_capitals(tmp_path: Path) -> None:
    """``do_lower_case`` of the folder decides, accents and all."""
    folder = bert_folder(tmp_path, do_lower_case=False)
    reference = transformers.BertTokenizer.from_pretrained(folder, do_lower_case=False)
    theirs = [reference(text)["input_ids"] for text in strings()]
    tokenizer = load_pieces(folder, MANY)
    assert [list(tokenizer.frame.one(each).ids) for each in tokenizer.pieces(strings())] == theirs


def test_xlm_r_ids_are_the_references(xlm_r: Path) -> None:
    """The SentencePiece file alone, with fairseq's ids, over a thousand strings.

    We ask SentencePiece itself, as XLM-R did; the reference rebuilds it, and differs from it where a
    sign that is expanded, such as ½, is followed by a combining vowel.
    """
    reference = transformers.XLMRobertaTokenizer.from_pretrained(xlm_r)
    tokenizer = load_pieces(xlm_r, MANY)
    assert tokenizer.size == len(reference)
    ours = [list(tokenizer.frame.one(each).ids) for each in tokenizer.pieces(strings())]
    theirs = [reference(text)["input_ids"] for text in strings()]
    differ = [text for text, mine, other in zip(strings(), ours, theirs, strict=True) if mine != other]
    assert differ == []


def test_two_texts_stand_as_in_the_reference(xlm_r: Path) -> None:
    """Question and passage, their marks and their types, for both kinds of encoder."""
    for folder in (minilm.folder(), xlm_r):
        reference = transformers.AutoTokenizer.from_pretrained(folder)
        theirs = reference("Who is it?", "It is a llama.", return_token_type_ids=True)
        tokenizer = load_pieces(folder, MANY)
        question, passage = tokenizer.pieces(["Who is it?", "It is a llama."])
        ours = tokenizer.frame.two(question, passage)
        assert list(ours.ids) == theirs["input_ids"]
        if folder != xlm_r:
            assert list(ours.types) == theirs["token_type_ids"]
        assert len(ours.ids) == len(question) + len(passage) + tokenizer.frame.pair
        assert ours.ids[ours.second : ours.second + len(passage)] == passage.ids


def test_pieces_tell_where_they_stand(xlm_r: Path) -> None:
    """Offsets count characters, not bytes, in every script: an answer is cut out by them."""
    for folder in (minilm.folder(), xlm_r):
        tokenizer = load_pieces(folder, MANY)
        text = "日本の llama 🦙 wohnt"
        pieces = tokenizer.pieces([text])[0]
        found = ["".join(text[start:end]).strip() for start, end in pieces.offsets]
        assert "".join(found).replace(" ", "") == text.replace(" ", "")


def test_marks_in_a_text_are_text() -> None:
    """Nobody ends a passage by typing [SEP] into it."""
    tokenizer = load_pieces(minilm.folder(), MANY)
    pieces = tokenizer.pieces(["a [SEP] b [CLS] [PAD]"])[0]
    assert not set(pieces.ids) & {101, 102, 0}


def test_own_models_have_no_marks(tmp_path: Path) -> None:
    """A plain SentencePiece model: its ids, nothing around them."""
    (tmp_path / "tokenizer.model").write_bytes(trained(byte_fallback=True))
    tokenizer = load_pieces(tmp_path, MANY)
    assert tokenizer.frame == SpecialTokenFrame()
    assert tokenizer.pieces([""]) == [Pieces((), ())]
    assert len(tokenizer.pieces(["Привет"])[0]) > 0


@pytest.mark.parametrize(
    ("files", "rows", "key"),
    [
        ({}, MANY, "file_missing"),
        ({"tokenizer.json": b"{}"}, MANY, "file_broken"),
        ({"vocab.txt": b"[UNK]\n[CLS]\nllama\n"}, MANY, "file_broken"),
        ({"vocab.txt": b"\xff\xfe"}, MANY, "file_broken"),
        ({"vocab.txt": b"[UNK]\n[CLS]\n[SEP]\nllama\n"}, 3, "tokenizer_misfit"),
        ({"vocab.txt": b"[UNK]\n[CLS]\n[SEP]\n", "tokenizer_config.json": b"[]"}, MANY, "file_broken"),
        ({"sentencepiece.bpe.model": b"none"}, MANY, "file_broken"),
        ({"tokenizer.model": b""}, MANY, "file_broken"),
    ],
)
def test_bad_folders(tmp_path: Path, files: dict[str, bytes], rows: int, key: str) -> None:
    """A missing, broken or foreign vocabulary is a readable error, not a traceback."""
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(CheckpointError) as caught:
        load_pieces(tmp_path, rows)
    assert caught.value.key == key


def test_a_vocabulary_without_a_template_has_no_marks() -> None:
    """Static models' tokenizers often lack one."""
    fast = tokenizers.Tokenizer(models.WordLevel({"a": 0, "b": 1, "?": 2}, unk_token="?"))
    fast.pre_tokenizer = pre_tokenizers.Whitespace()
    assert FastPieces(fast).frame.pair == 0
    assert FastPieces(fast).pieces(["a b c"])[0].ids == (0, 1, 2)


def test_what_has_no_piece_is_told(xlm_r: Path) -> None:
    """XLM-R's own number of the unknown, which is not that of its model; and bytes in place of a sign."""
    tokenizer = load_pieces(xlm_r, MANY)
    assert tokenizer.unknown == {3}
    assert set(tokenizer.pieces(["\U00013030"])[0].ids) & tokenizer.unknown
    (xlm_r / "sentencepiece.bpe.model").unlink()
    (xlm_r / "tokenizer.model").write_bytes(trained(byte_fallback=True))
    spelled = load_pieces(xlm_r, MANY)
    assert set(spelled.pieces(["x\U00013030"])[0].ids[-4:]) <= spelled.unknown
