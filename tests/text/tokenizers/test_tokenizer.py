"""Vocabularies of every kind against the reference, on strings in many scripts."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sentencepiece
import tokenizers
import transformers
from tokenizers import AddedToken, decoders, models, normalizers, pre_tokenizers, processors, trainers

from llama_demo.errors import CheckpointError
from llama_demo.text.tokenizers.tokenizer import Tokenizer, load_tokenizer

ROWS = 100_000
SCRIPTS = {
    "Latin": "the quick brown fox jumps over lazy dogs while naïve façades über straße mañana don't we'll",
    "Chinese": "今天 天气 很好 我们 去 公园 玩 吧 明月 几时 有 把酒 问 青天 春眠 不觉 晓 处处 闻 啼鸟",
    "Cyrillic": "быстрая коричневая лиса прыгает через ленивую собаку ещё объём подъезд",
    "Greek": "η γρήγορη καφέ αλεπού πηδά πάνω από το τεμπέλικο σκυλί",
    "Arabic": "الثعلب البني السريع يقفز فوق الكلب الكسول مَرْحَبًا بكم",
    "Hebrew": "השועל החום המהיר קופץ מעל הכלב העצלן שָׁלוֹם",
    "Devanagari": "तेज भूरी लोमड़ी आलसी कुत्ते के ऊपर कूदती है नमस्ते दुनिया",
    "Thai": "สุนัขจิ้งจอก สีน้ำตาล กระโดด ข้าม สุนัข ขี้เกียจ สวัสดี ชาวโลก",
    "Japanese": "すばやい 茶色の キツネ は のろま な 犬 を 飛び越える カタカナ ひらがな",
    "Korean": "빠른 갈색 여우 가 게으른 개 를 뛰어넘는다 안녕하세요 세계",
    "Emoji and signs": "🙂 👍🏽 👨‍👩‍👧 🇨🇳 ❤️ ½ ™ € → ∑ ≤ 𝔘 ﬁ Å ａｂｃ １２３",
}
_JOINTS = (" ", " ", " ", "  ", ", ", ". ", "! ", "\n", "\n\n", "\t", "-", " 42 ", "(", ") ", "'", "")


def _strings() -> Iterator[str]:
    dice = random.Random(7)
    words = {script: text.split() for script, text in SCRIPTS.items()}
    everything = [word for each in words.values() for word in each]
    for known in [*words.values(), everything]:
        for length in range(1, 111):
            parts = dice.choices(known, k=1 + length % 14)
            yield "".join(part + dice.choice(_JOINTS) for part in parts) + dice.choice(
                ["", "?", "2026", "\n"]
            )


STRINGS = list(_strings())
CORPUS = [" ".join(text.split()) for text in SCRIPTS.values()] * 8
SPECIAL = ["<unk>", "<s>", "</s>"]


def sentencepiece_folder(folder: Path, kind: str, **settings: Any) -> Path:
    """A ``tokenizer.model`` with LLaMA's settings: digits apart, unknown characters as bytes."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS),
        model_writer=model,
        model_type=kind,
        vocab_size=700,
        hard_vocab_limit=False,
        byte_fallback=True,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        split_digits=True,
        num_threads=1,
        minloglevel=2,
    )
    (folder / "tokenizer.model").write_bytes(model.getvalue())
    describe(folder, **{"tokenizer_class": "LlamaTokenizer", **settings})
    return folder


def unigram_folder(folder: Path) -> Path:
    """A unigram ``tokenizer.model``, and the same written out for the reference.

    What the reference reads out of such a file itself depends on the model's class, and none of the
    classes takes LLaMA's settings: it is told here what the file says.
    """
    sentencepiece_folder(folder, "unigram", add_bos_token=True)
    library = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    scored = [(library.id_to_piece(i), library.get_score(i)) for i in range(library.get_piece_size())]
    fast = tokenizers.Tokenizer(models.Unigram(scored, unk_id=0, byte_fallback=True))
    fast.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    write_llama_rules(fast, folder / "reference")
    return folder


def write_llama_rules(fast: tokenizers.Tokenizer, folder: Path) -> None:
    """Complete LLaMA 2's rules and save: bytes joined to characters, the first blank taken away."""
    fast.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    fast.add_special_tokens(SPECIAL)
    fast.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    folder.mkdir(exist_ok=True)
    fast.save(str(folder / "tokenizer.json"))
    marks = {"bos_token": {"__type": "AddedToken", "content": "<s>"}, "eos_token": "</s>"}
    describe(folder, tokenizer_class="PreTrainedTokenizerFast", unk_token="<unk>", **marks)


def byte_level_folder(folder: Path, *, begin: bool, **settings: Any) -> Path:
    """A ``tokenizer.json`` as Llama 3's (with a mark before every text) or Qwen's (without)."""
    fast = tokenizers.Tokenizer(models.BPE(ignore_merges=begin))
    if not begin:
        fast.normalizer = normalizers.NFC()
    digits = r"\p{N}{1,3}" if begin else r"\p{N}"
    split = (
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|" + digits + r"| ?[^\s\p{L}\p{N}]+[\r\n]*"
        r"|\s*[\r\n]+|\s+(?!\S)|\s+"
    )
    fast.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(tokenizers.Regex(split), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    fast.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    fast.train_from_iterator(
        CORPUS, trainers.BpeTrainer(vocab_size=800, initial_alphabet=alphabet, show_progress=False)
    )
    fast.add_special_tokens(["<|begin|>", "<|end|>", "<|im_start|>", "<|im_end|>"])
    fast.add_tokens([AddedToken("<think>", normalized=False), AddedToken("</think>", normalized=False)])
    if begin:
        mark = ("<|begin|>", fast.token_to_id("<|begin|>"))
        fast.post_processor = processors.TemplateProcessing(single="<|begin|> $A", special_tokens=[mark])
    fast.save(str(folder / "tokenizer.json"))
    marks = {"bos_token": "<|begin|>" if begin else None, "eos_token": "<|end|>"}
    describe(folder, **{"tokenizer_class": "PreTrainedTokenizerFast", **marks, **settings})
    return folder


def llama2_folder(folder: Path) -> Path:
    """A ``tokenizer.json`` as LLaMA 2's: SentencePiece's rules written out for the other library."""
    fast = tokenizers.Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    fast.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    fallback = [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(
        vocab_size=800, special_tokens=[*SPECIAL, *fallback], limit_alphabet=250, show_progress=False
    )
    fast.train_from_iterator(CORPUS, trainer)
    # The trainer knows special tokens only, but bytes are none.
    content = json.loads(fast.to_str())
    content["added_tokens"] = [token for token in content["added_tokens"] if token["content"] in SPECIAL]
    write_llama_rules(tokenizers.Tokenizer.from_str(json.dumps(content)), folder)
    return folder


def describe(folder: Path, **settings: Any) -> None:
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    (folder / "config.json").write_text(json.dumps({"model_type": "llama"}))


@dataclass(frozen=True)
class Pair:
    """Our vocabulary and the reference's, from one folder."""

    ours: Tokenizer
    theirs: Any

    @classmethod
    def load(cls, folder: Path) -> Pair:
        written = folder / "reference"
        theirs = transformers.AutoTokenizer.from_pretrained(written if written.exists() else folder)
        return cls(load_tokenizer(folder, ROWS), theirs)


KINDS = {
    "LLaMA 1 and 2, TinyLlama, Mistral: tokenizer.model": lambda folder: sentencepiece_folder(
        folder, "bpe", add_bos_token=True, add_eos_token=False
    ),
    "SentencePiece unigram": unigram_folder,
    "LLaMA 2: tokenizer.json": llama2_folder,
    "Llama 3": lambda folder: byte_level_folder(folder, begin=True),
    "SmolLM2, Qwen": lambda folder: byte_level_folder(folder, begin=False),
}


@pytest.fixture(scope="module", params=KINDS)
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair.load(KINDS[request.param](tmp_path_factory.mktemp("vocabulary")))


def test_there_are_enough_strings_in_enough_scripts() -> None:
    """The comparison below is worth what its strings are."""
    assert len(set(STRINGS)) >= 1000
    assert len(SCRIPTS) > 10


def test_ids_are_the_reference_s(pair: Pair) -> None:
    """A token id that differs from the one the model learned with is another word to it."""
    assert [pair.ours.encode(text) for text in STRINGS] == pair.theirs(STRINGS)["input_ids"]


def test_a_vocabulary_may_ask_for_the_normal_form(tmp_path: Path) -> None:
    """As ours does, which folds nothing; no other vocabulary's ids change."""
    folder = sentencepiece_folder(tmp_path, "bpe", add_bos_token=True, normal_form=True)
    folding = load_tokenizer(folder, ROWS)
    assert folding.encode("ﬁve ｃａts") == folding.encode("five cats")
    assert folding.encode_pieces(["ﬁve", "ﬁve"]) == folding.encode_pieces(["five", "five"])


def test_texts_come_back_as_the_reference_s(pair: Pair) -> None:
    """What is read must be what was written, marks aside."""
    ids = pair.theirs(STRINGS)["input_ids"]
    texts = [pair.ours.decode(each) for each in ids]
    assert texts == pair.theirs.batch_decode(ids, skip_special_tokens=True)


def test_texts_come_back_whole(pair: Pair) -> None:
    """No script loses a character on its way through the ids."""
    composed = pair.ours.decode(pair.ours.encode("e\u0301")) == "\u00e9"  # Qwen writes letters composed
    for text in STRINGS:
        back = pair.ours.decode(pair.ours.encode(text))
        assert back == (normalizers.NFC().normalize_str(text) if composed else text)


def test_blanks_at_the_beginning_are_kept(tmp_path: Path) -> None:
    """SentencePiece puts a blank before every text, also before one that begins with blanks.

    The reference's current rebuilding of ``tokenizer.model`` leaves it out there and loses a blank.
    """
    ours = load_tokenizer(sentencepiece_folder(tmp_path, "bpe"), ROWS)
    library = sentencepiece.SentencePieceProcessor(model_file=str(tmp_path / "tokenizer.model"))
    for text in (" one", "  two", "   three blanks", " ", "\n one"):
        assert ours.encode(text)[1:] == library.encode(text)
        assert ours.decode(ours.encode(text)) == text


@pytest.mark.parametrize(
    ("settings", "before", "behind"),
    [
        ({}, ["<s>"], []),
        ({"add_bos_token": False}, [], []),
        ({"add_bos_token": None}, [], []),
        ({"add_bos_token": True, "add_eos_token": True}, ["<s>"], ["</s>"]),
    ],
)
def test_sentencepiece_marks_are_set_as_the_folder_says(
    tmp_path: Path, settings: dict[str, Any], before: list[str], behind: list[str]
) -> None:
    """A mark too many or too few in front shifts everything that the model writes."""
    ours = load_tokenizer(sentencepiece_folder(tmp_path, "bpe", **settings), ROWS)
    library = sentencepiece.SentencePieceProcessor(model_file=str(tmp_path / "tokenizer.model"))
    ids = [library.piece_to_id(mark) for mark in before], [library.piece_to_id(mark) for mark in behind]
    assert ours.encode("fox") == [*ids[0], *library.encode("fox"), *ids[1]]


@pytest.mark.parametrize("settings", [{}, {"add_bos_token": False}, {"add_eos_token": True}])
def test_marks_of_a_tokenizer_json_are_its_own(tmp_path: Path, settings: dict[str, Any]) -> None:
    """The reference passes over the folder's settings if the vocabulary has rules of its own.

    Qwen3-Embedding, for one, declines a begin mark there, and its vocabulary sets an end mark, at which
    the vector of a text is read.
    """
    pair = Pair.load(byte_level_folder(tmp_path, begin=True, **settings))
    assert pair.ours.encode("fox") == pair.theirs("fox")["input_ids"]
    assert pair.ours.encode("fox")[0] == pair.theirs.bos_token_id


def test_marks_in_a_text_are_text(pair: Pair) -> None:
    """Nobody ends the model's text, or begins another, by typing the mark for it."""
    marks = [text for text, special in pair.ours.marks.items() if special]
    ids = {pair.theirs.convert_tokens_to_ids(mark) for mark in marks}
    framed = pair.ours.encode("fox")
    for mark in marks:
        typed = pair.ours.encode(f"fox {mark} dog")
        assert sum(i in ids for i in typed) == sum(i in ids for i in framed)
        assert mark in pair.ours.decode(typed)


def test_end_ids_come_from_every_file(tmp_path: Path) -> None:
    """Chat models end a turn by one mark and a text by another."""
    folder = byte_level_folder(tmp_path, begin=True)
    fast = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    turn, end = fast.token_to_id("<|im_end|>"), fast.token_to_id("<|end|>")
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": [turn]}))
    assert load_tokenizer(folder, ROWS).end_ids == {turn, end}


def test_added_tokens_beside_a_sentencepiece_model_have_their_ids(tmp_path: Path) -> None:
    """Chat versions of LLaMA 2 add their marks in a file of their own."""
    folder = sentencepiece_folder(tmp_path, "bpe", add_bos_token=True)
    size = load_tokenizer(folder, ROWS).size
    (folder / "added_tokens.json").write_text(json.dumps({"<|im_start|>": size, "<|im_end|>": size + 1}))
    ours = load_tokenizer(folder, ROWS)
    assert ours.size == size + 2
    assert ours.encode_pieces(["<|im_start|>fox<|im_end|>"])[:: len(ours.encode("fox"))] == [size, size + 1]
    assert size not in ours.encode("<|im_start|>")
    assert ours.decode([size, *ours.encode("fox")]) == "fox"


STRIPPING = {
    "takes what is on its left": {"lstrip": True},
    "takes what is on its right": {"rstrip": True},
    "takes both": {"lstrip": True, "rstrip": True},
    "stands alone": {"single_word": True},
    "is a token like any": {"special": False, "rstrip": True},
    "is a token and takes both": {"special": False, "lstrip": True, "rstrip": True},
}
AROUND = (
    "{}",
    "fox {} dogs",
    "fox{}dogs",
    "today  {}  ",
    "fox \n\t{}\n  dogs",
    "{} {}{} fox",
    "fox  {}{} {}  dogs{}",
    "今天{}天气 {}",
    "{}_{} a{}1",
)


@pytest.mark.parametrize("flags", STRIPPING.values(), ids=STRIPPING)
@pytest.mark.parametrize("kind", ["bpe", "byte level"])
def test_added_tokens_take_the_blanks_beside_them(tmp_path: Path, kind: str, flags: dict[str, Any]) -> None:
    """A mask or a turn's mark swallows the blanks around it where the checkpoint says so."""
    if kind == "bpe":
        folder = sentencepiece_folder(tmp_path, "bpe", add_bos_token=True)
    else:
        folder = byte_level_folder(tmp_path, begin=True)
    size = load_tokenizer(folder, ROWS).size
    token = {"content": "<mask>", "normalized": False, "special": True, "lstrip": False, "rstrip": False}
    token |= {"single_word": False} | flags
    if kind == "bpe":
        settings = json.loads((folder / "tokenizer_config.json").read_text())
        settings["added_tokens_decoder"] = {str(size): token}
        (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    else:
        content = json.loads((folder / "tokenizer.json").read_text())
        content["added_tokens"].append({"id": size, **token})
        (folder / "tokenizer.json").write_text(json.dumps(content))
    pair = Pair.load(folder)
    for text in (form.replace("{}", "<mask>") for form in AROUND):
        expected = pair.theirs(text, add_special_tokens=False)["input_ids"]
        assert pair.ours.encode_pieces([text]) == expected, text
        assert (size in pair.ours.encode(text)) == (not token["special"] and size in expected), text


@pytest.mark.parametrize("kind", ["bpe", "byte level"])
def test_a_vocabulary_of_another_model_is_refused(tmp_path: Path, kind: str) -> None:
    """Ids beyond the embedding would fail in mid-text, and other ids mean other words."""
    folder = tmp_path
    if kind == "bpe":
        sentencepiece_folder(folder, "bpe")
    else:
        byte_level_folder(folder, begin=True)
    size = load_tokenizer(folder, ROWS).size
    load_tokenizer(folder, size)
    with pytest.raises(CheckpointError) as caught:
        load_tokenizer(folder, size - 1)
    assert (caught.value.key, caught.value.values) == (
        "tokenizer_misfit",
        {"tokens": size, "rows": size - 1},
    )
    # A configuration that names an id which the vocabulary does not have was made for another one.
    (folder / "config.json").write_text(json.dumps({"eos_token_id": size}))
    with pytest.raises(CheckpointError) as caught:
        load_tokenizer(folder, ROWS)
    assert caught.value.key == "tokenizer_misfit"


@pytest.mark.parametrize("name", ["tokenizer.json", "tokenizer.model", "tokenizer_config.json"])
@pytest.mark.parametrize("content", ["", "{", "[]", "\x00\x01"])
def test_a_damaged_file_is_named(tmp_path: Path, name: str, content: str) -> None:
    """A vocabulary that was cut off is refused by the name of its file."""
    if name == "tokenizer_config.json":
        sentencepiece_folder(tmp_path, "bpe")
    (tmp_path / name).write_text(content)
    with pytest.raises(CheckpointError) as caught:
        load_tokenizer(tmp_path, ROWS)
    assert (caught.value.key, caught.value.values["file"]) == ("file_broken", name)


GARBAGE = (None, True, -1, 3.5, 2**70, "", "x", "\ud800", [], [1], {}, {"1": 2}, {"x": {"content": "y"}})


@pytest.mark.parametrize("kind", ["tokenizer.model", "tokenizer.json"])
def test_damaged_settings_are_survived_or_told(tmp_path: Path, kind: str) -> None:
    """Whatever stands in the files beside a vocabulary, it works or there is a message for people."""
    if kind == "tokenizer.json":
        byte_level_folder(tmp_path, begin=True)
    else:
        sentencepiece_folder(tmp_path, "bpe")
    names = ["bos_token", "eos_token", "add_bos_token", "legacy", "added_tokens_decoder", "chat_template"]
    worked = 0
    for entry in names:
        for value in GARBAGE:
            (tmp_path / "tokenizer_config.json").write_text(json.dumps({entry: value}))
            try:
                ours = load_tokenizer(tmp_path, ROWS)
            except CheckpointError:
                continue
            worked += ours.decode(ours.encode("fox")) == "fox"
    assert worked > len(GARBAGE)
    (tmp_path / "tokenizer_config.json").unlink()
    for value in (True, -1, "x", None, 2**70):
        (tmp_path / "added_tokens.json").write_text(json.dumps({"<mark>": value}))
        with pytest.raises(CheckpointError):
            load_tokenizer(tmp_path, ROWS)


def test_an_id_beyond_all_rows_is_refused(tmp_path: Path) -> None:
    """However few pieces there are: the library would fill the gap with billions of entries."""
    folder = byte_level_folder(tmp_path, begin=False)
    content = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    content["model"]["vocab"]["abc"] = 2**32 - 2
    (folder / "tokenizer.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(CheckpointError) as caught:
        load_tokenizer(folder, ROWS)
    assert (caught.value.key, caught.value.values["tokens"]) == ("tokenizer_misfit", 2**32 - 1)


def test_a_piece_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Before the first text that would meet it."""
    folder = sentencepiece_folder(tmp_path, "bpe")
    model = (folder / "tokenizer.model").read_bytes()
    (folder / "tokenizer.model").write_bytes(model.replace("天".encode(), b"\xe5\xa4\x20", 1))
    with pytest.raises(CheckpointError) as caught:
        load_tokenizer(folder, ROWS)
    assert (caught.value.key, caught.value.values["file"]) == ("file_broken", "tokenizer.model")


def test_a_folder_without_a_vocabulary_is_refused(tmp_path: Path) -> None:
    """The message names what is looked for."""
    with pytest.raises(CheckpointError) as caught:
        load_tokenizer(tmp_path, ROWS)
    assert caught.value.key == "file_missing"
