"""Training the translator: pairs, batches, what is copied, and a few steps of the real loop."""

from __future__ import annotations

import lzma
import math
import random
from pathlib import Path

import pytest
import torch

from llama_demo.model.transformer import Transformer
from llama_demo.tasks.translate_sentences import load_translator, translate_sentences
from llama_demo.training.corpus import spread
from llama_demo.training.translator import copying
from llama_demo.training.translator import data as translator_data
from llama_demo.training.translator.data import (
    LENGTHS,
    PAD,
    PairEncoder,
    TranslationPair,
    TranslationPairs,
    TranslatorBatches,
)
from llama_demo.training.translator.evaluation import evaluate_translator, score
from llama_demo.training.translator.training import TranslatorRecipe, cross_entropy, shape, train_translator
from tests.training.clocks import every_step

WORDS = {
    "zh": ("猫", "狗", "鸟", "马", "书", "水", "山", "花"),
    "fr": ("chat", "chien", "oiseau", "cheval", "livre", "eau", "montagne", "fleur"),
    "de": ("Katze", "Hund", "Vogel", "Pferd", "Buch", "Wasser", "Berg", "Blume"),
    "es": ("gato", "perro", "pájaro", "caballo", "libro", "agua", "montaña", "flor"),
}
ENGLISH = ("cat", "dog", "bird", "horse", "book", "water", "mountain", "flower")
FRAMES = {
    "zh": "我看见{}在{}旁边。",
    "fr": "Je vois {} près de {}.",
    "de": "Ich sehe {} bei {}.",
    "es": "Veo {} cerca de {}.",
}


@pytest.fixture(scope="module")
def pairs() -> TranslationPairs:
    found = [
        TranslationPair(
            f"I see {ENGLISH[a]} by {ENGLISH[b]}.", FRAMES[language].format(words[a], words[b]), language
        )
        for language, words in WORDS.items()
        for a in range(8)
        for b in range(8)
    ]
    return TranslationPairs(found, [1.0] * len(found))


@pytest.fixture(scope="module")
def encoder(pairs: TranslationPairs) -> PairEncoder:
    return PairEncoder(translator_data.build_vocabulary(pairs, 340))


@pytest.mark.long
def test_a_source_says_into_which_language(encoder: PairEncoder) -> None:
    """One model serves all directions: the first piece of the source tells it which."""
    into_french, _ = encoder.both_ways(
        TranslationPair("I see cat by dog.", "Je vois chat près de chien.", "fr"), False
    )
    into_english, target = encoder.both_ways(
        TranslationPair("I see cat by dog.", "Je vois chat près de chien.", "fr"), True
    )
    assert encoder.pieces.id_to_piece(into_french[0]) == "<2fr>"
    assert encoder.pieces.id_to_piece(into_english[0]) == "<2en>"
    assert encoder.pieces.decode(target) == "I see cat by dog."


def test_what_is_measured_is_short_and_long(pairs: TranslationPairs) -> None:
    """Held-out files are sorted by length: their first part alone would tell of short sentences only."""
    assert spread(pairs.pairs, 4) == pairs.pairs[:: len(pairs.pairs) // 4]
    assert spread(pairs.pairs, 1_000) == pairs.pairs


@pytest.mark.parametrize("text", ["😀 𝔘 Ж", "１２３，ＡＢＣ", "a  b", "https://x.example/?q=1"])
def test_what_the_vocabulary_lacks_is_spelled_in_bytes(encoder: PairEncoder, text: str) -> None:
    """Names, addresses and full-width characters come through unchanged."""
    assert encoder.pieces.decode(encoder.pieces.encode(text)).split() == text.split()


def test_a_step_always_gets_the_same_batch(pairs: TranslationPairs, encoder: PairEncoder) -> None:
    """A resumed run sees what it would have seen without the interruption."""
    there = TranslatorBatches(pairs, encoder, tokens=600)
    back = TranslatorBatches(pairs, encoder, tokens=600)
    for step in (70, 3, 64):
        for mine, other in zip(there.at(step), back.at(step), strict=True):
            assert torch.equal(mine, other)


def test_batches_hold_what_was_asked_for(pairs: TranslationPairs, encoder: PairEncoder) -> None:
    """Memory is planned by the tokens of a batch, so padding counts too; little of it is padding."""
    batches = TranslatorBatches(pairs, encoder, tokens=600)
    filled, room = 0, 0
    for step in range(64):
        source, target = batches.at(step)
        assert 2 * source.size(0) * max(source.size(1), target.size(1)) <= 600
        assert 2 * (source.size(0) + 1) * source.size(1) > 600, "one row more had room"
        needed = max(int((side != PAD).sum(dim=1).max()) for side in (source, target))
        assert source.size(1) == target.size(1) == min(each for each in LENGTHS if each >= needed)
        filled += int((source != PAD).sum() + (target != PAD).sum())
        room += source.numel() + target.numel()
    assert filled / room > 0.65


def test_what_is_copied_is_the_same_on_both_sides() -> None:
    """Addresses and numbers are learned as what is carried over to the letter."""
    dice = random.Random(5)
    for language in WORDS:
        for _ in range(100):
            english, other, kept = copying.copy_pair(language, dice)
            assert kept in english
            assert kept in other


def test_numbers_are_replaced_together() -> None:
    """A pair with a year teaches any year, as long as both sides agree."""
    dice = random.Random(6)
    english, other = copying.with_other_numbers("Born in 1984, aged 7.", "Né en 1984, âgé de 7 ans.", dice)
    year = english.split()[2].strip(",")
    assert year != "1984"
    assert f"Né en {year}, âgé de 7 ans." == other


def test_padding_is_no_part_of_the_loss(encoder: PairEncoder) -> None:
    """A short pair in a batch with a long one weighs as much as alone."""
    config = shape(vocab_size=340, width=32, mlp_width=64, heads=2, layers=(1, 1))
    torch.manual_seed(1)
    model = Transformer(config)
    model.initialise()
    short, long = (
        encoder(text, text, "fr") for text in ("chat", "Je vois un chat près de la montagne et du livre")
    )
    alone = [
        cross_entropy(model, torch.tensor([source]), torch.tensor([target]), smoothing=0.0).item()
        for source, target in (short, long)
    ]
    together = cross_entropy(
        model,
        translator_data.padded([short[0], long[0]]),
        translator_data.padded([short[1], long[1]]),
        smoothing=0.0,
    ).item()
    sizes = [len(target) - 1 for _, target in (short, long)]
    expected = sum(loss * size for loss, size in zip(alone, sizes, strict=True)) / sum(sizes)
    assert together == pytest.approx(expected, abs=0.05)  # bfloat16 products


@pytest.mark.long
def test_training_learns_from_a_folder(tmp_path: Path, pairs: TranslationPairs) -> None:
    """The command's own path, from files to a folder that translates better than guessing."""
    data = tmp_path / "data" / "parallel"
    data.mkdir(parents=True)
    names = [*translator_data.SOURCES] + [f"tatoeba.en-{language}" for language in WORDS]
    for name in names:
        for part in ("train", "valid"):
            rows = [pair for pair in pairs.pairs if name.endswith(pair.language)]
            with lzma.open(data / f"{name}.{part}.tsv.xz", "wt", encoding="utf-8") as file:
                file.writelines(f"{pair.english}\t{pair.other}\n" for pair in rows)
    with lzma.open(data / "cedict.zh-en.tsv.xz", "wt", encoding="utf-8") as file:
        file.writelines(
            f"{word}\t{word}\tpin1\t{english}\n" for word, english in zip(WORDS["zh"], ENGLISH, strict=True)
        )
    recipe = TranslatorRecipe(
        shape(vocab_size=340, width=64, mlp_width=128, heads=2, layers=(1, 1)), tokens=600
    )
    progress = train_translator(
        tmp_path / "data",
        tmp_path / "out",
        minutes=5 / 60,
        recipe=recipe,
        optimiser="adamw",
        compiled=False,
        report=lambda _: None,
        clock=every_step(0.1),
    )
    assert progress.measured[-1][1]["fr-en"] < math.log(340)
    translator = load_translator(tmp_path / "out" / "model", device="cpu", dtype="float32")
    (place, found), *_ = translate_sentences(
        translator, ["Je vois chat près de chien."], source="fr", target="en"
    )
    assert place == 0
    assert isinstance(found.text, str)
    told: list[str] = []
    figures = evaluate_translator(
        tmp_path / "out" / "model", tmp_path / "data", most=3, copies=2, report=told.append
    )
    assert len(figures) == 8 * 6
    assert told[: len(figures)] == [f"{name}: {value:.1f}" for name, value in figures.items()]
    assert len(told) == len(figures) + 8 * 3, "three samples of each direction"
    assert told[len(figures)].startswith(f"{FRAMES['zh'].format('狗', '书')} | I see dog by book. | ")
    assert {"fr-en, greedy, BLEU", "en-zh, 4 beams, chrF", "es-en, copied"} <= set(figures)
    assert all(0 <= value <= 100 for value in figures.values())


def test_scores_are_sacrebleus() -> None:
    """The right answer has 100, and Chinese counts by characters: it has no blanks to count by."""
    texts = ["今天的天气真的很好。", "我有两个兄弟和一个姐姐。"]
    assert score(texts, texts, "zh")["BLEU"] == pytest.approx(100)
    near = ["今天的天气真的很坏。", *texts[1:]]
    assert 50 < score(near, texts, "zh")["BLEU"] < 100
    assert score(["a b c d e f"], ["g h i j k l"], "en")["chrF"] == 0
