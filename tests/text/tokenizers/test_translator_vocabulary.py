"""Vocabularies of translators give the reference's ids and texts, over a thousand strings in ten scripts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sentencepiece
import tokenizers
import transformers
from transformers.models.nllb.tokenization_nllb import FAIRSEQ_LANGUAGE_CODES

from llama_demo.errors import CheckpointError, InputError
from llama_demo.normal_form import normal_text
from llama_demo.text.tokenizers.joint_vocabulary import JointVocabulary
from llama_demo.text.tokenizers.m2m100_vocabulary import LANGUAGES, M2M100Vocabulary
from llama_demo.text.tokenizers.marian_vocabulary import MarianVocabulary
from llama_demo.text.tokenizers.nllb_vocabulary import NllbVocabulary
from llama_demo.text.tokenizers.translator_folder import load_translator_vocabulary
from tests.text.scripts import plain_strings, strings
from tests.text.tokenizers.spm import trained

MARKS_OF_NLLB = {
    "zh": "zho_Hans",
    "en": "eng_Latn",
    "ar": "arb_Arab",
    "fa": "pes_Arab",
    "no": "nob_Latn",
    "sr": "srp_Cyrl",
    "ms": "zsm_Latn",
    "ks": "kas_Arab",
}
MARKS = ["<2en>", "<2zh>", "<2fr>"]


def pieces_of(model: bytes) -> list[str]:
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    return [processor.id_to_piece(i) for i in range(processor.get_piece_size())]


def marian_folder(folder: Path, marks: tuple[str, ...] = (), **settings: object) -> Path:
    """Two models and ids of their own, some pieces of which are in no list."""
    source, target = (
        trained(normalization_rule_name="nmt_nfkc"),
        trained(700, normalization_rule_name="identity"),
    )
    known = sorted({*pieces_of(source)[3:], *pieces_of(target)[3:]})[::-1]
    names = ["</s>", "<unk>", *marks, *known[7:], "<pad>"]
    (folder / "source.spm").write_bytes(source)
    (folder / "target.spm").write_bytes(target)
    (folder / "vocab.json").write_text(json.dumps({name: i for i, name in enumerate(names)}))
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    (folder / "config.json").write_text('{"model_type": "marian"}')
    return folder


def m2m_folder(folder: Path) -> Path:
    model = trained(normalization_rule_name="nmt_nfkc")
    names = ["<s>", "<pad>", "</s>", "<unk>", *pieces_of(model)[3:]]
    (folder / "sentencepiece.bpe.model").write_bytes(model)
    (folder / "vocab.json").write_text(json.dumps({name: i for i, name in enumerate(names)}))
    (folder / "tokenizer_config.json").write_text("{}")
    (folder / "config.json").write_text('{"model_type": "m2m_100"}')
    return folder


def nllb_folder(folder: Path, *, numbered: bool = True, **settings: object) -> Path:
    """Pieces with ids moved by one, and the marks of 202 languages behind them, as in Meta's folders."""
    model = trained(kind="bpe", normalization_rule_name="nmt_nfkc")
    first = len(pieces_of(model)) + 1
    marks = {first + i: tag for i, tag in enumerate(FAIRSEQ_LANGUAGE_CODES)}
    named = {**dict(enumerate(["<s>", "<pad>", "</s>", "<unk>"])), **marks, first + len(marks): "<mask>"}
    decoder = {str(i): {"content": tag, "special": True} for i, tag in named.items()}
    listed = {"additional_special_tokens": FAIRSEQ_LANGUAGE_CODES, **settings}
    (folder / "sentencepiece.bpe.model").write_bytes(model)
    (folder / "tokenizer_config.json").write_text(
        json.dumps(listed | ({"added_tokens_decoder": decoder} if numbered else {}))
    )
    (folder / "config.json").write_text('{"model_type": "m2m_100"}')
    return folder


def joint() -> bytes:
    return trained(
        1_200,
        normalization_rule_name="identity",
        byte_fallback=True,
        control_symbols=",".join(MARKS),
        pad_id=3,
    )


@pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses")
def test_marian_ids_and_texts_are_the_references(tmp_path: Path) -> None:
    """Ids of sources, and targets back to text."""
    folder = marian_folder(tmp_path, source_lang="eng", target_lang="deu")
    reference = transformers.MarianTokenizer.from_pretrained(folder)
    ours = MarianVocabulary(folder)
    assert ours.directions == {("en", "de")}
    encoded = ours.encode(strings(), source="en", target="de")
    assert [list(each.ids) for each in encoded] == [reference(text)["input_ids"] for text in strings()]
    targets = [reference(text_target=text)["input_ids"] for text in strings()]
    assert [ours.decode(ids)[0].strip() for ids in targets] == [
        reference.decode(ids, skip_special_tokens=True) for ids in targets
    ]


@pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses")
def test_marian_with_several_targets(tmp_path: Path) -> None:
    """The language's mark stands in front, simplified Chinese where there are two scripts."""
    marks = (">>fra<<", ">>cmn_Hant<<", ">>cmn_Hans<<")
    folder = marian_folder(tmp_path, marks, source_lang="eng", target_lang="mul")
    reference = transformers.MarianTokenizer.from_pretrained(folder)
    ours = MarianVocabulary(folder)
    assert ours.directions == {("en", "fr"), ("en", "zh")}
    for target, mark in (("fr", ">>fra<<"), ("zh", ">>cmn_Hans<<")):
        [found] = ours.encode(["The quick brown fox"], source="en", target=target)
        assert list(found.ids) == reference(f"{mark}The quick brown fox")["input_ids"]
    with pytest.raises(InputError) as caught:
        ours.encode(["The quick brown fox"], source="en", target="de")
    assert caught.value.key == "direction_unknown"


MARKS_OF_TARGETS = [
    (">>pob<< >>por<<", {"pt": ">>por<<"}),
    (">>pob<< >>spa<<", {"pt": ">>pob<<", "es": ">>spa<<"}),
    (">>cmn<< >>zho_Hant<< >>zho_Hans<< >>yue<<", {"zh": ">>zho_Hans<<", "yue": ">>yue<<"}),
    (">>srp_Latn<< >>srp_Cyrl<< >>bos_Latn<<", {"sr": ">>srp_Cyrl<<", "bs": ">>bos_Latn<<"}),
    (">>nob<< >>nno<< >>swh<< >>pes<< >>zsm_Latn<<", {"no": ">>nob<<", "nn": ">>nno<<", "sw": ">>swh<<"}),
    (">>pt_br<< >>pt<< >>fr_FR<< >>fr<<", {"pt": ">>pt<<", "fr": ">>fr<<"}),
    (">>jpn_Hira<< >>jpn<< >>arz<< >>ara<<", {"ja": ">>jpn<<", "arz": ">>arz<<", "ar": ">>ara<<"}),
]


@pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses")
@pytest.mark.parametrize(("marks", "chosen"), MARKS_OF_TARGETS)
def test_marian_marks_of_every_spelling(tmp_path: Path, marks: str, chosen: dict[str, str]) -> None:
    """Each language is offered once, under its code, and gets the mark that people mean by its name."""
    folder = marian_folder(tmp_path, tuple(marks.split()), source_lang="en", target_lang="mul")
    reference = transformers.MarianTokenizer.from_pretrained(folder)
    ours = MarianVocabulary(folder)
    targets = [target for _, target in ours.directions]
    assert len(set(targets)) == len(targets)
    for target, mark in chosen.items():
        assert target in targets
        [found] = ours.encode(["The quick brown fox"], source="en", target=target)
        assert list(found.ids) == reference(f"{mark}The quick brown fox")["input_ids"]


@pytest.mark.parametrize(
    ("source", "some", "never"),
    [
        ("roa", "es fr it ro", "de zh la pt"),
        ("itc", "es la", "de"),
        ("gmw", "en de nl", "sv"),
        ("ROMANCE", "es fr", "de"),
        ("mkh", "vi km", "zh"),
        ("cau", "ka ce", "ru"),
        ("mul", "zh es de ja ar sw", "pt"),
        ("deu+eng+fra", "de en fr", "es"),
        ("zho", "zh", "en"),
        ("cmn_Hans", "zh", "en"),
        ("por", "", "pt"),
    ],
)
def test_a_group_is_every_language_in_it(tmp_path: Path, source: str, some: str, never: str) -> None:
    """A translator of Romance languages is offered for Spanish, and no language for itself."""
    ours = MarianVocabulary(marian_folder(tmp_path, source_lang=source, target_lang="por"))
    offered = {source for source, target in ours.directions if target == "pt"}
    assert offered >= set(some.split())
    assert not offered & set(never.split())
    if some:
        ours.encode(["fox"], source=some.split()[0], target="pt")


def test_m2m100_ids_and_texts_are_the_references(tmp_path: Path) -> None:
    """The source's language in front, the target's as the first token, ids from a file of their own."""
    folder = m2m_folder(tmp_path)
    reference = transformers.M2M100Tokenizer.from_pretrained(folder, src_lang="zh")
    ours = M2M100Vocabulary(folder)
    assert len(LANGUAGES) == 100
    encoded = ours.encode(strings(), source="zh", target="fr")
    theirs = [reference(text)["input_ids"] for text in strings()]
    assert [list(each.ids) for each in encoded] == theirs
    assert ours.prefix("fr") == (reference.get_lang_id("fr"),)
    assert ours.prefix("nso") == (reference.get_lang_id("ns"),)
    assert ("nso", "en") in ours.directions
    assert [ours.decode(ids)[0].strip() for ids in theirs] == [
        reference.decode(ids[1:], skip_special_tokens=True) for ids in theirs
    ]


def test_nllb_ids_and_texts_are_the_references(tmp_path: Path) -> None:
    """The usual script of a language that has several, under the code that the page uses.

    What ends in a blank is left out: SentencePiece, with which NLLB was trained, drops it, its port does not.
    """
    folder = nllb_folder(tmp_path)
    reference = transformers.NllbTokenizer.from_pretrained(folder, src_lang="zho_Hans")
    ours = NllbVocabulary(folder)
    texts = [text for text in strings() if text and text[-1] not in " \t\n\xa0\u200b"]
    assert len(texts) > 1_000
    theirs = [reference(text)["input_ids"] for text in texts]
    assert [list(each.ids) for each in ours.encode(texts, source="zh", target="fr")] == theirs
    assert [ours.decode(ids)[0].strip() for ids in theirs] == [
        reference.decode(ids[1:], skip_special_tokens=True) for ids in theirs
    ]
    for code, tag in MARKS_OF_NLLB.items():
        assert ours.prefix(code) == (reference.convert_tokens_to_ids(tag),)
        assert ours.target_piece(ours.prefix(code)[0]) == tag
    assert ("zh", "yue") in ours.directions
    assert len({source for source, _ in ours.directions}) > 190


def test_nllb_without_its_model(tmp_path: Path) -> None:
    """Whoever saves it by transformers has a ``tokenizer.json`` alone: the same ids, texts and places."""
    with_model, without = tmp_path / "with", tmp_path / "without"
    for folder in (with_model, without):
        folder.mkdir()
    reference = transformers.NllbTokenizer.from_pretrained(nllb_folder(with_model), src_lang="zho_Hans")
    reference.save_pretrained(without)
    (without / "config.json").write_text('{"model_type": "m2m_100"}')
    assert not (without / "sentencepiece.bpe.model").exists()
    theirs, ours = NllbVocabulary(with_model), load_translator_vocabulary(without, 2_000, 2_000)
    assert ours.directions == theirs.directions
    texts = strings()
    references = [reference(text)["input_ids"] for text in texts]
    encoded = ours.encode(texts, source="zh", target="fr")
    assert [list(each.ids) for each in encoded] == references
    assert [ours.decode(ids)[0].strip() for ids in references] == [
        reference.decode(ids[1:], skip_special_tokens=True).strip() for ids in references
    ]
    for code in MARKS_OF_NLLB:
        assert ours.prefix(code) == theirs.prefix(code)
        assert ours.target_piece(ours.prefix(code)[0]) == theirs.target_piece(theirs.prefix(code)[0])
    text = "日本の llama 🦙 wohnt hier"
    [pieces], [places] = (one.encode([text], source="en", target="fr") for one in (ours, theirs))
    assert pieces == places
    ids = [*pieces.ids[1:-1], ours.encode_target("fox").ids[0]]
    assert ours.decode(ids) == theirs.decode(ids)


def test_nllb_of_another_kind_of_file(tmp_path: Path) -> None:
    """Told before it gives wrong texts."""
    byte_level = tokenizers.Tokenizer(tokenizers.models.BPE({"a": 0, "Ġb": 1, "Ġ": 2, "b": 3}, [("Ġ", "b")]))
    byte_level.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    byte_level.decoder = tokenizers.decoders.ByteLevel()
    byte_level.save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(CheckpointError, match="do not spell blanks"):
        NllbVocabulary(tmp_path)


def test_nllb_lists_its_languages_in_several_ways(tmp_path: Path) -> None:
    """By number, or in their order; a folder without them is told what it lacks."""
    numbered = NllbVocabulary(nllb_folder(tmp_path))
    listed = NllbVocabulary(nllb_folder(tmp_path, numbered=False))
    assert listed.prefix("zu") == numbered.prefix("zu")
    old = NllbVocabulary(nllb_folder(tmp_path, legacy_behaviour=True))
    [found] = old.encode(["fox"], source="en", target="fr")
    assert found.ids[-2:] == (2, *numbered.prefix("en"))
    nllb_folder(tmp_path, numbered=False, additional_special_tokens=[])
    with pytest.raises(CheckpointError, match="lists no languages"):
        load_translator_vocabulary(tmp_path, 2_000, 2_000)


def test_our_own_comes_back_as_it_went_in() -> None:
    """Byte fallback loses nothing but the form of letters, and marks are no part of the text."""
    ours = JointVocabulary(joint())
    assert ("en", "zh") in ours.directions
    assert ("en", "de") not in ours.directions
    mark = pieces_of(joint()).index("<2zh>")
    encoded = ours.encode(plain_strings(), source="en", target="zh")
    assert {each.ids[0] for each in encoded} == {mark}
    assert [ours.decode(each.ids[1:-1])[0] for each in encoded] == [normal_text(t) for t in plain_strings()]


def test_our_own_reads_the_normal_form() -> None:
    """A decomposed letter and a ligature are those that the model learned; pieces stand in the original."""
    ours = JointVocabulary(joint())
    typed, pasted = "schläft fish", "schla\u0308ft ﬁs\xadh"
    [plain], [odd] = (ours.encode([text], source="en", target="fr") for text in (typed, pasted))
    assert odd.ids == plain.ids
    assert pasted[odd.offsets[-2][0] : odd.offsets[-2][1]].endswith("h")
    assert odd.offsets[-1] == (len(pasted), len(pasted))


def test_places_of_pieces_in_source_and_target(tmp_path: Path) -> None:
    """Word alignment points at characters: real pieces cover the text, marks nothing."""
    text = "日本の llama 🦙 wohnt hier"
    ours = JointVocabulary(joint())
    for vocabulary in (ours, M2M100Vocabulary(m2m_folder(tmp_path))):
        [pieces] = vocabulary.encode([text], source="en", target="fr")
        assert pieces.offsets[0] == (0, 0)
        assert pieces.offsets[-1] == (len(text), len(text))
        assert "".join(text[start:end] for start, end in pieces.offsets) == text
    [pieces] = ours.encode([text], source="en", target="fr")
    decoded, places = ours.decode(pieces.ids)
    assert len(places) == len(pieces)
    assert "".join(decoded[start:end] for start, end in places) == decoded


def test_bytes_that_make_no_character_are_left_out() -> None:
    """A model can begin a character and never end it; nobody wants to read a black diamond."""
    ours = JointVocabulary(joint())
    names = pieces_of(joint())
    [pieces] = ours.encode(["ab 🪅 cd"], source="en", target="fr")
    lost = names.index("<0x9F>")
    assert lost in pieces.ids
    text, places = ours.decode([i for i in pieces.ids if i != lost])
    assert "\N{REPLACEMENT CHARACTER}" not in text
    assert text.split() == ["ab", "cd"]
    assert "".join(text[start:end] for start, end in places) == text


@pytest.mark.parametrize("missing", ["source.spm", "target.spm", "vocab.json"])
def test_missing_files_are_named(tmp_path: Path, missing: str) -> None:
    """The message says which file to get."""
    (marian_folder(tmp_path) / missing).unlink()
    with pytest.raises(CheckpointError) as caught:
        load_translator_vocabulary(tmp_path, 10**6, 10**6)
    assert caught.value.key == "file_missing"
    assert caught.value.values["file"] == missing


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("vocab.json", b'{"</s>": 0, "<unk>": "one"}', "file_broken"),
        ("vocab.json", b'{"</s>": 0}', "file_broken"),
        ("vocab.json", b"[", "file_broken"),
        ("source.spm", b"none", "file_broken"),
        ("config.json", b'{"model_type": "llama"}', "family_unknown"),
    ],
)
def test_broken_files_are_named(tmp_path: Path, name: str, content: bytes, key: str) -> None:
    """Damage is told, not guessed around."""
    (marian_folder(tmp_path) / name).write_bytes(content)
    with pytest.raises(CheckpointError) as caught:
        load_translator_vocabulary(tmp_path, 10**6, 10**6)
    assert caught.value.key == key


def test_a_vocabulary_that_does_not_fit(tmp_path: Path) -> None:
    """More ids than the model has rows: two models were mixed."""
    marian_folder(tmp_path)
    vocabulary = load_translator_vocabulary(tmp_path, 10**6, 10**6)
    with pytest.raises(CheckpointError) as caught:
        load_translator_vocabulary(tmp_path, vocabulary.source_size - 1, 10**6)
    assert caught.value.key == "tokenizer_misfit"
    with pytest.raises(CheckpointError):
        JointVocabulary(trained())
