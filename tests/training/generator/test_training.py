"""Training the generator: data, schedule, interruption, export. The run itself is a few seconds long."""

from __future__ import annotations

import json
import lzma
import math
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import torch
from sentencepiece import SentencePieceProcessor

from llama_demo.engine.checkpoint import load_model
from llama_demo.model.llama import Llama
from llama_demo.model.llama_config import LlamaConfig
from llama_demo.training.checkpoint import TrainingProgress
from llama_demo.training.corpus import held_out
from llama_demo.training.generator import declines, poems, stories
from llama_demo.training.generator.auxiliary_loss import TOPIC, auxiliary_loss, auxiliary_targets
from llama_demo.training.generator.data import GeneratorEncoder, rhyme_marks
from llama_demo.training.generator.topic_marks import TopicMarks
from llama_demo.training.generator.training import GeneratorRecipe, train_generator
from llama_demo.training.generator.vocabulary import ASSISTANT, USER, train_vocabulary
from tests.training.clocks import every_step

JINGYE = "床前明月光，疑是地上霜。\n举头望明月，低头思故乡。"


PINYIN = {"光": "guang1", "霜": "shuang1", "月": "yue4", "乡": "xiang1", "香": "xiang1"}


def test_a_poem_is_known_by_its_form() -> None:
    """Four lines of five are a 五言绝句, and an uneven poem is none of the four."""
    assert poems.form_of(JINGYE) == "五言绝句"
    assert poems.form_of("两个黄鹂鸣翠柳，一行白鹭上青天。\n窗含西岭千秋雪，门泊东吴万里船。") == "七言绝句"
    assert poems.form_of("床前明月光，疑是霜。") is None


def test_a_request_fits_its_poem() -> None:
    """The theme, the form or the first line that is asked for is the poem's own."""
    poem = poems.Poem("静夜思", JINGYE, "五言绝句")
    unlike = [
        name
        for names, words in poems.THEMES.items()
        if not any(word in JINGYE for word in words.split())
        for name in names
    ]
    assert "春天" in unlike
    dice = random.Random(1)
    for _ in range(200):
        request = poems.request_for(poem, dice)
        fitting = ("五言绝句", "月亮", "the moon", "思乡", "homesickness", "床前明月光", "静夜思")
        assert any(word in request for word in fitting), request
        assert not any(name in request for name in unlike), request


def test_a_request_names_what_the_story_has() -> None:
    """Somebody who asks for a red ball gets a story with one: the training pairs say so."""
    story = "Once there was a dog named Max. The dog had a red ball. The ball rolled away. The dog ran."
    dice = random.Random(2)
    requests = {stories.request_for(story, frozenset({"dog", "ball", "cat"}), dice)[0] for _ in range(200)}
    assert any("a red ball" in request for request in requests)
    assert any("a dog named Max" in request for request in requests)
    assert any("a dog who had a red ball" in request for request in requests)
    assert not any("cat" in request for request in requests)


def test_a_request_can_be_about_whatever_stories_are_about() -> None:
    """Nouns are told from adjectives, also those that seldom stand right behind an article."""
    tale = "The little dog saw a big red ball. The happy dog was glad and had the ball."
    assert {"dog", "ball"} <= stories.nouns_of([tale] * 20) <= {"dog", "ball", "glad"}


def test_held_out_texts_are_a_fiftieth_and_always_the_same() -> None:
    """A text is never trained on today and measured on tomorrow."""
    texts = [f"story number {number}" for number in range(5000)]
    share = sum(map(held_out, texts)) / len(texts)
    assert 0.015 < share < 0.025
    assert held_out("story number 1") == held_out("  story number 1\n")


def test_the_vocabulary_can_write_anything_and_keeps_characters_whole() -> None:
    """Bytes cover what has no piece, Chinese is read by the character, and marks cannot be typed."""
    texts = ["the little dog ran to the big tree and the dog sat"] * 50
    model = train_vocabulary(texts, frozenset("床前明月光，。"), 400)
    pieces = SentencePieceProcessor(model_proto=model)
    for text in ("the dog", "床前明月光", "😀 Ж\t\n  two", "a" * 50):
        assert pieces.decode(pieces.encode(text)) == text
    assert len(pieces.encode("床前明月光")) == 5
    assert pieces.piece_to_id(USER) not in pieces.encode(f"{USER} hello {ASSISTANT}")


def test_what_must_rhyme_is_found_and_its_sound_is_asked_for(data: Path) -> None:
    """The ends of the second and fourth line answer those before them; nothing else of a poem is marked."""
    vocabulary = train_vocabulary(["the dog"] * 50, frozenset(JINGYE.replace("\n", "") + "香"), 385)
    encoder = GeneratorEncoder(vocabulary)
    marks = rhyme_marks(data, encoder)

    def marked(poem: str) -> list[str]:
        plain, asked = (
            [encoder.pieces.id_to_piece(i) for i, mark in zip(*marks.marked(ids), strict=True) if mark]
            for ids in (encoder.plain(poem), encoder.turn("写一首诗，霜，月，香", poem))
        )
        assert plain == asked
        return plain

    assert marked(JINGYE) == ["霜", "乡"]
    assert marked(JINGYE.replace("光", "月", 1)) == ["乡"]
    assert marked(JINGYE + JINGYE.replace("乡", "香")) == ["霜", "乡", "霜", "香"]
    assert marked(JINGYE.replace("乡", "月")) == ["霜"]

    ids, sounds = marks.marked(encoder.plain(JINGYE))
    places, asked = auxiliary_targets(torch.tensor([sounds]))
    logits = torch.zeros(len(ids), encoder.pieces.get_piece_size())

    def cost() -> float:
        return auxiliary_loss(logits, torch.tensor(ids), places, asked, marks.members).item()

    unsure = cost()
    logits[places[:2], encoder.pieces.piece_to_id("香")] = 20.0
    assert cost() < 0.01 < unsure
    logits[places[:2], encoder.pieces.piece_to_id("月")] = 40.0
    assert cost() > unsure


def test_what_a_story_was_asked_for_is_found_in_it_and_asked_for_again() -> None:
    """The first mentions in the answer are marked, not the request's words; only the very word will do."""
    story = "the cats met a dog and the dog ran and a dog sat and one dog and that dog"
    encoder = GeneratorEncoder(train_vocabulary([story] * 50, frozenset("小狗和月亮。在"), 366))
    topics = TopicMarks(encoder.pieces, assistant=encoder.assistant)

    def marked(request: str, answer: str, words: list[str]) -> str:
        ids, marks = topics.marked(encoder.turn(request, answer), words)
        found = [i for i, mark in zip(ids, marks, strict=True) if mark == TOPIC]
        return str(encoder.pieces.decode(found))

    assert marked("a story about a dog and a cat", story, ["dog", "cat"]) == " cats dog dog dog dog"
    assert marked("小狗和月亮", "月亮和小狗在月亮。", ["月亮"]) == "月亮月亮"
    assert marked("a story", story, []) == ""

    ids, marks = topics.marked(encoder.turn("a dog", "a dog"), ["dog"])
    places, asked = auxiliary_targets(torch.tensor([marks]))
    size = encoder.pieces.get_piece_size()
    members = torch.zeros(TOPIC + 1, size, dtype=torch.bool)
    members[0] = True
    logits = torch.zeros(len(ids), size)
    unsure = auxiliary_loss(logits, torch.tensor(ids), places, asked, members)
    logits[torch.arange(len(ids)), torch.tensor(ids)] = 20.0
    assert auxiliary_loss(logits, torch.tensor(ids), places, asked, members) < 0.01 < unsure


def write(path: Path, records: Sequence[Mapping[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with lzma.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in the real layout with a few lines of each source."""
    folder = tmp_path_factory.mktemp("data")
    story = "Once there was a dog named {0}. The dog had a red ball. {0} ran after the ball and was happy."
    english = [{"text": story.format(name)} for name in ("Max", "Ben", "Tom", "Sam") for _ in range(30)]
    chinese = [
        {
            "text": f"从前有一只小狗，名字叫{name}。它在森林里找到了朋友。",
            "genre": "童话",
            "theme": "一只小狗找到了朋友。",
            "mature": False,
        }
        for name in "甲乙丙丁戊己庚辛" * 4
    ]
    for name in ("tinystories.train", "tinystories.valid", "fables-klusai.train", "storybooks", "fairytales"):
        write(folder / "stories" / f"{name}.jsonl.xz", english)
    for name in ("train", "valid"):
        write(folder / "stories" / f"tiny-chinese-stories.{name}.jsonl.xz", chinese)
    letters = "霜雪花草木石水火土金山川"
    verses = [JINGYE.replace("霜", one).replace("乡", other) for one in letters for other in letters]
    for name in ("tang", "song"):
        write(folder / "poems" / f"{name}.jsonl.xz", [{"title": "静夜思", "text": verse} for verse in verses])
    write(folder / "qa" / "qamr_dev.jsonl.xz", [{"question": "Who is that?"}])
    article = {"data": [{"paragraphs": [{"qas": [{"question": "这是谁？"}]}]}]}
    for name in ("cmrc2018_dev", "DRCD_dev_simp"):
        with lzma.open(folder / "qa" / f"{name}.json.xz", "wt", encoding="utf-8") as file:
            json.dump(article, file)
    (folder / "parallel").mkdir()
    for name in ("tatoeba.en-zh.train", "xsid.en-zh.train"):
        with lzma.open(folder / "parallel" / f"{name}.tsv.xz", "wt", encoding="utf-8") as file:
            file.write("How are you?\t你好吗？\n")
    with lzma.open(folder / "parallel" / "cedict.zh-en.tsv.xz", "wt", encoding="utf-8") as file:
        file.writelines(f"{word}\t{word}\t{pinyin}\tword\n" for word, pinyin in PINYIN.items())
    return folder


def test_declines_answer_in_the_askers_language(data: Path) -> None:
    """A Chinese question is declined in Chinese, an English one in English."""
    for asked, answer in declines.read_declines(data, random.Random(0)):
        assert answer == (declines.ENGLISH if asked.isascii() else declines.CHINESE)


TINY = GeneratorRecipe(
    LlamaConfig(
        vocab_size=700,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        max_position_embeddings=64,
        tie_word_embeddings=True,
    ),
    tokens=512,
    windows=(32, 64),
)


def train_a_little(data: Path, out: Path, seconds: float) -> TrainingProgress:
    return train_generator(
        data,
        out,
        minutes=seconds / 60,
        recipe=TINY,
        optimiser="adamw",
        compiled=False,
        report=lambda _: None,
        clock=every_step(0.1),
    )


def test_training_learns_and_leaves_a_model_that_loads(data: Path, tmp_path: Path) -> None:
    """A few seconds on a few sentences lower the loss, and end in a folder that the app can use."""
    progress = train_a_little(data, tmp_path, 4)
    assert progress.measured[-1][1]["stories"] < math.log(TINY.config.vocab_size) - 0.05
    loaded = load_model(tmp_path / "model", Llama, device=torch.device("cpu"), dtype=torch.float32)
    assert loaded.model.config == TINY.config
    assert set(json.loads((tmp_path / "model" / "abilities.json").read_text())["abilities"]) == {
        "story",
        "poem",
    }
