"""Measuring a shipped translator: ``python -m llama_demo.training evaluate translator --data DIR``."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean

import torch

from llama_demo.engine.beam_search import Search
from llama_demo.engine.translation import TranslationEngine, load_translation_engine
from llama_demo.text.tokenizers.joint_vocabulary import JointVocabulary
from llama_demo.training.corpus import spread
from llama_demo.training.translator.copying import copy_pair
from llama_demo.training.translator.data import DIRECTIONS, TranslationPair, other_language, read_held_out

try:
    import sacrebleu
except ModuleNotFoundError:  # only measuring needs it; training does not
    sacrebleu = None  # type: ignore[assignment]

# Both ways of looking for the best translation that the app offers.
SEARCHES = {"greedy": Search(), "4 beams": Search(beams=4)}
MOST, COPIES = 500, 100
"""Held-out sentences of a direction, and made-up sentences with something to copy."""

CPU = torch.device("cpu")


class Interpreter:
    """A model folder that translates many sentences, in one go for each direction."""

    def __init__(self, folder: Path, dtype: torch.dtype = torch.float32) -> None:
        self._engine: TranslationEngine = load_translation_engine(folder, device=CPU, dtype=dtype)
        self._vocabulary = JointVocabulary((folder / "tokenizer.model").read_bytes())

    def __call__(
        self, sentences: Sequence[str], *, source: str, target: str, how: Search
    ) -> list[tuple[str, float]]:
        """Each sentence's translation and its score."""
        pieces = self._vocabulary.encode(sentences, source=source, target=target)
        found = dict(self._engine.translate([each.ids for each in pieces], how))
        best = [found[place].hypotheses[0] for place in range(len(sentences))]
        return [(self._vocabulary.decode(each.ids)[0], each.score) for each in best]


def evaluate_translator(
    folder: Path, data: Path, *, most: int = MOST, copies: int = COPIES, report: Callable[[str], None] = print
) -> dict[str, float]:
    """The figures and samples of the model card, from the weights in ``folder``.

    Args:
        data: folder with the sources of ``docs/training.md``; its held-out Tatoeba pairs are read.
        most: sentences of a direction.
        copies: made-up sentences of a direction with something to copy.

    Returns:
        For each direction BLEU and chrF (sacrebleu, Chinese cut into characters), greedily and with beams;
        chrF of the tenth of the sentences that the model was least sure of; made-up numbers, names and
        addresses that survive, in percent.
    """
    if sacrebleu is None:
        raise ModuleNotFoundError("measuring needs sacrebleu: pip install -r requirements-dev.txt")
    interpreter = Interpreter(folder)
    held_out = read_held_out(data)
    figures: dict[str, float] = {}
    for source, target in DIRECTIONS:
        texts, references = _sides(spread(held_out[other_language(source, target)], most), source)
        for name, how in SEARCHES.items():
            found = interpreter(texts, source=source, target=target, how=how)
            scores = score([text for text, _ in found], references, target)
            figures |= {f"{source}-{target}, {name}, {kind}": value for kind, value in scores.items()}
            if how.beams == 1:
                figures[f"{source}-{target}, chrF of the least sure tenth"] = _least_sure(found, references)
        figures[f"{source}-{target}, copied"] = 100 * _copied(interpreter, source, target, copies)
        for name, value in list(figures.items())[-2 * len(SEARCHES) - 2 :]:
            report(f"{name}: {value:.1f}")
    for source, target in DIRECTIONS:
        pairs = held_out[other_language(source, target)]
        for row in samples(interpreter, pairs, source=source, target=target):
            report(" | ".join(row))
    return figures


def samples(
    interpreter: Interpreter, pairs: Sequence[TranslationPair], *, source: str, target: str
) -> list[tuple[str, str, str]]:
    """What the card prints, nothing chosen: source, a person's translation and the model's, greedily.

    They stand at one, two and three fifths of the held-out ``pairs``, which are sorted by length.
    """
    texts, references = _sides(spread(pairs, 5)[1:4], source)
    found = interpreter(texts, source=source, target=target, how=SEARCHES["greedy"])
    return list(zip(texts, references, (text for text, _ in found), strict=True))


def score(translations: Sequence[str], references: Sequence[str], target: str) -> dict[str, float]:
    """BLEU (Papineni et al. 2002) and chrF (Popović 2015), 0 to 100."""
    tokenizer = "zh" if target == "zh" else "13a"
    return {
        "BLEU": sacrebleu.corpus_bleu(list(translations), [list(references)], tokenize=tokenizer).score,
        "chrF": sacrebleu.corpus_chrf(list(translations), [list(references)]).score,
    }


def _sides(pairs: Sequence[TranslationPair], source: str) -> tuple[list[str], list[str]]:
    english, other = [pair.english for pair in pairs], [pair.other for pair in pairs]
    return (english, other) if source == "en" else (other, english)


def _least_sure(found: Sequence[tuple[str, float]], references: Sequence[str]) -> float:
    """Quality of the tenth with the lowest scores, which shows what the scores are worth."""
    doubtful = sorted(range(len(found)), key=lambda place: found[place][1])[: max(1, len(found) // 10)]
    return fmean(sacrebleu.sentence_chrf(found[place][0], [references[place]]).score for place in doubtful)


def _copied(interpreter: Interpreter, source: str, target: str, count: int) -> float:
    """Share of synthetic sentences whose string to be copied comes through unchanged.

    The sentences are those of training, what stands in them is new.
    """
    dice = random.Random(f"{source}-{target}")
    pairs = [copy_pair(other_language(source, target), dice) for _ in range(count)]
    sources = [english if source == "en" else other for english, other, _ in pairs]
    found = interpreter(sources, source=source, target=target, how=Search())
    return fmean(kept in text for (_, _, kept), (text, _) in zip(pairs, found, strict=True))
